"""A fresh server for each test, and people who visit it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.services.limits import ServiceLimits
from backend.storage.jobs import QueueCaps
from tests.catalogues import GfpganInstalled
from tests.web.studio import Studio, Visitor, a_guest, a_stranger, open_studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A server on this machine."""
    opened = open_studio(tmp_path)
    yield opened
    opened.database.close()


@pytest.fixture
def face_studio(tmp_path: Path) -> Iterator[Studio]:
    """A server where the engine with weights is installed."""
    opened = open_studio(tmp_path, engines=GfpganInstalled())
    yield opened
    opened.database.close()


@pytest.fixture
def short_wait(tmp_path: Path) -> Iterator[Visitor]:
    """A guest of a server that does not wait for its jobs."""
    opened = open_studio(tmp_path, sync_timeout_s=0.0)
    yield a_guest(opened)
    opened.database.close()


@pytest.fixture
def small_limits(tmp_path: Path) -> Iterator[Visitor]:
    """A guest of a server that takes 50 kB a photo."""
    opened = open_studio(tmp_path, limits=ServiceLimits(max_photo_bytes=50_000))
    yield a_guest(opened)
    opened.database.close()


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[list[Visitor]]:
    """Three guests of a server where one job a guest may wait, and two altogether."""
    caps = QueueCaps(guest=1, user=1, total=2)
    opened = open_studio(tmp_path, limits=ServiceLimits(queue=caps))
    yield [a_guest(opened) for _ in range(3)]
    opened.database.close()


@pytest.fixture
def guest(studio: Studio) -> Visitor:
    """A guest with a session."""
    return a_guest(studio)


@pytest.fixture
def other_guest(studio: Studio) -> Visitor:
    """Another one."""
    return a_guest(studio)


@pytest.fixture
def stranger(studio: Studio) -> Visitor:
    """Somebody without a session or cookies."""
    return a_stranger(studio)
