"""The worker's tests run on SQLite: what differs between databases is tested with the stores."""

from pathlib import Path

import pytest

from tests.databases import migrated_sqlite


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    path = tmp_path / "jiuying.sqlite3"
    path.write_bytes(migrated_sqlite())
    return f"sqlite:///{path}"
