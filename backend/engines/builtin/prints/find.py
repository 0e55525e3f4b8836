"""Where prints lie in a picture: the steps from pixels to outlines.

Apart from the engine, which turns them upright and cuts them out.
"""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.prints.choice import area, choose, overlap, parts
from backend.engines.builtin.prints.edges import Edges, find_edges
from backend.engines.builtin.prints.evidence import (
    ENOUGH,
    LEAST_PICTURED,
    SURELY_PICTURED,
    colours_along,
    least_seen,
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
_COARSE_SIDE_PX: Final = 320  # long side of the smaller copy: letters are as narrow as the median there
_MEDIAN_PX: Final = 7
_COARSE_SIGMA_PX: Final = 1.0
_COARSE_BAND_PX: Final = 2.5  # of the smaller copy, in which a side is sought in the larger
_WELL_LIT, _MOST_GAIN = (
    220.0,
    2.5,
)  # lightest grey that contrasts were fitted at, and how far noise may be raised
_CLEAR_PX: Final = 9  # around a print that was found, its blurred edge
_MOST_OVERLAP: Final = 0.1  # of the smaller, between two prints
_SAME_PRINT: Final = 0.9  # of the smaller, between two outlines of one
_LEAST_GROWTH, _MOST_GROWTH = (
    1.03,
    1.35,
)  # of area: below, the finer search knows better; above, it is no border
_SEEN_LESS: Final = 0.1  # by so much its weakest side may be seen less


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
    copy = _well_lit(_small(picture, _COPY_SIDE_PX))
    edges = find_edges(copy)
    scale = np.array([width_px, height_px]) / [copy.shape[1], copy.shape[0]]
    found: list[Outline] = []
    for corners, score in _prints_among(edges) + _despite_texture(copy):
        found = _with(_at_full_size(picture, corners, scale, score), found, edges, scale)
    if found:
        # Beside one print there may be others: smaller, or with more sides than are looked at at once.
        for corners, score in _prints_among(_apart_from(found, edges, scale), small_too=True):
            found = _with(_at_full_size(picture, corners, scale, score), found, edges, scale)
    return tuple(found)


def _apart_from(found: list[Outline], edges: Edges, scale: Doubles) -> Edges:
    """The edges outside of what was found."""
    taken = np.zeros(edges.strength.shape, np.uint8)
    for one in found:
        cv2.fillConvexPoly(taken, np.rint(one.corners / scale).astype(np.int32), 1)
    free = cv2.dilate(taken, np.ones((_CLEAR_PX, _CLEAR_PX), np.uint8)) == 0
    return replace(edges, strength=np.asarray(edges.strength * free, np.float32))


def _with(new: Outline, found: list[Outline], edges: Edges, scale: Doubles) -> list[Outline]:
    """All outlines, the new one too unless it is in the way of others; of one print twice the larger."""
    common = [one for one in found if overlap(one.corners, new.corners) > _MOST_OVERLAP]
    if not common:
        return [*found, new]
    old = common[0]
    growth = area(new.corners) / area(old.corners)
    if (
        len(common) > 1
        or not _LEAST_GROWTH < growth < _MOST_GROWTH
        or overlap(old.corners, new.corners) < _SAME_PRINT
    ):
        return found
    seen, seen_before = (least_seen(one.corners / scale - 0.5, edges) for one in (new, old))
    return [new if one is old else one for one in found] if seen > seen_before - _SEEN_LESS else found


def _at_full_size(picture: RgbImage, corners: Doubles, scale: Doubles, score: float) -> Outline:
    """corners: px indices of the copy; scale: of the copy to the picture, across and down."""
    band_px = _BAND_PX * float(scale.max())
    near = refined(picture, (corners + 0.5) * scale - 0.5, band_px)
    on_paper = refined(picture, out_to_paper(picture, near), band_px)
    in_light = refined(picture, in_from_shadow(picture, on_paper), 0.5 * band_px)
    inside = np.clip(in_light + 0.5, 0, [picture.shape[1], picture.shape[0]])
    return Outline(corners=inside, score=round(score, 3))


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


def _well_lit(copy: RgbImage) -> RgbImage:
    gain = float(np.clip(_WELL_LIT / max(1.0, np.percentile(copy, 99)), 1, _MOST_GAIN))
    return np.asarray(cv2.convertScaleAbs(copy, alpha=gain), np.uint8)


def _small(picture: RgbImage, side_px: int) -> RgbImage:
    height_px, width_px = picture.shape[:2]
    ratio = min(1.0, side_px / max(height_px, width_px))
    size = (max(1, round(width_px * ratio)), max(1, round(height_px * ratio)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _prints_among(edges: Edges, *, small_too: bool = False) -> list[tuple[Doubles, float]]:
    """Outlines in px indices and their scores; the prints on an album page instead of the page."""
    height_px, width_px = edges.strength.shape
    quads = find_quads(find_lines(edges), width_px, height_px, small_too=small_too)
    frame = np.array([(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)], np.float64)
    least_pictured = SURELY_PICTURED if small_too else LEAST_PICTURED
    found = []
    for whole, score in _lying_on(frame, quads, edges, least_pictured):
        on_it = _lying_on(whole, quads[parts(quads.corners, whole)], edges, least_pictured)
        found += on_it if len(on_it) > 1 else [(whole, score)]
    return found


def _lying_on(
    ground: Doubles, quads: Quads, edges: Edges, least_pictured: float
) -> list[tuple[Doubles, float]]:
    scores = likelihood(quads, colours_along(ground, edges))
    sure = np.flatnonzero(scores >= ENOUGH)
    sure = sure[pictured(quads[sure], edges) >= least_pictured]
    size = edges.strength.shape[1], edges.strength.shape[0]
    chosen = sure[choose(quads.corners[sure], scores[sure], size)]
    return [(quads.corners[at], float(scores[at])) for at in chosen]
