"""Mode "parity": the official pipeline behind our engine's face, for tests and for sceptics.

Only translates options and results; `official.py` does the work.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.domain.errors import InvalidOption
from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint, FaceCrop, FaceInfo, Restoration, RestoreOptions, SourcePhoto
from backend.engines.faces.boxes import FoundFace
from backend.engines.gfpgan.choice import faces_at, fit
from backend.engines.gfpgan.models import Models
from backend.engines.gfpgan.official import Enhanced, Networks, enhance
from backend.engines.gfpgan.seams import FaceNetwork
from backend.media.types import FloatImage, RgbImage


def restore_officially(
    photo: SourcePhoto, options: RestoreOptions, models: Models, checkpoint: Checkpoint
) -> Restoration:
    """As `GFPGANer.enhance` does it. What the official pipeline has no word for is refused.

    raises: InvalidOption, WeightsMissing, WeightsRefused, OutOfMemory
    """
    _refuse_what_is_ours(photo, options)
    height_px, width_px = photo.pixels.shape[:2]
    scale = 1 if photo.is_face_crop else options.upscale_factor(width_px, height_px)
    networks = Networks(
        network=_Stoppable(models.face_network(options.model, "parity"), checkpoint),
        parser=models.face_parser("parity"),
        enlarger=models.official_enlarger() if options.background == "realesrgan" else None,
    )
    checkpoint(Stage.FACES, 0.0)
    found = () if photo.is_face_crop else _found(photo, models)
    wanted = _wanted(found, options)
    made = enhance(
        photo.pixels,
        wanted,
        networks,
        upscale=scale,
        has_aligned=photo.is_face_crop,
        only_center_face=options.face_ids == "centre",
    )
    used = {face.id for face in made.faces}
    ids = [face.id for face in made.faces] or [0]
    crops = zip(ids, made.crops, made.restored, strict=False)  # no face at all: no crops
    faces = tuple(_info(face, used) for face in sorted(found, key=lambda face: face.id))
    if photo.is_face_crop:
        whole = (0.0, 0.0, float(width_px), float(height_px))
        faces = (FaceInfo(id=0, box=whole, score=1.0, used=True),)
    notes = ["parity"]
    if made.faces and networks.parser is None:
        notes.append("square_mask")
    if not faces:
        notes.append("no_face_found")
    elif all(not face.used for face in faces) and any(face.note != "not_chosen" for face in faces):
        notes.append("no_face_usable")
    return Restoration(
        image=_image(made),
        scale=scale,
        faces=faces,
        notes=tuple(notes),
        model=networks.network.model,
        crops=tuple(
            FaceCrop(face_id=one, before=before.astype("uint8"), after=after) for one, before, after in crops
        ),
    )


@dataclass(frozen=True, slots=True)
class _Stoppable:
    """A face network asked for one face at a time, as the official code does it, and stopped in between."""

    network: FaceNetwork
    checkpoint: Checkpoint

    @property
    def model(self) -> str:
        return self.network.model

    def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        made: list[RgbImage] = []
        for face in faces:
            self.checkpoint(Stage.RESTORE_FACES, len(made) / len(faces))
            made += self.network([face])
        return made


def _refuse_what_is_ours(photo: SourcePhoto, options: RestoreOptions) -> None:
    refused = {
        "scratches": options.scratches == "strong",
        "colour": options.colour in ("keep", "neutral"),
        "mask": photo.damage is not None,
    }
    for option, is_asked in refused.items():
        if is_asked:
            raise InvalidOption(f"the official pipeline knows no such {option}", option=option)


def _found(photo: SourcePhoto, models: Models) -> tuple[FoundFace, ...]:
    if photo.landmarks is not None:
        return faces_at(photo.landmarks)
    return _numbered_from_left(models.official_finder()(photo.pixels))


def _numbered_from_left(found: Sequence[FoundFace]) -> tuple[FoundFace, ...]:
    """In the order they came, from the surest, with the ids they have in the other modes."""
    from_left = sorted(found, key=lambda face: (face.box[0] + face.box[2], face.box))
    return tuple(replace(face, id=from_left.index(face)) for face in found)


def _wanted(found: tuple[FoundFace, ...], options: RestoreOptions) -> tuple[FoundFace, ...]:
    if options.face_ids is None or options.face_ids == "centre":
        return found
    strangers = sorted(set(options.face_ids) - {face.id for face in found})
    if strangers:
        raise InvalidOption(f"no face of this photo has the id {strangers[0]}", option="face_ids")
    return tuple(face for face in found if face.id in options.face_ids)


def _image(made: Enhanced) -> RgbImage:
    image = made.restored[0] if made.image is None else made.image
    return image[..., :3].astype("uint8")  # our photos have three channels of 8 bits, so it has


def _info(face: FoundFace, used: set[int]) -> FaceInfo:
    is_used = face.id in used
    note = None if is_used else fit(face, are_given=True)[0] or "not_chosen"
    return FaceInfo(id=face.id, box=face.box, score=face.score, used=is_used, note=note)
