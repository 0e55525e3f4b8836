"""What a RetinaFace file does not say of itself: the anchors and the activations that it was trained with.

Two known files have the same names and shapes and differ in both. Read the wrong way a file still answers,
only badly: the file's checksum decides.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

AnchorSizes: TypeAlias = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
"""Sides in pixels of the two square anchors in each cell, at strides 8, 16 and 32."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """How a file is to be read.

    leaks: activations of narrow networks let a tenth of what is below zero through
    """

    anchor_sizes: AnchorSizes
    leaks: bool


OFFICIAL: Final = Variant(anchor_sizes=((16, 32), (64, 128), (256, 512)), leaks=True)
"""Both files of facexlib, and whatever was trained with its code or with biubug6/Pytorch_Retinaface."""

SMALL: Final = Variant(anchor_sizes=((10, 20), (32, 64), (128, 256)), leaks=False)
"""mobilenet0.25_Final.pth of biubug6/Face-Detector-1MB-with-landmark (data/config.py, models/net.py)."""

_SMALL_FILES: Final = frozenset({"ed6fa7d45a5179f03cb5ce82c73b0c6711372968e53782e88395acee88d319e1"})


def variant_of(sha256: str) -> Variant:
    """How to read a file; the official way where it is not known.

    sha256: of the file, lower-case hexadecimal
    """
    return SMALL if sha256 in _SMALL_FILES else OFFICIAL
