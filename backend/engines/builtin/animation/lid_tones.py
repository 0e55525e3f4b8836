"""What the photo shows around an eye: the colours, the room and the sharpness that a drawn lid must keep to.

Apart from the lids' geometry because it is measured once a face, and from the photo alone.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.engines.builtin.animation.canonical import FaceFrame, Floats
from backend.engines.builtin.animation.eyes import Eye
from backend.engines.builtin.animation.head import smooth_step
from backend.media.types import RgbImage

CROP_PX_PER_UNIT: Final = 96  # of the crops that are measured
_REACH: Final = (0.30, 0.34)  # D aside and up and down of the eye that are looked at
_BRIGHTEST_OF_LID: Final = 1.45  # the colour a lid is evened to, against the skin above the eye
_BRIGHTEST_OF_SOCKET: Final = 1.8  # against what lies right over the lid
_DIMMEST_LID: Final = 0.82  # of plain skin around the eye; a darker lid looks like a dark glass
# Blur mixes lid, lashes and socket: the lid of a small unsharp face takes on the tone of its open eye.
_MIXED: Final = 0.55  # of that tone
_MIXED_EDGE: Final = (0.055, 0.095)  # D, the width of the photo's edges from which and up to which it mixes
_MIXED_UNIT_PX: Final = (38.0, 26.0)  # D in pixels: above the first nothing mixes
_STRIP: Final = (0.07, 0.15)  # D of skin above the eye that can be drawn down: at least, at most
_UNLIKE_SKIN: Final = 0.22  # of the eye's contrast; a row that differs more is brow, hair or a frame
_LASH_DARKNESS: Final = 0.75  # of the way from shaded skin to the darkest of the open eye
_LASH_HALF: Final = (0.012, 0.028)  # D, half the width of a lash line in a sharp and in an unsharp photo
_LASH_OF_EDGE: Final = 0.30  # of the width of the photo's own edges
_THINNEST_LASH_PX: Final = 0.6  # a thinner line breaks into dashes


@dataclass(frozen=True, slots=True)
class LidTones:
    """skin, lash: float32 (3,) RGB in [0, 255]. strip, lash_half: D.

    contrast: levels from the skin down to the iris.
    """

    skin: Floats
    lash: Floats
    contrast: float
    strip: float
    lash_half: float


def lid_tones(photo: RgbImage, frame: FaceFrame, eye: Eye) -> LidTones:
    """Measure the surroundings of an eye.

    photo: uint8 (H, W, 3) RGB.
    """
    aside, upright = _REACH
    around = frame.crop(
        photo,
        (eye.middle_u - aside, eye.middle_u + aside),
        (eye.base_v - upright, eye.base_v + upright),
        CROP_PX_PER_UNIT,
    )
    v = (np.arange(around.shape[0], dtype=np.float32) + 0.5) / CROP_PX_PER_UNIT - upright
    edge = round(0.15 * CROP_PX_PER_UNIT)
    lid = around[(v > -eye.upper - 0.15) & (v < -eye.upper - 0.02), edge:-edge].reshape(-1, 3)
    below = around[(v > eye.lower + 0.06) & (v < eye.lower + 0.2), edge:-edge].reshape(-1, 3)
    plain_lid, plain = _plain_colour(lid), _plain_colour(np.concatenate((lid, lid, below)))
    socket = around[(v > -eye.upper - 0.09) & (v < -eye.upper - 0.015), edge:-edge]
    # a lid in the shadow of a brow stays in it
    brightest = min(
        _BRIGHTEST_OF_LID * float(plain_lid.mean()), _BRIGHTEST_OF_SOCKET * float(np.median(socket))
    )
    skin = plain * np.float32(np.clip(brightest / max(float(plain.mean()), 1.0), _DIMMEST_LID, 1.0))
    opening = around[(v > -eye.upper - 0.03) & (v < 0.02), edge:-edge].reshape(-1, 3)
    over_lid = np.asarray(v + eye.upper, np.float32)
    rows = around[:, edge:-edge].mean(axis=2, dtype=np.float32)
    soft = edge_width(rows[np.abs(v) < 0.16])
    mixed = _MIXED * smooth_step(*_MIXED_EDGE, np.float32(soft))
    mixed = mixed * smooth_step(*_MIXED_UNIT_PX, np.float32(frame.unit_px))
    skin = skin + mixed * (opening.mean(axis=0) - skin)
    light = opening.mean(axis=1)
    dark = opening[light <= np.percentile(light, 12)].mean(axis=0)
    contrast = max(float(skin.mean() - dark.mean()), 8.0)
    return LidTones(
        skin=skin,
        lash=(_LASH_DARKNESS * dark + (1 - _LASH_DARKNESS) * 0.45 * skin).astype(np.float32),
        contrast=contrast,
        strip=_free_strip(np.asarray(np.median(rows, axis=1), np.float32), over_lid, contrast),
        lash_half=max(float(np.clip(_LASH_OF_EDGE * soft, *_LASH_HALF)), _THINNEST_LASH_PX / frame.unit_px),
    )


def _plain_colour(pixels: Floats) -> Floats:
    """Mean of the middling bright pixels: neither crease nor highlight. float32 (3,)."""
    light = pixels.mean(axis=1)
    low, high = np.percentile(light, (45, 90))
    return np.asarray(pixels[(light >= low) & (light <= high)].mean(axis=0), np.float32)


def _free_strip(light: Floats, over_lid: Floats, contrast: float) -> float:
    """D of plain skin over the upper lid.

    light: of every row. over_lid: v of the rows against the lid's edge, negative above it.
    """
    least, most = _STRIP
    near = light[(over_lid > -least) & (over_lid < -0.03)]
    above = (over_lid <= -least) & (over_lid > -most)
    unlike = np.abs(light - float(np.median(near))) > _UNLIKE_SKIN * contrast
    taken = -over_lid[above & unlike]
    return float(taken.min()) if taken.size else most


def edge_width(light: Floats) -> float:
    """D over which a photo's steepest edges go from dark to light.

    light: float32 (rows, columns), a crop at CROP_PX_PER_UNIT.
    """
    slopes = np.abs(np.gradient(light, axis=0))
    low, high = np.percentile(light, (2, 98))
    steepest = max(float(np.percentile(slopes, 98)), 1e-3)
    return float(high - low) / steepest / CROP_PX_PER_UNIT
