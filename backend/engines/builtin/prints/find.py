"""Where prints lie in a picture: the steps from pixels to outlines.

Apart from the engine, which turns them upright and cuts them out.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.prints.choice import choose, overlap, parts
from backend.engines.builtin.prints.edges import Edges, find_edges
from backend.engines.builtin.prints.evidence import (
    ENOUGH,
    LEAST_PICTURED,
    colours_along,
    likelihood,
    pictured,
)
from backend.engines.builtin.prints.lines import Doubles, find_lines
from backend.engines.builtin.prints.paper import in_from_shadow, out_to_paper
from backend.engines.builtin.prints.quads import Quads, find_quads
from backend.engines.builtin.prints.refine import refined
from backend.media.types import RgbImage

_COPY_SIDE_PX: Final = 800  # long side of the copy that is searched
_LEAST_SIDE_PX: Final = 160  # a picture smaller than this is no picture of a print
_BAND_PX: Final = 2.5  # of the copy, in which a side is sought again at full size
_COARSE_SIDE_PX: Final = 320
_MEDIAN_PX: Final = 7
_COARSE_SIGMA_PX: Final = 1.0
_COARSE_BAND_PX: Final = 2.5
_MOST_OVERLAP: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A print's outline, clockwise from any corner. corners: float64 (4, 2) px, a pixel's centre at + 0.5."""

    corners: Doubles
    score: float


def find_outlines(picture: RgbImage) -> tuple[Outline, ...]:
    """The outlines of the prints, the likeliest first.

    picture: uint8 (H, W, 3) RGB of any size
    """
    height_px, width_px = picture.shape[:2]
    if min(height_px, width_px) < _LEAST_SIDE_PX:
        return ()
    copy = _small(picture, _COPY_SIDE_PX)
    size = np.array([copy.shape[1], copy.shape[0]])
    edges = find_edges(copy)
    chosen = _prints_among(edges)
    chosen += [one for one in _despite_texture(copy) if all(overlap(one[0], other) < _MOST_OVERLAP for other, _ in chosen)]
    scale = np.array([width_px, height_px]) / size
    found = []
    for corners, score in chosen:
        better = _at_full_size(picture, (corners + 0.5) * scale - 0.5, float(scale.max())) + 0.5
        inside = np.clip(better, 0, [width_px, height_px])
        found.append(Outline(corners=inside, score=round(score, 3)))
    return tuple(found)


def _at_full_size(picture: RgbImage, corners: Doubles, scale: float) -> Doubles:
    near = refined(picture, corners, _BAND_PX * scale)
    on_paper = out_to_paper(picture, near)
    in_light = in_from_shadow(picture, refined(picture, on_paper, _BAND_PX * scale))
    return refined(picture, in_light, max(1.0, 0.5 * scale))


def _despite_texture(copy: RgbImage) -> list[tuple[Doubles, float]]:
    """Outlines in px indices of the copy, from a smaller one in which letters, threads and noise are gone."""
    coarse = _small(copy, _COARSE_SIDE_PX)
    smooth = cv2.GaussianBlur(cv2.medianBlur(coarse, _MEDIAN_PX), (0, 0), _COARSE_SIGMA_PX)
    scale = np.array([copy.shape[1] / coarse.shape[1], copy.shape[0] / coarse.shape[0]])
    found = []
    for corners, score in _prints_among(find_edges(np.asarray(smooth, np.uint8))):
        at_copy_size = (corners + 0.5) * scale - 0.5
        found.append((refined(copy, at_copy_size, _COARSE_BAND_PX * float(scale.max())), score))
    return found


def _small(picture: RgbImage, side_px: int) -> RgbImage:
    height_px, width_px = picture.shape[:2]
    ratio = min(1.0, side_px / max(height_px, width_px))
    size = (max(1, round(width_px * ratio)), max(1, round(height_px * ratio)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _prints_among(edges: Edges) -> list[tuple[Doubles, float]]:
    """Outlines in px indices and their scores; the prints on an album page instead of the page."""
    height_px, width_px = edges.strength.shape
    quads = find_quads(find_lines(edges), width_px, height_px)
    frame = np.array([(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)], np.float64)
    found = []
    for whole, score in _lying_on(frame, quads, edges):
        on_it = _lying_on(whole, quads[parts(quads.corners, whole)], edges)
        found += on_it if len(on_it) > 1 else [(whole, score)]
    return found


def _lying_on(ground: Doubles, quads: Quads, edges: Edges) -> list[tuple[Doubles, float]]:
    scores = likelihood(quads, colours_along(ground, edges))
    sure = np.flatnonzero(scores >= ENOUGH)
    sure = sure[pictured(quads[sure], edges) >= LEAST_PICTURED]
    size = edges.strength.shape[1], edges.strength.shape[0]
    chosen = sure[choose(quads.corners[sure], scores[sure], size)]
    return [(quads.corners[at], float(scores[at])) for at in chosen]
