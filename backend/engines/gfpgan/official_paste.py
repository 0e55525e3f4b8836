"""Faces into a photo to the official pixel, its small errors included, at the cost of the faces alone.

facexlib 0.3.0 warps, masks and mixes the whole frame once a face, in float64: gigabytes for a large photo.
The same numbers come of each face's own rectangle, a few rows at a time. Apart from our own way to paste,
`faces/paste.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.faces.align import FACE_PX, Affine
from backend.engines.faces.masks import official_parse_mask
from backend.engines.faces.warp import Region, region_of, surrounding, warp_region
from backend.engines.gfpgan.seams import ClassMap
from backend.media.types import Mask, RgbImage

Picture: TypeAlias = npt.NDArray[np.uint8 | np.uint16 | np.float64]
"""(H, W, 3) RGB or (H, W, 4) RGBA in [0, 255]; a background of 16 bits in [0, 65535]."""

_LARGEST_OF_8_BITS: Final = 256  # the official test; 255 would be right


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredFace:
    """A face to paste.

    pixels:  uint8 (512, 512, 3) RGB
    matrix:  photo -> crop, of `similarity`
    classes: uint8 (512, 512), or None for the square mask of `use_parse=False`; the same for all faces
    """

    pixels: RgbImage
    matrix: Affine
    classes: ClassMap | None


@dataclass(frozen=True, slots=True)
class _Placed:
    """A face and where it goes.

    mask:         of a class map, in pixels of the face; None = the square:
    soft, eroded: in pixels of the region
    """

    pixels: RgbImage
    to_base: Affine
    region: Region
    mask: npt.NDArray[np.float64] | None
    soft: Mask | None = None
    eroded: Mask | None = None


def paste_officially(base: Picture, faces: Sequence[RestoredFace], upscale: float) -> Picture:
    """`FaceRestoreHelper.paste_faces_to_input_image`, from the resized background on.

    base:    the background at the size of the result; left as it is. A fourth channel passes through
    faces:   in the detector's order; later ones cover earlier ones
    upscale: side of the result / side of the photo
    returns: uint8, or uint16 where any value exceeds 256; cut off, not rounded; below 0 it wraps around
    """
    placed = [one for one in (_placed(face, base, upscale) for face in faces) if one is not None]
    precision = np.float32 if all(one.mask is None for one in placed) else np.float64
    if not placed or base.dtype != np.uint8:
        # only the whole picture tells whether it is one of 16 bits
        out: npt.NDArray[np.floating] = base.astype(np.result_type(precision, base.dtype))
        for region in _bands(placed):
            out[region.slices] = _mixed(out[region.slices], region, placed)
        whole = out.astype(np.int64)
        return whole.astype(np.uint16) if out.max() > _LARGEST_OF_8_BITS else whole.astype(np.uint8)
    result: npt.NDArray[np.uint8] = base.astype(np.uint8)
    for region in _bands(placed):
        mixed = _mixed(result[region.slices].astype(precision), region, placed)
        result[region.slices] = mixed.astype(np.uint8)
    return result


def _placed(face: RestoredFace, base: Picture, upscale: float) -> _Placed | None:
    to_base = np.asarray(cv2.invertAffineTransform(face.matrix), dtype=np.float64) * upscale
    # Half an output pixel too far right and down; the official result has it.
    to_base[:, 2] += 0.5 * upscale if upscale > 1 else 0.0
    region = region_of(to_base, base.shape[1], base.shape[0])
    if region is None:
        return None
    if face.classes is not None:
        return _Placed(face.pixels, to_base, region, official_parse_mask(face.classes))
    soft, eroded = _square_masks(to_base, region, upscale)
    return _Placed(face.pixels, to_base, region, None, soft, eroded)


def _square_masks(to_base: Affine, region: Region, upscale: float) -> tuple[Mask, Mask]:
    """The crop's square on the photo: blurred by a twentieth of its side, and only trimmed."""
    ones = np.ones((FACE_PX, FACE_PX), dtype=np.float32)
    eroded = cv2.erode(warp_region(ones, to_base, region), _box(int(2 * upscale)))
    edge_px = int(np.sum(eroded, dtype=np.float64) ** 0.5) // 20
    centre = cv2.erode(eroded, _box(edge_px * 2))
    soft = cv2.GaussianBlur(centre, (edge_px * 2 + 1, edge_px * 2 + 1), 0)
    return np.asarray(soft, dtype=np.float32), np.asarray(eroded, dtype=np.float32)


def _box(side_px: int) -> npt.NDArray[np.uint8]:
    return np.ones((side_px, side_px), dtype=np.uint8)  # OpenCV takes an empty one as 3 x 3


def _bands(placed: Sequence[_Placed]) -> Iterator[Region]:
    """Rectangles that hold all faces, from top to bottom, a few rows at a time."""
    if not placed:
        return
    for band in surrounding([one.region for one in placed]).bands():
        met = [part for part in (one.region.meet(band) for one in placed) if part is not None]
        if met:
            yield surrounding(met)


def _mixed(
    canvas: npt.NDArray[np.floating], band: Region, placed: Sequence[_Placed]
) -> npt.NDArray[np.floating]:
    """The faces over a band of the background, unrounded: where two overlap, the second sees the first so."""
    for face in placed:
        part = face.region.meet(band)
        if part is None:
            continue
        rows, columns = part.within(band)
        share, pixels = _share_and_pixels(face, part)
        under = canvas[rows, columns, :3]
        canvas[rows, columns, :3] = share * pixels + (1 - share) * under
    return canvas


def _share_and_pixels(
    face: _Placed, part: Region
) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating] | npt.NDArray[np.uint8]]:
    pixels = warp_region(face.pixels, face.to_base, part)
    if face.mask is not None:
        return warp_region(face.mask, face.to_base, part)[..., None], pixels
    assert face.soft is not None and face.eroded is not None
    here = part.within(face.region)
    return face.soft[here][..., None], face.eroded[here][..., None] * pixels
