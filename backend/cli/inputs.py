"""Which files a command is asked to work on: photos, and the photos in folders."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

# What a folder is searched for. A file that is named itself is opened whatever its name: content decides.
PICTURE_SUFFIXES = frozenset(
    [".jpg", ".jpeg", ".jpe", ".png", ".webp", ".heic", ".heif", ".avif", ".bmp", ".tif", ".tiff", ".gif"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoInput:
    """A photo to work on, and the name without extension that its results get."""

    path: Path
    stem: str


def collect_photos(paths: Sequence[Path]) -> list[PhotoInput]:
    """Files as given, and the pictures directly in folders by name; names of results are never used twice."""
    photos: list[PhotoInput] = []
    used: set[str] = set()
    for path in _expanded(paths):
        stem = _unused(path.stem, used)
        used.add(_on_any_disk(stem))
        photos.append(PhotoInput(path=path, stem=stem))
    return photos


def print_stems(photo: PhotoInput, count: int, photos: Sequence[PhotoInput]) -> list[str]:
    """Names for what is cut out of a photo: NAME_1, NAME_2, ... unless another photo has such a name."""
    used = {_on_any_disk(other.stem) for other in photos}
    stems: list[str] = []
    number = 1
    while len(stems) < count:
        stem = f"{photo.stem}_{number}"
        if _on_any_disk(stem) not in used:
            stems.append(stem)
        number += 1
    return stems


def _expanded(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(entry for entry in path.iterdir() if _is_picture(entry))
        if not found:
            raise click.UsageError(f"there is no picture in the folder {path}")
        yield from found


def _is_picture(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and path.suffix.lower() in PICTURE_SUFFIXES


def _unused(stem: str, used: set[str]) -> str:
    candidate, number = stem, 2
    while _on_any_disk(candidate) in used:
        candidate, number = f"{stem}_{number}", number + 1
    return candidate


def _on_any_disk(stem: str) -> str:
    """Windows and macOS take A.png and a.png for one file; macOS, both spellings of an accent too."""
    return unicodedata.normalize("NFC", stem).casefold()
