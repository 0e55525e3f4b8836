"""What a film must leave alone: everything outside its faces, to the last bit.

Apart from what is measured of faces because it looks at the whole frame, and so at little of it at a time.
"""

from typing import Final

import cv2
import numpy as np

from backend.media.types import Mask, RgbImage

_STRIPE_PX: Final = 16  # rows
_TURNS: Final = 4  # frames in which every row has been looked at once; the first frame is looked at whole


class Outside:
    """The part of a film that must stay the photo.

    A quarter of the rows a frame, in stripes: what is 64 rows high is seen in any frame, what is smaller at
    the latest four frames on.
    """

    def __init__(self, still: RgbImage, may_change: Mask) -> None:
        """still: uint8 (H, W, 3) RGB. may_change: float32 (H, W), 0 where nothing may change."""
        self.largest = 0.0  # change that was seen, of any channel of any pixel, grey levels
        self._still = still
        self._kept = (may_change <= 0).astype(np.uint8)
        self._frame_count = 0

    def look(self, frame: RgbImage) -> None:
        """The next frame, uint8 (H, W, 3) RGB."""
        height, turn = len(frame), self._frame_count % _TURNS
        for top in range(turn * _STRIPE_PX, height, _TURNS * _STRIPE_PX) if self._frame_count else (0,):
            stop = top + _STRIPE_PX if self._frame_count else height
            change = cv2.norm(frame[top:stop], self._still[top:stop], cv2.NORM_INF, self._kept[top:stop])
            self.largest = max(self.largest, change)
        self._frame_count += 1
