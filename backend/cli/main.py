"""The command line's root: which command lives in which module, and how a failure ends.

Commands load when they are called, so that `--help` does not wait for OpenCV.
"""

import importlib
import os
import signal
import sys
from dataclasses import dataclass
from types import FrameType

import click

from backend.domain.errors import AppError
from backend.version import VERSION


@dataclass(frozen=True, slots=True)
class _Lazy:
    """A command that is imported when it is called, and the line that the list of commands shows for it."""

    target: str  # module:name
    summary: str


COMMANDS = {
    "serve": _Lazy("backend.cli.serve:serve", "Serve the page and the API, with one worker."),
    "worker": _Lazy("backend.cli.worker:worker", "Do the jobs, on this or another machine."),
    "restore": _Lazy("backend.cli.restore:restore", "Restore photos, or all pictures in folders."),
    "animate": _Lazy("backend.cli.animate:animate", "Animate the people in a photo."),
    "presets": _Lazy("backend.cli.presets:presets", "Show, make and check the expressions."),
    "evaluate": _Lazy("backend.cli.evaluate:evaluate", "Measure how good the engines are."),
    "parity": _Lazy("backend.cli.parity:parity", "Compare with what the official code made."),
    "demo": _Lazy("backend.cli.demo:demo", "Restore and animate a sample photo."),
    "migrate": _Lazy("backend.cli.data:migrate_command", "Bring the database up to date."),
    "purge-expired": _Lazy("backend.cli.data:purge_expired", "Delete guests whose time is over."),
    "settings": _Lazy("backend.cli.reference:settings_table", "List every setting."),
    "openapi": _Lazy("backend.cli.reference:openapi", "Write the API's description to a file."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for, in the order of COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].target.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.summary) for name, lazy in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a failure we know is one line on stderr and exit code 1."""
        try:
            return super().invoke(ctx)
        except AppError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            raise click.ClickException(_in_words(error)) from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="jiuying")
def jiuying() -> None:
    """Jiuying 旧影 restores old photos and brings the people in them to life.

    Settings come from the environment (JIUYING_…) and from `.env`; `settings` lists them.
    """


def main() -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 used wrongly."""
    signal.signal(signal.SIGTERM, _as_ctrl_c)  # a command that is ended cleans up as if by Ctrl-C
    # Our matrices are small: OpenBLAS would only fight OpenCV for the cores. Read when numpy is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(jiuying.main(prog_name="python -m backend"))


def _as_ctrl_c(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _in_words(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"
