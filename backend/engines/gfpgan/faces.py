"""The faces' own way through the engine: cut out, restored, given back the photo's colours and texture.

Apart from the engine because a photo that is a face already goes this way and no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint, Colour
from backend.engines.builtin.restoration.planes import to_bytes
from backend.engines.builtin.restoration.toning import TonePlan, correct_piece
from backend.engines.faces.align import moved
from backend.engines.faces.masks import geometric_mask, parse_mask
from backend.engines.gfpgan.choice import ChosenFace
from backend.engines.gfpgan.colour import TintCurve, keep_colours, keep_tint
from backend.engines.gfpgan.cropping import cut_face
from backend.engines.gfpgan.detail import with_texture
from backend.engines.gfpgan.seams import FaceNetwork, FaceParser
from backend.media.types import FloatImage, Mask, RgbImage

_FACES_AT_ONCE: Final = 4  # a batch on a graphics card; on a processor, how long a cancelled job goes on

_LEAST_OF_EGG: Final = 0.25  # of the geometric mask's area: with less, the parser has not seen the face


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What decides how a restored face is made to fit its photo.

    tint:  of a print of one; None = a photo with colours
    grain: of the photo, 8-bit units; None = no texture is given back (mode fast)
    """

    colour: Colour
    tint: TintCurve | None
    grain: float | None


def cut_faces(picture: FloatImage, chosen: Sequence[ChosenFace]) -> list[FloatImage]:
    """Each face upright in 512 x 512; what the photo does not show is its mirror image.

    picture: float32 (H, W, 3) RGB in [0, 255]; the points of `chosen` are in its pixels
    """
    return [cut_face(picture, one.matrix) for one in chosen]


def in_tone(crops: Sequence[FloatImage], tone: TonePlan) -> list[RgbImage]:
    """Crops with the tones that the picture around them was given meanwhile, as the network takes them."""
    return [to_bytes(correct_piece(crop, tone)) for crop in crops]


def restored_faces(crops: Sequence[RgbImage], network: FaceNetwork, checkpoint: Checkpoint) -> list[RgbImage]:
    """What the network makes of them: uint8 (512, 512, 3) RGB each. Raises OutOfMemory."""
    made: list[RgbImage] = []
    for first in range(0, len(crops), _FACES_AT_ONCE):
        checkpoint(Stage.RESTORE_FACES, first / len(crops))
        made += network(crops[first : first + _FACES_AT_ONCE])
    return made


def fitted(face: RgbImage, crop: RgbImage, photo_ratio: float, look: Look) -> FloatImage:
    """The network's face with the photo's colours, light and texture: float32 (512, 512, 3) in [0, 255]."""
    ours, theirs = face.astype(np.float32), crop.astype(np.float32)
    if look.colour != "model":
        fit = keep_colours if look.tint is None else partial(keep_tint, tint=look.tint)
        ours = fit(ours, theirs)
    if look.grain is not None:
        ours = with_texture(ours, theirs, photo_ratio, look.grain)
    return np.asarray(np.clip(ours, 0.0, 255.0), np.float32)


def masks_of(
    faces: Sequence[RgbImage], chosen: Sequence[ChosenFace], parser: FaceParser | None
) -> list[Mask]:
    """Where each face shows: as a network sees it, or, without one, an egg around its five points.

    Where the network sees hardly any of a face, the egg too: a restored face never just stays away.
    """
    eggs = [geometric_mask(moved(one.points, one.matrix)) for one in chosen]
    if parser is None or not faces:
        return eggs
    parsed = [parse_mask(classes) for classes in parser(faces)]
    return [
        mask if mask.sum() > _LEAST_OF_EGG * egg.sum() else egg
        for mask, egg in zip(parsed, eggs, strict=True)
    ]
