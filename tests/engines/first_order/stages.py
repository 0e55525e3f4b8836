"""An engine on a fake network, and motions made by arithmetic: what the tests of films need."""

from collections.abc import Generator
from pathlib import Path

import numpy as np

from backend.engines.animation_api import (
    AnimateMode,
    AnimateOptions,
    Animation,
    Driving,
    DrivingClip,
    MotionCurve,
)
from backend.engines.api import Checkpoint, no_checkpoint
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.finding import FindFaces
from backend.engines.first_order.engine import FirstOrderAnimator
from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.engines.first_order.seams import MotionNetwork
from backend.engines.first_order.templates import TemplateShelf
from backend.media.types import RgbImage

SIDE_PX = 64


class OneNetwork:
    """`MotionModels` with one network; remembers the modes it was asked for."""

    def __init__(self, network: MotionNetwork | None = None) -> None:
        self.kept = network or FakeMotionNetwork(side_px=SIDE_PX)
        self.modes: list[AnimateMode] = []

    def network(self, mode: AnimateMode) -> MotionNetwork:
        self.modes.append(mode)
        return self.kept


class Found:
    """A finder that sees the same faces in every picture."""

    def __init__(self, *faces: FoundFace) -> None:
        self._faces = faces

    def __call__(self, photo: RgbImage) -> tuple[FoundFace, ...]:
        return self._faces


# Of `a_portrait`, as the cascades find it.
PORTRAIT_FACE = FoundFace(
    id=0, box=(83.0, 55.0, 173.0, 145.0), score=0.9, eyes=((108.0, 98.0), (150.0, 100.0))
)


def an_engine(
    find: FindFaces | None = None, network: MotionNetwork | None = None, templates: Path | None = None
) -> FirstOrderAnimator:
    return FirstOrderAnimator(OneNetwork(network), find or Found(PORTRAIT_FACE), TemplateShelf(templates))


def a_clip(frames: int = 6, *, fps: float = 25.0, axis: int = 1, sha256: str | None = None) -> DrivingClip:
    """A soft pattern that walks to and fro; its first frame is where it rests."""
    random = np.random.default_rng(11)
    coarse = random.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    pattern = np.kron(coarse, np.ones((SIDE_PX // 8, SIDE_PX // 8, 1), np.uint8))

    def read(
        *, fps: float, start_s: float, seconds: float, long_side_px: int
    ) -> Generator[RgbImage, None, None]:
        assert long_side_px >= SIDE_PX
        first = round(start_s * fps)
        for index in range(first, min(frames, first + round(seconds * fps))):
            yield np.roll(pattern, round(5 * np.sin(2 * np.pi * index / frames)), axis=axis)

    seconds = frames / fps
    return DrivingClip(fps=fps, duration_s=seconds, used_seconds=seconds, read=read, sha256=sha256)


def a_preset(frames: int = 6, *, fps: float = 25.0, axis: int = 1) -> MotionCurve:
    """A preset whose clip is `a_clip`."""
    clip = a_clip(frames, fps=fps, axis=axis)
    return MotionCurve(fps=fps, channels={"smile": [0.0] * frames}, open_clip=lambda: clip)


def filmed(
    portrait: RgbImage,
    driving: Driving,
    options: AnimateOptions | None = None,
    engine: FirstOrderAnimator | None = None,
    checkpoint: Checkpoint = no_checkpoint,
) -> tuple[Animation, list[RgbImage]]:
    """A film, and its frames."""
    animation = (engine or an_engine()).animate(portrait, driving, options or AnimateOptions(), checkpoint)
    return animation, [frame.copy() for frame in animation.frames]
