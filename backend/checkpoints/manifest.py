"""The list of model files that the product knows, read from `weights/manifest.toml`.

Kept apart from the folder they lie in because it is facts only: nothing here looks for a file.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from backend.domain.errors import NotFound, SettingsError

MANIFEST_NAME: Final = "manifest.toml"
SHIPPED: Final = Path(__file__).resolve().parents[2] / "weights" / MANIFEST_NAME

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_OWN_SUFFIXES = (".part", ".sha256", ".toml")  # what lies beside the files under names of our own
_UNKNOWN_BYTES = 2 << 30  # the most that is taken of a file whose size nobody has written down
_SLACK = 1.5  # documented sizes are rounded, and Paddle's pickles are up to half larger than their numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoLanguages:
    """One sentence for people."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsFile:
    """One model file. The manifest's head explains the fields.

    size_bytes: exact; None where only `about_bytes`, or nothing, is known
    sha256, md5: lower-case hexadecimal; None where nobody has published one
    """

    name: str
    file: str
    urls: tuple[str, ...]
    sha256: str | None
    md5: str | None
    size_bytes: int | None
    about_bytes: int | None
    engine: str
    role: str
    model: str | None
    default: bool
    commercial_use: bool
    licence: str
    licence_note: TwoLanguages
    purpose: TwoLanguages

    @property
    def expected_bytes(self) -> int | None:
        """Exact or documented size; None where neither is known."""
        return self.size_bytes or self.about_bytes

    @property
    def most_bytes(self) -> int:
        """More than this is not taken from any server."""
        if self.size_bytes is not None:
            return self.size_bytes
        return _UNKNOWN_BYTES if self.about_bytes is None else round(self.about_bytes * _SLACK)

    @property
    def is_pinned(self) -> bool:
        """True where a checksum tells the right file from any other, however it came."""
        return self.sha256 is not None


@dataclass(frozen=True, slots=True)
class Manifest:
    """All files, in the order of preference within a role."""

    files: tuple[WeightsFile, ...]

    def __iter__(self) -> Iterator[WeightsFile]:
        return iter(self.files)

    def find(self, name: str) -> WeightsFile:
        """By name or by the file's name, whatever the case. Raises NotFound."""
        wanted = name.casefold()
        for file in self.files:
            if wanted in (file.name, file.file.casefold()):
                return file
        known = ", ".join(file.name for file in self.files)
        raise NotFound(f"there are no weights {name!r}; known are {known}")


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file. Raises SettingsError, which says what is wrong with which entry."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["weights"]
        manifest = Manifest(tuple(_file(entry) for entry in entries))
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(f"{path}: {type(error).__name__}: {error}") from error
    for field in ("name", "file"):
        values = [str(getattr(file, field)).casefold() for file in manifest]
        if len(set(values)) != len(values):
            raise SettingsError(f"{path}: two entries have the same {field}")
    return manifest


def _file(entry: Mapping[str, object]) -> WeightsFile:
    known = {*WeightsFile.__slots__, "bytes"} - {"size_bytes"}
    if unknown := sorted(entry.keys() - known):
        raise ValueError(f"{entry.get('name')}: unknown {', '.join(unknown)}")
    name, file = _text(entry, "name"), _text(entry, "file")
    if not _NAME.fullmatch(name) or not _FILE.fullmatch(file) or file.endswith(_OWN_SUFFIXES):
        raise ValueError(f"{name}: name or file has characters that it may not have")
    return WeightsFile(
        name=name,
        file=file,
        urls=_urls(entry),
        sha256=_digest(entry, "sha256", 64),
        md5=_digest(entry, "md5", 32),
        size_bytes=_size(entry, "bytes"),
        about_bytes=_size(entry, "about_bytes"),
        engine=_text(entry, "engine"),
        role=_text(entry, "role"),
        model=_text(entry, "model") if "model" in entry else None,
        default=_flag(entry, "default") if "default" in entry else False,
        commercial_use=_flag(entry, "commercial_use"),
        licence=_text(entry, "licence"),
        licence_note=_two_languages(entry, "licence_note"),
        purpose=_two_languages(entry, "purpose"),
    )


def _text(entry: Mapping[str, object], key: str) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{entry.get('name')}: {key} must be a text")
    return value


def _flag(entry: Mapping[str, object], key: str) -> bool:
    value = entry[key]
    if not isinstance(value, bool):
        raise ValueError(f"{entry.get('name')}: {key} must be true or false")
    return value


def _size(entry: Mapping[str, object], key: str) -> int | None:
    value = entry.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value <= 0):
        raise ValueError(f"{entry.get('name')}: {key} must be a whole number above 0")
    return value


def _digest(entry: Mapping[str, object], key: str, digits: int) -> str | None:
    if key not in entry:
        return None
    value = _text(entry, key)
    if not re.fullmatch(rf"[0-9a-f]{{{digits}}}", value):
        raise ValueError(f"{entry.get('name')}: {key} must be {digits} hexadecimal digits")
    return value


def _urls(entry: Mapping[str, object]) -> tuple[str, ...]:
    value = entry["urls"]
    if not isinstance(value, list):
        raise TypeError(f"{entry.get('name')}: urls must be a list")
    for url in value:
        if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f"{entry.get('name')}: {url!r} is no http or https address")
    return tuple(value)


def _two_languages(entry: Mapping[str, object], key: str) -> TwoLanguages:
    value = entry[key]
    if not isinstance(value, dict):
        raise TypeError(f"{entry.get('name')}: {key} needs zh and en")
    return TwoLanguages(zh=_text(value, "zh"), en=_text(value, "en"))
