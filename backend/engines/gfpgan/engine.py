"""The engine with official weights: every face restored and put back, and the rest of the picture restored.

The steps live in their own files; this one only sequences them. It holds networks and nothing about a photo.
"""

from dataclasses import dataclass, replace

import numpy as np

from backend.domain.errors import InvalidOption, OutOfMemory
from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint, FaceCrop, FaceInfo, Restoration, RestoreOptions, SourcePhoto
from backend.engines.builtin.restoration.across import BoolMask
from backend.engines.builtin.restoration.engine import BuiltinRestorer, Repaired, require_makeable
from backend.engines.builtin.restoration.planes import to_bytes
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.finding import FindFaces
from backend.engines.faces.five_points import five_points
from backend.engines.gfpgan.aligned import restore_aligned
from backend.engines.gfpgan.background import Background, by_builtin, by_network, left_as_it_is
from backend.engines.gfpgan.choice import Choice, choose_faces, faces_at
from backend.engines.gfpgan.colour import measure_tint
from backend.engines.gfpgan.composition import LaidFace, compose, lay_face
from backend.engines.gfpgan.detail import beyond_grid_share
from backend.engines.gfpgan.faces import Look, cut_faces, fitted, in_tone, masks_of, restored_faces
from backend.engines.gfpgan.grain import measure_grain, missing_grain, seed_of
from backend.engines.gfpgan.models import Models
from backend.engines.gfpgan.parity import restore_officially
from backend.engines.gfpgan.seams import FaceNetwork
from backend.engines.gfpgan.whole_picture import add_light, measure_light
from backend.engines.memory import is_out_of_memory
from backend.media.deep import with_finer_levels
from backend.media.types import FloatImage, Mask, RgbImage


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """A photo on its way: the picture as it is around the faces, and the faces as they were cut out."""

    rest: Background
    choice: Choice
    crops: list[FloatImage]  # before the tones were corrected
    mask: Mask | BoolMask | None  # what was painted over
    is_mono: bool


