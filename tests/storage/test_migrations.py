import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from backend.domain.errors import SettingsError
from backend.storage.database import Database, alembic_config, migrate
from backend.storage.expressions import ExpressionStore
from backend.storage.jobs import JobStore
from backend.storage.tables import metadata
from tests.databases import fresh_mysql
from tests.fakes import FakeClock
from tests.storage.rows import a_job, add_clip, add_upload, add_user, an_expression


@pytest.fixture(params=["sqlite", "mysql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Not the shared one: these tests take the tables away."""
    if request.param == "mysql":
        with fresh_mysql() as url:
            yield url
        return
    url = f"sqlite:///{tmp_path / 'jiuying.sqlite3'}"
    migrate(url)
    yield url


def tables_of(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def test_the_migrations_make_the_tables_that_the_code_describes(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, metadata) == []


def test_the_migrations_can_be_undone_and_done_again(database: Database, database_url: str) -> None:
    with database.engine.connect() as connection:
        command.downgrade(alembic_config(connection), "base")
        connection.commit()
    undone = tables_of(database)

    migrate(database_url)

    assert undone == {"alembic_version"}
    assert tables_of(database) == set(metadata.tables) | {"alembic_version"}


def test_masks_come_to_tables_that_hold_jobs_already(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    with database.engine.connect() as connection:
        command.upgrade(alembic_config(connection), "0002")
        connection.commit()
    owner_id = add_user(database)
    job = a_job(owner_id, upload_id=add_upload(database, owner_id).id)
    columns = "id, owner_id, kind, state, options, upload_id, priority, attempts, cancel_requested, progress"
    with database.engine.begin() as connection:
        connection.execute(
            text(
                f"INSERT INTO jobs ({columns}, created_at)"
                " VALUES (:id, :owner, 'restore', 'queued', '{}', :upload, 0, 0, 0, 0, '2026-03-01 12:00:00')"
            ),
            {"id": job.id, "owner": owner_id, "upload": job.upload_id},
        )

    migrate(f"sqlite:///{tmp_path / 'old.sqlite3'}")

    kept = JobStore(database, FakeClock()).get(owner_id, job.id)
    assert (kept.upload_id, kept.mask_upload_id) == (job.upload_id, None)
    database.close()


def test_clips_that_were_sent_before_expressions_came_can_be_kept(
    database: Database, database_url: str
) -> None:
    with database.engine.connect() as connection:
        command.downgrade(alembic_config(connection), "0003")
        connection.commit()
    without = tables_of(database)
    owner_id = add_user(database)
    clip = add_clip(database, owner_id)

    migrate(database_url)

    kept = an_expression(clip)
    ExpressionStore(database).add(kept, most=50)
    assert "expressions" not in without
    assert ExpressionStore(database).list(owner_id) == [kept]


def test_migrating_twice_changes_nothing(database: Database, database_url: str) -> None:
    before = tables_of(database)

    migrate(database_url)

    assert tables_of(database) == before


def test_tables_of_a_newer_version_are_refused_and_kept(database: Database, database_url: str) -> None:
    before = tables_of(database)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SettingsError, match="newer version"):
        migrate(database_url)

    assert tables_of(database) == before


def migrate_in_processes(url: str) -> list[int | None]:
    """Exit codes of three processes that migrate at the same time."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=migrate, args=(url,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def test_several_processes_may_migrate_at_once(database: Database, database_url: str) -> None:
    with database.engine.connect() as connection:
        command.downgrade(alembic_config(connection), "base")
        connection.commit()

    assert migrate_in_processes(database_url) == [0, 0, 0]
    assert tables_of(database) == set(metadata.tables) | {"alembic_version"}


def test_several_processes_may_make_the_database_at_once(tmp_path: Path) -> None:
    assert migrate_in_processes(f"sqlite:///{tmp_path / 'new.sqlite3'}") == [0, 0, 0]


def test_a_database_without_tables_is_not_reachable(database: Database, tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")

    assert database.is_reachable()
    assert not empty.is_reachable()
    empty.close()
