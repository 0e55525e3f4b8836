"""How good a film is, and how fit the clip that drove it: numbers that are kept with the result."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmQuality:
    """What was measured while a film was made, before it was encoded; None = it cannot be told for this film.

    Of several faces the worst counts. "Face" is the part that one sees move: brows to chin.
    """

    identity_change: float | None = None  # 0.0 the same face in every frame ... 1.0 nothing of it left
    jitter: float | None = None  # trembling the motion does not ask for, pixels of a face 256 pixels wide
    flicker: float | None = (
        None  # grey levels that a face's skin changes by from frame to frame, motion aside
    )
    seam: float | None = None  # edges along the border of what moves / the photo's there; 1.0 = none added
    outside: float | None = (
        None  # largest change outside the faces' territories, grey levels; 0.0 = none at all
    )
    loop: float | None = None  # step from the last frame to the first / the usual step; 1.0 = no jump
    start: float | None = (
        None  # first frame (or the one the motion starts from) against the photo, grey levels
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipCheck:
    """One thing that was looked at in a driving clip.

    name:   stable: cut, jitter, neutral_start, face, frontal, loop, invertible, background, amplitude
    value, limit: what was measured and what is wanted, in the check's own unit
    frames: of the film, where it fails, counted from 0; the first 20 of them
    """

    name: str
    passed: bool
    value: float | None = None
    limit: float | None = None
    frames: tuple[int, ...] = ()
