"""Sessions: who am I, be a guest, leave."""

from flask import Response

from backend.domain.errors import NotSignedIn
from backend.domain.users import Session
from backend.web import present
from backend.web.answers import json_answer
from backend.web.auth import Caller, current_session, forget_cookie, open_guest, signed_in
from backend.web.context import services
from backend.web.openapi import Routes
from backend.web.origin import is_plain_http_elsewhere
from backend.web.schemas import MeSchema

routes = Routes("auth", "Sessions")


@routes.route("GET", "/auth/me", answers={200: MeSchema}, problems=(401, 403))
def show_me() -> Response:
    """Who the session belongs to, with the CSRF token. 401 without a session."""
    session = current_session()
    if session is None:
        raise NotSignedIn
    return _me(session)


@routes.route("POST", "/auth/guest", answers={200: MeSchema, 201: MeSchema}, problems=(403, 429))
def become_guest() -> Response:
    """Continue as a guest: 201 for a new one, 200 where the session still holds.

    Needs no CSRF token, because this is where a page gets one.
    """
    session = current_session(check_csrf=False)
    return _me(session) if session is not None else _me(open_guest(), status=201)


@routes.route("POST", "/auth/logout", answers={204: {}}, problems=(401, 403))
@signed_in
def log_out(caller: Caller) -> Response:
    """End the session."""
    assert caller.session is not None
    services().accounts.end_session(caller.session.token)
    answer = Response(status=204)
    forget_cookie(answer)
    return answer


def _me(session: Session, status: int = 200) -> Response:
    body = present.me_json(session, insecure_transport=is_plain_http_elsewhere())
    return json_answer(body, status)
