"""A person's own clip in, a motion curve out: which part, what is rest, how the face moves, what that means.

It only sequences; every step is a module of its own.
"""

from backend.engines.animation_api import DrivingClip, MotionCurve
from backend.engines.api import Checkpoint
from backend.engines.builtin.animation.clip_curve import curve_of
from backend.engines.builtin.animation.clip_follow import follow_face
from backend.engines.builtin.animation.neutral import find_neutral
from backend.engines.clips.stirring import require_length
from backend.engines.clips.stretch import Stretch, best_stretch
from backend.engines.faces.detector import find_faces
from backend.engines.faces.finding import FindFaces


def fit_clip(
    clip: DrivingClip, checkpoint: Checkpoint, find: FindFaces = find_faces
) -> tuple[MotionCurve, Stretch, tuple[str, ...]]:
    """The motion of the face in a clip, the part of the clip it comes from, and notes about it.

    One value a picture of the part. Raises NoFaceFound, NoMotionFound, UnreadableVideo,
    JobCancelled.
    """
    stretch = best_stretch(clip, checkpoint)
    neutral = find_neutral(clip, stretch, find)
    require_length(stretch.seconds)  # after: where there is nobody, that is what is said
    followed = follow_face(clip, stretch, neutral, checkpoint)
    curve, face_notes = curve_of(followed, clip.fps)
    notes = ["clip_beta", *stretch.notes, *face_notes]
    if neutral.is_one_of_several:
        notes.append("clip_several_faces")
    if any(followed.is_lost):
        notes.append("clip_face_lost")
    return curve, stretch, tuple(notes)
