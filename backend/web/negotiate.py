"""In which form a main call is answered: JSON, bytes of a type that `Accept` names, or 202 at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from flask import request

from backend.services.requests import AnimateRequest, RestoreRequest
from backend.web.failures import NotAcceptable

JSON = "application/json"

Request = TypeVar("Request", RestoreRequest, AnimateRequest)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerForm:
    """What the caller wants back."""

    as_bytes: bool
    format: str | None  # the format that `Accept` asks for; None = it leaves the choice to us

    def applied_to(self, request: Request) -> Request:
        """The request with the format that `Accept` asks for."""
        if self.format is None:
            return request
        return replace(request, format=self.format)  # type: ignore[arg-type]  # one of those that were offered


def wanted_form(mimes: Mapping[str, str], *, chosen_format: str | None) -> AnswerForm:
    """Read `Accept`.

    mimes: format -> media type of every format there is
    chosen_format: what the caller's `format` option names; None when it leaves the choice open
    raises: NotAcceptable where `Accept` takes neither JSON nor a format that may be made
    """
    accept = request.accept_mimetypes
    if not accept:
        return AnswerForm(as_bytes=False, format=None)
    chosen = mimes.get(chosen_format or "")
    offered = list(mimes.values()) if chosen is None else [chosen]
    best = accept.best_match([JSON, *offered])
    if best is None:
        raise NotAcceptable(f"not {accept}")
    if best == JSON:
        return AnswerForm(as_bytes=False, format=None)
    takes_all = all(accept.quality(mime) == accept.quality(best) for mime in offered)
    format_of = {mime: name for name, mime in mimes.items()}
    return AnswerForm(as_bytes=True, format=None if takes_all else format_of[best])


def prefers_async() -> bool:
    """True with `Prefer: respond-async` (RFC 7240)."""
    preferences = ",".join(request.headers.getlist("Prefer")).lower().split(",")
    return any(preference.split(";")[0].strip() == "respond-async" for preference in preferences)
