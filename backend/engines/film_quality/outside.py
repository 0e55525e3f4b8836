"""What a film must leave alone: everything outside its faces, to the last bit.

Looked at in every frame and every pixel, so it works without copies.
"""

import cv2
import numpy as np

from backend.media.types import Mask, RgbImage


class Outside:
    """The part of a film that must stay the photo."""

    def __init__(self, still: RgbImage, may_change: Mask) -> None:
        """still: uint8 (H, W, 3) RGB. may_change: float32 (H, W), 0 where nothing may change."""
        self._still = still
        changing = (may_change > 0).astype(np.uint8)
        left, top, width, height = cv2.boundingRect(changing)
        self._inner = (slice(top, top + height), slice(left, left + width))
        self._whole = (  # the four strips around that: compared without a mask, which is faster
            (slice(0, top), slice(None)),
            (slice(top + height, None), slice(None)),
            (slice(top, top + height), slice(0, left)),
            (slice(top, top + height), slice(left + width, None)),
        )
        outside = np.where(changing[self._inner] > 0, np.uint8(0), np.uint8(255))
        self._kept = np.repeat(outside[..., None], 3, axis=2)
        self._change = np.empty_like(self._kept)

    def largest_change(self, frame: RgbImage) -> float:
        """Grey levels, of any channel of any pixel outside."""
        largest = 0.0
        for strip in self._whole:
            if frame[strip].size:
                largest = max(largest, cv2.norm(frame[strip], self._still[strip], cv2.NORM_INF))
        if self._kept.size:
            cv2.absdiff(frame[self._inner], self._still[self._inner], dst=self._change)
            cv2.bitwise_and(self._change, self._kept, dst=self._change)
            largest = max(largest, cv2.norm(self._change, cv2.NORM_INF))
        return largest
