"""Mode "fast": what the residual blocks add is found for every third frame, and carried to those between.

Two thirds of a frame's work are the six residual blocks. What they add to the moved features changes slowly
where one looks at the same place of the face. So every frame has a motion of its own, features moved by it
and a drawing of its own, and nothing is blended as pixels; only what was added in the two nearest key frames
is taken to where the frame's own motion says, and mixed by time. Blended as pixels, frames were 6 dB worse.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from backend.engines.first_order.drawing import Hold, Pace, frames_of, motions
from backend.engines.first_order.seams import MovedFace
from backend.engines.first_order.torch_values import to_faces
from backend.networks.first_order.dense_motion import Motion
from backend.networks.first_order.geometry import warp
from backend.networks.first_order.keypoints import Keypoints
from backend.networks.first_order.sampling import gathered
from backend.networks.first_order.swift import SwiftGenerator, SwiftSource

KEY_EVERY = 3  # frames; a second of film at 25 a second has eight keys
_STEPS = 3  # of the search for a place in the key frame: 0.5 px off at most where the flow is steepest


@dataclass(frozen=True, slots=True)
class _Key:
    """A frame that went through the residual blocks.

    refined: (1, C, h, w), what came out of them. added: float32, the same without what went in
    """

    motion: Motion
    refined: Tensor
    added: Tensor


def fast_frames(
    generator: SwiftGenerator, source: SwiftSource, to: Keypoints, hold: Hold, pace: Pace
) -> Iterator[MovedFace]:
    """All frames; the first, every third and the last are those of `whole_frames`.

    Holds two key frames and `pace.motions` motions, however long the film is.
    """
    before: _Key | None = None
    for some in _stretches(motions(generator, source, to, hold, at_once=pace.motions)):
        between = len(some.deformation) - 1
        with torch.inference_mode():
            after = _key(generator, source, frames_of(some, between, between + 1))
        for number in range(between):
            assert before is not None  # the first stretch is one frame
            one, time = frames_of(some, number, number + 1), (number + 1) / (between + 1)
            with torch.inference_mode():
                picture = generator.drawn(_refined(generator, source, one, before, after, time))
            yield from to_faces(picture, one)
        with torch.inference_mode():
            picture = generator.drawn(after.refined)
        yield from to_faces(picture, after.motion)
        before = after


def _stretches(batches: Iterator[Motion]) -> Iterator[Motion]:
    """The motions of a film cut into stretches that end with a key frame: the first frame, then threes."""
    waiting: Motion | None = None
    wanted = 1
    for batch in batches:
        waiting = batch if waiting is None else _together(waiting, batch)
        while len(waiting.deformation) >= wanted:
            yield frames_of(waiting, 0, wanted)
            waiting, wanted = frames_of(waiting, wanted, len(waiting.deformation)), KEY_EVERY
    if waiting is not None and len(waiting.deformation):
        yield waiting


def _together(one: Motion, other: Motion) -> Motion:
    return Motion(
        torch.cat((one.deformation, other.deformation)),
        torch.cat((one.occlusion, other.occlusion)),
        torch.cat((one.mask, other.mask)),
    )


def _key(generator: SwiftGenerator, source: SwiftSource, motion: Motion) -> _Key:
    moved = generator.moved(source, motion)
    refined = generator.refined(moved)
    return _Key(motion, refined, refined.float() - moved.float())


def _refined(
    generator: SwiftGenerator, source: SwiftSource, motion: Motion, before: _Key, after: _Key, time: float
) -> Tensor:
    """One frame's features as the residual blocks would leave them. time: 0 at `before`, 1 at `after`."""
    refined = generator.moved(source, motion).float()
    for key, share in ((before, 1 - time), (after, time)):
        places = same_place(key.motion.deformation, motion.deformation, source.grid)
        refined = refined + share * gathered(key.added, places)
    return refined.to(generator.dtype)


def same_place(key: Tensor, frame: Tensor, grid: Tensor) -> Tensor:
    """Where in a key frame there is what a frame shows: y with key(y) = frame(z) for every pixel z.

    key, frame: float32 (1, h, w, 2), where in the source each pixel comes from
    grid:       (h, w, 2), each pixel's own place
    returns:    float32 (1, h, w, 2) in [-1, 1]
    """
    field = key.permute(0, 3, 1, 2)
    places = grid + (frame - key)
    for _ in range(_STEPS):
        found = warp(field, places.clamp(-1, 1)).permute(0, 2, 3, 1)
        places = places + (frame - found)
    return places.clamp(-1, 1)
