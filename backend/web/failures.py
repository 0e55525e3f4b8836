"""Failures that only HTTP knows; everything else is in `domain/errors.py`.

AppError
├─ MalformedRequest
│  └─ UnsupportedContentType  neither a form nor JSON
├─ InvalidOption
│  └─ InvalidOptions          several at once, each with its place in the request
├─ Forbidden
│  ├─ InsecureTransport       plain HTTP from another machine
│  └─ DownloadNotAllowed      this caller may not have the server fetch model files
├─ NotAcceptable              no answer that `Accept` takes
├─ RangeNotSatisfiable        bytes outside the file
├─ NotReady                   a part that is needed does not work
└─ JobFailed                  the job that the caller waited for; carries its code
"""

from collections.abc import Mapping, Sequence

from backend.domain.errors import AppError, Forbidden, InvalidOption, MalformedRequest
from backend.domain.jobs import JobError


def pointer_to(name: str) -> str:
    """The JSON pointer (RFC 6901) to a member of the body or a field of the form."""
    return "/" + name[:100].replace("~", "~0").replace("/", "~1")


class InsecureTransport(Forbidden):
    """Plain HTTP from another machine, which the operator has not allowed."""

    code = "insecure_transport"


class DownloadNotAllowed(Forbidden):
    """The operator has not opened the download of model files to this caller."""

    code = "download_not_allowed"


class NotAcceptable(AppError):
    """The answer that `Accept` asks for is none that we make."""

    code = "not_acceptable"


class UnsupportedContentType(MalformedRequest):
    """The body is neither a form nor JSON."""

    code = "unsupported_content_type"


class RangeNotSatisfiable(AppError):
    """The bytes that were asked for lie outside the file; `size_bytes` in params."""

    code = "range_not_satisfiable"


class NotReady(AppError):
    """A part that is needed does not work; the names of those parts in `failing`."""

    code = "not_ready"

    def __init__(self, checks: Mapping[str, bool]) -> None:
        super().__init__()
        self.checks = dict(checks)


class InvalidOptions(InvalidOption):
    """Several options are wrong at once. `pointers` are JSON pointers into the body or form."""

    def __init__(self, message: str, *, pointers: Sequence[str]) -> None:
        super().__init__(message, option=", ".join(pointer.removeprefix("/") for pointer in pointers))
        self.pointers = tuple(pointers)


class JobFailed(AppError):
    """A job that the caller waited for has failed; carries the job's own code."""

    def __init__(self, error: JobError) -> None:
        super().__init__(f"the job failed: {error.code}", params=error.params)
        self.code = error.code
