"""What a job is and how its state may change. The table in `storage` obeys this one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backend.domain.errors import Conflict
from backend.domain.films import ClipCheck, FilmQuality


class JobKind(StrEnum):
    """What is made."""

    RESTORE = "restore"
    ANIMATE = "animate"
    FIND_PRINTS = "find_prints"
    CUT_PRINTS = "cut_prints"

    @property
    def makes_media(self) -> bool:
        """True where a picture or film comes of it; the others prepare a photo, and no history keeps them."""
        return self in (JobKind.RESTORE, JobKind.ANIMATE)


class JobState(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """True when nothing more will happen to the job unless its owner retries it."""
        return self in FINAL_STATES


class Stage(StrEnum):
    """What a running job is doing, in the order a person sees it; the page has words for each."""

    DECODE = "decode"
    ANALYSE = "analyse"
    SCRATCHES = "scratches"
    DENOISE = "denoise"
    DEBLUR = "deblur"
    TONE = "tone"
    ENLARGE = "enlarge"
    FACES = "faces"
    RESTORE_FACES = "restore_faces"
    MOTION = "motion"
    RENDER = "render"
    PRINTS = "prints"
    STRAIGHTEN = "straighten"
    ENCODE = "encode"
    STORE = "store"


FINAL_STATES = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})

TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED, JobState.FAILED}),
    # back to queued: the lease ran out, or the worker stopped and gave the job back
    JobState.RUNNING: FINAL_STATES | {JobState.QUEUED},
    JobState.SUCCEEDED: frozenset(),
    JobState.FAILED: frozenset({JobState.QUEUED}),  # retry
    JobState.CANCELLED: frozenset({JobState.QUEUED}),  # retry
}


def require_transition(before: JobState, after: JobState) -> None:
    """Raise Conflict where a job may not go from `before` to `after`."""
    if after not in TRANSITIONS[before]:
        raise Conflict(f"a job that is {before} cannot become {after}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPlace:
    """Where a restored face lies, in pixels: in the result, and in the file of layers made with it.

    In that file `before` is at x = 0 and `after` at x = row_width_px, both from row_y_px down;
    (1 - f) * after + f * before is the result's rectangle at fidelity f.
    scale: pixels of the file / pixels of the result
    """

    x_px: int
    y_px: int
    width_px: int
    height_px: int
    row_y_px: int
    row_width_px: int
    row_height_px: int
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceOutcome:
    """A face in the photo. `box` is x1, y1, x2, y2 in pixels of the upright photo that was worked on."""

    id: int
    box: tuple[float, float, float, float]
    score: float
    used: bool  # restored or animated
    note: str | None = None
    layer: LayerPlace | None = None  # of a face that was restored one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOutcome:
    """A paper print in the photo. Corners from the top left clockwise as it hangs, in the photo's pixels."""

    corners: tuple[tuple[float, float], ...]
    score: float  # 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CutPhoto:
    """A print that was cut out and is an upload of its own now."""

    upload_id: str
    name: str
    width_px: int
    height_px: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a finished job made, and with what: enough to make the same bytes again.

    Where prints were looked for or cut out, size and type are those of the photo that shows them.
    """

    engine: str
    engine_version: str
    width_px: int
    height_px: int
    mime: str
    model: str | None = None
    seed: int | None = None
    preset: str | None = None
    fps: float | None = None
    frames: int | None = None
    faces: tuple[FaceOutcome, ...] = ()
    prints: tuple[PrintOutcome, ...] = ()  # that were found
    photos: tuple[CutPhoto, ...] = ()  # that were cut out
    notes: tuple[str, ...] = ()
    elapsed_ms: int = 0
    photo_width_px: int | None = None  # of the upright photo that was worked on
    photo_height_px: int | None = None
    mask_share: float | None = None  # of the photo that was repaired, 0.0 to 1.0; None = there is no mask
    quality: FilmQuality | None = None  # of a film, where anything of it was measured
    clip_checks: tuple[ClipCheck, ...] = ()  # of a person's own clip that drove it


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    """Why a job failed: a code of `domain/errors.py` and the values its translation needs."""

    code: str
    params: dict[str, str | int | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One request to make a picture or a film, as its row says now."""

    id: str
    owner_id: str
    kind: JobKind
    state: JobState
    options: dict[str, object]  # what was asked for, as JSON; see services/requests.py
    upload_id: str | None  # the photo
    driving_upload_id: str | None  # the caller's own clip
    mask_upload_id: str | None  # the caller's own mask of what to repair
    source_job_id: str | None  # an earlier job whose result is the photo
    attempts: int
    created_at: datetime
    stage: Stage | None = None
    progress: float = 0.0  # of the whole job, 0.0 to 1.0
    queue_position: int | None = None  # jobs that will be taken before this one; None unless queued
    eta_s: float | None = None
    cancel_requested: bool = False
    media_id: str | None = None  # the result
    outcome: Outcome | None = None
    error: JobError | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
