"""A photo that is one face already, aligned as the networks were trained: restored as it is, nothing pasted.

Apart from the engine because nothing is looked for, and the result is as large as the network.
"""

import cv2
import numpy as np

from backend.domain.jobs import Stage
from backend.engines.api import (
    Checkpoint,
    FaceCrop,
    FaceInfo,
    FaceLayer,
    Restoration,
    RestoreOptions,
    SourcePhoto,
)
from backend.engines.builtin.restoration.analyse import analyse
from backend.engines.builtin.restoration.planes import to_bytes
from backend.engines.gfpgan.colour import measure_tint
from backend.engines.gfpgan.composition import between
from backend.engines.gfpgan.faces import Look, fitted, restored_faces
from backend.engines.gfpgan.seams import FACE_PX, FaceNetwork
from backend.media.types import RgbImage


def restore_aligned(
    photo: SourcePhoto, options: RestoreOptions, network: FaceNetwork, checkpoint: Checkpoint
) -> Restoration:
    """The face, 512 x 512 whatever the photo's size; scale is 1, and its layer is the whole of it.

    raises: OutOfMemory
    """
    height_px, width_px = photo.pixels.shape[:2]
    checkpoint(Stage.ANALYSE, 0.0)
    crop = _as_crop(photo.pixels)
    analysis = analyse(crop.astype(np.float32))
    look = Look(
        colour=options.colour,
        tint=measure_tint(crop) if analysis.is_mono else None,
        grain=analysis.noise if options.mode == "best" else None,
    )
    made = restored_faces([crop], network, checkpoint)[0]
    after = to_bytes(fitted(made, crop, min(height_px, width_px) / FACE_PX, look))
    face = FaceInfo(id=0, box=(0.0, 0.0, float(width_px), float(height_px)), score=1.0, used=True)
    notes = ("faces_restored", *(("colour_by_model",) if options.colour == "model" else ()))
    return Restoration(
        image=between(after, crop, options.fidelity),
        scale=1,
        faces=(face,),
        notes=notes,
        model=network.model,
        crops=(FaceCrop(face_id=0, before=crop, after=after),),
        layers=(FaceLayer(face_id=0, x=0, y=0, before=crop, after=after),),
    )


def _as_crop(photo: RgbImage) -> RgbImage:
    """Squeezed to the network's square, as the official code does, but averaged where it shrinks."""
    is_larger = min(photo.shape[:2]) > FACE_PX
    sampling = cv2.INTER_AREA if is_larger else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, (FACE_PX, FACE_PX), interpolation=sampling), np.uint8)
