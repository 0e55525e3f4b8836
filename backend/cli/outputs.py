"""Files that a command writes: whole or not at all, whatever stops it."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name to write to; the file takes the name `path` when the block ends well, and goes otherwise.

    The temporary name keeps the suffix, which says the format to some programs.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(8)}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` as the file `path`."""
    with whole_file(path) as temporary, temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_json(path: Path, value: object) -> None:
    """Write `value` as readable JSON."""
    write_whole(path, as_json(value).encode())


def as_json(value: object) -> str:
    """`value` as readable JSON with a line end."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


@contextmanager
def whole_folder(path: Path, *, replaces: re.Pattern[str]) -> Iterator[Path]:
    """A folder to write to; its files move to `path` when the block ends well, and go otherwise.

    replaces: names of files that an earlier call has left in `path`; they do not stay beside the new ones
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(8)}")
    temporary.mkdir()
    try:
        yield temporary
        path.mkdir(exist_ok=True)
        made = sorted(temporary.iterdir())
        for file in made:
            file.replace(path / file.name)
        for name in {old.name for old in path.iterdir()} - {file.name for file in made}:
            if replaces.fullmatch(name):
                (path / name).unlink()
    finally:
        shutil.rmtree(temporary)
