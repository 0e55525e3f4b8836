"""A worker with fake engines, and a folder that can be asked what it holds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend.services.bundle import Services
from backend.storage.jobs import JobStore
from tests.services.studio import Worker, a_worker


@pytest.fixture
def worker(services: Services, jobs: JobStore) -> Worker:
    return a_worker(services, jobs)


@pytest.fixture
def stored_files(tmp_path: Path) -> Callable[[], list[Path]]:
    """Every file in the storage now, finished or not."""
    return lambda: [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
