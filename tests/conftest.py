"""What most tests stand on: a fresh database and folder of files, a clock that stands still, the services."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.domain.users import User
from backend.services.bundle import Services, assemble_services
from backend.services.driving_videos import Presets
from backend.services.engine_catalogue import EngineCatalogue
from backend.services.limits import ServiceLimits
from backend.storage.database import Database
from backend.storage.files import MediaFiles
from backend.storage.jobs import JobStore
from tests.databases import empty_tables, fresh_mysql, migrated_sqlite, stop_own_servers
from tests.fakes import FakeClock
from tests.presets import write_catalogue
from tests.shared_data import is_left_out
from tests.weights_folders import no_weights


@pytest.fixture(scope="session", autouse=True)
def _own_database_servers() -> Iterator[None]:
    yield
    stop_own_servers()


@pytest.fixture(scope="session")
def shared_mysql_url() -> Iterator[str]:
    """One database for all tests of this process: making one takes a second."""
    with fresh_mysql() as url:
        yield url


@pytest.fixture(params=["sqlite", "mysql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database: every test that asks for one runs on both kinds."""
    if request.param == "mysql":
        url = request.getfixturevalue("shared_mysql_url")
        yield url
        empty_tables(url)
        return
    path = tmp_path / "jiuying.sqlite3"
    path.write_bytes(migrated_sqlite())
    yield f"sqlite:///{path}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def files(tmp_path: Path) -> MediaFiles:
    return MediaFiles(tmp_path / "media", master_key=bytes(range(32)))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def limits() -> ServiceLimits:
    """The documented ones; a test that needs others overrides this."""
    return ServiceLimits()


@pytest.fixture
def jobs(database: Database, clock: FakeClock) -> JobStore:
    """The worker's side of the jobs."""
    return JobStore(database, clock)


@pytest.fixture
def services(
    database: Database,
    files: MediaFiles,
    clock: FakeClock,
    jobs: JobStore,
    limits: ServiceLimits,
    tmp_path: Path,
) -> Services:
    return assemble_services(
        database=database,
        files=files,
        clock=clock,
        jobs=jobs,
        presets=Presets(write_catalogue(tmp_path / "presets")),
        engines=EngineCatalogue(builtin_version="test"),
        weights=no_weights(tmp_path / "weights"),
        limits=limits,
    )


@pytest.fixture
def guest(services: Services) -> User:
    """Somebody who owns things."""
    return services.accounts.open_guest(user_agent="a test").user


@pytest.fixture
def stranger(services: Services) -> User:
    """Somebody else."""
    return services.accounts.open_guest(user_agent="another test").user


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what reads data that is not here; `test_shared_data.py` says so, once a folder."""
    left_out = [item for item in items if is_left_out(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
