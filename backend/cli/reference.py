"""`settings` and `openapi`: what the documents say, made from the code that it is true of."""

from pathlib import Path

import click
from pydantic_core import PydanticUndefined

from backend.cli.outputs import write_whole
from backend.settings import PREFIX, Settings


@click.command("settings")
def settings_table() -> None:
    """List every setting, as the README's table."""
    click.echo(settings_markdown(), nl=False)


def settings_markdown() -> str:
    """The Markdown table of all variables."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default if field.default is not PydanticUndefined else None
        rows.append(f"| `{PREFIX}{name.upper()}` | {_shown(default)} | {field.description} |")
    return "\n".join(rows) + "\n"


def settings_example() -> str:
    """The text of `.env.example`: every variable at its default, commented out."""
    lines = [
        "# Settings of Jiuying 旧影. Copy to `.env` and change what you need; everything has a default.",
        "# Variables of the environment win over this file.",
    ]
    for name, field in Settings.model_fields.items():
        value = _plain(field.default)
        lines += ["", f"# {field.description}", f"# {PREFIX}{name.upper()}={value}"]
    return "\n".join(lines) + "\n"


@click.command()
@click.argument("output", type=click.Path(path_type=Path, dir_okay=False))
def openapi(output: Path) -> None:
    """Write the API's description (OpenAPI 3.1) to OUTPUT."""
    from backend.web.app import openapi_text  # Flask and its friends are only needed here

    write_whole(output, openapi_text().encode())


def _shown(default: object) -> str:
    text = _plain(default)
    return f"`{text}`" if text else "unset"


def _plain(default: object) -> str:
    if default is None or default == ():
        return ""
    if isinstance(default, bool):
        return "1" if default else "0"
    if isinstance(default, float):
        return f"{default:g}"
    return str(default)
