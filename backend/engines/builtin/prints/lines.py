"""The straight lines in a picture, and along each one where it is really an edge.

Hough's transform (Duda & Hart 1972) in which an edge votes only for lines of its own direction.
Apart from the quadrilaterals that are made of them.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.prints.edges import Edges

Doubles = npt.NDArray[np.float64]

_MOST: Final = 64
_MOST_OF_A_DIRECTION: Final = 22  # boards and text are many lines one way; they must not crowd out the other
_ANGLES: Final = 180
_RHO_STEP_PX: Final = 2.0
_REACH_PX: Final = 2  # an edge this near to a line is the line's
_BESIDE_PX: Final = 5.0
_SQUARE_PX: Final = 5
_TURN_RAD: Final = 0.22  # and of its direction within this
_LEAST_SHARE: Final = 0.08  # of the shorter side of the picture that a line must be seen on


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """N lines x cos(a) + y sin(a) = rho in pixel indices, strongest first.

    normals: float64 (N, 2) cos a, sin a
    rho_px:  float64 (N,)
    edge:    float64 (N, 2 R + 2) running count of the steps of 1 px, from -R along the line (its direction is
             (-sin a, cos a), 0 at its point nearest to `origin`), on which there is an edge
    colours: float64 (N, 2 R + 2, 2, 3) running sum, over the same steps, of the colour beside the line: on
             the side the normal comes from, and on the one that it points to
    origin:  the middle of the picture
    """

    normals: Doubles
    rho_px: Doubles
    edge: Doubles
    colours: Doubles
    origin: Doubles

    @property
    def count(self) -> int:
        return len(self.rho_px)


def find_lines(edges: Edges) -> Lines:
    """The strongest lines; none of them nearly the same."""
    height_px, width_px = edges.strength.shape
    origin = np.array([(width_px - 1) / 2, (height_px - 1) / 2])
    y, x = np.nonzero(edges.strength)
    points = np.column_stack([x, y]) - origin
    strength, angle_rad = edges.strength[y, x].astype(np.float64), edges.normal_rad[y, x].astype(np.float64)
    reach_px = float(np.hypot(width_px, height_px)) / 2 + 2
    votes = _votes(points, strength, angle_rad, reach_px)
    found: list[tuple[float, float]] = []
    for angle, rho in _peaks(votes, reach_px, _LEAST_SHARE * min(height_px, width_px)):
        found.append(_fitted(points, strength, angle_rad, angle, rho))
    chosen = _apart(found, reach_px)
    normals = np.array([(np.cos(angle), np.sin(angle)) for angle, _ in chosen]).reshape(-1, 2)
    centred_rho = np.array([rho for _, rho in chosen])
    return Lines(
        normals=normals,
        rho_px=centred_rho + normals @ origin,
        edge=_running(_seen(edges, normals, centred_rho, origin, int(np.ceil(reach_px)))),
        colours=_running(_beside(edges, normals, centred_rho, origin, int(np.ceil(reach_px)))),
        origin=origin,
    )


def _votes(points: Doubles, strength: Doubles, angle_rad: Doubles, reach_px: float) -> Doubles:
    """(angles, rhos) summed strength."""
    rhos = int(2 * reach_px / _RHO_STEP_PX) + 2
    votes = np.zeros(_ANGLES * rhos)
    own = np.rint(angle_rad / np.pi * _ANGLES).astype(np.int64)
    for off in range(-4, 5):
        angle = (own + off) % _ANGLES
        theta = angle * np.pi / _ANGLES
        rho = points[:, 0] * np.cos(theta) + points[:, 1] * np.sin(theta)
        cell = np.rint((rho + reach_px) / _RHO_STEP_PX).astype(np.int64)
        votes += np.bincount(angle * rhos + cell, weights=strength, minlength=votes.size)
    return votes.reshape(_ANGLES, rhos)


def _peaks(votes: Doubles, reach_px: float, least: float) -> list[tuple[float, float]]:
    """Angle and centred rho of the local maxima, strongest first."""
    votes = (votes + 0.5 * (np.roll(votes, 1, axis=1) + np.roll(votes, -1, axis=1))).astype(np.float32)
    # Half a turn on, rho changes its sign.
    wrapped = np.vstack([votes[-3:, ::-1], votes, votes[:3, ::-1]])
    highest = cv2.dilate(wrapped, np.ones((7, 3), np.uint8))[3:-3]
    angle, cell = np.nonzero((votes >= highest) & (votes > least))
    order = np.argsort(-votes[angle, cell], kind="stable")[: 3 * _MOST]
    return [(float(angle[at]) * np.pi / _ANGLES, float(cell[at]) * _RHO_STEP_PX - reach_px) for at in order]


def _fitted(
    points: Doubles, strength: Doubles, angle_rad: Doubles, angle: float, rho: float
) -> tuple[float, float]:
    """The line through the edges near a peak: total least squares, twice, nearer the second time."""
    for near_px in (3.0, 1.5):
        normal = np.array([np.cos(angle), np.sin(angle)])
        turn = np.abs((angle_rad - angle + np.pi / 2) % np.pi - np.pi / 2)
        takes = (np.abs(points @ normal - rho) < near_px) & (turn < _TURN_RAD)
        if takes.sum() < 8:
            break
        own, weights = points[takes], strength[takes]
        middle = np.average(own, axis=0, weights=weights)
        spread = (own - middle).T @ ((own - middle) * weights[:, None])
        across = np.linalg.eigh(spread)[1][:, 0]
        across = across if across @ normal > 0 else -across
        angle, rho = float(np.arctan2(across[1], across[0])), float(across @ middle)
    return angle, rho


def _apart(found: list[tuple[float, float]], reach_px: float) -> list[tuple[float, float]]:
    """Leave out lines that run within 3 px of a stronger one all over the picture's middle."""
    chosen: list[tuple[float, float]] = []
    for angle, rho in found:
        alike = crowd = 0
        for other_angle, other_rho in chosen:
            turn = (angle - other_angle + np.pi / 2) % np.pi - np.pi / 2
            flips = np.cos(angle - other_angle) < 0
            shift = abs(rho - (-other_rho if flips else other_rho))
            alike += shift + abs(turn) * reach_px * 0.5 < 3.5
            crowd += abs(turn) < np.radians(12)
        if not alike and crowd < _MOST_OF_A_DIRECTION:
            chosen.append((angle, rho))
        if len(chosen) == _MOST:
            break
    return chosen


