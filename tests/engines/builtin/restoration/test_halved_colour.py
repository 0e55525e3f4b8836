import io

import cv2
import numpy as np
import pytest
from PIL import Image

from backend.engines.builtin.restoration.halved_colour import as_coded, as_decoded, averaged

RATIOS = [(1, 1), (1, 2), (2, 1), (2, 2)]


def samples(seed: int = 1) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.random.default_rng(seed).uniform(0, 255, (24, 40)).astype(np.float32)


@pytest.mark.parametrize("ratio", RATIOS)
def test_what_was_decoded_is_made_small_again_without_loss(ratio: tuple[int, int]) -> None:
    coded = samples()

    decoded = as_decoded(coded, ratio)

    assert decoded.shape == (24 * ratio[0], 40 * ratio[1])
    # 0.05 of 255: the inverse filter is cut off where it has fallen to 0.0002
    assert np.abs(as_coded(decoded, ratio) - coded).max() < 0.05


def test_the_decoder_is_the_one_that_opens_the_files() -> None:
    colour = cv2.GaussianBlur(samples(2), (0, 0), 3.0)
    picture = np.dstack([np.full((24, 40), 128.0), colour, np.full((24, 40), 128.0)]).astype(np.uint8)
    target = io.BytesIO()
    Image.fromarray(picture, mode="YCbCr").save(target, "JPEG", quality=100, subsampling="4:2:0")
    opened = Image.open(target)
    opened.draft("YCbCr", None)
    blueness = np.asarray(opened.convert("YCbCr") if opened.mode != "YCbCr" else opened)[..., 1]

    again = as_decoded(as_coded(blueness.astype(np.float32), (2, 2)), (2, 2))

    assert np.abs(again - blueness).max() <= 1.0  # the decoder rounds to whole levels


def test_an_average_keeps_the_mean() -> None:
    plane = samples()

    assert averaged(plane, (2, 2)).mean() == pytest.approx(plane.mean(), rel=1e-5)
