import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.errors import InvalidOption
from backend.domain.paging import Position, require_limit

AN_ID = "01960000-0000-7000-8000-000000000000"
ALMOST = [
    f"2026-03-01|{AN_ID}",  # a time without a zone
    f"0001-01-01T00:00:00+14:00|{AN_ID}",  # before the first year
    "2026-03-01T00:00:00+00:00|x",
    "2026-03-01T00:00:00+00:00",
]


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_a_cursor_leads_back_to_its_position() -> None:
    position = Position(created_at=datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC), id=AN_ID)

    assert Position.from_cursor(position.to_cursor()) == position


@settings(deadline=None)
@given(st.text())
def test_any_other_text_is_a_bad_option_or_a_position(text: str) -> None:
    try:
        Position.from_cursor(text)
    except InvalidOption as refused:
        assert refused.option == "cursor"


@pytest.mark.parametrize("cursor", ["", "x", "é", "A" * 10_000, *map(encoded, ALMOST)])
def test_broken_cursors_are_refused(cursor: str) -> None:
    with pytest.raises(InvalidOption):
        Position.from_cursor(cursor)


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_limits_out_of_range_are_refused(limit: int) -> None:
    with pytest.raises(InvalidOption):
        require_limit(limit)


def test_limits_within_the_range_pass() -> None:
    assert [require_limit(limit) for limit in (1, 100)] == [1, 100]