def _seen(edges: Edges, normals: Doubles, rho_px: Doubles, origin: Doubles, reach_px: int) -> Doubles:
    steps = np.arange(-reach_px, reach_px + 1)
    height_px, width_px = edges.strength.shape
    is_edge = np.zeros((len(rho_px), len(steps)), np.bool_)
    angle = np.arctan2(normals[:, 1], normals[:, 0])[:, None]
    along = np.column_stack([-normals[:, 1], normals[:, 0]])
    for off in range(-_REACH_PX, _REACH_PX + 1):
        foot = origin + (rho_px + off)[:, None] * normals
        x = np.rint(foot[:, :1] + along[:, :1] * steps).astype(np.int64)
        y = np.rint(foot[:, 1:] + along[:, 1:] * steps).astype(np.int64)
        inside = (x >= 0) & (x < width_px) & (y >= 0) & (y < height_px)
        x, y = np.clip(x, 0, width_px - 1), np.clip(y, 0, height_px - 1)
        turn = np.abs((edges.normal_rad[y, x] - angle + np.pi / 2) % np.pi - np.pi / 2)
        is_edge |= inside & (edges.strength[y, x] > 0) & (turn < _TURN_RAD)
    return is_edge.astype(np.float64)


def _beside(edges: Edges, normals: Doubles, rho_px: Doubles, origin: Doubles, reach_px: int) -> Doubles:
    """(N, steps, 2, 3) mean colour of a little square whose middle is _BESIDE_PX away."""
    soft = cv2.blur(edges.lab, (_SQUARE_PX, _SQUARE_PX))
    steps = np.arange(-reach_px, reach_px + 1)
    along = np.column_stack([-normals[:, 1], normals[:, 0]])
    both = []
    for off in (-_BESIDE_PX, _BESIDE_PX):
        foot = origin + (rho_px + off)[:, None] * normals
        x = np.rint(foot[:, :1] + along[:, :1] * steps).astype(np.int64).clip(0, soft.shape[1] - 1)
        y = np.rint(foot[:, 1:] + along[:, 1:] * steps).astype(np.int64).clip(0, soft.shape[0] - 1)
        both.append(soft[y, x])
    return np.stack(both, axis=2).astype(np.float64)


def _running(values: Doubles) -> Doubles:
    return np.concatenate([np.zeros_like(values[:, :1]), np.cumsum(values, axis=1)], axis=1)
