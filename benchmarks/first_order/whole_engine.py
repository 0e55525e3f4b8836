"""The engine as the worker has it, on the seeded file: a photo and a preset in, an H.264 file out.

Apart from `ours.py`, which is timed against the official code: that has no photo to put a face back into.
"""

from dataclasses import replace
from pathlib import Path

from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.manifest import SHIPPED, Manifest, read_manifest
from backend.engines.animation_api import AnimateMode, AnimateOptions, MotionSetup
from backend.engines.api import no_checkpoint
from backend.engines.faces.boxes import FoundFace
from backend.engines.first_order.assembly import assemble
from backend.engines.first_order.engine import FirstOrderAnimator
from backend.media.types import RgbImage
from backend.services.driving_videos import Presets
from backend.services.films import write_film
from backend.services.requests import AnimateRequest
from benchmarks.portrait import FACE_BOX, FIVE_POINTS

FILE = "vox-cpk.pth.tar"


def engine_on(folder: Path) -> FirstOrderAnimator:
    """folder: has the seeded FILE, whose checksum the manifest cannot know."""
    files = [
        replace(file, sha256=None, md5=None, size_bytes=None, about_bytes=None)
        for file in read_manifest(SHIPPED)
        if file.file == FILE
    ]
    setup = MotionSetup(device="cpu")
    return assemble(WeightsFolder(folder, Manifest(tuple(files))), setup, _the_face, folder / "templates")


def film(engine: FirstOrderAnimator, photo: RgbImage, slug: str, mode: AnimateMode, path: Path) -> int:
    """Make a film of the portrait and write it: how many frames it has."""
    curve = Presets(Path("driving_videos")).find(slug).curve
    assert curve is not None
    animation = engine.animate(photo, curve, AnimateOptions(mode=mode), no_checkpoint)
    return write_film(path, animation, AnimateRequest(preset=slug), None).frame_count


def _the_face(photo: RgbImage) -> tuple[FoundFace, ...]:
    """Where it is in any `portrait`, and in the presets' clips, which are made of it."""
    side = photo.shape[0]
    points = [(x * side, y * side) for x, y in FIVE_POINTS]
    left, top, right, bottom = (share * side for share in FACE_BOX)
    return (
        FoundFace(
            id=0,
            box=(left, top, right, bottom),
            score=0.99,
            landmarks=(points[0], points[1], points[2], points[3], points[4]),
        ),
    )
