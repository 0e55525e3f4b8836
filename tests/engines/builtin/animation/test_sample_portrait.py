import importlib.util

import numpy as np
import pytest

from backend.domain.errors import AppError
from backend.engines.builtin.animation import sample_portrait
from backend.engines.builtin.animation.landmarks import find_landmarks
from backend.engines.builtin.animation.sample_portrait import neutral_portrait, smiling_portrait
from backend.engines.faces.detector import find_faces


def test_the_mouth_is_closed() -> None:
    smiling, resting = (sample_portrait._enlarged_head(smiling_portrait()), neutral_portrait()[0])

    lips = [find_landmarks(picture, find_faces(picture)[0]) for picture in (smiling, resting)]

    assert lips[0].lips.shows_teeth
    assert not lips[1].lips.is_open


def test_the_eyes_and_the_background_are_as_in_the_photo() -> None:
    portrait, frame = neutral_portrait()
    enlarged = sample_portrait._enlarged_head(smiling_portrait())

    for u_range, v_range in (((-0.8, 0.8), (-0.5, 0.2)), ((-2.0, -1.6), (-1.9, -1.5))):
        now, before = (frame.crop(picture, u_range, v_range, 60.0) for picture in (portrait, enlarged))
        # sampled anew within a hundredth of a pixel: rounding only
        assert np.abs(now - before).mean() < 1.0


def test_a_machine_without_the_photo_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(AppError, match="scikit-image"):
        smiling_portrait()
