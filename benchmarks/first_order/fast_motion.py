"""How far mode "fast" is from "best": flow, pictures, and how the pictures moved, on our own driving clips.

`python -m benchmarks.first_order.fast_motion` prints the table. Weights are random, so their points move too
little: the clip's motion is enlarged until it is a lively one, and then looked at where it is fastest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import torch

from backend.engines.first_order.relative import turn_since
from backend.engines.first_order.seams import KeypointArrays, MovedFace, Numbers
from backend.engines.first_order.torch_network import TorchMotionNetwork
from backend.media.types import RgbImage
from backend.media.video import read_frames
from backend.networks.first_order.model import FirstOrderModel
from benchmarks.first_order.weights import official_size_states
from benchmarks.portrait import portrait

SIDE_PX, FPS = 256, 25.0
CLIPS: Final = Path("driving_videos")
PEAK: Final = 0.15  # mean way of the points where the clip goes farthest, of [-1, 1]: 19 pixels of 256
WINDOW: Final = 13  # frames: four stretches between keys
_GREY = 255.0


@dataclass(frozen=True, slots=True)
class Apart:
    """Two films of the same motion.

    amplitude_px, fastest_px: mean and largest way from the photo; largest step between two frames
    flow_px:      largest difference of the flows
    least_db:     of the frames
    seen_px:      how far a picture's parts lie apart as optical flow (DIS) sees it: median and 99 of 100
    held_px:      99 of 100 of the same, had the frames between two keys shown the key before
    """

    amplitude_px: tuple[float, float]
    fastest_px: float
    flow_px: float
    least_db: float
    seen_px: tuple[float, float]
    held_px: float


def random_network() -> TorchMotionNetwork:
    """The official sizes with random numbers."""
    model = FirstOrderModel.from_states(official_size_states())
    return TorchMotionNetwork(
        model.generator,
        model.detector,
        model="seeded",
        fingerprint="seeded",
        device=torch.device("cpu"),
        precision=torch.bfloat16,
    )


def clip_frames(clip: Path, count: int) -> list[RgbImage]:
    """Its first frames, and again from the start where there are fewer: uint8 (256, 256, 3) RGB."""
    frames: list[RgbImage] = []
    for frame in read_frames(clip, fps=FPS, seconds=count / FPS, long_side_px=SIDE_PX):
        small = cv2.resize(frame, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
        frames.append(np.asarray(small, np.uint8))
    return [frames[number % len(frames)] for number in range(count)]


def lively(
    network: TorchMotionNetwork, clip: Path, source: KeypointArrays, *, frames: int, window: int
) -> KeypointArrays:
    """Where the clip moves the source's points, enlarged to PEAK, in the window where it is fastest."""
    driving = network.keypoints(clip_frames(clip, frames))
    away = driving.value - driving.value[:1]
    gain = PEAK / float(np.linalg.norm(away, axis=-1).mean(axis=1).max())
    turn = np.eye(2) + gain * (turn_since(driving.jacobian[0], driving.jacobian) - np.eye(2))
    steps = np.linalg.norm(np.diff(driving.value, axis=0), axis=-1).mean(axis=1)
    start = int(np.convolve(steps, np.ones(window - 1), "valid").argmax())
    moved = KeypointArrays(
        (source.value + gain * away).astype(np.float32), (turn @ source.jacobian).astype(np.float32)
    )
    return moved.part(start, start + window)


def compared(network: TorchMotionNetwork, clip: Path, *, frames: int = 75, window: int = WINDOW) -> Apart:
    """One clip's fastest moments on the portrait, by both modes."""
    source = network.encode(portrait(SIDE_PX))
    to = lively(network, clip, source.keypoints, frames=frames, window=window)
    best = list(network.move(source, to, border="frozen"))
    fast = list(network.move(source, to, border="frozen", mode="fast"))
    places = np.stack([face.flow for face in best]) * (SIDE_PX - 1) / 2
    still = source.encoded.grid.numpy() * (SIDE_PX - 1) / 2
    way = np.linalg.norm(places - still, axis=-1)
    between = [
        number
        for number in range(len(best))
        if not np.array_equal(best[number].picture, fast[number].picture)
    ]
    seen = _seen_px([best[number] for number in between], [fast[number] for number in between])
    held = _seen_px([best[number] for number in between], [best[number // 3 * 3] for number in between])
    return Apart(
        amplitude_px=(float(way.mean()), float(way.max())),
        fastest_px=float(np.linalg.norm(np.diff(places, axis=0), axis=-1).max()),
        flow_px=max(float(np.abs(a.flow - b.flow).max()) for a, b in zip(best, fast, strict=True))
        * SIDE_PX
        / 2,
        least_db=min(_decibels(best[number].picture, fast[number].picture) for number in between),
        seen_px=(float(np.median(seen)), float(np.quantile(seen, 0.99))),
        held_px=float(np.quantile(held, 0.99)),
    )


def fast_table() -> list[str]:
    """A Markdown table, one row a shipped clip."""
    network = random_network()
    lines = [
        "### How far `fast` is from `best`, frames of 256 px",
        "",
        "| clip | motion px, mean / largest | largest step px | flows apart px | least dB "
        "| pictures apart px, median / p99 | p99 if the key were held |",
        "|---" * 7 + "|",
    ]
    for clip in sorted(CLIPS.glob("*.mp4")):
        one = compared(network, clip)
        lines.append(
            f"| {clip.stem} | {one.amplitude_px[0]:.1f} / {one.amplitude_px[1]:.1f} | {one.fastest_px:.1f} "
            f"| {one.flow_px:.2f} | {one.least_db:.1f} | {one.seen_px[0]:.2f} / {one.seen_px[1]:.2f} "
            f"| {one.held_px:.1f} |"
        )
    return lines


def _seen_px(ones: Sequence[MovedFace], others: Sequence[MovedFace]) -> Numbers:
    """How far the parts of two pictures lie apart, every pixel of every pair."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    found = []
    for one, other in zip(ones, others, strict=True):
        grey = _grey(one.picture), _grey(other.picture)
        found.append(flow.calc(*grey, np.zeros((*grey[0].shape, 2), np.float32)))
    away: Numbers = np.linalg.norm(np.stack(found), axis=-1).astype(np.float32)
    return away


def _grey(picture: Numbers) -> npt.NDArray[np.uint8]:
    grey: npt.NDArray[np.uint8] = np.rint(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) * _GREY).astype(np.uint8)
    return grey


def _decibels(one: Numbers, other: Numbers) -> float:
    return float(-10 * np.log10(np.square(one.astype(np.float64) - other).mean()))


if __name__ == "__main__":
    print("\n".join(fast_table()))
