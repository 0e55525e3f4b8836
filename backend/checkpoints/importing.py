"""Take in model files that somebody brings: on a stick, or from another program's folder."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from backend.checkpoints.arriving import disk_errors, put_in_place, require_room
from backend.checkpoints.checks import Finding, digest_of, examine, read_record
from backend.checkpoints.folder import FileState, WeightsFolder
from backend.checkpoints.manifest import WeightsFile
from backend.domain.errors import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """What became of one file that was recognised. refusal: why it was left: "truncated", "checksum"."""

    source: Path
    file: WeightsFile
    outcome: Literal["imported", "already", "refused"]
    refusal: str | None = None


def import_files(folder: WeightsFolder, source: Path) -> Iterator[ImportedFile]:
    """Copy every model file that lies in `source` (a folder with what is below it, or one file).

    Recognised by checksum, whatever its name; by name where none is known. Others are passed over.

    yields:  one line a recognised file, after it was copied and the copy checked
    raises:  StorageFull, DownloadFailed (folder), Conflict (somebody fetches the same file now), OSError
    """
    for path in _candidates(source, folder.directory):
        known = _recognise(path, folder)
        if known is None:
            continue
        file, finding = known
        if finding.refusal is not None:
            yield ImportedFile(source=path, file=file, outcome="refused", refusal=finding.refusal)
        elif folder.status(file.name).state is FileState.INSTALLED:
            yield ImportedFile(source=path, file=file, outcome="already")
        else:
            refusal = _copy(path, file, folder)
            outcome: Literal["imported", "refused"] = "imported" if refusal is None else "refused"
            yield ImportedFile(source=path, file=file, outcome=outcome, refusal=refusal)


def _candidates(source: Path, own: Path) -> list[Path]:
    if source.is_file():
        return [source]
    inside = own.resolve()
    return sorted(path for path in source.rglob("*") if path.is_file() and path.resolve().parent != inside)


def _recognise(path: Path, folder: WeightsFolder) -> tuple[WeightsFile, Finding] | None:
    """The file that it is, or the one that it is called and is not."""
    size = path.stat().st_size
    plausible = [file for file in folder.manifest if _is_called(path, file) or _may_be(size, file)]
    if not plausible:
        return None
    sha256 = digest_of(path) if size else None
    refused = None
    for file in sorted(plausible, key=lambda file: not file.is_pinned):
        finding = examine(path, file, sha256=sha256, recorded=read_record(folder.places(file).record))
        is_proven = file.is_pinned or file.md5 is not None
        if finding.refusal is None and (is_proven or _is_called(path, file)):
            return file, finding
        if refused is None and finding.refusal is not None and _is_called(path, file):
            refused = file, finding
    return refused


def _is_called(path: Path, file: WeightsFile) -> bool:
    names = {file.file, *(unquote(Path(urlsplit(url).path).name) for url in file.urls)}
    return path.name.casefold() in {name.casefold() for name in names}


def _may_be(size: int, file: WeightsFile) -> bool:
    """True where a checksum is worth computing although the name says nothing."""
    if file.size_bytes is not None:
        return file.is_pinned and size == file.size_bytes
    about = file.about_bytes
    return about is not None and (file.is_pinned or file.md5 is not None) and abs(size - about) < about / 50


def _copy(source: Path, file: WeightsFile, folder: WeightsFolder) -> str | None:
    """None when the file is in place, or why its copy was not kept."""
    places = folder.places(file)
    lock = folder.lock(file)
    with disk_errors(places):
        is_ours = lock.try_acquire()
    if not is_ours:
        raise Conflict(f"{file.file} is being downloaded by another process")
    temporary = places.folder / f"{file.file}.part"  # a download that was begun is of no use any more
    with lock, source.open("rb") as original:
        require_room(places, source.stat().st_size)
        try:
            with disk_errors(places), temporary.open("wb") as copy:
                shutil.copyfileobj(original, copy, 1 << 20)
            finding = examine(temporary, file, recorded=read_record(places.record))
            if finding.refusal is not None or finding.sha256 is None:
                return finding.refusal
            put_in_place(places, temporary, finding.sha256)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return None
