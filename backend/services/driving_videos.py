"""The expressions a person can pick: the catalogue in `driving_videos/`, read once.

An entry is a clip with a poster. Ours carry a curve as well, exact numbers that the built-in engine and the
page's drawn figure use; an operator's own clip may come without one and is then followed like any clip.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backend.domain.errors import InvalidOption, SettingsError
from backend.engines.animation_api import Driving, FaceCurves, MotionCurve
from backend.media.video import DEFAULT_LIMITS, ClipLimits
from backend.services.driving_clips import open_preset_clip

CATALOGUE_NAME = "catalogue.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One expression of the catalogue."""

    slug: str
    number: int | None  # what the first prototype called it
    name_zh: str
    name_en: str
    duration_s: float
    fps: float
    frame_count: int
    curve: MotionCurve | None  # None: the clip itself drives
    clip_path: Path
    poster_path: Path
    licence: str
    sha256: str  # of the clip


class Presets:
    """The catalogue of one folder. Raises SettingsError when it cannot be used as it is."""

    def __init__(self, directory: Path) -> None:
        self._presets = _load(directory)
        self._by_name = {preset.slug: preset for preset in self._presets}
        for preset in self._presets:
            if preset.number is not None:
                self._by_name[str(preset.number)] = preset

    def list(self) -> tuple[Preset, ...]:
        """All of them, in the catalogue's order."""
        return self._presets

    def find(self, slug_or_number: str) -> Preset:
        """By slug, or by the number of the first prototype. Raises InvalidOption."""
        found = self._by_name.get(slug_or_number.strip())
        if found is None:
            known = ", ".join(preset.slug for preset in self._presets)
            raise InvalidOption(f"preset must be one of {known}", option="preset")
        return found

    def find_for_faces(self, wanted: Mapping[int, str]) -> dict[int, Preset]:
        """The preset of each face, by slug or number. Raises InvalidOption."""
        found: dict[int, Preset] = {}
        for face_id, slug_or_number in wanted.items():
            try:
                found[face_id] = self.find(slug_or_number)
            except InvalidOption as error:
                raise InvalidOption(str(error), option="faces") from error
        return found


def face_curves(presets: Mapping[int, Preset]) -> FaceCurves:
    """Face id -> preset, as an engine plays it. Raises InvalidOption for presets that do not go together."""
    curves: dict[int, MotionCurve] = {}
    for face_id, preset in presets.items():
        if preset.curve is None:
            raise InvalidOption(f"{preset.slug} is a clip and cannot be for one face only", option="faces")
        curves[face_id] = preset.curve
    return FaceCurves(curves=curves)


def preset_motion(preset: Preset, limits: ClipLimits = DEFAULT_LIMITS) -> Driving:
    """What a preset moves a portrait by: its curve, or its clip where it has none."""
    return preset.curve or open_preset_clip(preset.clip_path, limits)


def _load(directory: Path) -> tuple[Preset, ...]:
    catalogue = directory / CATALOGUE_NAME
    try:
        entries = tomllib.loads(catalogue.read_text(encoding="utf-8"))["preset"]
        presets = tuple(_preset(directory, entry) for entry in entries)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise SettingsError(f"{catalogue}: {type(error).__name__}: {error}") from error
    names = [preset.slug for preset in presets] + [str(preset.number) for preset in presets if preset.number]
    if not presets or len(set(names)) != len(names):
        raise SettingsError(f"{catalogue}: needs at least one preset, and no name twice")
    return presets


def _preset(directory: Path, entry: Mapping[str, object]) -> Preset:
    curve_name = entry.get("curve")
    clip_path = _inside(directory, _text(entry, "clip"))
    preset = Preset(
        slug=_text(entry, "slug"),
        number=_whole(entry, "number") if "number" in entry else None,
        name_zh=_text(entry, "name_zh"),
        name_en=_text(entry, "name_en"),
        duration_s=_number(entry, "seconds"),
        fps=_number(entry, "fps"),
        frame_count=_whole(entry, "frames"),
        curve=None if curve_name is None else _curve(_inside(directory, _text(entry, "curve")), clip_path),
        clip_path=clip_path,
        poster_path=_inside(directory, _text(entry, "poster")),
        licence=_text(entry, "licence"),
        sha256=_text(entry, "sha256"),
    )
    if preset.curve is not None and preset.curve.frame_count != preset.frame_count:
        raise ValueError(f"{preset.slug}: the curve has {preset.curve.frame_count} frames")
    return preset


def _curve(path: Path, clip: Path) -> MotionCurve:
    """The curve that a JSON file of the catalogue holds; `clip` shows it. Raises ValueError."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    channels = {
        str(name): tuple(float(value) for value in values) for name, values in stored["channels"].items()
    }
    if len({len(values) for values in channels.values()}) != 1:
        raise ValueError(f"{path.name}: every channel needs the same number of frames, at least one")
    return MotionCurve(fps=float(stored["fps"]), channels=channels, open_clip=partial(open_preset_clip, clip))


def _inside(directory: Path, name: str) -> Path:
    path = directory / name
    if Path(name).name != name or not path.is_file():
        raise ValueError(f"{name} is not a file beside the catalogue")
    return path


def _text(entry: Mapping[str, object], key: str) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} must be a text")
    return value


def _number(entry: Mapping[str, object], key: str) -> float:
    value = entry[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise ValueError(f"{key} must be a number above 0")
    return float(value)


def _whole(entry: Mapping[str, object], key: str) -> int:
    value = entry[key]
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(f"{key} must be a whole number above 0")
    return value
