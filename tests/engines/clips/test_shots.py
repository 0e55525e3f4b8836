import numpy as np

from backend.engines.clips.shots import CutDetector
from backend.media.types import RgbImage
from tests.clips import moving_frames


def cut_frames(frames: list[RgbImage]) -> list[int]:
    cuts = CutDetector()
    return [index for index, frame in enumerate(frames) if cuts.is_cut(frame)]


def test_motion_is_no_cut() -> None:
    assert cut_frames(moving_frames(25)) == []  # before the square jumps back


def test_another_picture_is_a_cut() -> None:
    other = [255 - frame for frame in moving_frames(20)]

    assert cut_frames([*moving_frames(20), *other, *moving_frames(5)]) == [20, 40]


def test_a_still_clip_with_noise_has_no_cuts() -> None:
    random = np.random.default_rng(1)
    still = moving_frames(1)[0].astype(np.int16)
    noisy = [np.clip(still + random.normal(0, 6, still.shape), 0, 255).astype(np.uint8) for _ in range(20)]

    assert cut_frames(noisy) == []


def test_a_fade_and_a_flash_are_no_cuts() -> None:
    frame = moving_frames(1)[0].astype(np.float32)
    fade = [(frame * (step / 10)).astype(np.uint8) for step in range(11)]
    flash = [np.clip(frame + 30, 0, 255).astype(np.uint8), fade[-1]]

    assert cut_frames([*fade, *flash]) == []
