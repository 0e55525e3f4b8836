"""A network without weights: for trying everything around a network, instantly and with real pictures.

Its keypoints follow what is dark and bright in a picture, and its pictures are the source, blurred as an
auto-encoder blurs and moved as a whole by what the keypoints did. Nobody would call it animation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np

from backend.engines.animation_api import AnimateMode, Border
from backend.engines.first_order.residual import identity_flow
from backend.engines.first_order.seams import KeypointArrays, MovedFace, Numbers, Source
from backend.media.types import Mask, RgbImage

_BLOCKS: Final = ((-0.5, 0.5), (-0.6, -0.2, 0.1, 0.35, 0.7))  # middles in x and y, [-1, 1]; ten of them
_BLOCK_SIGMA: Final = 0.25
_LEAST_LIGHT: Final = 0.05  # so that a black picture has keypoints, too
_BLUR: Final = 4  # times smaller and back: what its pictures lose
_OCCLUSION: Final = 0.9
_FROZEN: Final = 5  # cells of the border


@dataclass(frozen=True, slots=True, eq=False)
class FakeSource:
    """A source as the fake keeps it. blurred: float32 (S, S, 3) in [0, 1]."""

    keypoints: KeypointArrays
    blurred: Numbers


class FakeMotionNetwork:
    """A `MotionNetwork`; the same pictures always give the same films."""

    def __init__(self, *, side_px: int = 64, model: str = "fake") -> None:
        self.side_px = side_px
        self.model = model
        self.fingerprint = f"fake-{side_px}"

    def keypoints(self, frames: Sequence[RgbImage]) -> KeypointArrays:
        """Centres of gravity of ten soft parts of each picture; Jacobians tell how far they spread."""
        weights, places = _blocks(self.side_px)
        values, jacobians = [], []
        for frame in frames:
            if frame.shape != (self.side_px, self.side_px, 3):
                raise ValueError(f"a picture of {frame.shape}, not of {self.side_px} pixels")
            light = frame.mean(axis=-1).astype(np.float64).ravel() / 255 + _LEAST_LIGHT
            mass = weights * light
            mass /= mass.sum(axis=1, keepdims=True)
            centre = mass @ places
            apart = places[None] - centre[:, None]
            spread = np.einsum("kp,kpi,kpj->kij", mass, apart, apart)
            values.append(centre)
            jacobians.append(spread / _BLOCK_SIGMA**2)
        return KeypointArrays(np.array(values, np.float32), np.array(jacobians, np.float32))

    def encode(self, source: RgbImage) -> Source:
        """See `MotionNetwork`."""
        small = cv2.resize(source, (self.side_px // _BLUR,) * 2, interpolation=cv2.INTER_AREA)
        blurred = cv2.resize(small, source.shape[:2], interpolation=cv2.INTER_LINEAR)
        return FakeSource(self.keypoints([source]), blurred.astype(np.float32) / np.float32(255))

    def move(
        self,
        source: Source,
        to: KeypointArrays,
        *,
        border: Border,
        still: Mask | None = None,
        mode: AnimateMode = "best",  # noqa: ARG002  # part of the protocol
    ) -> Iterator[MovedFace]:
        """See `MotionNetwork`; every mode is the same."""
        assert isinstance(source, FakeSource), "encoded by this network"
        cells = self.side_px // 4
        free = np.ones((cells, cells), np.float32) if still is None else 1 - still
        if border == "frozen":
            frozen = np.zeros_like(free)
            frozen[_FROZEN:-_FROZEN, _FROZEN:-_FROZEN] = 1
            free = free * cv2.GaussianBlur(frozen, (0, 0), 1)
        identity = identity_flow(cells)
        for value in to.value:
            affine = _affine(value, source.keypoints.value[0])
            there = np.concatenate((identity, np.ones((cells, cells, 1), np.float32)), axis=-1) @ affine
            flow = identity + free[..., None] * (there - identity)
            yield MovedFace(
                _warped(source.blurred, flow), flow, np.full((cells, cells), _OCCLUSION, np.float32)
            )


def _affine(moved: Numbers, source: Numbers) -> Numbers:
    """Frame -> source by least squares over the keypoints; float32 (3, 2), x, y, 1 -> x, y."""
    if np.array_equal(moved, source):
        return np.array([[1, 0], [0, 1], [0, 0]], np.float32)
    places = np.concatenate((moved, np.ones((len(moved), 1))), axis=1).astype(np.float64)
    return np.linalg.lstsq(places, source.astype(np.float64), rcond=None)[0].astype(np.float32)


def _warped(picture: Numbers, flow: Numbers) -> Numbers:
    side = picture.shape[0]
    cells = flow.shape[0]
    pixels_per_unit = np.float32((cells - 1) / 2 * side / cells)
    shift = cv2.resize(flow - identity_flow(cells), (side, side)) * pixels_per_unit
    x = shift[..., 0] + np.arange(side, dtype=np.float32)
    y = shift[..., 1] + np.arange(side, dtype=np.float32)[:, None]
    return np.asarray(cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101))


@cache
def _blocks(side_px: int) -> tuple["np.ndarray[tuple[int, int], np.dtype[np.float64]]", ...]:
    """Weights (10, pixels) of ten soft parts of a picture, and the pixels' places (pixels, 2)."""
    line = 2 * np.arange(side_px) / (side_px - 1) - 1
    places = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    middles = np.array([(x, y) for y in _BLOCKS[1] for x in _BLOCKS[0]])
    away = ((places[None] - middles[:, None]) ** 2).sum(axis=-1)
    return np.exp(-away / (2 * _BLOCK_SIGMA**2)), places
