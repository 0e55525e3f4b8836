"""OpenCV's trained Haar cascades by name; they come with its wheel, and each is read once a process."""

from functools import cache
from pathlib import Path

import cv2


@cache
def cascade(name: str) -> cv2.CascadeClassifier:
    """The cascade `haarcascade_<name>.xml`."""
    folder = Path(cv2.__file__).parent / "data"
    return cv2.CascadeClassifier(str(folder / f"haarcascade_{name}.xml"))
