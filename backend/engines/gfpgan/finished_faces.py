"""A few restored faces, remembered, so that the same photo with another fidelity costs no network.

Kept apart from the networks: it is only about bytes. It is a pure function's memory: what is remembered is
what the network would make again, so no result tells whether somebody else asked before.
"""

import hashlib
from collections import OrderedDict
from threading import Lock

from backend.media.types import FloatImage, RgbImage

_KEPT = 32  # faces: 25 MB


class FinishedFaces:
    """The last faces, oldest out first. Safe for use by several threads."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._faces: OrderedDict[bytes, RgbImage] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes) -> RgbImage | None:
        """A copy, or None where it is not (or no longer) here."""
        with self._lock:
            face = self._faces.get(key)
            if face is None:
                return None
            self._faces.move_to_end(key)
            return face.copy()

    def put(self, key: bytes, face: RgbImage) -> None:
        """Keep a copy, and let the one not asked for longest go."""
        with self._lock:
            self._faces[key] = face.copy()
            self._faces.move_to_end(key)
            while len(self._faces) > self._kept:
                self._faces.popitem(last=False)


def key_of(face: RgbImage | FloatImage) -> bytes:
    """SHA-256 of its dtype, shape and pixels: the photo itself is not kept."""
    digest = hashlib.sha256(f"{face.dtype}{face.shape}".encode())
    digest.update(face.tobytes())
    return digest.digest()
