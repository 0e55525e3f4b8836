"""A few restored faces, remembered, so that the same photo with another fidelity costs no network.

Kept apart from the networks: it is only about bytes. It is a pure function's memory: what is remembered is
what the network would make again, so no picture tells whether somebody else asked before; only that it came
sooner does. The last few faces stay in the worker's memory until others take their place.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import TypeAlias

from backend.media.types import FloatImage, RgbImage

Make: TypeAlias = Callable[[Sequence[RgbImage | FloatImage]], list[RgbImage]]
"""Restores faces that are not remembered."""

_KEPT = 32  # faces: 25 MB


class FinishedFaces:
    """The last faces, oldest out first. Safe for use by several threads."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._faces: OrderedDict[bytes, RgbImage] = OrderedDict()
        self._lock = Lock()

    def or_made(self, faces: Sequence[RgbImage | FloatImage], make: Make) -> list[RgbImage]:
        """A finished face for each of `faces`: those remembered, the others from one call of `make`."""
        keys = [key_of(face) for face in faces]
        finished = {key: face for key in keys if (face := self._recall(key)) is not None}
        missing = {key: face for key, face in zip(keys, faces, strict=True) if key not in finished}
        if missing:
            for key, face in zip(missing, make(list(missing.values())), strict=True):
                self._keep(key, face)
                finished[key] = face
        return [finished[key].copy() for key in keys]

    def _recall(self, key: bytes) -> RgbImage | None:
        with self._lock:
            if key in self._faces:
                self._faces.move_to_end(key)
            return self._faces.get(key)

    def _keep(self, key: bytes, face: RgbImage) -> None:
        with self._lock:
            self._faces[key] = face
            if len(self._faces) > self._kept:
                self._faces.popitem(last=False)


def key_of(face: RgbImage | FloatImage) -> bytes:
    """SHA-256 of its dtype, shape and pixels: the photo itself is not kept."""
    digest = hashlib.sha256(f"{face.dtype}{face.shape}".encode())
    digest.update(face.tobytes())
    return digest.digest()
