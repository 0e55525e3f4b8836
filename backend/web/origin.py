"""Where a request comes from: the transport it may use, and the site that sent it.

Apart from `auth` because it is the part an attacker writes the input of.
"""

import ipaddress
from urllib.parse import urlsplit

from flask import request

from backend.domain.errors import Forbidden
from backend.web.context import config
from backend.web.failures import InsecureTransport

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# Any of them tells of a proxy: not every one of them says for whom it asks.
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "Via")


def is_unsafe() -> bool:
    """True when the request may change something."""
    return request.method not in SAFE_METHODS


def require_known_origin() -> None:
    """Refuse a change that another site's page sends, with or without a cookie.

    Without one too: the answer to a forged request would set a guest's cookie over the caller's own.
    """
    if not is_unsafe():
        return
    origin = request.headers.get("Origin")
    if origin is not None:
        if origin not in (own_origin(), *config().cors_origins):
            raise Forbidden("the Origin is not ours")
    elif request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise Forbidden("another site sent this")


def require_stated_origin() -> None:
    """A request with a cookie must say where it comes from. What it says is checked above."""
    if request.headers.get("Origin") is None and request.headers.get("Sec-Fetch-Site") != "same-origin":
        raise Forbidden("a request with a cookie must carry Origin")


def require_safe_transport() -> None:
    """Photos and sessions cross a network encrypted, unless the operator has decided otherwise."""
    if is_plain_http_elsewhere() and not config().allow_http_lan:
        raise InsecureTransport()


def is_plain_http_elsewhere() -> bool:
    """True for plain HTTP to a name that is not this machine's own. By name: it also stops DNS rebinding."""
    return request.scheme != "https" and not _is_loopback(_host_name())


def own_origin() -> str:
    """`https://host[:port]` as the caller's browser sees this server."""
    return f"{request.scheme}://{request.host}"


def is_local_caller() -> bool:
    """True when the request was made on this machine and no proxy passed it on."""
    was_forwarded = any(name in request.headers for name in _FORWARDED)
    return not was_forwarded and _is_loopback(request.remote_addr or "")


def _host_name() -> str:
    try:
        return urlsplit(f"//{request.host}").hostname or ""
    except ValueError:  # brackets that do not match
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
