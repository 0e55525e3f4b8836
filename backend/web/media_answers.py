"""Files as answers: whole, in ranges, or not again when the caller has them already (RFC 9110 §13-14)."""

from flask import Response, request
from werkzeug.http import quote_etag

from backend.media.names import content_disposition
from backend.services.media import MediaFile
from backend.web.failures import RangeNotSatisfiable
from backend.web.headers import MEDIA_POLICY


def whole_file(file: MediaFile, *, location: str) -> Response:
    """The bytes as the answer to a POST. location: where the same bytes can be had again."""
    answer = _answer(file, 0, file.size_bytes, as_attachment=False)
    answer.headers["Content-Location"] = location
    return answer


def ranged_file(file: MediaFile, *, as_attachment: bool) -> Response:
    """The bytes as the answer to a GET: 200, 206, 304, or 416 by RangeNotSatisfiable.

    An original is always an attachment: it is somebody's file as it came, and never shown on our origin.
    """
    is_attachment = as_attachment or file.is_original
    if request.if_none_match.contains_weak(file.sha256):
        answer = _answer(file, 0, 0, as_attachment=is_attachment)
        answer.status_code = 304
        del answer.headers["Content-Length"]
        return answer
    span = _wanted_span(file)
    start, stop = span or (0, file.size_bytes)
    answer = _answer(file, start, stop, as_attachment=is_attachment)
    answer.headers["Accept-Ranges"] = "bytes"
    if span is not None:
        answer.status_code = 206
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size_bytes}"
    return answer


def _answer(file: MediaFile, start: int, stop: int, *, as_attachment: bool) -> Response:
    answer = Response(file.read(start, stop) if stop > start else b"", mimetype=file.mime)
    answer.headers["Content-Length"] = str(stop - start)
    answer.headers["ETag"] = quote_etag(file.sha256)
    # Kept by the caller's browser only, and asked for again each time: it must not outlive the session.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Security-Policy"] = MEDIA_POLICY
    answer.headers["Content-Disposition"] = content_disposition(file.download_name, attachment=as_attachment)
    return answer


def _wanted_span(file: MediaFile) -> tuple[int, int] | None:
    """First byte and the one after the last; None = the whole file (also for several ranges at once)."""
    wanted = request.range
    if (
        request.method != "GET"
        or wanted is None
        or wanted.units != "bytes"
        or len(wanted.ranges) != 1
        or not _if_range_holds(file)
    ):
        return None
    start, stop = wanted.ranges[0]
    if start < 0:  # the last so many bytes, or all where there are fewer (RFC 9110 §14.1.2)
        start = max(start + file.size_bytes, 0)
    if start >= file.size_bytes:
        raise RangeNotSatisfiable(params={"size_bytes": file.size_bytes})
    return start, file.size_bytes if stop is None else min(stop, file.size_bytes)


def _if_range_holds(file: MediaFile) -> bool:
    condition = request.headers.get("If-Range")
    return condition is None or condition.strip() == quote_etag(file.sha256)
