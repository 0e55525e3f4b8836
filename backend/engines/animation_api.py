"""What an engine that animates is to everything above it: its protocol, what drives a film, options, results.

Free of torch and OpenCV, so that the web process may read it. Pixels follow `media/types.py`.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol, get_args

from backend.domain.errors import InvalidOption
from backend.domain.films import ClipCheck, FilmQuality
from backend.engines.api import Checkpoint, Device, FaceInfo, Precision, require_word
from backend.media.types import RgbImage

FilmSize = Literal["auto", "photo", "1080", "720", "face"]
AnimateMode = Literal["best", "fast", "parity"]
Border = Literal["official", "frozen"]
BestFrame = int | Literal["auto", "first"]

# Of AnimateOptions, those that need a network.
MOTION_OPTIONS: Final = ("mode", "relative", "adapt_scale", "best_frame", "border", "is_face_crop")


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionCurve:
    """A preset as numbers: what a face does over time.

    channels: name -> one value per frame; names and units are in `engines/builtin/animation/coefficients.py`.
    A curve loops: the frame after the last is the first. Frame 0 is the photo as it is (every channel 0).
    open_clip: opens the same motion as a film, frame for frame, for engines that follow pictures
    """

    fps: float
    channels: Mapping[str, Sequence[float]]
    open_clip: "Callable[[], DrivingClip] | None" = field(default=None, compare=False, repr=False)

    @property
    def frame_count(self) -> int:
        """Frames in one loop."""
        return len(next(iter(self.channels.values()), ()))


class ReadFrames(Protocol):
    """Reads a part of a clip, each call from the file anew; see `media/video.py: read_frames`.

    Close the iterator where it is not read to the end. Raises UnreadableVideo where the part has no frame.
    """

    def __call__(
        self, *, fps: float, start_s: float, seconds: float, long_side_px: int
    ) -> Generator[RgbImage, None, None]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DrivingClip:
    """A clip that drives: a person's own, or a preset's. An engine asks for its pictures.

    Of a person's own clip an engine looks for the best part and follows that.
    sha256: of a preset's clip; what is worked out from it may be kept. None = a person's own: nothing is.
    """

    fps: float  # to follow it at
    duration_s: float
    used_seconds: float  # the longest part that may be followed
    read: ReadFrames
    own_fps: float | None = None  # as it was filmed, where that is more than `fps`
    sha256: str | None = None

    @property
    def frame_count(self) -> int:
        """The most frames a film of it has."""
        return max(1, round(min(self.duration_s, self.used_seconds) * self.fps))


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceCurves:
    """A curve of its own for each face that moves; all of one rate, and as long as the longest.

    curves: face id -> its curve; shorter ones start again
    """

    curves: Mapping[int, MotionCurve]

    def __post_init__(self) -> None:
        if len({curve.fps for curve in self.curves.values()}) != 1:
            raise InvalidOption("the faces' motions must have one frame rate", option="faces")

    @property
    def fps(self) -> float:
        """Frames a second of every curve."""
        return next(iter(self.curves.values())).fps

    @property
    def frame_count(self) -> int:
        """Frames in the film."""
        return max(curve.frame_count for curve in self.curves.values())


Driving = MotionCurve | FaceCurves | DrivingClip


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimateOptions:
    """Who moves, how much, how large the film is. `MOTION_OPTIONS` are taken by engines with weights only.

    faces: "all", "largest", or the ids of the faces that move
    mode: "fast" gives up a little for speed; "parity" is the bare network on the driving frames as they are
    relative: move by how much the driver moves, not to where the driver is
    adapt_scale: a larger face moves further; only with `relative`
    best_frame: the driving frame, counted from 0, that shows the photo's face at rest. "auto" = the first, or
        another of a person's own clip that is much nearer to the photo; in mode "parity" the first
    border: "frozen" holds the crop's border still, as PaddleGAN does; None = "frozen"; for parity "official"
    is_face_crop: the picture is a square crop of a face already
    """

    faces: Literal["all", "largest"] | tuple[int, ...] = "all"
    intensity: float = 1.0  # of the motion, 0.0 (a still film) to 1.5
    size: FilmSize = "auto"
    mode: AnimateMode = "best"
    relative: bool = True
    adapt_scale: bool = True
    best_frame: BestFrame = "auto"
    border: Border | None = None
    is_face_crop: bool = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.intensity <= 1.5:
            raise InvalidOption(f"intensity must be 0 to 1.5, not {self.intensity}", option="intensity")
        require_word("size", self.size, get_args(FilmSize))
        require_word("mode", self.mode, get_args(AnimateMode))
        require_word("border", self.border, (None, *get_args(Border)))
        if isinstance(self.best_frame, str):
            require_word("best_frame", self.best_frame, ("auto", "first"))
        elif self.best_frame < 0:
            raise InvalidOption("best_frame is auto, first, or a frame counted from 0", option="best_frame")
        if self.mode == "parity" and (self.size, self.intensity, self.faces) != ("auto", 1.0, "all"):
            raise InvalidOption("the bare network takes no size, intensity or faces", option="mode")
        if isinstance(self.faces, str):
            require_word("faces", self.faces, ("all", "largest"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Animation:
    """A film that is still being made: read `frames` once, in order.

    Sides are even. Every frame is uint8 (height_px, width_px, 3) RGB; frames may share memory with each
    other only until the next one is asked for.
    """

    width_px: int
    height_px: int
    fps: float
    frame_count: int
    frames: Iterator[RgbImage]
    faces: tuple[FaceInfo, ...]
    notes: tuple[str, ...] = ()
    clip_start_s: float = 0.0  # where in the driving clip the film begins, for its sound
    rest_frame: int = 0  # of `frames`, the one nearest to the photo: a film's poster
    model: str | None = None  # which weights, where there are any: a name of the manifest, or a file's
    clip_checks: tuple[ClipCheck, ...] = ()  # of a person's own clip
    quality: Callable[[], FilmQuality] = FilmQuality  # once the last frame has been read


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionSetup:
    """How the engine `first_order` is put together, where a person says so; else by the weights folder.

    model_path: a file to use instead of those in the weights folder
    device, precision: as `GfpganSetup` has them
    """

    model_path: Path | None = None
    device: Device = "auto"
    precision: Precision = "auto"


class Animator(Protocol):
    """A still portrait and a motion in, a film out.

    Raises, before the first frame: NoFaceFound; NoMotionFound for a clip that holds still; InvalidOption.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation: ...