class GfpganRestorer:
    """Faces by a network, the rest as `scope` and `background` say.

    Modes: "best" does all of it. "fast" runs each network once a face and no other: faces are cut out by
    their geometry instead of the parsing network, nothing of the photo's texture, finest detail and grain is
    given back to them, the light of the whole picture is left to the built-in engine, and of two networks for
    the background the quicker is taken. "parity" is the official pipeline, see `parity.py`.

    Two photos at once never meet: everything about a request is an argument or a local name.
    """

    name = "gfpgan"
    version = "1"

    def __init__(self, models: Models, find_faces: FindFaces, builtin: BuiltinRestorer) -> None:
        self._models = models
        self._find_faces = find_faces
        self._builtin = builtin

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
        """The photo restored; same photo, same options, same weights: same pixels.

        raises: InvalidOption, WeightsMissing, WeightsRefused, OutOfMemory; never the photo as its own result
        """
        try:
            return self._restored(photo, options, checkpoint)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            raise OutOfMemory("there is not enough memory to restore this photo") from error

    def _restored(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
        _require_sense(photo, options)
        if options.mode == "parity":
            return restore_officially(photo, options, self._models, checkpoint)
        network = self._models.face_network(options.model, options.mode)  # first: it may be missing
        if photo.is_face_crop:
            return restore_aligned(photo, options, network, checkpoint)
        if options.background == "realesrgan":
            self._models.enlarger(options.mode)  # it may be missing too
        scene = self._scene(photo, options, checkpoint)
        checkpoint(Stage.RESTORE_FACES, 0.0)
        image, deep = scene.rest.image, scene.rest.deep
        untouched = None if deep is None else image.copy()
        notes = [*scene.rest.notes, *self._add_light(image, options, network)]
        crops, laid = self._faces(photo, scene, options, network, checkpoint)
        faces = _drawn(scene.choice.faces, laid)
        layers = compose(image, laid, options.fidelity)
        if deep is not None and untouched is not None:
            deep = with_finer_levels(deep, untouched, image)
        return Restoration(
            image=image,
            deep=deep,
            scale=_scale(photo, options),
            faces=faces,
            notes=tuple(notes + _face_notes(faces, options)),
            scratch_mask=None if scene.mask is None else np.asarray(scene.mask, np.float32),
            model=network.model,
            crops=crops,
            layers=layers,
        )

    def _scene(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> _Scene:
        """Everything but the faces' restoration; they are cut out before the picture around them changes."""
        asked, is_left = _for_builtin(options), _is_left_alone(options)
        repaired = self._builtin.repair(photo, asked, checkpoint, only_damage=is_left)
        checkpoint(Stage.SCRATCHES, 1.0)  # looking for faces may take seconds
        choice = self._choose(photo, repaired, options)
        crops = cut_faces(repaired.picture, choice.chosen)
        rest = self._background(repaired, options, checkpoint)
        is_mono = repaired.analysis.is_mono
        return _Scene(rest=rest, choice=choice, crops=crops, mask=repaired.mask, is_mono=is_mono)

    def _choose(self, photo: SourcePhoto, repaired: Repaired, options: RestoreOptions) -> Choice:
        height_px, width_px = photo.pixels.shape[:2]
        if photo.landmarks is not None:
            found = faces_at(photo.landmarks)
        else:
            found = self._found(to_bytes(repaired.picture))
        are_given = photo.landmarks is not None
        return choose_faces(found, options.face_ids, width_px, height_px, are_given=are_given)

    def _found(self, picture: RgbImage) -> tuple[FoundFace, ...]:
        """The faces in it, with five points also where the finder, as the cascades do, sees boxes only."""
        return tuple(
            replace(face, landmarks=five_points(picture, face)) for face in self._find_faces(picture)
        )

    def _background(self, repaired: Repaired, options: RestoreOptions, checkpoint: Checkpoint) -> Background:
        height_px, width_px = repaired.picture.shape[:2]
        scale = options.upscale_factor(width_px, height_px)
        if _is_left_alone(options):
            checkpoint(Stage.ENLARGE, 0.0)
            return left_as_it_is(repaired, scale)
        asked = _for_builtin(options)
        if options.background == "realesrgan":
            enlarger = self._models.enlarger(options.mode)
            return by_network(self._builtin, repaired, asked, enlarger, scale, checkpoint)
        return by_builtin(self._builtin, repaired, asked, checkpoint)

    def _add_light(self, picture: RgbImage, options: RestoreOptions, network: FaceNetwork) -> list[str]:
        if _is_left_alone(options) or options.background != "gfpgan" or options.mode == "fast":
            return []
        light = measure_light(picture, network, with_colour=options.colour == "model")
        if light is None:
            return []
        add_light(picture, light)
        return ["light_by_model"]

    def _faces(
        self,
        photo: SourcePhoto,
        scene: _Scene,
        options: RestoreOptions,
        network: FaceNetwork,
        checkpoint: Checkpoint,
    ) -> tuple[tuple[FaceCrop, ...], list[LaidFace]]:
        """Restore the faces and make them ready to be drawn into the picture."""
        chosen, image = scene.choice.chosen, scene.rest.image
        if not chosen:
            return (), []
        scale, is_best = _scale(photo, options), options.mode == "best"
        grain = measure_grain(image, scale) if is_best else None
        look = Look(colour=options.colour, tint=measure_tint(image) if scene.is_mono else None, grain=grain)
        before = in_tone(scene.crops, scene.rest.tone)
        after = restored_faces(before, network, checkpoint)
        parser = self._models.face_parser(options.mode) if is_best else None
        masks = masks_of(after, chosen, parser)
        made, laid = [], []
        seed = seed_of(photo.pixels)
        for one, crop, face, mask in zip(chosen, before, after, masks, strict=True):
            fit = fitted(face, crop, one.photo_ratio, look)
            finer = beyond_grid_share(one.photo_ratio) if is_best else 0.0
            lying = lay_face(image, one, fit, mask, scale, finer_share=finer)
            if lying is None:
                continue
            made.append(FaceCrop(face_id=one.id, before=crop, after=to_bytes(fit)))
            if grain is not None and finer < 1.0:
                size_px = lying.region.width, lying.region.height
                missing = missing_grain(fit, grain, one.photo_ratio, size_px, scale, seed + one.id)
                lying = replace(lying, grain=missing)
            laid.append(lying)
        return tuple(made), laid


def _is_left_alone(options: RestoreOptions) -> bool:
    """True where everything but faces and scratches stays the photo."""
    return options.scope == "faces" or options.background == "none"


def _for_builtin(options: RestoreOptions) -> RestoreOptions:
    """What the built-in engine is asked for: it adds no colour."""
    return replace(options, colour="auto") if options.colour == "model" else options


def _scale(photo: SourcePhoto, options: RestoreOptions) -> int:
    height_px, width_px = photo.pixels.shape[:2]
    return options.upscale_factor(width_px, height_px)


def _require_sense(photo: SourcePhoto, options: RestoreOptions) -> None:
    """Raise InvalidOption for what would do nothing, or cannot be made."""
    if options.scope == "faces" and options.background == "realesrgan":
        raise InvalidOption("only the faces: there is no background to restore", option="background")
    if options.mode != "parity" and options.colour == "neutral" and _is_left_alone(options):
        raise InvalidOption("the rest of the picture keeps its tint: ask for all of it", option="colour")
    if photo.is_face_crop:
        refused = {
            "colour": options.colour == "neutral",
            "face_ids": options.face_ids is not None,
            "background": options.background == "realesrgan",
            "upscale": options.upscale in ("2", "4"),
            "scratches": options.scratches == "strong",
            "mask": photo.damage is not None,
        }
        for option, is_asked in refused.items():
            if is_asked:
                raise InvalidOption(f"a photo that is one aligned face takes no {option}", option=option)
    else:
        require_makeable(photo, options)


def _drawn(faces: tuple[FaceInfo, ...], laid: list[LaidFace]) -> tuple[FaceInfo, ...]:
    """The same, but for those of which nothing shows: given points may lie anywhere."""
    shown = {one.id for one in laid}
    return tuple(
        replace(face, used=False, note="outside") if face.used and face.id not in shown else face
        for face in faces
    )


def _face_notes(faces: tuple[FaceInfo, ...], options: RestoreOptions) -> list[str]:
    notes = []
    if not faces:
        notes.append("no_face_found")
    elif any(face.used for face in faces):
        notes.append("faces_restored")
    elif any(face.note != "not_chosen" for face in faces):
        notes.append("no_face_usable")
    return [*notes, "colour_by_model"] if options.colour == "model" else notes
