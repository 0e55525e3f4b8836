"""Faces through a network in batches, with less at a time when memory runs out.

Kept apart because the ladder is the same for every kind of network, and can be climbed down without one.
"""

import logging
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from backend.domain.errors import OutOfMemory, WeightsRefused
from backend.engines.gfpgan.face_pixels import Batch, to_batch, to_pixels
from backend.engines.memory import is_out_of_memory
from backend.media.types import FloatImage, RgbImage

logger = logging.getLogger(__name__)

Run: TypeAlias = Callable[[Batch], Batch]
"""One call of a network."""


def restore_in_batches(
    run: Run, faces: Sequence[RgbImage | FloatImage], *, at_once: int, spare: Run | None
) -> list[RgbImage]:
    """Restored faces, in their order.

    at_once: faces in one call; halved each time memory runs out
    spare:   the same network where there is more memory, for when one face is too much; takes one at a time
    raises:  OutOfMemory, when that is too much too; WeightsRefused for a result without numbers, which as
             pixels would be a black face
    """
    done: list[RgbImage] = []
    while len(done) < len(faces):
        try:
            made = run(to_batch(faces[len(done) :][:at_once]))
            if not np.isfinite(made).all():
                raise WeightsRefused(
                    "the network gives no numbers for this face", params={"reason": "unreadable"}
                )
            done += to_pixels(made)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            if at_once > 1:
                at_once //= 2
            elif spare is None:
                raise OutOfMemory from error
            else:
                run, spare = spare, None
            logger.warning("out of memory, trying with less", extra={"faces_at_once": at_once})
    return done
