"""Makes the clips in `driving_videos/`: every preset's curve, played on the neutral portrait.

A command-line matter, apart from the engine: an engine that follows a driving clip reads the films, the
built-in engine and the page's drawn figure read the curves that lie beside them.
"""

import hashlib
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from PIL import Image
from scipy import ndimage

from backend.domain.errors import AppError, SettingsError
from backend.engines.animation_api import MotionCurve
from backend.engines.builtin.animation.coefficients import at_frame
from backend.engines.builtin.animation.landmarks import find_landmarks
from backend.engines.builtin.animation.paste import compose
from backend.engines.builtin.animation.presets import RECIPES, PresetRecipe
from backend.engines.builtin.animation.renderer import FaceRenderer
from backend.engines.builtin.animation.sample_portrait import neutral_portrait
from backend.engines.faces.detector import find_faces
from backend.media.film import FilmWriter
from backend.media.types import RgbImage

CLIP_SIDE_PX: Final = 256
_RENDER_SIDE_PX: Final = 512  # twice the clip's, so that shrinking hides the sampling
_POSTER_QUALITY: Final = 88
_LONGER_THAN_A_BLINK_S: Final = 0.44
_LICENCE: Final = (
    "Made by `presets make` from NASA's portrait of astronaut Eileen Collins (public domain; NASA media "
    "guidelines apply); see README.md"
)

Progress = Callable[[str, float], None]
"""Told which preset is being made, and which share of all the work is done, 0 to 1."""


def no_progress(slug: str, fraction: float) -> None:
    """A Progress that nobody watches."""


def make_presets(
    directory: Path, progress: Progress = no_progress, recipes: tuple[PresetRecipe, ...] = RECIPES
) -> tuple[Path, ...]:
    """Make every clip, poster and curve, and the catalogue that lists them; returns the clips' paths.

    The same program and portrait give the same files. Entries of the catalogue without a curve are the
    operator's own: they and their files stay as they are, also under a name that would be ours.
    Raises AppError when the portrait is not installed.
    """
    directory.mkdir(parents=True, exist_ok=True)
    catalogue = directory / "catalogue.toml"
    own = own_entries(catalogue.read_text(encoding="utf-8")) if catalogue.exists() else {}
    ours = [recipe for recipe in recipes if recipe.slug not in own]
    stage = SampleStage()
    # Made aside and moved in at the end: whoever stops it half-way keeps the folder as it was.
    with TemporaryDirectory(dir=directory) as aside:
        for index, recipe in enumerate(ours):

            def tell(fraction: float, index: int = index, slug: str = recipe.slug) -> None:
                progress(slug, (index + fraction) / len(ours))

            make_preset(stage, recipe, Path(aside), tell)
        entries = [catalogue_entry(recipe, Path(aside)) for recipe in ours]
        for made in sorted(Path(aside).iterdir()):
            made.replace(directory / made.name)
    catalogue.write_text(_CATALOGUE_HEAD + "".join([*entries, *own.values()]), encoding="utf-8")
    return tuple(directory / f"{recipe.slug}.mp4" for recipe in ours)


def make_preset(
    stage: "SampleStage", recipe: PresetRecipe, folder: Path, tell: Callable[[float], None]
) -> None:
    """Write a preset's clip, poster and curve. `tell` hears which share of it is done, 0 to 1."""
    curve = recipe.curve()
    with FilmWriter(folder / f"{recipe.slug}.mp4", CLIP_SIDE_PX, CLIP_SIDE_PX, curve.fps) as film:
        for frame_index in range(curve.frame_count):
            film.write(stage.frame(curve, frame_index))
            tell((frame_index + 1) / curve.frame_count)
    poster = Image.fromarray(stage.frame(curve, peak_frame(curve)))
    poster.save(folder / f"{recipe.slug}.jpg", quality=_POSTER_QUALITY, optimize=True)
    (folder / f"{recipe.slug}.json").write_text(curve_json(curve), encoding="utf-8")


