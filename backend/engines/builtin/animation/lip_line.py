"""Trace the line between the lips: the long dark valley at the height where mouths are.

First a stiff curve is placed by trying all of them, then the line is traced sample by sample beside it,
because a split that lies half a lip off shows as a dark bar on a closed mouth.
"""

from itertools import product
from typing import Final

import cv2
import numpy as np

from backend.engines.builtin.animation.canonical import Floats
from backend.media.types import FloatImage

SAMPLES: Final = 17  # of the lip line, corner to corner, evenly spaced in u
PX_PER_UNIT: Final = 64.0
U_RANGE: Final = (-0.80, 0.80)
V_RANGE: Final = (0.55, 1.75)
_USUAL_V: Final = 1.08  # D below the eyes, of 34 faces
_SPREAD_V: Final = 0.14
_USUAL_HALF_WIDTH: Final = 0.40
_HALF_WIDTHS: Final = (0.33, 0.48)  # least and most, D


def valley_of(crop: FloatImage, reaches: tuple[float, ...]) -> tuple[FloatImage, FloatImage]:
    """How much a place is the floor of a dark, level valley; and the light, in units of the face's contrast.

    reaches: D from the floor to the banks.
    """
    light = cv2.cvtColor(crop / 255, cv2.COLOR_RGB2LAB)
    luma = light[..., 0]
    redness = cv2.GaussianBlur(light[..., 1], (0, 0), 0.05 * PX_PER_UNIT)
    low, high = np.percentile(luma, (3, 92))
    luma = np.clip((luma - low) / max(high - low, 6.0), -0.2, 1.3).astype(np.float32)
    smooth = cv2.GaussianBlur(luma, (0, 0), 0.05 * PX_PER_UNIT, sigmaY=0.018 * PX_PER_UNIT)
    valley = np.zeros_like(luma)
    for reach in reaches:
        step = round(reach * PX_PER_UNIT)
        padded = cv2.copyMakeBorder(smooth, step, step, 0, 0, cv2.BORDER_REPLICATE)
        # the lower of the two banks: an edge, like the top of a moustache, has only one
        valley = np.maximum(valley, np.minimum(padded[: -2 * step], padded[2 * step :]) - smooth)
    chroma_spread = float(np.percentile(redness, 97) - np.percentile(redness, 40))
    if chroma_spread > 4:  # lips are the reddest part of a face, but only where there is colour
        red = np.clip((redness - np.percentile(redness, 60)) / chroma_spread, 0, 1)
        valley = valley * (0.75 + 0.5 * red)
    return np.clip(valley, 0, 0.6).astype(np.float32), luma


def stiff_line(valley: FloatImage) -> tuple[float, Floats, float]:
    """The best slanted parabola: its middle, its heights at SAMPLES places, and how sure it is."""
    across = np.linspace(-1, 1, SAMPLES, dtype=np.float32)
    # nostrils are two dark spots in the middle; a mouth is dark all along
    weight = (0.6 + 0.4 * np.abs(across)) * (1 - 0.35 * across**4)
    weight = (weight / weight.sum()).astype(np.float32)
    heights = np.arange(V_RANGE[0] + 0.18, V_RANGE[1] - 0.25, 0.02, dtype=np.float32)
    best: tuple[float, float, Floats] = (-np.inf, 0.0, across)
    for middle, slant, bow in product(
        np.arange(-0.18, 0.19, 0.06), (-0.06, -0.03, 0.0, 0.03, 0.06), (-0.08, -0.04, 0.0, 0.04)
    ):
        v = heights[:, None] + slant * across[None, :] + bow * (across[None, :] ** 2)
        u = middle + across * 0.36
        seen = sampled(valley, np.broadcast_to(u, v.shape), v)
        # the square root asks for a bit of valley everywhere rather than much of it somewhere
        value = np.sqrt(seen) @ weight - 0.05 * ((heights - _USUAL_V) / _SPREAD_V) ** 2
        value -= 0.9 * middle**2 + 4 * slant**2
        index = int(np.argmax(value))
        if value[index] > best[0]:
            best = float(value[index]), float(middle), v[index]
    return best[1], best[2], float(np.clip(best[0] / 0.45, 0, 1))


def half_width_of(valley: FloatImage, middle_u: float, line: Floats) -> float:
    """How far the valley goes on to both sides of the middle, D, kept within what mouths are."""
    steps = np.arange(0.20, 0.60, 0.01, dtype=np.float32)
    across = np.linspace(-0.36, 0.36, SAMPLES)
    reach = []
    for direction in (-1, 1):
        u = direction * steps
        v = np.interp(u, across, line).astype(np.float32)
        near = np.max(
            [sampled(valley, middle_u + u, v + dv) for dv in (-0.04, -0.02, 0.0, 0.02, 0.04)], axis=0
        )
        inner = float(np.median(near[:12]))
        faint = np.nonzero(near < 0.35 * inner)[0]
        reach.append(steps[faint[0]] if len(faint) else _USUAL_HALF_WIDTH)
    half = 0.6 * float(np.mean(reach)) + 0.4 * _USUAL_HALF_WIDTH
    return float(np.clip(half, *_HALF_WIDTHS))


def traced_line(valley: FloatImage, middle_u: float, half_width: float, line: Floats) -> Floats:
    """The darkest smooth path within 0.07 D of the stiff line."""
    across = np.linspace(-half_width, half_width, SAMPLES, dtype=np.float32)
    guide = np.interp(across, np.linspace(-0.36, 0.36, SAMPLES), line).astype(np.float32)
    offsets = np.arange(-0.07, 0.071, 0.01, dtype=np.float32)
    seen = np.sqrt(sampled(valley, np.broadcast_to(middle_u + across[:, None], (SAMPLES, offsets.size)),
                            guide[:, None] + offsets[None, :]))  # fmt: skip
    reward = seen - 12 * offsets[None, :] ** 2
    bend = 350 * (offsets[:, None] - offsets[None, :]) ** 2
    total, came_from = reward[0], []
    for column in reward[1:]:
        choices = total[:, None] - bend
        came_from.append(np.argmax(choices, axis=0))
        total = choices.max(axis=0) + column
    place = int(np.argmax(total))
    path = [place]
    for step in reversed(came_from):
        place = int(step[place])
        path.append(place)
    traced = guide + offsets[path[::-1]]
    return np.convolve(np.pad(traced, 1, mode="edge"), (0.25, 0.5, 0.25), "valid").astype(np.float32)


def sampled(picture: FloatImage, u: Floats, v: Floats) -> Floats:
    """Values at face coordinates, between pixels; the edge repeats."""
    columns = ((u - U_RANGE[0]) * PX_PER_UNIT - 0.5).astype(np.float32)
    rows = ((v - V_RANGE[0]) * PX_PER_UNIT - 0.5).astype(np.float32)
    flat = cv2.remap(
        picture,
        columns.reshape(1, -1),
        rows.reshape(1, -1),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(flat, np.float32).reshape(u.shape)
