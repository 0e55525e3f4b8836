import pytest
from sqlalchemy import select

from backend.domain.errors import NotSignedIn
from backend.services.bundle import Services
from backend.storage.database import Database
from backend.storage.tables import auth_sessions
from tests.fakes import FakeClock


def test_a_guests_token_is_recognised(services: Services) -> None:
    opened = services.accounts.open_guest(user_agent="Firefox")

    session = services.accounts.identify(opened.token)

    assert session == opened
    assert session.user.is_guest


def test_tokens_are_long_and_never_alike(services: Services) -> None:
    tokens = {services.accounts.open_guest(user_agent="").token for _ in range(5)}

    assert len(tokens) == 5
    assert all(len(token) >= 43 for token in tokens)  # 256 bits in base64


def test_the_database_never_holds_the_token(services: Services, database: Database) -> None:
    session = services.accounts.open_guest(user_agent="Firefox")

    with database.reading() as reading:
        stored = str(reading.execute(select(auth_sessions)).all())

    assert session.token not in stored
    assert session.csrf_token not in stored
    assert session.token not in repr(session)


@pytest.mark.parametrize("token", ["", "x", "é\udc80"])
def test_unknown_tokens_are_nobodys(services: Services, token: str) -> None:
    services.accounts.open_guest(user_agent="")

    with pytest.raises(NotSignedIn):
        services.accounts.identify(token)


def test_a_session_ends_with_its_time(services: Services, clock: FakeClock) -> None:
    session = services.accounts.open_guest(user_agent="")

    clock.advance(hours=23.99)
    assert services.accounts.identify(session.token) == session
    clock.advance(hours=0.02)
    with pytest.raises(NotSignedIn):
        services.accounts.identify(session.token)


def test_signing_out_ends_the_session_and_twice_is_fine(services: Services) -> None:
    session = services.accounts.open_guest(user_agent="")

    services.accounts.end_session(session.token)
    services.accounts.end_session(session.token)

    with pytest.raises(NotSignedIn):
        services.accounts.identify(session.token)


def test_every_session_has_a_csrf_token_of_its_own(services: Services) -> None:
    first, second = (services.accounts.open_guest(user_agent="") for _ in range(2))

    assert first.csrf_token != second.csrf_token
    assert first.csrf_token not in first.token


def test_a_long_user_agent_is_cut(services: Services, database: Database) -> None:
    services.accounts.open_guest(user_agent="x" * 5000)

    with database.reading() as session:
        assert session.scalar(select(auth_sessions.c.user_agent)) == "x" * 120
