from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from backend.domain.errors import DatabaseUnavailable, StorageFull
from backend.storage.database import Database
from backend.storage.tables import uploads, workers
from tests.databases import migrated_sqlite


def a_worker(**changes: object) -> dict[str, object]:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return {"id": "w", "device": "cpu", "started_at": moment, "heartbeat_at": moment} | changes


def test_times_keep_their_microseconds_and_their_zone(database: Database) -> None:
    in_shanghai = datetime(2026, 3, 1, 20, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with database.session() as session:
        session.execute(insert(workers).values(a_worker(started_at=in_shanghai)))

    with database.reading() as session:
        stored = session.scalar(select(workers.c.started_at))

    assert stored == in_shanghai
    assert stored is not None
    assert stored.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 3, 1)

    with pytest.raises(StatementError, match="without a zone"), database.session() as session:
        session.execute(insert(workers).values(a_worker(started_at=naive)))


def test_names_keep_chinese_and_emoji(database: Database) -> None:
    with database.session() as session:
        session.execute(insert(workers).values(a_worker(device="外婆 👵🏻 1962")))

    with database.reading() as session:
        assert session.scalar(select(workers.c.device)) == "外婆 👵🏻 1962"


def test_errors_do_not_tell_names(database: Database) -> None:
    with pytest.raises(IntegrityError) as raised, database.session() as session:
        session.execute(insert(workers).values(a_worker(device="外婆.jpg")))
        session.execute(insert(workers).values(a_worker(device="外婆.jpg")))

    assert "外婆" not in str(raised.value)


def test_an_exception_undoes_the_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError), database.session() as session:
        session.execute(insert(workers).values(a_worker()))
        raise RuntimeError

    with database.reading() as session:
        assert session.scalars(select(workers.c.id)).all() == []


def test_foreign_keys_are_checked(database: Database) -> None:
    with pytest.raises(IntegrityError), database.session() as session:
        session.execute(
            insert(uploads).values(
                id="u",
                owner_id="nobody",
                kind="photo",
                name="",
                mime="",
                size_bytes=0,
                sha256="",
                storage_key="k",
                created_at=datetime(2026, 3, 1, tzinfo=UTC),
            )
        )


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.session() as writing:
        writing.execute(insert(workers).values(a_worker()))

        with database.reading() as reading:
            assert reading.scalars(select(workers.c.id)).all() == []


def test_a_database_that_is_away_is_named(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'no such folder' / 'jiuying.sqlite3'}")

    with pytest.raises(DatabaseUnavailable, match="SQLITE_CANTOPEN"), database.reading():
        pass

    assert not database.is_reachable()
    database.close()


def test_a_database_without_room_is_a_full_storage(tmp_path: Path) -> None:
    path = tmp_path / "jiuying.sqlite3"
    path.write_bytes(migrated_sqlite())
    database = Database(f"sqlite:///{path}")

    with pytest.raises(StorageFull), database.session() as session:
        session.execute(text("PRAGMA max_page_count = 1"))
        session.execute(insert(workers).values(a_worker(device="x" * 100_000)))
    database.close()
