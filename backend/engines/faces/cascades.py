"""OpenCV's trained Haar cascades by name; they come with its wheel, and each is read once a thread.

A cascade keeps the picture it looks at: two threads that share one get each other's, or an assertion fails.
"""

import threading
from pathlib import Path

import cv2


class _OfThisThread(threading.local):
    def __init__(self) -> None:
        self.read: dict[str, cv2.CascadeClassifier] = {}


_cascades = _OfThisThread()


def cascade(name: str) -> cv2.CascadeClassifier:
    """The cascade `haarcascade_<name>.xml`, this thread's own."""
    if name not in _cascades.read:
        folder = Path(cv2.__file__).parent / "data"
        _cascades.read[name] = cv2.CascadeClassifier(str(folder / f"haarcascade_{name}.xml"))
    return _cascades.read[name]
