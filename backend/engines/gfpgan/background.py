"""What becomes of the picture around the faces: left, cleaned by the built-in engine, or drawn by a network.

Apart from the engine because it knows nothing of faces; they are laid on top of what is made here.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final

import cv2
import numpy as np

from backend.domain.errors import OutOfMemory
from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint, RestoreOptions
from backend.engines.builtin.restoration.bands import band_rows
from backend.engines.builtin.restoration.engine import BuiltinRestorer, Levels, Repaired
from backend.engines.builtin.restoration.planes import luma, to_bytes, to_deep
from backend.engines.builtin.restoration.toning import TonePlan, correct_tone
from backend.engines.gfpgan.colour import TintCurve, measure_tint, tinted
from backend.engines.gfpgan.seams import Enlarger
from backend.engines.gfpgan.tiles import enlarge_by_tiles
from backend.media.deep import eight_bits
from backend.media.types import DeepImage, RgbImage

_LARGEST_TILE_PX: Final = 512
SMALLEST_TILE_PX: Final = 128  # with less, most of a tile is overlap


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """The picture at the size of the result, before the faces.

    image: uint8 (scale * H, scale * W, 3) RGB, the engine's own to draw in
    tone: what else was done to its tones; crops cut from the repaired photo must go through it too
    deep: the image once more, where the photo came with 16 bits a channel
    """

    image: RgbImage
    tone: TonePlan
    notes: tuple[str, ...]
    deep: DeepImage | None = None


def left_as_it_is(repaired: Repaired, scale: int) -> Background:
    """The repaired photo, enlarged by Lanczos where it is enlarged. `repaired.picture` is handed over."""
    picture = repaired.hand_over()
    notes = (*repaired.notes, *_size_note(scale))
    if repaired.is_deep:
        deep = _by_lanczos(to_deep(picture), scale)
        return Background(image=eight_bits(deep), deep=deep, tone=TonePlan(), notes=notes)
    return Background(image=_by_lanczos(to_bytes(picture), scale), tone=TonePlan(), notes=notes)


def by_builtin(
    builtin: BuiltinRestorer, repaired: Repaired, options: RestoreOptions, checkpoint: Checkpoint
) -> Background:
    """As the built-in engine restores and enlarges it. `repaired.picture` is handed over."""
    finished = builtin.finish(repaired, options, checkpoint)
    made = finished.restoration
    notes = tuple(note for note in made.notes if note != "nothing_to_repair")
    return Background(image=made.image, deep=made.deep, tone=finished.tone, notes=notes)


def by_network(
    builtin: BuiltinRestorer,
    repaired: Repaired,
    options: RestoreOptions,
    enlarger: Enlarger,
    scale: int,
    checkpoint: Checkpoint,
) -> Background:
    """Tones as the built-in engine corrects them, everything else by a network, in smaller tiles if need be.

    `repaired.picture` is handed over. A print of one tint keeps it: the network only draws its brightness.

    raises: OutOfMemory when the smallest tile is too much
    """
    checkpoint(Stage.TONE, 0.0)
    picture = repaired.hand_over()
    tone = builtin.plan_tone(picture, repaired, options)
    correct_tone(picture, tone)
    photo = to_bytes(picture)
    del picture
    image = _enlarged(photo, enlarger, scale, checkpoint)
    if repaired.analysis.is_mono:
        _keep_tint(image, measure_tint(photo))
    notes = (*repaired.notes, *tone.notes(), *_size_note(scale), "background_by_model")
    # The network's own levels are of 8 bits.
    deep = image.astype(np.uint16) * np.uint16(257) if repaired.is_deep else None
    return Background(image=image, deep=deep, tone=tone, notes=notes)


def _by_lanczos(picture: Levels, scale: int) -> Levels:
    if scale == 1:
        return picture
    size_px = (picture.shape[1] * scale, picture.shape[0] * scale)
    enlarged = cv2.resize(picture, size_px, interpolation=cv2.INTER_LANCZOS4)
    return np.asarray(enlarged, picture.dtype)


def _enlarged(photo: RgbImage, enlarger: Enlarger, scale: int, checkpoint: Checkpoint) -> RgbImage:
    tile_px = _LARGEST_TILE_PX
    while True:
        try:
            return enlarge_by_tiles(photo, enlarger, scale, tile_px, partial(checkpoint, Stage.ENLARGE))
        except OutOfMemory:
            if tile_px <= SMALLEST_TILE_PX:
                raise
            tile_px //= 2


def _keep_tint(image: RgbImage, tint: TintCurve) -> None:
    step_rows = band_rows(image.shape[1])
    for top in range(0, image.shape[0], step_rows):
        rows = image[top : top + step_rows]
        rows[:] = to_bytes(tinted(luma(rows.astype(np.float32)), tint))


def _size_note(scale: int) -> tuple[str, ...]:
    return (f"enlarged_{scale}x",) if scale > 1 else ()
