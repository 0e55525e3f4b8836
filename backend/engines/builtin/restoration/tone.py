"""Bring back the blacks that fading took, and the whites of a print without colour.

Dyes fade unevenly, so the darkest parts of an old colour print are grey and tinted. What the channels share
is taken off all tones. What they differ in is a tint of the shadows that is gone in the lights, and is taken
off there; off everywhere, it would leave the opposite tint in the middle tones. The highlights of colour
prints are left alone: a warm lamp or a blue sky is no fault.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.borders import Border, inside
from backend.engines.builtin.restoration.planes import luma, shrunk
from backend.media.types import FloatImage

_MEASURED_SIDE_PX = 512
_RIM_SHARE = 0.03  # of the picture: frayed edges and shadows of the mount
_FADED_FROM = 42.0  # sound photos, old and new, have their darkest 0.5 % below 40
_FADED_TO = 90.0  # and fog has it above
_SURELY_FADED = (54.0, 76.0)  # a mono print beyond is helped a little: there are sound ones at 43 and at 87
_RARE_BLACKS = (0.2, 0.3)  # of the way to the middle tone in the darkest 2 %: a wall has gaps, and no blacks
_LEAST_CERTAINTY = 0.1  # below, nothing would be seen of it
_BLACK = 18.0  # where the darkest parts are put
_SHARE = 0.7  # of the way there
_TINT_SHARE = 0.9  # of what the shadows' tint is taken back
_TINT_POWER = 2.5  # how soon it is gone towards the lights; seen on faded colour prints, 2 to 3 look alike
_CAST_FROM = 8.0  # grey levels between the channels' blacks that make a tint
_WHITE_SHARE = 0.4  # of the way there: many a scene has nothing white in it
_STEEPEST = 1.8  # what is stretched more shows its grain and its steps
_WHITE = 240.0  # where the brightest 0.5 % of a mono print are put
_TOE = 12.0

Levels = npt.NDArray[np.float32]
Channels = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fade:
    """What is missing to black and white, in grey levels.

    offset: to take from every channel, at black; whites stay
    tints:  to take from R, G and B besides, at `blacks`, the level of each channel's black after `offset`
    gain:   to give after that, so that the whites are white again
    """

    offset: float
    tints: Channels
    blacks: Channels
    gain: float = 1.0

    @property
    def is_cast(self) -> bool:
        """True where the channels faded unevenly."""
        return max(self.tints) >= _CAST_FROM * _TINT_SHARE

    @property
    def is_fade(self) -> bool:
        """True where more than a tint is wrong."""
        return self.offset > 0.0


def measure_fade(
    photo: FloatImage, *, is_mono: bool, border: Border | None = None, needs_evidence: bool = True
) -> Fade | None:
    """How far the blacks have faded; None where they have not.

    photo: float32 (H, W, 3) RGB in [0, 255]
    border: what lies around the picture and is not looked at
    needs_evidence: False takes back the shadows' tint wherever there is one; the rest still asks for evidence
    """
    small = cv2.GaussianBlur(shrunk(photo, _MEASURED_SIDE_PX), (0, 0), 1.0)
    picture = small[inside(border, *small.shape[:2])]
    rim_px = round(_RIM_SHARE * max(picture.shape[:2])) if border is None else 2
    inner = picture[rim_px : picture.shape[0] - rim_px, rim_px : picture.shape[1] - rim_px]
    if inner.size == 0:
        return None
    brightness = luma(np.ascontiguousarray(inner))
    levels = np.percentile(brightness, (0.5, 2.0, 50.0, 99.5))
    darkest, dark, middle, brightest = (float(level) for level in levels)
    is_faded = _FADED_FROM <= darkest <= _FADED_TO
    if is_mono:
        certainty = float(np.interp(darkest, (_FADED_FROM, *_SURELY_FADED, _FADED_TO), (0.0, 1.0, 1.0, 0.0)))
        certainty *= float(np.interp((dark - darkest) / max(1.0, middle - darkest), _RARE_BLACKS, (1.0, 0.0)))
        return _of_mono(darkest, brightest, certainty) if certainty > _LEAST_CERTAINTY else None
    if not is_faded and (needs_evidence or darkest > _FADED_TO):
        return None
    return _of_colour(inner[brightness <= dark].mean(axis=0), is_faded=is_faded)


def _of_mono(darkest: float, brightest: float, certainty: float) -> Fade:
    """Of a print of one tint, which is meant: all channels alike."""
    black = darkest - certainty * _SHARE * (darkest - _BLACK)
    white = max(brightest, brightest + certainty * _WHITE_SHARE * (_WHITE - brightest))
    slope = min(_STEEPEST, (white - black) / max(1.0, brightest - darkest))
    offset = darkest - black / slope
    return Fade(offset=offset, tints=(0.0,) * 3, blacks=(black,) * 3, gain=slope * (255.0 - offset) / 255.0)


def _of_colour(blacks: Levels, *, is_faded: bool) -> Fade:
    missing = np.maximum(0.0, blacks - _BLACK)
    offset = _SHARE * float(missing.min()) if is_faded else 0.0
    tints = _TINT_SHARE * (missing - missing.min())
    return Fade(offset=offset, tints=_three(tints), blacks=_three(_stretched(blacks, offset)))


def _three(values: Levels) -> Channels:
    return float(values[0]), float(values[1]), float(values[2])


def _stretched(levels: Levels, offset: float) -> Levels:
    """Tones after `offset` is taken off black and nothing off white."""
    return (levels - np.float32(offset)) * np.float32(255.0 / (255.0 - offset))


def restore_tone(photo: FloatImage, fade: Fade) -> FloatImage:
    """The photo with its blacks back in place, and its whites where they were or should be.

    photo, returns: float32 (H, W, 3) RGB in [0, 255]
    """
    if not any(fade.tints):
        return _restored_lightness(photo, fade)
    restored = _stretched(photo, fade.offset)
    tints, blacks = np.array(fade.tints, np.float32), np.array(fade.blacks, np.float32)
    darkness = np.clip((255.0 - restored) / (255.0 - blacks), 0.0, 1.2)
    restored -= tints * darkness ** np.float32(_TINT_POWER)
    return _with_toe(restored)


def _restored_lightness(photo: FloatImage, fade: Fade) -> FloatImage:
    """Fading that is no tint, taken back in the luma: off each channel, it would deepen a sepia."""
    before = luma(photo)
    after = _with_toe(_shouldered(_stretched(before, fade.offset) * np.float32(fade.gain)))
    kept_tint = np.minimum(1.0, after / np.maximum(before, 1.0))
    return np.asarray(after[..., None] + (photo - before[..., None]) * kept_tint[..., None], np.float32)


def _with_toe(tones: FloatImage) -> FloatImage:
    """Tones below _TOE pressed together instead of cut off at black."""
    return np.where(tones < _TOE, _TOE * np.exp(np.minimum(tones - _TOE, 0.0) / _TOE), tones)


def _shouldered(tones: FloatImage) -> FloatImage:
    """Tones above _WHITE pressed together up to 255 instead of cut off."""
    room = np.float32(255.0 - _WHITE)
    above = np.maximum(tones - np.float32(_WHITE), 0.0)
    return np.where(above > 0.0, np.float32(_WHITE) + room * (1.0 - np.exp(-above / room)), tones)
