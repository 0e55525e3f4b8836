"""Whether a file is the one the manifest means, and the checksums that answer it, each computed once.

Apart from the folder because downloads and imports ask the same of files that are not in place yet.
"""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from backend.checkpoints.manifest import WeightsFile

Refusal: TypeAlias = Literal["truncated", "checksum", "unreadable"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at a file found. refusal: None = it is the right file, as far as anybody can say."""

    sha256: str | None  # None where the size alone tells
    refusal: Refusal | None


def digest_of(path: Path, algorithm: Literal["sha256", "md5"] = "sha256") -> str:
    """Of the whole file, lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def examine(
    path: Path, file: WeightsFile, *, sha256: str | None = None, recorded: str | None = None
) -> Finding:
    """Compare a file with what is known of it, the cheapest first. Raises OSError.

    sha256:   of `path`, where it was computed before
    recorded: checksum of the first copy that was seen of a file whose own nobody has published
    """
    size = path.stat().st_size
    expected = file.size_bytes
    if size == 0 or (expected is not None and size < expected):
        return Finding(None, "truncated")
    if expected is not None and size > expected:
        return Finding(None, "checksum")
    found = sha256 or digest_of(path)
    pinned = file.sha256 or recorded
    if pinned is not None:
        return Finding(found, None if found == pinned else "checksum")
    if file.md5 is not None and digest_of(path, "md5") != file.md5:
        return Finding(found, "checksum")
    return Finding(found, None)


def write_record(path: Path, sha256: str, file_name: str) -> None:
    """Keep a checksum beside its file, in the form that `sha256sum -c` reads."""
    _write(path, f"{sha256}  {file_name}\n")


def read_record(path: Path) -> str | None:
    """The checksum that was kept; None where there is none."""
    with suppress(OSError, UnicodeDecodeError, IndexError):
        digest = path.read_text(encoding="ascii").split()[0]
        if len(digest) == 64:
            return digest
    return None


def write_stamp(path: Path, of: Path, sha256: str) -> None:
    """Remember a computed checksum until the file is touched. A folder that is read-only forgets."""
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        _write(path, json.dumps({"sha256": sha256, "of": identity_of(of)}) + "\n")


def read_stamp(path: Path, of: Path) -> str | None:
    """The checksum that was remembered of the file as it is now; None where it has to be computed."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        stamp = json.loads(path.read_text(encoding="ascii"))
        if stamp["of"] == identity_of(of):
            return str(stamp["sha256"])
    return None


def identity_of(path: Path) -> list[int]:
    """What changes when a file is written or replaced."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        temporary.write_text(text, encoding="ascii")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
