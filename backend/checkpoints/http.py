"""One HTTP answer with a model file's bytes, from an offset on: checked before it is believed.

Apart from the download, which decides where to ask and how often.
"""

import http.client
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final
from urllib.parse import urlsplit

from backend.version import VERSION

CHUNK_BYTES: Final = 1 << 18
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_NUMBER = "[0-9]{1,18}"  # of bytes or seconds; Python refuses to read thousands of digits
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Interrupted(Exception):
    """It may go better in a moment: the line broke, or the server is busy."""

    def __init__(self, reason: str, *, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s  # what the server asks for


class Useless(Exception):
    """Asking this address again leads nowhere. `reason` is a code, as in `DownloadFailed`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class PastTheEnd(Exception):
    """The server has nothing from this offset on. total: the size it names."""

    def __init__(self, total: int | None) -> None:
        super().__init__()
        self.total = total


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Bytes `start` to `total` of a file. start: 0 where the server does not continue."""

    start: int
    total: int | None
    validator: str | None  # a strong ETag: the same one means the same bytes
    body: http.client.HTTPResponse

    def chunks(self) -> Iterator[bytes]:
        """The bytes as they arrive. Raises Interrupted where the line breaks or the answer is cut short."""
        at = self.start
        while chunk := _read(self.body):
            at += len(chunk)
            yield chunk
        if self.total is not None and at < self.total:
            raise Interrupted(f"the answer ended {self.total - at} bytes early")


@contextmanager
def ask(
    url: str, *, offset: int, validator: str | None, timeout_s: float, allow_plain: bool
) -> Iterator[Reply]:
    """Ask for a file from `offset` on.

    validator: ETag of what is there already; the server then continues only the same file
    allow_plain: False = no step of the way may be plain HTTP, except on this machine
    raises: Interrupted, Useless, PastTheEnd
    """
    _require_scheme(url, allow_plain=allow_plain)
    headers = {"User-Agent": f"jiuying/{VERSION}", "Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
        if validator:
            headers["If-Range"] = validator
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  # the scheme was checked above
    try:
        answer = _opener(allow_plain=allow_plain).open(request, timeout=timeout_s)
    except urllib.error.HTTPError as error:
        with error:
            raise _http_failure(error) from error
    except (OSError, http.client.HTTPException) as error:
        raise _line_failure(error) from error
    except ValueError as error:  # a place that the server, or a proxy's setting, sends us to
        raise Useless("server", f"that leads to no address: {error}") from error
    with answer:
        yield _reply(answer, offset)


def _reply(answer: http.client.HTTPResponse, offset: int) -> Reply:
    headers = answer.headers
    if headers.get("Content-Encoding", "identity") != "identity":
        raise Useless("server", "the server sends the file in another coding than it was asked for")
    tag = headers.get("ETag")
    validator = tag if tag and not tag.startswith("W/") else None
    length = _whole(headers.get("Content-Length"))
    if answer.status != 206:
        return Reply(start=0, total=length, validator=validator, body=answer)
    part = re.fullmatch(rf"bytes ({_NUMBER})-{_NUMBER}/({_NUMBER}|\*)", headers.get("Content-Range", ""))
    if part is None or int(part[1]) != offset:
        raise Useless("server", "the server continues at another place than it was asked for")
    total = _whole(part[2])
    if total is None and length is not None:
        total = offset + length
    return Reply(start=offset, total=total, validator=validator, body=answer)


def _read(body: http.client.HTTPResponse) -> bytes:
    try:
        return body.read1(CHUNK_BYTES)  # what is there: a slow line must not hold up progress or a stop
    except (OSError, http.client.HTTPException) as error:
        raise Interrupted(f"the connection broke: {error}") from error


def _http_failure(error: urllib.error.HTTPError) -> Exception:
    if error.code == 416:
        total = re.fullmatch(rf"bytes \*/({_NUMBER})", error.headers.get("Content-Range", ""))
        return PastTheEnd(int(total[1]) if total else None)
    if error.code in _TRY_AGAIN:
        return Interrupted(f"HTTP {error.code}", wait_s=float(_whole(error.headers.get("Retry-After")) or 0))
    if 300 <= error.code < 400 and "not allowed" in str(error.msg):  # urllib's word for another scheme
        return Useless("insecure", "the server sends us on to what is neither http nor https")
    reason = "not_found" if error.code in (404, 410) else "server"
    return Useless(reason, f"HTTP {error.code}")


def _line_failure(error: OSError | http.client.HTTPException) -> Exception:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Useless("tls", f"the server's certificate is not trusted: {cause.verify_message}")
    return Interrupted(str(cause) or type(cause).__name__)


def _require_scheme(url: str, *, allow_plain: bool) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise Useless("server", f"{url!r} is no address") from error
    if parts.scheme not in ("http", "https") or not host:
        raise Useless("insecure", f"{url!r} is neither http nor https")
    if parts.scheme == "http" and not allow_plain and host not in _LOOPBACK:
        raise Useless("insecure", "a file without a known checksum is only taken over https")


class _Redirects(urllib.request.HTTPRedirectHandler):
    def __init__(self, *, allow_plain: bool) -> None:
        self._allow_plain = allow_plain

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _require_scheme(newurl, allow_plain=self._allow_plain)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener(*, allow_plain: bool) -> urllib.request.OpenerDirector:
    """HTTP, HTTPS and the environment's proxies; unlike urllib's own, no files and no FTP."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(allow_plain=allow_plain),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(_NUMBER, text) else None
