"""Every failure the product can name.

AppError
├─ InvalidInput             the caller can fix it
│  ├─ MalformedRequest      the request itself cannot be parsed
│  ├─ InvalidOption         an option is unknown, out of range, or not taken by the engine
│  ├─ UnsupportedMedia      not a picture or clip type we take
│  ├─ UnreadableImage       a picture type we take, but it cannot be decoded
│  ├─ ImageTooLarge         too many bytes or pixels
│  ├─ ImageTooSmall         a side below the least that can be worked on
│  ├─ UnreadableVideo       a clip that cannot be decoded, or has no frames
│  └─ VideoTooLong          a clip over the limits
├─ NoFaceFound              a valid photo (or clip) with nobody in it to animate
├─ NoMotionFound            a clip that holds still, or is too short to move
├─ NotSignedIn              no session, or one that has ended
├─ Forbidden                a request whose origin or CSRF token is not ours
├─ NotFound                 missing or not yours; from outside the two look the same
├─ Conflict                 the thing is not in a state that allows this
│  └─ TooManyExpressions    as many are saved as one person may have
├─ Gone                     a route of the first prototype; names what replaced it
├─ EngineUnavailable        asked for by name, not installed here
│  └─ WeightsMissing        a model file that is needed is not in the weights folder
├─ WeightsRefused           a model file that must not be used: cut short, changed, unsafe, another network's
├─ DownloadFailed           a model file could not be fetched
├─ OutOfMemory              no way left to do it with the memory there is
├─ QueueFull                try again later
├─ TooManyRequests          try again later
├─ DatabaseUnavailable      away, or locked for too long; try again later
├─ StorageFull              the operator can fix it
├─ StorageCorrupt           a stored file that fails its checksum or key
├─ SettingsError            the operator can fix it: unknown or impossible setting
├─ JobCancelled             ends a job, is not a failure
├─ JobTimedOut              a stage took longer than it may
└─ WorkerDied               the process doing the job ended too often
"""

from collections.abc import Mapping
from types import MappingProxyType

_EMPTY: Mapping[str, str | int | float] = MappingProxyType({})


class AppError(Exception):
    """Base of everything we raise on purpose.

    `code` is stable and translated by the page; the message is English, for people reading logs, and may
    change. `params` are the values a translation may need (never a photo, a path or a file name).
    """

    code = "internal_error"

    def __init__(self, message: str = "", *, params: Mapping[str, str | int | float] = _EMPTY) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().split("\n")[0])
        self.params = dict(params)


class InvalidInput(AppError):
    """The caller can fix it."""

    code = "invalid_input"


class MalformedRequest(InvalidInput):
    """The request itself cannot be parsed."""

    code = "malformed_request"


class InvalidOption(InvalidInput):
    """An option is unknown, out of range, or not taken by the engine."""

    code = "invalid_option"

    def __init__(self, message: str, *, option: str, place: tuple[int | str, ...] = ()) -> None:
        super().__init__(message, params={"option": option})
        self.option = option
        self.place = place  # within the option's value: indices and names of members


class UnsupportedMedia(InvalidInput):
    """Not a picture or clip type we take."""

    code = "unsupported_media"


class UnreadableImage(InvalidInput):
    """A picture type we take, but it cannot be decoded."""

    code = "unreadable_image"


class ImageTooLarge(InvalidInput):
    """Too many bytes or pixels."""

    code = "image_too_large"


class ImageTooSmall(InvalidInput):
    """A side below the least that can be worked on."""

    code = "image_too_small"


class UnreadableVideo(InvalidInput):
    """A clip that cannot be decoded, or has no frames."""

    code = "unreadable_video"


class VideoTooLong(InvalidInput):
    """A clip over the limits."""

    code = "video_too_long"


class NoFaceFound(AppError):
    """A valid photo or clip with nobody in it to animate."""

    code = "no_face_found"


class NoMotionFound(AppError):
    """A clip of a face that holds still, or is too short to move: it would make a still picture."""

    code = "no_motion_found"


class NotSignedIn(AppError):
    """No session, or one that has ended."""

    code = "not_signed_in"


class Forbidden(AppError):
    """A request whose origin or CSRF token is not ours."""

    code = "forbidden"


class NotFound(AppError):
    """Missing or not yours; from outside the two look the same."""

    code = "not_found"


class Conflict(AppError):
    """The thing is not in a state that allows this."""

    code = "conflict"


class TooManyExpressions(Conflict):
    """As many expressions are saved as one person may have. params: limit."""

    code = "too_many_expressions"


class Gone(AppError):
    """A route of the first prototype; the message names what replaced it."""

    code = "gone"


class EngineUnavailable(AppError):
    """Asked for by name, not installed here."""

    code = "engine_unavailable"


class WeightsMissing(EngineUnavailable):
    """A model file that is needed is not in the weights folder. params: file."""

    code = "weights_missing"


class WeightsRefused(AppError):
    """A model file that must not be used: cut short, changed, unsafe, or another network's.

    params: file (its name, never its folder), reason: "truncated", "checksum", "unsafe", "unreadable",
    "architecture".
    """

    code = "weights_refused"


class DownloadFailed(AppError):
    """A model file could not be fetched. params: file, reason."""

    code = "download_failed"


class OutOfMemory(AppError):
    """No way left to do it with the memory there is: smaller batches and tiles and the CPU were tried."""

    code = "out_of_memory"


class QueueFull(AppError):
    """Too much is waiting; try again later."""

    code = "queue_full"


class TooManyRequests(AppError):
    """Too many requests; try again later."""

    code = "too_many_requests"


class DatabaseUnavailable(AppError):
    """The database is away, or locked for too long; try again later."""

    code = "not_ready"


class StorageFull(AppError):
    """No room left where photos are kept."""

    code = "storage_full"


class StorageCorrupt(AppError):
    """A stored file that fails its checksum or key."""

    code = "storage_corrupt"


class SettingsError(AppError):
    """An unknown or impossible setting."""

    code = "settings_error"


class JobCancelled(AppError):
    """The owner stopped the job."""

    code = "job_cancelled"


class JobTimedOut(AppError):
    """A stage took longer than it may."""

    code = "job_timed_out"


class WorkerDied(AppError):
    """The process doing the job ended too often."""

    code = "worker_died"
