"""The official restorer, `GFPGANer.enhance` of gfpgan 1.3.8, to the pixel: for tests and for sceptics.

Apart from our own pipeline, which is better and quicker; nothing here may be improved. Detection is the
caller's. Colours are RGB throughout, where the official code has BGR: channels never mix, so pixels agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from backend.engines.faces.align import FACE_PX, Affine, crop_face, similarity
from backend.engines.faces.boxes import Box, FoundFace
from backend.engines.gfpgan.official_paste import Picture, RestoredFace, paste_officially
from backend.engines.gfpgan.seams import FaceNetwork, FaceParser
from backend.media.types import FloatImage, RgbImage

PhotoArray: TypeAlias = npt.NDArray[np.uint8 | np.uint16]
"""A picture as its file has it: (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA, uint8 or uint16."""

ReadPhoto: TypeAlias = npt.NDArray[np.uint8 | np.uint16 | np.float64]
"""(H, W, 3) RGB in [0, 255]: as the photo was, or float64 where it had 16 bits."""

_LARGEST_OF_8_BITS: Final = 256
_LEAST_BETWEEN_EYES_PX: Final = 5.0


class OfficialEnlarger(Protocol):
    """`RealESRGANer.enhance`: the whole photo, with its own channels and depth, `outscale` times as large."""

    def __call__(self, photo: PhotoArray, outscale: float) -> PhotoArray: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Networks:
    """What the pipeline runs. parser None = the square mask; enlarger None = the background by Lanczos."""

    network: FaceNetwork
    parser: FaceParser | None = None
    enlarger: OfficialEnlarger | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enhanced:
    """What `enhance` returns.

    faces:    those that were restored, in the detector's order; none for an aligned photo
    crops:    (512, 512, 3) RGB, uint8, or float64 of a photo of 16 bits
    restored: uint8 (512, 512, 3) RGB
    image:    uint8 or uint16 (H, W, 3) RGB or (H, W, 4) RGBA; None where nothing was to be pasted
    """

    faces: tuple[FoundFace, ...]
    crops: tuple[ReadPhoto, ...]
    restored: tuple[RgbImage, ...]
    image: Picture | None


def read_image(photo: PhotoArray) -> ReadPhoto:
    """What detector and crops see of a photo: three channels, no alpha, 16 bits as fractions of 255.

    A photo counts as one of 16 bits only if some value exceeds 256.
    """
    seen: ReadPhoto = photo / 65535 * 255 if photo.max() > _LARGEST_OF_8_BITS else photo
    if seen.ndim == 2:
        return np.repeat(seen[..., None], 3, axis=2)
    return seen[..., :3]


def faces_to_restore(
    found: Sequence[FoundFace], photo: ReadPhoto, *, only_center_face: bool = False
) -> tuple[tuple[FoundFace, Affine], ...]:
    """Faces with their matrices, photo -> crop; in the order given.

    Left out are faces without points, with less than 5 pixels between the eyes, or with points that fix no
    similarity (there the official code ends).
    """
    usable = [
        face
        for face in found
        if face.landmarks is not None and _between_eyes_px(face) >= _LEAST_BETWEEN_EYES_PX
    ]
    if only_center_face and usable:
        centre = photo.shape[1] / 2, photo.shape[0] / 2
        usable = [min(usable, key=lambda face: _distance(face.box, centre))]
    matrices = ((face, similarity(face.landmarks)) for face in usable if face.landmarks is not None)
    return tuple((face, matrix) for face, matrix in matrices if matrix is not None)


def enhance(
    photo: PhotoArray,
    found: Sequence[FoundFace],
    networks: Networks,
    *,
    upscale: float = 2,
    has_aligned: bool = False,
    only_center_face: bool = False,
    paste_back: bool = True,
) -> Enhanced:
    """Restore the faces of a photo and paste them into it, or restore one aligned face.

    found:       with landmarks, in the detector's order, from the surest; not looked at if `has_aligned`
    upscale:     side of the result / side of the photo; need not be whole
    has_aligned: the photo is one face, of any size; it is squeezed to 512 x 512 and not pasted

    Departures, where the official code ends or gives garbage: an aligned photo may be gray, RGBA or of 16
    bits; a gray background gets three channels.
    """
    image = read_image(photo)
    if has_aligned:
        crop: ReadPhoto = np.asarray(cv2.resize(image, (FACE_PX, FACE_PX)), dtype=image.dtype)
        return Enhanced(faces=(), crops=(crop,), restored=_restored([crop], networks), image=None)
    chosen = faces_to_restore(found, image, only_center_face=only_center_face)
    crops = [crop_face(image, matrix) for _, matrix in chosen]
    restored = _restored(crops, networks)
    pasted = (
        _pasted(photo, image, [m for _, m in chosen], restored, networks, upscale) if paste_back else None
    )
    return Enhanced(
        faces=tuple(face for face, _ in chosen), crops=tuple(crops), restored=restored, image=pasted
    )


def _restored(crops: Sequence[ReadPhoto], networks: Networks) -> tuple[RgbImage, ...]:
    faces: list[RgbImage | FloatImage] = [
        crop.astype(np.uint8) if crop.dtype == np.uint8 else crop.astype(np.float32) for crop in crops
    ]
    return tuple(networks.network(faces)) if faces else ()


def _pasted(
    photo: PhotoArray,
    image: ReadPhoto,
    matrices: Sequence[Affine],
    restored: Sequence[RgbImage],
    networks: Networks,
    upscale: float,
) -> Picture:
    background: Picture = image
    if networks.enlarger is not None:
        enlarged = networks.enlarger(photo, upscale)
        background = np.repeat(enlarged[..., None], 3, axis=2) if enlarged.ndim == 2 else enlarged
    size = int(image.shape[1] * upscale), int(image.shape[0] * upscale)
    base: Picture = np.asarray(
        cv2.resize(background, size, interpolation=cv2.INTER_LANCZOS4), dtype=background.dtype
    )
    classes = [None] * len(restored) if networks.parser is None else networks.parser(restored)
    faces = [
        RestoredFace(pixels=pixels, matrix=matrix, classes=one)
        for pixels, matrix, one in zip(restored, matrices, classes, strict=True)
    ]
    return paste_officially(base, faces, upscale)


def _between_eyes_px(face: FoundFace) -> float:
    assert face.landmarks is not None
    (x1, y1), (x2, y2) = face.landmarks[:2]
    return float(np.hypot(x1 - x2, y1 - y2))


def _distance(box: Box, point: tuple[float, float]) -> float:
    return float(np.hypot((box[0] + box[2]) / 2 - point[0], (box[1] + box[3]) / 2 - point[1]))
