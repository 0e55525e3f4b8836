"""`weights`: the model files of the engines that need some: show, fetch, check and take them in."""

import sys
from pathlib import Path

import click

from backend.checkpoints.download import Downloader
from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.importing import import_files
from backend.checkpoints.manifest import WeightsFile
from backend.checkpoints.rules import DownloadRules
from backend.checkpoints.status import FileState, FileStatus
from backend.cli.outputs import as_json
from backend.cli.progress import progress_of_bytes
from backend.domain.errors import AppError, NotFound
from backend.settings import load_settings
from backend.wiring import build_weights_folder

MEGABYTE = 1_000_000


@click.group()
def weights() -> None:
    """Show, fetch, check and take in the model files of the engines that need some."""


@weights.command("list")
@click.option("--json", "wants_json", is_flag=True, help="everything that is known, as JSON")
def list_weights(*, wants_json: bool) -> None:
    """One line per file: name, state, size, licence, what it is for."""
    folder = build_weights_folder(load_settings())
    if wants_json:
        click.echo(as_json([_fields(status) for status in folder.list()]), nl=False)
        return
    click.echo(f"{'NAME':26} {'STATE':18} {'SIZE':>8}  LICENCE AND PURPOSE")
    for status in folder.list():
        click.echo(
            f"{status.file.name:26} {_state(status):18} {size_words(status.file):>8}  "
            f"{status.file.licence}. {status.file.purpose.en}"
        )


@weights.command("download")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--mirror", metavar="URL", help="asked first; `/FILE` is added, or write {file} or {url} in it")
@click.option("--all", "wants_all", is_flag=True, help="every file that may be used commercially")
@click.option("--accept-non-commercial", is_flag=True, help="also fetch what excludes commercial use")
@click.option("--yes", is_flag=True, help="do not ask before the recommended set is fetched")
def download(
    names: tuple[str, ...], mirror: str | None, *, wants_all: bool, accept_non_commercial: bool, yes: bool
) -> None:
    """Fetch files by name, or the recommended set. What was interrupted goes on where it ended."""
    if mirror is not None and not mirror.startswith(("http://", "https://")):
        raise click.BadParameter("is not an http or https address", param_hint="--mirror")
    settings = load_settings()
    folder = build_weights_folder(settings)
    files = _wanted(folder, names, wants_all=wants_all, accept_non_commercial=accept_non_commercial)
    missing = [file for file in files if folder.status(file.name).state is not FileState.INSTALLED]
    for file in missing:
        click.echo(f"{file.name}: {size_words(file)}, {file.licence}. {file.licence_note.en}")
    is_asked_for = bool(names) or wants_all or yes or not missing
    if not is_asked_for and sys.stdin.isatty():
        click.confirm(f"Download {len(missing)} files?", default=True, abort=True)
    rules = DownloadRules(mirror=settings.weights_mirror if mirror is None else mirror)
    failed = [file for file in files if not fetched(file, Downloader(folder, rules))]
    if failed:
        raise click.ClickException(f"{len(failed)} of {len(files)} files are not installed")


@weights.command("verify")
def verify() -> None:
    """Read every file that is there and compare its checksum; fails when one is wrong."""
    folder = build_weights_folder(load_settings())
    statuses = [folder.check(file.name) for file in folder.manifest]
    present = [status for status in statuses if status.state in (FileState.INSTALLED, FileState.REFUSED)]
    for status in present:
        click.echo(f"{status.file.file}: {_state(status)}{_how_sure(status)}")
    wrong = [status for status in present if status.state is FileState.REFUSED]
    if wrong:
        raise click.ClickException(f"{len(wrong)} of {len(present)} files are wrong")
    click.echo(f"{len(present)} files are as they should be")


@weights.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="DIR")
def import_command(source: Path) -> None:
    """Copy the model files that lie in DIR (or one file) into the weights folder.

    They are known by their checksums, whatever they are called; by name only where no checksum is known.
    """
    folder = build_weights_folder(load_settings())
    refused_count = seen_count = 0
    for line in import_files(folder, source):
        seen_count += 1
        refused_count += line.outcome == "refused"
        reason = f": {line.refusal}" if line.refusal else ""
        click.echo(f"{line.source}: {line.file.name} {line.outcome}{reason}")
    if refused_count or not seen_count:
        raise click.ClickException(
            f"{refused_count} files were refused" if seen_count else f"no known model file in {source}"
        )


def _wanted(
    folder: WeightsFolder, names: tuple[str, ...], *, wants_all: bool, accept_non_commercial: bool
) -> list[WeightsFile]:
    if names and wants_all:
        raise click.UsageError("give names or --all, not both")
    if wants_all:
        return [
            file for file in folder.manifest if file.urls and (file.commercial_use or accept_non_commercial)
        ]
    if not names:
        return [file for file in folder.manifest if file.default]
    try:
        files = [folder.manifest.find(name) for name in names]
    except NotFound as error:
        raise click.UsageError(str(error)) from error
    for file in files:
        if not file.commercial_use and not accept_non_commercial:
            raise click.UsageError(
                f"{file.name} excludes commercial use ({file.licence}): {file.licence_note.en} "
                "Say --accept-non-commercial to fetch it."
            )
    return files


def fetched(file: WeightsFile, downloader: Downloader) -> bool:
    """True when the file is installed afterwards. One that fails does not stop the others."""
    try:
        with progress_of_bytes(file.name) as show:
            installed = downloader.download(file.name, progress=show)
    except AppError as error:
        click.echo(f"{file.name}: {error}", err=True)
        return False
    click.echo(f"{file.name}: {installed.path}")
    return True


def _state(status: FileStatus) -> str:
    if status.state is FileState.REFUSED:
        return f"refused: {status.refusal}"
    if status.state in (FileState.PARTIAL, FileState.DOWNLOADING) and status.file.expected_bytes:
        return f"{status.state} {status.present_bytes / status.file.expected_bytes:.0%}"
    return status.state


def _how_sure(status: FileStatus) -> str:
    if status.state is FileState.REFUSED or status.file.is_pinned:
        return ""
    return " (no checksum is published: it is the file that came first)"


def size_words(file: WeightsFile) -> str:
    """How large it is, for people."""
    if file.expected_bytes is None:
        return "?"
    about = "" if file.size_bytes else "~"
    return f"{about}{file.expected_bytes / MEGABYTE:.0f} MB"


def _fields(status: FileStatus) -> dict[str, object]:
    file = status.file
    return {
        **status.facts(),
        "licence_note": {"zh": file.licence_note.zh, "en": file.licence_note.en},
        "purpose": {"zh": file.purpose.zh, "en": file.purpose.en},
        "urls": list(file.urls),
        "sha256": file.sha256,
    }
