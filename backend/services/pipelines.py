"""From a file's bytes to a result's bytes: the steps that a job and the command line share.

No database and no storage here. Whoever calls decides where bytes come from and go to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from backend.domain.jobs import FaceOutcome, LayerPlace, Stage
from backend.engines.api import Checkpoint, FaceInfo, FivePoints, Restoration, Restorer, SourcePhoto
from backend.engines.print_api import Corners, PrintCutter
from backend.media.images import (
    MIME_BY_FORMAT,
    Photo,
    PhotoFormat,
    decode_photo,
    encode_photo,
    resolve_format,
)
from backend.media.masks import decode_mask
from backend.media.opening import ImageLimits
from backend.services.requests import RestoreRequest

_NOWHERE: Final[Mapping[int, LayerPlace]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredPhoto:
    """A restored photo as a file, and what it was made of and by."""

    data: bytes
    format: PhotoFormat
    photo: Photo  # as decoded, before anything was done to it
    restoration: Restoration

    @property
    def mime(self) -> str:
        """Of `data`."""
        return MIME_BY_FORMAT[self.format]


def restore_photo(
    data: bytes,
    request: RestoreRequest,
    restorer: Restorer,
    checkpoint: Checkpoint,
    limits: ImageLimits,
    *,
    mask: bytes | None = None,
) -> RestoredPhoto:
    """Decode, restore, encode.

    data:   the photo's file, any type we take
    mask:   the file of its owner's own mask, as `media/masks.py` reads it; instead of looking for damage
    raises: UnsupportedMedia, UnreadableImage, ImageTooLarge, ImageTooSmall, JobCancelled, InvalidOption
    """
    checkpoint(Stage.DECODE, 0.0)
    return restore_decoded(decode_photo(data, limits), request, restorer, checkpoint, mask=mask)


def restore_decoded(
    photo: Photo,
    request: RestoreRequest,
    restorer: Restorer,
    checkpoint: Checkpoint,
    *,
    mask: bytes | None = None,
    landmarks: tuple[FivePoints, ...] | None = None,
    is_face_crop: bool = False,
) -> RestoredPhoto:
    """Restore, encode: a photo that is no file, because it was cut out of one, or one that is decoded.

    landmarks, is_face_crop: as `SourcePhoto` has them
    """
    height_px, width_px = photo.pixels.shape[:2]
    source = SourcePhoto(
        pixels=photo.pixels,
        jpeg=photo.jpeg,
        deep=photo.deep,
        damage=None if mask is None else decode_mask(mask, (width_px, height_px)),
        landmarks=landmarks,
        is_face_crop=is_face_crop,
    )
    restoration = restorer.restore(source, request.options, checkpoint)
    checkpoint(Stage.ENCODE, 0.0)
    chosen = resolve_format(request.format, photo)
    encoded = encode_photo(
        restoration.image,
        chosen,
        photo.meta.scaled(restoration.scale),
        alpha=photo.alpha,
        deep=restoration.deep,
    )
    return RestoredPhoto(data=encoded, format=chosen, photo=photo, restoration=restoration)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutPrint:
    """A print that was cut out of a picture; it keeps what is known of the picture's file."""

    photo: Photo
    corners: Corners
    notes: tuple[str, ...]


def cut_prints(picture: Photo, cutter: PrintCutter, checkpoint: Checkpoint) -> tuple[CutPrint, ...]:
    """Every print in a picture, in reading order; none where the picture is itself the photo."""
    cut = []
    for found in cutter.find(picture.pixels, checkpoint):
        straight = cutter.straighten(picture.pixels, found.corners, checkpoint)
        photo = replace(
            picture, pixels=straight.image, jpeg=None, alpha=None, deep=None
        )  # its blocks are no longer square
        cut.append(CutPrint(photo=photo, corners=found.corners, notes=straight.notes))
    return tuple(cut)


def face_outcomes(
    faces: tuple[FaceInfo, ...], places: Mapping[int, LayerPlace] = _NOWHERE
) -> tuple[FaceOutcome, ...]:
    """An engine's faces as a job's row keeps them. places: face id -> where its layers are."""
    return tuple(
        FaceOutcome(
            id=face.id,
            box=face.box,
            score=face.score,
            used=face.used,
            note=face.note,
            layer=places.get(face.id),
        )
        for face in faces
    )
