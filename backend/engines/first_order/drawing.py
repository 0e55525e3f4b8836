"""Frames of a film by a swift generator: each one whole (`best`), or by the plain one (`parity`).

Apart from `torch_network.py` because nothing here knows of devices or of memory.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from backend.engines.first_order.seams import MovedFace
from backend.engines.first_order.torch_values import to_faces
from backend.networks.first_order.border import Border
from backend.networks.first_order.dense_motion import Motion
from backend.networks.first_order.generator import Generator, Source
from backend.networks.first_order.geometry import coordinate_grid
from backend.networks.first_order.keypoints import Keypoints
from backend.networks.first_order.swift import SwiftGenerator, SwiftSource, held


@dataclass(frozen=True, slots=True)
class Pace:
    """How many frames go through a step together.

    motions:  through dense motion. Its weights are large and its pictures small: one frame alone costs three
              times as much as one of eight (98 and 28 ms of a Zen 5 core in bfloat16)
    pictures: through the rest. On a processor each frame alone is the fastest: 166 ms, and of two 171, of
              four 178, of eight 186
    """

    motions: int
    pictures: int


@dataclass(frozen=True, slots=True)
class Hold:
    """What must not move. still: float32 (h, w) in [0, 1], 1 = nothing moves."""

    border: Border
    still: Tensor | None = None


def part_of(points: Keypoints, start: int, stop: int) -> Keypoints:
    """Those of the frames from `start` to before `stop`."""
    return Keypoints(points.value[start:stop], points.jacobian[start:stop])


def frames_of(motion: Motion, start: int, stop: int) -> Motion:
    """The motion of the frames from `start` to before `stop`."""
    return Motion(motion.deformation[start:stop], motion.occlusion[start:stop], motion.mask[start:stop])


def motions(
    generator: SwiftGenerator, source: SwiftSource, to: Keypoints, hold: Hold, *, at_once: int
) -> Iterator[Motion]:
    """The motion of all frames, `at_once` at a time."""
    for start in range(0, len(to.value), at_once):
        with torch.inference_mode():
            some = part_of(to, start, start + at_once)
            motion = generator.motion(source, some, border=hold.border, still=hold.still)
        yield motion


def whole_frames(
    generator: SwiftGenerator, source: SwiftSource, to: Keypoints, hold: Hold, pace: Pace
) -> Iterator[MovedFace]:
    """Every frame through all of the network."""

    def draw(some: Motion) -> Tensor:
        return generator.drawn(generator.refined(generator.moved(source, some)))

    for motion in motions(generator, source, to, hold, at_once=pace.motions):
        yield from drawn_frames(
            motion,
            pace.pictures,
            draw,
        )


def drawn_frames(motion: Motion, at_once: int, draw: Callable[[Motion], Tensor]) -> Iterator[MovedFace]:
    """The frames of a motion, `at_once` at a time."""
    for start in range(0, len(motion.deformation), at_once):
        some = frames_of(motion, start, start + at_once)
        with torch.inference_mode():
            pictures = draw(some)
        yield from to_faces(pictures, some)


def plain_frames(
    generator: Generator, source: Source, at: Keypoints, to: Keypoints, hold: Hold
) -> Iterator[MovedFace]:
    """Frame by frame through the plain network, which is the official one."""
    for number in range(len(to.value)):
        with torch.inference_mode():
            motion = generator.motion(source, at, part_of(to, number, number + 1), border=hold.border)
            height_px, width_px = motion.deformation.shape[1:3]
            grid = coordinate_grid(height_px, width_px, motion.deformation.device)
            motion = held(motion, grid, "official", hold.still)  # the border is frozen already, where it is
            picture = generator.decode(source, motion)
        yield from to_faces(picture, motion)
