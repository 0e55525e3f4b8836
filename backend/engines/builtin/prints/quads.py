"""Every quadrilateral that four lines enclose and whose sides are really edges.

All are tried at once: along each line the edges are counted beforehand, so that a side costs two look-ups.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from backend.engines.builtin.prints.lines import Doubles, Lines

_LEAST_SEEN: Final = 0.5  # share of a side that is an edge
_LEAST_MEAN_SEEN: Final = 0.62  # of all four sides
_LEAST_SIDE: Final = 0.13  # of the picture's shorter side
_LEAST_AREA, _MOST_AREA = 0.03, 0.93  # of the picture
_SMALLER: Final = 0.6  # times these, beside a print that was found
_MOST_ELONGATED: Final = 3.4
_LEAST_TURN: Final = np.sin(np.radians(48))  # between sides that meet
_OUTSIDE_PX: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quads:
    """N quadrilaterals. Sides 0 to 3 are top, right, bottom, left of some turn; clockwise from corner 0.

    corners: float64 (N, 4, 2) px indices
    seen:    float64 (N, 4) share of each side that is an edge
    inside:  float64 (N, 4, 3) mean CIELAB colour along each side, just inside
    outside: float64 (N, 4, 3) just outside
    """

    corners: Doubles
    seen: Doubles
    inside: Doubles
    outside: Doubles

    def __getitem__(self, index: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> "Quads":
        return Quads(
            corners=self.corners[index],
            seen=self.seen[index],
            inside=self.inside[index],
            outside=self.outside[index],
        )


def find_quads(lines: Lines, width_px: int, height_px: int, *, small_too: bool = False) -> Quads:
    """All that are large enough, convex, and no slivers."""
    smaller = _SMALLER if small_too else 1.0
    points, step = _crossings(lines)
    in_picture = ((points > -_OUTSIDE_PX) & (points < np.array([width_px, height_px]) - 1 + _OUTSIDE_PX)).all(
        axis=2
    )
    cos = np.abs(lines.normals @ lines.normals.T)
    meets = in_picture & (np.sqrt(np.maximum(1 - cos**2, 0)) > _LEAST_TURN)
    # side[a, c, d]: line a from its crossing with c to the one with d, c first along a
    count = lines.count
    length_px = step[:, None, :] - step[:, :, None]
    counted = np.take_along_axis(lines.edge, step, axis=1)
    seen = (counted[:, None, :] - counted[:, :, None]) / np.maximum(length_px, 1)
    is_side = meets[:, :, None] & meets[:, None, :] & (seen > _LEAST_SEEN)
    is_side &= length_px > smaller * _LEAST_SIDE * min(width_px, height_px)
    either = is_side | is_side.transpose(0, 2, 1)
    first, second, third, fourth = _closed(either, count)
    corners = np.stack(
        [points[first, third], points[first, fourth], points[second, fourth], points[second, third]], axis=1
    )
    sides = np.stack([first, fourth, second, third], axis=1)
    return _kept(lines, corners, sides, width_px * height_px, smaller**2 * _LEAST_AREA)


def _crossings(lines: Lines) -> tuple[Doubles, npt.NDArray[np.int64]]:
    """Where line i crosses line j: (N, N, 2) px, far away for parallels; and the step of line i there."""
    nx, ny = lines.normals[:, 0], lines.normals[:, 1]
    cross = nx[:, None] * ny[None, :] - ny[:, None] * nx[None, :]
    cross = np.where(np.abs(cross) < 1e-6, 1e-6, cross)
    rho = lines.rho_px
    x = (rho[:, None] * ny[None, :] - rho[None, :] * ny[:, None]) / cross
    y = (nx[:, None] * rho[None, :] - nx[None, :] * rho[:, None]) / cross
    points = np.stack([x, y], axis=2)
    along = np.column_stack([-ny, nx])
    reach = (lines.edge.shape[1] - 2) // 2
    step = np.einsum("ijk,ik->ij", points - lines.origin, along)
    return points, np.rint(np.clip(step, -reach, reach)).astype(np.int64) + reach


def _closed(is_side: npt.NDArray[np.bool_], count: int) -> tuple[npt.NDArray[np.int64], ...]:
    """Lines a, b, c, d such that a and b are sides between c and d, and c and d are sides between a and b."""
    quads = []
    for a in range(count):
        between = is_side[a]  # (c, d)
        for b in range(a + 1, count):
            both = between & is_side[b]
            pair = is_side[:, a, b]
            c, d = np.nonzero(both & pair[:, None] & pair[None, :])
            take = (a < c) & (c < d)  # each but once
            if take.any():
                c, d = c[take], d[take]
                quads.append(np.stack([np.full_like(c, a), np.full_like(c, b), c, d]))
    if not quads:
        return tuple(np.zeros((4, 0), np.int64))
    return tuple(np.concatenate(quads, axis=1))


def _kept(
    lines: Lines, corners: Doubles, sides: npt.NDArray[np.int64], picture_px: int, least_area: float
) -> Quads:
    following = np.roll(corners, -1, axis=1) - corners
    turns = _cross(following, np.roll(following, -1, axis=1))
    clockwise = np.asarray((turns > 0).all(axis=1), np.bool_)
    is_convex = clockwise | (turns < 0).all(axis=1)
    length_px = np.linalg.norm(following, axis=2)
    area = 0.5 * np.abs(_cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])) / picture_px
    mean_px = np.sort(length_px[:, :2] + length_px[:, 2:], axis=1)
    keep = is_convex & (area > least_area) & (area < _MOST_AREA)
    keep &= mean_px[:, 1] < _MOST_ELONGATED * mean_px[:, 0]
    corners, sides, clockwise = corners[keep], sides[keep], clockwise[keep]
    # Corners 0 3 2 1 go round the other way; their sides are 3 2 1 0.
    corners = np.where(clockwise[:, None, None], corners, corners[:, [0, 3, 2, 1]])
    sides = np.where(clockwise[:, None], sides, sides[:, ::-1])
    quads = _measured(lines, corners, sides)
    return quads[quads.seen.mean(axis=1) > _LEAST_MEAN_SEEN]


def _measured(lines: Lines, corners: Doubles, sides: npt.NDArray[np.int64]) -> Quads:
    normals = lines.normals[sides]
    along = np.stack([-normals[..., 1], normals[..., 0]], axis=2)
    reach = (lines.edge.shape[1] - 2) // 2
    ends = np.stack([corners, np.roll(corners, -1, axis=1)], axis=2) - lines.origin
    steps = np.rint(np.einsum("qsek,qsk->qse", ends, along)).astype(np.int64).clip(-reach, reach) + reach
    start, end = steps.min(axis=2), steps.max(axis=2)
    length = np.maximum(end - start, 1)
    seen = (lines.edge[sides, end] - lines.edge[sides, start]) / length
    colours = (lines.colours[sides, end] - lines.colours[sides, start]) / length[..., None, None]
    middle = corners.mean(axis=1)
    inward = (middle[:, None] * normals).sum(axis=2) > lines.rho_px[sides]
    inside = np.where(inward[..., None], colours[:, :, 1], colours[:, :, 0])
    outside = np.where(inward[..., None], colours[:, :, 0], colours[:, :, 1])
    return Quads(corners=corners, seen=seen, inside=inside, outside=outside)


def _cross(a: Doubles, b: Doubles) -> Doubles:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0], np.float64)
