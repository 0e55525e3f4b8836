"""How much of a face is left: the directions of its edges, cell by cell, in the photo and in a frame.

No network: histograms of gradient directions (Dalal and Triggs 2005) of a face that was brought back onto the
photo's. They bear light, blur and a smile; another person's face has its edges elsewhere.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from backend.media.types import GrayImage

_CELLS: Final = 8  # along a side of the window
_BINS: Final = 8  # of directions, over a whole turn
_SOFT: Final = 0.02  # sigma, of the window's side: finer edges are skin, and lost to any network
_LEAST_EDGE: Final = 1.0  # grey levels a pixel; a cell with less says nothing
_LEAST_SHARE: Final = 0.2  # of the face's usual edges; a cell with less says nothing, either
_COUNTED: Final = 0.7  # of all edges: eyes and mouth may change as they like, somebody else changes all
# The same of pairs of the 28 faces measured, one put onto the other: their median; the least is 0.09.
# Of seven presets on ten photos it is 0.01 in 19 of 20 frames, 0.02 at most.
_ANOTHER_FACE: Final = 0.31


class Likeness:
    """What one face is known by."""

    def __init__(self, face: GrayImage, oval: GrayImage) -> None:
        """face: uint8 (n, n), the photo's. oval: uint8 (n, n), not 0 where the face is."""
        self._inside = (oval > 0).astype(np.float32)
        cell = np.arange(len(face)) * _CELLS // len(face)
        self._first_bin = (cell[:, None] * _CELLS + cell) * _BINS
        self._edges = self._edges_of(face)
        energy = (self._edges**2).sum(axis=1)
        self._says_nothing = _LEAST_EDGE**2 + _LEAST_SHARE**2 * float(energy.mean())

    def change(self, face: GrayImage) -> float:
        """0.0 the same face ... 1.0 as unlike as other people's are, or more; of a face brought back."""
        photo, edges = self._edges, self._edges_of(face)
        photo_energy, energy = (photo**2).sum(axis=1), (edges**2).sum(axis=1)
        both = np.sqrt((photo_energy + self._says_nothing) * (energy + self._says_nothing))
        unlike = 1.0 - ((photo * edges).sum(axis=1) + self._says_nothing) / both
        weight = np.sqrt(np.maximum(photo_energy, energy))
        order = np.argsort(unlike)
        reached = np.searchsorted(np.cumsum(weight[order]), _COUNTED * weight.sum())
        counted = unlike[order][min(int(reached), len(order) - 1)]
        return float(np.clip(counted / _ANOTHER_FACE, 0.0, 1.0))

    def _edges_of(self, face: GrayImage) -> npt.NDArray[np.float64]:
        """How much edge of which direction each cell has, grey levels a pixel; float64 (cells, bins)."""
        soft = cv2.GaussianBlur(face, (0, 0), max(0.6, _SOFT * len(face)))
        right = cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=0.25)
        down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=0.25)
        strength, angle = cv2.cartToPolar(right, down)
        strength *= self._inside
        position = angle * np.float32(_BINS / (2 * np.pi))
        lower = position.astype(np.int64)
        upper_share = (position - lower) * strength
        bins = np.zeros(_CELLS * _CELLS * _BINS)
        for direction, share in ((lower, strength - upper_share), (lower + 1, upper_share)):
            places = (self._first_bin + direction % _BINS).ravel()
            bins += np.bincount(places, share.ravel(), len(bins))
        return bins.reshape(-1, _BINS) / (len(face) / _CELLS) ** 2
