"""Who is calling: the session cookie, the CSRF check, fresh guests, one-job tokens.

Handlers say which callers they take by a decorator and receive a `Caller`; none of them compares owners.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import Response, g, request
from limits import RateLimitItemPerMinute

from backend.domain.errors import Forbidden, NotFound, NotSignedIn, TooManyRequests
from backend.domain.users import Session
from backend.web.context import config, limiter, services
from backend.web.job_tokens import JobToken
from backend.web.origin import is_unsafe, require_safe_transport, require_stated_origin

SECURE_COOKIE = "__Host-session"
PLAIN_COOKIE = "session"

P = ParamSpec("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whose things this request may touch."""

    owner_id: str
    session: Session | None = None  # None: came with a one-job token
    is_fresh: bool = False  # a guest opened by this very request
    token: JobToken | None = None

    def require_job(self, job_id: str) -> None:
        """A one-job token opens that job only."""
        if self.token is not None and self.token.job_id != job_id:
            raise NotFound("not the token's job")

    def token_for(self, job_id: str) -> str | None:
        """The token that links to a job must carry: for callers who may have no cookie."""
        if self.is_fresh or self.token is not None:
            return JobToken(owner_id=self.owner_id, job_id=job_id).sign(config().secret_key)
        return None


def signed_in(view: Callable[Concatenate[Caller, P], Response]) -> Callable[P, Response]:
    """Only callers with a session; 401 for others."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        session = current_session()
        if session is None:
            raise NotSignedIn()
        return view(Caller(owner_id=session.user.id, session=session), *args, **kwargs)

    return guarded


def signed_in_or_token(view: Callable[Concatenate[Caller, P], Response]) -> Callable[P, Response]:
    """Callers with a session, and those with `?token=` for one job."""
    with_session = signed_in(view)

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        text = request.args.get("token")
        if text is None:
            return with_session(*args, **kwargs)
        require_safe_transport()
        token = JobToken.read(text, config().secret_key)
        return view(Caller(owner_id=token.owner_id, token=token), *args, **kwargs)

    return guarded


def session_or_fresh_guest() -> Caller:
    """The caller's session, or a guest opened now whose cookie the answer sets."""
    session = current_session()
    if session is not None:
        return Caller(owner_id=session.user.id, session=session)
    session = open_guest()
    return Caller(owner_id=session.user.id, session=session, is_fresh=True)


def current_session(*, check_csrf: bool = True) -> Session | None:
    """The session of the request's cookie; None where there is none or it has ended.

    An unsafe request must prove that our own page sent it. Raises Forbidden, InsecureTransport.
    """
    require_safe_transport()
    token = request.cookies.get(cookie_name())
    if not token:
        return None
    try:
        session = services().accounts.identify(token)
    except NotSignedIn:
        return None
    if is_unsafe():
        require_stated_origin()
        if check_csrf:
            _require_csrf_token(session)
    return session


def open_guest() -> Session:
    """A new guest. The answer will set the cookie, whatever else comes of the request."""
    require_safe_transport()
    _count_new_guest()
    session = services().accounts.open_guest(user_agent=request.user_agent.string[:200])
    g.new_session = session
    return session


def cookie_name() -> str:
    """`__Host-` binds the cookie to HTTPS and this host; plain HTTP on loopback has to do without."""
    return SECURE_COOKIE if request.scheme == "https" else PLAIN_COOKIE


def set_new_cookie(answer: Response) -> Response:
    """Hand a session that was opened during this request to the browser."""
    session: Session | None = g.get("new_session")
    if session is not None:
        answer.set_cookie(
            cookie_name(),
            session.token,
            expires=session.expires_at,
            path="/",
            secure=request.scheme == "https",
            httponly=True,
            samesite="Lax",
        )
    return answer


def forget_cookie(answer: Response) -> None:
    """Take the session's cookie and the pictures kept by the browser back."""
    answer.delete_cookie(
        cookie_name(), path="/", secure=request.scheme == "https", httponly=True, samesite="Lax"
    )
    answer.headers["Clear-Site-Data"] = '"cache"'


def _require_csrf_token(session: Session) -> None:
    sent = request.headers.get("X-CSRF-Token", "")
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), session.csrf_token.encode()):
        raise Forbidden("X-CSRF-Token is missing or wrong")


def _count_new_guest() -> None:
    limit = RateLimitItemPerMinute(config().guests_per_minute)
    if not limiter().limiter.hit(limit, "new guest", request.remote_addr or ""):
        raise TooManyRequests(params={"retry_after_s": 60})
