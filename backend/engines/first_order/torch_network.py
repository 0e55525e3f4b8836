"""The First Order Motion Model by torch, on the processor or a graphics card.

The only place where the engine's frames and torch's devices meet; everything around it works on arrays and
can be tested with a fake.
"""

import copy
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from backend.engines.animation_api import AnimateMode, Border
from backend.engines.first_order.between_frames import fast_frames
from backend.engines.first_order.drawing import Hold, Pace, plain_frames, whole_frames
from backend.engines.first_order.less_at_once import Rung, climbed_down, rungs
from backend.engines.first_order.seams import KeypointArrays, MovedFace, Source
from backend.engines.first_order.torch_check import is_close_to
from backend.engines.first_order.torch_values import to_arrays, to_keypoints, to_tensor
from backend.media.types import Mask, RgbImage
from backend.networks.first_order.generator import Generator
from backend.networks.first_order.keypoints import KeypointDetector, Keypoints
from backend.networks.first_order.swift import SwiftGenerator, SwiftSource, swift_detector

logger = logging.getLogger(__name__)

Rearrange = Callable[[Generator, torch.dtype], SwiftGenerator]
"""Puts the fast form of a generator together."""

_CPU = torch.device("cpu")
_CARD_FRAMES = 16
_CPU_FRAMES = 8  # through dense motion; see `Pace`


@dataclass(frozen=True, slots=True)
class _Place:
    """The networks on one device."""

    device: torch.device
    generator: SwiftGenerator
    detector: KeypointDetector

    def pace(self, at_once: int) -> Pace:
        return Pace(at_once, 1 if self.device.type == "cpu" else at_once)


@dataclass(frozen=True, slots=True)
class TorchSource:
    """A photo, encoded. A `Source`."""

    photo: RgbImage
    points: Keypoints
    encoded: SwiftSource

    @property
    def keypoints(self) -> KeypointArrays:
        """See Source."""
        return to_arrays(self.points)


class TorchMotionNetwork:
    """A MotionNetwork. Holds weights, and nothing about a film.

    A film is the same bytes each time it is made on a processor. The same frame in another film may differ by
    rounding, as other frames go through dense motion with it.
    """

    def __init__(
        self,
        generator: Generator,
        detector: KeypointDetector,
        *,
        model: str,
        fingerprint: str,
        device: torch.device,
        precision: torch.dtype,
        side_px: int = 256,
        rearrange: Rearrange = SwiftGenerator,
    ) -> None:
        """Rearrange the networks for speed and check that they still draw.

        generator, detector: float32; not changed, and kept for mode "parity"
        precision: float32 or bfloat16, unless that proves too coarse for these weights
        side_px:   of the pictures that these weights were trained on; it is not in them
        rearrange: how the fast form is made
        """
        self.model, self.fingerprint, self.side_px = model, fingerprint, side_px
        self._plain = generator
        fast = _rearranged(generator, detector, precision, side_px, rearrange)
        spare = _Place(_CPU, fast, swift_detector(detector))
        self.precision = fast.dtype
        self._places = [(spare, _CPU_FRAMES)]
        if device.type != "cpu":
            networks = copy.deepcopy((fast, spare.detector))
            on_card = _Place(device, networks[0].to(device), networks[1].to(device))
            self._places.insert(0, (on_card, _CARD_FRAMES))

    def keypoints(self, frames: Sequence[RgbImage]) -> KeypointArrays:
        """See MotionNetwork."""

        def found(rung: Rung[_Place], done: int) -> Iterator[KeypointArrays]:
            for start in range(done, len(frames), rung.at_once):
                points = _points(rung.place, frames[start : start + rung.at_once])
                yield from (points.part(number, number + 1) for number in range(len(points)))

        each = list(climbed_down(rungs(self._places), found))
        value = np.concatenate([points.value for points in each])
        return KeypointArrays(value, np.concatenate([points.jacobian for points in each]))

    def encode(self, source: RgbImage) -> TorchSource:
        """See MotionNetwork."""

        def encoded(rung: Rung[_Place], _done: int) -> Iterator[TorchSource]:
            yield _encoded(rung.place, source)

        return next(climbed_down([Rung(place, 1) for place, _ in self._places], encoded))

    def move(
        self,
        source: Source,
        to: KeypointArrays,
        *,
        border: Border,
        still: Mask | None = None,
        mode: AnimateMode = "best",
    ) -> Iterator[MovedFace]:
        """See MotionNetwork. The first frame waits for seven others."""
        if not isinstance(source, TorchSource):
            raise TypeError("a source must come from this network's `encode`")
        own = source

        def moved(rung: Rung[_Place], done: int) -> Iterator[MovedFace]:
            device = rung.place.device
            points = to_keypoints(to.part(done, len(to)), device)
            hold = Hold(border, None if still is None else torch.from_numpy(still).float().to(device))
            if mode == "parity":
                return self._parity(own, points, hold)
            make = fast_frames if mode == "fast" else whole_frames
            pace = rung.place.pace(rung.at_once)
            return make(rung.place.generator, _on(own.encoded, device), points, hold, pace)

        return climbed_down(rungs(self._places), moved)

    def _parity(self, source: TorchSource, to: Keypoints, hold: Hold) -> Iterator[MovedFace]:
        """Weights go to the device for as long as it lasts: it is seldom asked for."""
        device = to.value.device
        plain = self._plain if device.type == "cpu" else copy.deepcopy(self._plain).to(device)
        with torch.inference_mode():
            encoded = plain.encode(to_tensor([source.photo], device))
        at = Keypoints(source.points.value.to(device), source.points.jacobian.to(device))
        return plain_frames(plain, encoded, at, to, hold)


def _points(place: _Place, frames: Sequence[RgbImage]) -> KeypointArrays:
    with torch.inference_mode():
        return to_arrays(place.detector(to_tensor(frames, place.device)))


def _encoded(place: _Place, photo: RgbImage) -> TorchSource:
    with torch.inference_mode():
        picture = to_tensor([photo], place.device)
        points: Keypoints = place.detector(picture)
        return TorchSource(photo, points, place.generator.encode(picture, points))


def _on(source: SwiftSource, device: torch.device) -> SwiftSource:
    at = Keypoints(source.at.value.to(device), source.at.jacobian.to(device))
    return replace(
        source,
        features=source.features.to(device),
        small=source.small.to(device),
        at=at,
        heat=source.heat.to(device),
        grid=source.grid.to(device),
    )


def _rearranged(
    generator: Generator,
    detector: KeypointDetector,
    precision: torch.dtype,
    side_px: int,
    rearrange: Rearrange,
) -> SwiftGenerator:
    """The fast form, once tried on a drawn face: bfloat16 that strays too far from float32 is not used."""
    fast = rearrange(generator, precision)
    if precision == torch.float32 or is_close_to(generator, detector, fast, side_px):
        return fast
    return rearrange(generator, torch.float32)
