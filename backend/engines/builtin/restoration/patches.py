"""Fill wide damage with patches from elsewhere in the picture, so that cloth stays cloth.

Patch-based completion (Wexler, Shechtman and Irani 2007) with randomised search for the patches (Barnes et
al. 2009), coarse to fine: every patch about the damage finds the most similar whole patch, and each pixel
is voted by all patches over it. Fixed seeds: the same damage is always filled alike.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.builtin.restoration.across import BoolMask
from backend.media.types import FloatImage

Places = npt.NDArray[np.intp]
"""Flat indices of pixels."""

RADIUS_PX = 3  # of a patch: 7 x 7
_SMALLEST_SIDE_PX = 24  # of the coarsest picture
_SEARCHED_PIXELS = 20_000  # about the damage; where there are more, matches are only carried over
_ROUNDS = (6, 4, 2)  # of search and vote: in the coarsest picture, in those between, in the finest
_FAR_COST = 4.0  # of fetching a patch from the other end, in squared grey levels a pixel and channel


@dataclass(frozen=True, slots=True)
class _Level:
    """One size of the picture."""

    photo: FloatImage
    damaged: BoolMask
    targets: Places  # centres of the patches that touch damage
    sources: Places  # centres of the whole ones

    @property
    def width_px(self) -> int:
        return int(self.photo.shape[1])

    @classmethod
    def of(cls, photo: FloatImage, damaged: BoolMask) -> "_Level":
        kernel = np.ones((2 * RADIUS_PX + 1, 2 * RADIUS_PX + 1), np.uint8)
        touched = cv2.dilate(damaged.astype(np.uint8), kernel) > 0
        inner = np.zeros_like(damaged)
        inner[RADIUS_PX:-RADIUS_PX, RADIUS_PX:-RADIUS_PX] = True
        return cls(photo, damaged, np.flatnonzero(touched & inner), np.flatnonzero(~touched & inner))


def fill_with_patches(photo: FloatImage, damaged: BoolMask) -> FloatImage:
    """The photo with the damage filled; as it came where nothing whole is large enough to copy.

    photo: float32 (H, W, 3) in [0, 255], the damage already filled smoothly: there the search starts
    """
    levels = _levels(photo, damaged)
    if not levels:
        return photo.copy()
    random = np.random.default_rng(0)
    coarsest = levels[-1]
    picture = coarsest.photo
    matches = random.choice(coarsest.sources, coarsest.targets.size)
    for depth in range(len(levels) - 1, -1, -1):
        level = levels[depth]
        if level is not coarsest:
            matches = _carried_over(levels[depth + 1], level, matches, random)
            picture = _voted(level, level.photo, matches, np.ones(matches.size, np.float32))
            if level.targets.size > _SEARCHED_PIXELS:
                continue
        rounds = _ROUNDS[0] if level is coarsest else _ROUNDS[1 if depth else 2]
        for _ in range(rounds):
            matches, cost = _searched(level, picture, matches, random)
            picture = _voted(level, picture, matches, _trust(cost))
    return picture


def _levels(photo: FloatImage, damaged: BoolMask) -> list[_Level]:
    """Finest first, until the damage is thin or the picture small; none where no patch is whole."""
    levels: list[_Level] = []
    while min(photo.shape[:2]) >= _SMALLEST_SIDE_PX:
        level = _Level.of(photo, damaged)
        if level.sources.size < max(50, 0.02 * damaged.size):
            break
        levels.append(level)
        if cv2.distanceTransform(damaged.astype(np.uint8), cv2.DIST_L2, 3).max() <= RADIUS_PX:
            break
        size_px = photo.shape[1] // 2, photo.shape[0] // 2
        photo = np.asarray(cv2.resize(photo, size_px, interpolation=cv2.INTER_AREA), np.float32)
        share = cv2.resize(damaged.astype(np.float32), size_px, interpolation=cv2.INTER_AREA)
        damaged = np.asarray(share > 0.25, np.bool_)
    return levels


def _carried_over(coarse: _Level, fine: _Level, matches: Places, random: np.random.Generator) -> Places:
    """The coarse picture's matches at twice the size; at random where they are not whole."""
    offsets = np.zeros((*coarse.damaged.shape, 2), np.intp)
    y, x = np.divmod(coarse.targets, coarse.width_px)
    offsets[y, x] = np.stack(np.divmod(matches, coarse.width_px), 1) - np.stack([y, x], 1)
    fine_y, fine_x = np.divmod(fine.targets, fine.width_px)
    height_px, width_px = coarse.damaged.shape
    near_y = np.clip(fine_y // 2, RADIUS_PX, height_px - RADIUS_PX - 1)
    near_x = np.clip(fine_x // 2, RADIUS_PX, width_px - RADIUS_PX - 1)
    shift = 2 * offsets[near_y, near_x]
    y = np.clip(fine_y + shift[:, 0], RADIUS_PX, fine.damaged.shape[0] - RADIUS_PX - 1)
    x = np.clip(fine_x + shift[:, 1], RADIUS_PX, fine.damaged.shape[1] - RADIUS_PX - 1)
    found = y * fine.width_px + x
    is_whole = np.zeros(fine.damaged.size, np.bool_)
    is_whole[fine.sources] = True
    return np.asarray(np.where(is_whole[found], found, random.choice(fine.sources, found.size)), np.intp)


def _searched(
    level: _Level, picture: FloatImage, matches: Places, random: np.random.Generator
) -> tuple[Places, FloatImage]:
    """Better matches from the neighbours' and from chance, and what they cost."""
    flat = picture.reshape(-1, 3)
    wanted = _patches(flat, level.targets, level.width_px)
    is_whole = np.zeros(flat.shape[0], np.bool_)
    is_whole[level.sources] = True
    index = np.full(flat.shape[0], -1, np.intp)
    index[level.targets] = np.arange(level.targets.size)
    matches, cost = matches.copy(), _cost(level, flat, wanted, level.targets, matches)

    def consider(who: Places, found: Places) -> None:
        usable = (found >= 0) & (found < flat.shape[0])
        usable[usable] = is_whole[found[usable]] & (found[usable] != matches[who[usable]])
        who, found = who[usable], found[usable]
        tried = _cost(level, flat, wanted[who], level.targets[who], found)
        better = tried < cost[who]
        matches[who[better]], cost[who[better]] = found[better], tried[better]

    everyone = np.arange(level.targets.size)
    for reach_px in (1, 2):
        for step in (-reach_px, reach_px, -reach_px * level.width_px, reach_px * level.width_px):
            neighbour = index[np.clip(level.targets + step, 0, flat.shape[0] - 1)]
            has = neighbour >= 0
            consider(everyone[has], matches[neighbour[has]] - step)
    radius_px = max(level.damaged.shape) // 2
    while radius_px >= 2:
        dy, dx = random.integers(-radius_px, radius_px + 1, (2, everyone.size))
        x = matches % level.width_px + dx
        inside = (x >= 0) & (x < level.width_px)
        consider(everyone[inside], (matches + dy * level.width_px + dx)[inside])
        radius_px //= 3
    return matches, cost


def _patches(flat: FloatImage, centres: Places, width_px: int) -> FloatImage:
    """float32 (N, 49, 3)."""
    return np.asarray(flat[centres[:, None] + _around(width_px)[None]], np.float32)


def _around(width_px: int) -> Places:
    side = np.arange(-RADIUS_PX, RADIUS_PX + 1)
    return np.asarray((side[:, None] * width_px + side[None]).ravel(), np.intp)


def _cost(
    level: _Level, flat: FloatImage, wanted: FloatImage, targets: Places, matches: Places
) -> FloatImage:
    """Mean squared difference of the patches, and a little for the way between them."""
    difference = _patches(flat, matches, level.width_px)
    difference -= wanted
    likeness = np.einsum("nkc,nkc->n", difference, difference) / difference[0].size if len(matches) else 0.0
    dy, dx = np.array(np.divmod(targets, level.width_px)) - np.array(np.divmod(matches, level.width_px))
    way = (dy**2 + dx**2) / max(level.damaged.shape) ** 2
    return np.asarray(likeness + _FAR_COST * way, np.float32)


def _trust(cost: FloatImage) -> FloatImage:
    """Weight of each patch's vote."""
    spread = max(1.0, float(np.percentile(cost, 60)))
    return np.asarray(np.exp(-cost / (0.5 * spread)) + 1e-6, np.float32)


def _voted(level: _Level, picture: FloatImage, matches: Places, trust: FloatImage) -> FloatImage:
    """The picture with each damaged pixel the weighted mean of what the patches over it say."""
    flat = level.photo.reshape(-1, 3)
    total = np.zeros_like(flat)
    weight = np.zeros((flat.shape[0], 1), np.float32)
    for step in _around(level.width_px):
        total[level.targets + step] += trust[:, None] * flat[matches + step]
        weight[level.targets + step] += trust[:, None]
    fresh = (total / np.maximum(weight, 1e-9)).reshape(picture.shape)
    return np.asarray(np.where(level.damaged[..., None], fresh, level.photo), np.float32)
