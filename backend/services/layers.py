"""A restoration's layers as one stored file, and where in it each face is.

Apart from `restorations.py`: what a page needs to show other fidelities without asking, and nothing else.
"""

from collections.abc import Sequence

from backend.domain.jobs import LayerPlace
from backend.domain.media import Variant
from backend.engines.api import FaceLayer
from backend.media.layer_atlas import AtlasRow, encode_atlas, pack_pairs
from backend.services.job_files import JobFiles, size_of


def store_layers(made: JobFiles, layers: Sequence[FaceLayer]) -> dict[int, LayerPlace]:
    """Keep the layers as the job's file `layers`; returns face id -> place. Without layers, no file."""
    if not layers:
        return {}
    atlas = pack_pairs([(layer.before, layer.after) for layer in layers])
    made.add(Variant.LAYERS, "image/webp", encode_atlas(atlas), size_px=size_of(atlas.image))
    return {
        layer.face_id: _place(layer, row, atlas.scale) for layer, row in zip(layers, atlas.rows, strict=True)
    }


def _place(layer: FaceLayer, row: AtlasRow, scale: float) -> LayerPlace:
    width_px, height_px = size_of(layer.after)
    return LayerPlace(
        x_px=layer.x,
        y_px=layer.y,
        width_px=width_px,
        height_px=height_px,
        row_y_px=row.y_px,
        row_width_px=row.width_px,
        row_height_px=row.height_px,
        scale=scale,
    )
