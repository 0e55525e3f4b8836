"""Where a picture changes: thin edges with their direction, each weighed against the texture around it.

The weighing is why this is apart from the lines: on wood or cloth everything is an edge, and a print's side
is what stands out.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.media.types import FloatImage, RgbImage

Floats = npt.NDArray[np.float32]

_SIGMA_PX: Final = 1.4
_ALONG_PX: Final = 2.5
_AROUND_PX: Final = 81
_FLOOR: Final = 1.2  # CIELAB units a px; what is weaker in a smooth place is noise
_WEAKEST: Final = 0.3  # of the mean around it


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Edges of a picture.

    lab:        float32 (H, W, 3) CIELAB, as it was looked at
    strength:   float32 (H, W), 0 where there is no edge; 0.7 to 1.5 where there is one
    normal_rad: float32 (H, W) in [0, pi), across the edge
    """

    lab: FloatImage
    strength: Floats
    normal_rad: Floats


def find_edges(picture: RgbImage) -> Edges:
    """picture: uint8 (H, W, 3) RGB, small (about 800 px)."""
    lab = cv2.cvtColor(picture.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    soft = cv2.GaussianBlur(lab, (0, 0), _SIGMA_PX)
    across = cv2.Scharr(soft, cv2.CV_32F, 1, 0, scale=1 / 32)
    down = cv2.Scharr(soft, cv2.CV_32F, 0, 1, scale=1 / 32)
    # Di Zenzo 1986: the direction in which the three channels together change most.
    xx, yy = (across * across).sum(axis=2), (down * down).sum(axis=2)
    xy = (across * down).sum(axis=2)
    # Averaged along the edge, so that a deckle's waves keep its direction.
    normal_rad = 0.5 * np.arctan2(*(cv2.GaussianBlur(part, (0, 0), _ALONG_PX) for part in (2 * xy, xx - yy)))
    magnitude = np.sqrt(0.5 * (xx + yy + np.sqrt((xx - yy) ** 2 + 4 * xy**2)))
    around = cv2.boxFilter(magnitude, -1, (_AROUND_PX, _AROUND_PX))
    relative = magnitude / (around + np.float32(_FLOOR))
    is_edge = (relative > _WEAKEST) & _is_crest(magnitude, normal_rad)
    strength = np.where(is_edge, np.clip(relative, 0.7, 1.5), 0)
    return Edges(
        lab=np.asarray(lab, np.float32),
        strength=np.asarray(strength, np.float32),
        normal_rad=np.asarray(normal_rad % np.pi, np.float32),
    )


def _is_crest(magnitude: Floats, normal_rad: Floats) -> npt.NDArray[np.bool_]:
    """Where neither neighbour across the edge is stronger (Canny 1986)."""
    padded = np.pad(magnitude, 1)
    height_px, width_px = magnitude.shape
    eighth = np.rint(normal_rad / (np.pi / 4)).astype(np.int8) % 4
    crest = np.zeros(magnitude.shape, np.bool_)
    for number, (dx, dy) in enumerate(((1, 0), (1, 1), (0, 1), (-1, 1))):
        ahead = padded[1 + dy : 1 + dy + height_px, 1 + dx : 1 + dx + width_px]
        behind = padded[1 - dy : 1 - dy + height_px, 1 - dx : 1 - dx + width_px]
        crest |= (eighth == number) & (magnitude >= ahead) & (magnitude > behind)
    return crest
