"""Undo what JPEG's coarse quantiser did: steps on the 8x8 grid, ringing at edges, colour in patches.

Where the file tells how it was coded, the error has a known size at every frequency, which no smoothing that
only sees pixels can know.
"""

import cv2
import numpy as np

from backend.engines.builtin.restoration.gates import BLOCK_PX, error_of, fitted_gates
from backend.engines.builtin.restoration.halved_colour import as_coded, as_decoded, averaged
from backend.media.jpeg_coding import JpegCoding, Steps
from backend.media.types import FloatImage

_COARSE_FROM = 15.0  # mean step of the luma table; quality 85 has 17, 90 has 11.5 and shows nothing

# BT.601 as JFIF has it. The inverse is that of the decoder: rounded numbers, or colours would drift.
_TO_YCBCR = np.array(
    [[0.299, 0.587, 0.114], [-0.168735892, -0.331264108, 0.5], [0.5, -0.418687589, -0.081312411]], np.float32
)
_TO_RGB = np.array([[1.0, 0.0, 1.402], [1.0, -0.344136286, -0.714136286], [1.0, 1.772, 0.0]], np.float32)


def is_coarse(coding: JpegCoding) -> bool:
    """True where the quantiser took what can be seen: JPEG quality 87 and below."""
    return float(np.mean(coding.luma_steps)) >= _COARSE_FROM


def deblock(photo: FloatImage, coding: JpegCoding, *, with_chroma: bool) -> FloatImage:
    """The photo without the error that its coding made. Looks at most 32 rows up and down.

    photo, returns: float32 (H, W, 3) RGB in [0, 255], as decoded, or a band of it that begins at a
        multiple of 16 rows
    with_chroma: mend the colour planes too, where the file has any
    """
    framed, top_px, left_px = _framed(photo, coding)
    ycbcr = cv2.transform(framed, _TO_YCBCR)
    error = np.zeros_like(ycbcr)
    planes = np.ascontiguousarray(ycbcr.transpose(2, 0, 1), np.float32)
    error[..., 0] = error_of(planes[:1], coding.luma_steps, fitted_gates("luma"), is_whole=False)[0]
    if with_chroma and coding.chroma_steps is not None:
        for channel, plane in enumerate(_chroma_error(planes, coding.chroma_steps, coding.chroma_ratio)):
            error[..., 1 + channel] = as_decoded(plane, coding.chroma_ratio)
    height_px, width_px = photo.shape[:2]
    inner = error[top_px : top_px + height_px, left_px : left_px + width_px]
    return photo - np.asarray(cv2.transform(inner, _TO_RGB), np.float32)


def _framed(photo: FloatImage, coding: JpegCoding) -> tuple[FloatImage, int, int]:
    """The photo with its first blocks whole and a block more on every side; and where it lies in there."""
    unit_px = [BLOCK_PX * ratio for ratio in coding.chroma_ratio]
    before_px = [missing + unit for missing, unit in zip(coding.missing_px, unit_px, strict=True)]
    after_px = [
        -(side + before) % unit + unit
        for side, before, unit in zip(photo.shape[:2], before_px, unit_px, strict=True)
    ]
    framed = cv2.copyMakeBorder(
        photo, before_px[0], after_px[0], before_px[1], after_px[1], cv2.BORDER_REPLICATE
    )
    return np.asarray(framed, np.float32), before_px[0], before_px[1]


def _chroma_error(ycbcr: FloatImage, steps: Steps, ratio: tuple[int, int]) -> FloatImage:
    """Of Cb and Cr, at the size they were coded: float32 (2, H, W). Luma shows where the edges are."""
    samples = np.stack([averaged(ycbcr[0], ratio), as_coded(ycbcr[1], ratio), as_coded(ycbcr[2], ratio)])
    return error_of(samples, steps, fitted_gates("chroma"), is_whole=ratio == (1, 1))