class SampleStage:
    """The neutral portrait, ready to be moved."""

    def __init__(self) -> None:
        large, _ = neutral_portrait()
        size = (_RENDER_SIDE_PX, _RENDER_SIDE_PX)
        self._portrait = np.array(Image.fromarray(large).resize(size, Image.Resampling.LANCZOS))
        faces = find_faces(self._portrait)
        if not faces:
            raise AppError("the face of the sample portrait was not found")
        self._renderer = FaceRenderer(self._portrait, find_landmarks(self._portrait, faces[0]))

    def frame(self, curve: MotionCurve, frame_index: int) -> RgbImage:
        """uint8 (256, 256, 3) RGB: the portrait at one moment of a curve."""
        patch = self._renderer.render(at_frame(curve, frame_index))
        frame = Image.fromarray(compose(self._portrait, [patch]))
        return np.array(frame.resize((CLIP_SIDE_PX, CLIP_SIDE_PX), Image.Resampling.BOX))


def peak_frame(curve: MotionCurve) -> int:
    """The frame furthest from rest, for a poster: not in a blink, but a wink or eyes that stay shut count."""
    amount = np.zeros(curve.frame_count)
    for name, values in curve.channels.items():
        track = np.abs(np.array(values))
        if not name.startswith("blink") and track.max() > 0.05:
            amount += track / track.max() * min(1.0, 4 * float(track.max()))
    none = np.zeros(curve.frame_count)
    left, right = (np.array(curve.channels.get(name, none)) for name in ("blink_left", "blink_right"))
    shut = np.minimum(left, right)
    stays_shut = ndimage.grey_opening(shut, size=(round(_LONGER_THAN_A_BLINK_S * curve.fps),))
    amount += 2.0 * np.clip(np.abs(left - right) - 0.5, 0, None)  # a wink
    return int(np.argmax(amount + stays_shut - 3.0 * (shut - stays_shut)))


def curve_json(curve: MotionCurve) -> str:
    """A curve as it lies beside its clip: {"fps": ..., "channels": {name: [value per frame]}}."""
    channels = {name: list(values) for name, values in curve.channels.items()}
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(values)}" for name, values in channels.items())
    return f'{{"fps": {curve.fps:g}, "channels": {{\n{rows}\n}}}}\n'


def catalogue_entry(recipe: PresetRecipe, folder: Path) -> str:
    """The lines of `catalogue.toml` for one of our own clips, which lies in `folder`."""
    curve, clip = recipe.curve(), folder / f"{recipe.slug}.mp4"
    lines = [
        "",
        "[[preset]]",
        f'slug = "{recipe.slug}"',
        *([] if recipe.number is None else [f"number = {recipe.number}"]),
        f'name_zh = "{recipe.name_zh}"',
        f'name_en = "{recipe.name_en}"',
        f"fps = {curve.fps:g}",
        f"frames = {curve.frame_count}",
        f"seconds = {curve.frame_count / curve.fps:g}",
        f'clip = "{clip.name}"',
        f'poster = "{recipe.slug}.jpg"',
        f'curve = "{recipe.slug}.json"',
        f'sha256 = "{hashlib.sha256(clip.read_bytes()).hexdigest()}"',
        f'licence = "{_LICENCE}"',
    ]
    return "\n".join(lines) + "\n"


def own_entries(catalogue: str) -> dict[str, str]:
    """Slug -> lines, word for word, of the entries of a catalogue that have no curve."""
    own = {}
    for block in catalogue.split("[[preset]]")[1:]:
        try:
            entry = tomllib.loads(block)
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"the catalogue cannot be read: {error}") from error
        if "curve" not in entry:
            own[str(entry.get("slug"))] = f"\n[[preset]]\n{block.strip()}\n"
    return own


_CATALOGUE_HEAD: Final = """\
# The expressions people can pick, in the order they see them. Written by `python -m backend presets make`.
# An own clip: give it a slug, leave out `curve`, and put clip and poster beside this file; see README.md.
"""
