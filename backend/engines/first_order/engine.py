"""The engine that moves a photo's faces by First Order Motion networks (Siarohin et al. 2019).

It only sequences; every step is a module of its own beside it. In mode "parity" it is `parity.py`.
"""

from collections.abc import Iterable, Sequence

from backend.domain.errors import InvalidOption, NoFaceFound
from backend.domain.jobs import Stage
from backend.engines.animation_api import (
    AnimateOptions,
    Animation,
    Driving,
    DrivingClip,
    FaceCurves,
    MotionCurve,
)
from backend.engines.api import Checkpoint
from backend.engines.faces.boxes import side
from backend.engines.faces.choosing import chosen_of, info_of, largest_of, notes_on_choice
from backend.engines.faces.finding import FindFaces
from backend.engines.film_sizes import framed, framing_of
from backend.engines.first_order.driven_motion import DrivenMotion
from backend.engines.first_order.driving import motion_of
from backend.engines.first_order.faces import faces_of, in_film
from backend.engines.first_order.filming import Filming, MovingFace
from backend.engines.first_order.parity import official_film
from backend.engines.first_order.seams import MotionModels, MotionNetwork
from backend.engines.first_order.templates import TemplateShelf
from backend.media.types import RgbImage


class FirstOrderAnimator:
    """Animates faces in the photo's own detail, with official weights."""

    def __init__(self, models: MotionModels, find: FindFaces, templates: TemplateShelf) -> None:
        """find: the faces of photos and of clips, in boxes as the cascades draw them."""
        self._models = models
        self._find = find
        self._templates = templates

    @property
    def name(self) -> str:
        """As options and results call it."""
        return "first_order"

    @property
    def version(self) -> str:
        """Changes when the same photo, motion and weights give other pixels."""
        return "1"

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        """See `engines/animation_api.py`. In relative motion the frame at rest is the photo itself.

        Raises what `MotionModels.network` and `motion_of` do, NoFaceFound, and InvalidOption for a face that
        is not there or has no motion. All of it before the first frame.
        """
        network = self._models.network(options.mode)
        if options.mode == "parity":
            return official_film(portrait, driving, options, network, checkpoint)
        checkpoint(Stage.FACES, 0.0)
        candidates = faces_of(portrait, self._find, is_face_crop=options.is_face_crop)
        chosen = chosen_of(candidates, options)
        checkpoint(Stage.FACES, 1.0)
        largest = largest_of(chosen).face.box
        framing = framing_of(portrait.shape[1], portrait.shape[0], options.size, largest)
        still = framed(portrait, framing)
        boxes = {one.face.id: framing.in_film(one.face.box) for one in candidates}
        filming = Filming(still, boxes, network, options)
        places = {face: filming.place(face) for face in in_film(portrait, chosen, framing)}
        placed = [(face, place) for face, place in places.items() if place is not None]
        if not placed:
            raise NoFaceFound("no face of this photo is in the film")
        ids = {face.id for face, _ in placed}
        motions = self._motions(driving, sorted(ids), network, checkpoint)
        faces: list[MovingFace] = []
        best_frame = options.best_frame
        for face, place in sorted(placed, key=lambda one: -side(one[0].box)):
            checkpoint(Stage.MOTION, 1.0)
            faces.append(filming.face(portrait, face, place, motions[face.id], best_frame))
            best_frame = faces[0].moved.anchor  # the largest face's for all: one frame is the photo
        first = motions[placed[0][0].id]
        frame_count = max(len(motion.template) for motion in motions.values())
        loops = all(frame_count % len(motion.template) == 0 for motion in motions.values())
        watch = filming.watch(faces, loops=loops and not isinstance(driving, DrivingClip))
        notes = [*(motion.notes for motion in motions.values()), *(face.notes for face in faces)]
        return Animation(
            width_px=still.shape[1],
            height_px=still.shape[0],
            fps=first.template.fps,
            frame_count=frame_count,
            frames=watch.watched(filming.frames(faces, frame_count, checkpoint)),
            faces=tuple(info_of(one, ids) for one in candidates),
            notes=_each_once([*notes, notes_on_choice(candidates, chosen, options)]),
            clip_start_s=first.start_s,
            rest_frame=faces[0].moved.anchor,
            model=network.model,
            clip_checks=first.checks,
            quality=watch.quality,
        )

    def _motions(
        self, driving: Driving, face_ids: Sequence[int], network: MotionNetwork, checkpoint: Checkpoint
    ) -> dict[int, DrivenMotion]:
        """Face id -> its motion. Raises InvalidOption where only others have one, and for several rates."""
        if not isinstance(driving, FaceCurves):
            motion = self._motion(driving, network, checkpoint)
            return dict.fromkeys(face_ids, motion)
        for face_id in face_ids:
            if face_id not in driving.curves:
                raise InvalidOption(f"face {face_id} is to move, but has no motion", option="faces")
        motions = {
            face_id: self._motion(driving.curves[face_id], network, checkpoint) for face_id in face_ids
        }
        if len({motion.template.fps for motion in motions.values()}) > 1:  # of their clips; curves agree
            raise InvalidOption("the faces' clips must have one frame rate", option="faces")
        return motions

    def _motion(
        self, driving: MotionCurve | DrivingClip, network: MotionNetwork, checkpoint: Checkpoint
    ) -> DrivenMotion:
        return motion_of(driving, network, self._find, self._templates, checkpoint)


def _each_once(notes: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """In the order they come."""
    return tuple(dict.fromkeys(note for some in notes for note in some))
