"""Missing model files are offered to a person at a terminal; a script gets the error, nobody a surprise."""

import sys
from collections.abc import Callable
from typing import TypeVar

import click

from backend.checkpoints.download import Downloader
from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.manifest import WeightsFile
from backend.checkpoints.status import FileState
from backend.cli.weights import fetched, size_words
from backend.domain.errors import WeightsMissing

Found = TypeVar("Found")


def or_offered(look: Callable[[], Found], folder: WeightsFolder, downloader: Downloader) -> Found:
    """What `look` finds; where a file is missing and the person says yes, once more when it is here.

    The recommended set is offered as a whole, any other file by itself. Raises what `look` raises.
    """
    try:
        return look()
    except WeightsMissing as missing:
        files = _offer(folder, str(missing.params.get("file", "")))
        if not files or not sys.stdin.isatty():
            raise
        click.echo(str(missing), err=True)
        for file in files:
            click.echo(f"  {file.name}: {size_words(file)}, {file.licence}. {file.licence_note.en}", err=True)
        if not click.confirm("Download now?", default=False, err=True):
            raise
    for file in files:
        fetched(file, downloader)
    return look()


def _offer(folder: WeightsFolder, missing: str) -> list[WeightsFile]:
    """Files that come with the missing one; none where its terms exclude commercial use or nobody has it."""
    known = [file for file in folder.manifest if file.file == missing and file.urls and file.commercial_use]
    if any(file.default for file in known):
        known = [file for file in folder.manifest if file.default]
    return [file for file in known if folder.status(file.name).state is not FileState.INSTALLED]
