"""Restored faces laid on the picture, all at once: where two overlap, the one that covers it better shows.

Pasted one after the other, as the official code does, a neighbour's soft edge paints over a finished face.
Nothing here is as large as the picture except the picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from backend.engines.api import FaceLayer
from backend.engines.faces.align import Affine
from backend.engines.faces.paste import reduced_to_fit, to_scale
from backend.engines.faces.warp import Region
from backend.engines.gfpgan.choice import ChosenFace
from backend.engines.gfpgan.cropping import cut_face
from backend.media.types import FloatImage, Mask, RgbImage

_MARGIN_PX: Final = 2  # of the picture: sampling a small mask reaches a little beyond it
_NOTHING: Final = 1e-6  # of a mask's square: no face is there


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidFace:
    """A face, and all that is needed to draw it into a picture.

    to_base: crop -> picture; region: where that is
    face:    float32 (512, 512, 3) RGB in [0, 255]; smaller where it is smaller in the picture
    mask:    float32 (512, 512) in [0, 1], or as small as the face
    finer:   the crop of the picture itself; what is finer than that is taken from the picture
    grain:   float32 (region.height, region.width), added to the face's brightness
    """

    id: int
    region: Region
    to_base: Affine
    face: FloatImage
    mask: Mask
    finer: FloatImage | None = None
    finer_share: float = 0.0
    grain: FloatImage | None = None


def lay_face(
    base: RgbImage, chosen: ChosenFace, face: FloatImage, mask: Mask, scale: int, *, finer_share: float
) -> LaidFace | None:
    """Ready to be drawn; None where nothing of it shows in the picture.

    base: uint8 (H, W, 3) RGB, the photo enlarged `scale` times
    finer_share: how much of what the crop cannot hold comes from the base, 0 to 1
    """
    to_base = to_scale(chosen.matrix, scale)
    region = _region_of(mask, to_base, base.shape[1], base.shape[0])
    if region is None:
        return None
    finer = None
    if finer_share > 0.0:
        finer = cut_face(base, np.asarray(cv2.invertAffineTransform(to_base), np.float64))
    small_face, small_mask, fitted = reduced_to_fit(face, mask, to_base)
    return LaidFace(
        id=chosen.id,
        region=region,
        to_base=fitted,
        face=small_face,
        mask=small_mask,
        finer=finer,
        finer_share=finer_share,
    )


def compose(base: RgbImage, laid: Sequence[LaidFace], fidelity: float) -> tuple[FaceLayer, ...]:
    """Draw the faces into the picture, in place; what a slider needs to draw them again.

    base: uint8 (H, W, 3) RGB
    fidelity: 0.0 = the restored faces, 1.0 = the picture as it was, to the last bit
    returns: a layer a face, at fidelity 0
    """
    before = [base[one.region.slices].copy() for one in laid]
    made = [_drawn(base, one, [other for other in laid if other is not one]) for one in laid]
    for one, pixels in zip(laid, made, strict=True):
        base[one.region.slices] = pixels
    for one, pixels in zip(laid, made, strict=True):
        pixels[:] = base[one.region.slices]  # where two overlap, the last that was drawn
    layers = tuple(
        FaceLayer(face_id=one.id, x=one.region.x, y=one.region.y, before=old, after=pixels)
        for one, old, pixels in zip(laid, before, made, strict=True)
    )
    if fidelity > 0.0:
        for layer in layers:
            height_px, width_px = layer.before.shape[:2]
            part = base[layer.y : layer.y + height_px, layer.x : layer.x + width_px]
            part[:] = between(layer.after, layer.before, fidelity)
    return layers


def between(after: RgbImage, before: RgbImage, fidelity: float) -> RgbImage:
    """(1 - fidelity) * after + fidelity * before, rounded; both ends are exact. uint8 (h, w, 3) each."""
    return np.asarray(cv2.addWeighted(after, 1.0 - fidelity, before, fidelity, 0.0), np.uint8)


def _drawn(base: RgbImage, one: LaidFace, others: Sequence[LaidFace]) -> RgbImage:
    """The face's rectangle of the picture with every face that reaches into it."""
    region = one.region
    near = [one, *(other for other in others if _touch(region, other.region))]
    result = np.empty((region.height, region.width, 3), np.uint8)
    for band in region.bands():
        rows = slice(band.y - region.y, band.y - region.y + band.height)
        result[rows] = _drawn_band(base, band, near, None if one.grain is None else one.grain[rows])
    return result


def _drawn_band(
    base: RgbImage, band: Region, faces: Sequence[LaidFace], grain: FloatImage | None
) -> RgbImage:
    before = base[band.slices].astype(np.float32)
    shares = [_warped(face.mask, face.to_base, band, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT) for face in faces]
    squares = np.maximum(sum(share * share for share in shares), np.float32(_NOTHING))
    cover = np.maximum.reduce(shares)
    mixed = before.copy()
    for face, share in zip(faces, shares, strict=True):
        weight = cover * (share * share / squares)
        mixed += weight[..., None] * (_pixels(face, before, band) - before)
    if grain is not None:
        mixed += (cover * grain)[..., None]
    return np.asarray(np.rint(mixed).clip(0, 255), np.uint8)


def _pixels(face: LaidFace, before: FloatImage, band: Region) -> FloatImage:
    """The face in a part of the picture, with what is finer than its crop."""
    if face.finer is None:
        return _warped(face.face, face.to_base, band, cv2.INTER_CUBIC, cv2.BORDER_REPLICATE)
    change = face.face - np.float32(face.finer_share) * face.finer
    warped = _warped(change, face.to_base, band, cv2.INTER_CUBIC, cv2.BORDER_REPLICATE)
    return np.asarray(warped + np.float32(face.finer_share) * before, np.float32)


def _warped(pixels: FloatImage, to_base: Affine, region: Region, sampling: int, border: int) -> FloatImage:
    """A crop in its place, seen through a part of the picture."""
    to_part = to_base.copy()
    to_part[:, 2] -= (region.x, region.y)
    size_px = region.width, region.height
    return np.asarray(
        cv2.warpAffine(pixels, to_part, size_px, flags=sampling, borderMode=border, borderValue=0), np.float32
    )


def _region_of(mask: Mask, to_base: Affine, width_px: int, height_px: int) -> Region | None:
    """Where the mask is above 0: a good deal less than the whole crop, and seldom over a neighbour's."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    ends = [(x, y) for x in (columns[0] - 1, columns[-1] + 1) for y in (rows[0] - 1, rows[-1] + 1)]
    corners = np.array(ends, np.float64) @ to_base[:, :2].T + to_base[:, 2]
    low = np.maximum(np.floor(corners.min(axis=0)) - _MARGIN_PX, 0).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0)) + _MARGIN_PX + 1, (width_px, height_px)).astype(int)
    if (low >= high).any():
        return None
    x, y = (int(side) for side in low)
    return Region(x=x, y=y, width=int(high[0]) - x, height=int(high[1]) - y)


def _touch(a: Region, b: Region) -> bool:
    across = min(a.x + a.width, b.x + b.width) > max(a.x, b.x)
    return across and min(a.y + a.height, b.y + b.height) > max(a.y, b.y)
