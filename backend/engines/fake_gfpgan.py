"""An engine that is instant and has faces: for trying what is made of layers, crops and network options.

Apart from `fakes.py`, whose restorer is the engine without weights and knows no faces.
"""

from dataclasses import replace
from typing import Final, get_args

import numpy as np
from PIL import Image

from backend.domain.errors import InvalidOption
from backend.domain.jobs import Stage
from backend.engines.api import (
    Background,
    Checkpoint,
    FaceCrop,
    FaceInfo,
    FaceLayer,
    FaceModel,
    FivePoints,
    Restoration,
    RestoreMode,
    RestoreOptions,
    SourcePhoto,
)
from backend.engines.fakes import FakeRestorer
from backend.media.types import RgbImage

FACE_PX: Final = 512  # side of a crop, as the real networks have it
DEFAULT_MODEL: Final = "v1.4"

_IntBox = tuple[int, int, int, int]


class FakeGfpgan(FakeRestorer):
    """Finds a face in each half of a picture that is not black, or where it is told, and paints them gray.

    The gray says which model and mode were asked for; the rest is as the fake built-in engine leaves it, and
    a level darker for each background further down the list.
    """

    name = "gfpgan"

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
        """A checkpoint of the faces after those of `FakeRestorer`. Raises InvalidOption for no such face."""
        model = options.model or DEFAULT_MODEL
        if photo.is_face_crop:
            crop = _crop(0, photo.pixels, options)
            whole = FaceInfo(id=0, box=(0.0, 0.0, FACE_PX, FACE_PX), score=1.0, used=True)
            return Restoration(image=crop.after, scale=1, faces=(whole,), model=model, crops=(crop,))
        boxes = _boxes(photo)
        chosen = _chosen(boxes, options, photo.pixels.shape)
        plain = replace(options, colour="keep") if options.scope == "faces" else options
        usual = super().restore(photo, plain, checkpoint)
        image = np.maximum(usual.image, _darker(options.background)) - _darker(options.background)
        layers = []
        for face_id in chosen:
            checkpoint(Stage.RESTORE_FACES, face_id / len(boxes))
            layer = _layer(face_id, boxes[face_id], usual.scale, image, options)
            _paste(image, layer, options.fidelity)
            layers.append(layer)
        return replace(
            usual,
            image=image,
            faces=tuple(_info(face_id, box, face_id in chosen) for face_id, box in enumerate(boxes)),
            notes=usual.notes if boxes else (*usual.notes, "no_face_found"),
            model=model,
            crops=tuple(_crop(face_id, _cut(photo.pixels, boxes[face_id]), options) for face_id in chosen),
            layers=tuple(layers),
        )


def _boxes(photo: SourcePhoto) -> list[_IntBox]:
    if photo.landmarks is not None:
        return [_around(points) for points in photo.landmarks]
    height_px, width_px = photo.pixels.shape[:2]
    if photo.pixels.max() == 0:
        return []
    top, bottom = round(0.2 * height_px), round(0.8 * height_px)
    return [(round(left * width_px), top, round((left + 0.3) * width_px), bottom) for left in (0.1, 0.6)]


def _around(points: FivePoints) -> _IntBox:
    xs, ys = [round(x) for x, _ in points], [round(y) for _, y in points]
    return min(xs), min(ys), max(xs) + 1, max(ys) + 1


def _chosen(boxes: list[_IntBox], options: RestoreOptions, shape: tuple[int, ...]) -> tuple[int, ...]:
    if options.face_ids is None:
        return tuple(range(len(boxes)))
    if options.face_ids == "centre":

        def from_centre(face_id: int) -> float:
            left, top, right, bottom = boxes[face_id]
            return float(np.hypot(left + right - shape[1], top + bottom - shape[0]))

        return tuple(sorted(range(len(boxes)), key=from_centre)[:1])
    for face_id in options.face_ids:
        if face_id >= len(boxes):
            raise InvalidOption(f"there is no face {face_id} in this photo", option="face_ids")
    return options.face_ids


def _layer(face_id: int, box: _IntBox, scale: int, image: RgbImage, options: RestoreOptions) -> FaceLayer:
    left, top, right, bottom = (scale * value for value in box)
    before = image[top:bottom, left:right].copy()
    return FaceLayer(face_id=face_id, x=left, y=top, before=before, after=_painted(before, options))


def _painted(face: RgbImage, options: RestoreOptions) -> RgbImage:
    """The face in one gray, which fades out towards its edges."""
    ramps = [
        np.minimum(np.minimum(np.arange(side_px), np.arange(side_px)[::-1]) / max(1, side_px // 8), 1.0)
        for side_px in face.shape[:2]
    ]
    weight = (ramps[0][:, None] * ramps[1])[..., None]
    gray = 40 + 32 * get_args(FaceModel).index(options.model or DEFAULT_MODEL)
    gray += 8 * get_args(RestoreMode).index(options.mode)
    painted: RgbImage = np.rint(face + weight * (gray - face.astype(np.float64))).astype(np.uint8)
    return painted


def _paste(image: RgbImage, layer: FaceLayer, fidelity: float) -> None:
    height_px, width_px = layer.after.shape[:2]
    blended = (1 - fidelity) * layer.after + fidelity * layer.before
    image[layer.y : layer.y + height_px, layer.x : layer.x + width_px] = np.rint(blended)


def _crop(face_id: int, face: RgbImage, options: RestoreOptions) -> FaceCrop:
    before = np.asarray(Image.fromarray(face).resize((FACE_PX, FACE_PX), Image.Resampling.BILINEAR))
    return FaceCrop(face_id=face_id, before=before, after=_painted(before, options))


def _cut(pixels: RgbImage, box: _IntBox) -> RgbImage:
    left, top, right, bottom = box
    return np.ascontiguousarray(pixels[top:bottom, left:right])


def _info(face_id: int, box: _IntBox, used: bool) -> FaceInfo:
    left, top, right, bottom = map(float, box)
    return FaceInfo(
        id=face_id, box=(left, top, right, bottom), score=1.0, used=used, note=None if used else "not_chosen"
    )


def _darker(background: Background) -> int:
    return get_args(Background).index(background)
