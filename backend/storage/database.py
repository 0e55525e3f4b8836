"""The database: one pool, short transactions, and the settings that make SQLite and MySQL behave alike."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, CursorResult, Engine, Result, create_engine, event, make_url, text
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from backend.domain.errors import AppError, DatabaseUnavailable, SettingsError, StorageFull

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_WAIT_S = 15  # a writer waits this long for another on SQLite
MIGRATION_LOCK_WAIT_S = 60
POOL_SIZE = 16  # connections that stay open
POOL_OVERFLOW = 48  # more, while that many threads ask at once
_READS_ONLY = "jiuying_reads_only"
_DISK_FULL = frozenset({"SQLITE_FULL", 1021, 1114})  # MySQL: ER_DISK_FULL, ER_RECORD_FILE_FULL


class Database:
    """A pool of connections to one database. Made once a process; safe to share between threads.

    A transaction raises DatabaseUnavailable or StorageFull where the database is at fault, not the statement.
    """

    def __init__(self, url: str) -> None:
        self._engine = _build_engine(url)

    @property
    def engine(self) -> Engine:
        """For migrations and for tests that look at the schema."""
        return self._engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction that may write: committed at the end, rolled back on an exception."""
        with _failures_named(), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One transaction that only reads; on SQLite it never waits for a writer."""
        with _failures_named(), Session(self._engine) as session:
            session.connection(execution_options={_READS_ONLY: True})
            yield session

    def is_reachable(self) -> bool:
        """True when the database answers and its tables are there."""
        try:
            with self.reading() as session:
                session.execute(text("SELECT count(*) FROM workers"))
        except (AppError, SQLAlchemyError) as error:
            logger.warning("database not reachable", extra={"reason": str(error)})
            return False
        return True

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()


def migrate(url: str) -> None:
    """Bring the tables at `url` to this version. Several processes may call it at once.

    Raises SettingsError for tables that a newer version has made.
    """
    database = Database(url)
    try:
        with database.engine.connect() as connection, _migration_lock(connection):
            command.upgrade(alembic_config(connection), "head")
            connection.commit()
    except CommandError as error:  # a revision that our folder does not have
        raise SettingsError("the database was made by a newer version of Jiuying; run that one") from error
    finally:
        database.close()


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for our migrations, run over `connection`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def changed_rows(outcome: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE found."""
    assert isinstance(outcome, CursorResult)
    return outcome.rowcount


@contextmanager
def _failures_named() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseUnavailable("every connection is in use") from error
    except (OperationalError, InterfaceError) as error:
        # By number or name: a message may repeat a value, and values hold people's file names.
        reason = getattr(error.orig, "sqlite_errorname", None) or next(
            iter(getattr(error.orig, "args", ())), ""
        )
        if reason in _DISK_FULL:
            raise StorageFull from error
        raise DatabaseUnavailable(f"the database does not answer: {type(error).__name__} {reason}") from error


@contextmanager
def _migration_lock(connection: Connection) -> Iterator[None]:
    # SQLite's BEGIN IMMEDIATE already lets one process at a time through; MySQL commits after every CREATE
    # TABLE, so that it needs a lock that outlives transactions.
    if connection.dialect.name == "sqlite":
        yield
        return
    name = f"jiuying_migrate_{connection.engine.url.database}"[:64]
    connection.execute(
        text("SELECT GET_LOCK(:name, :wait_s)"), {"name": name, "wait_s": MIGRATION_LOCK_WAIT_S}
    )
    try:
        yield
    finally:
        connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": name})
        connection.commit()


def _build_engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            connect_args={"timeout": LOCK_WAIT_S},
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        parsed.update_query_dict({"charset": "utf8mb4"}),
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_recycle=1800,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        hide_parameters=True,  # an error's text may reach a log, and parameters hold people's file names
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; sqlite3 would say it too late
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer fails at once when another has written meanwhile; taking the write lock
    # first makes it wait its turn instead.
    reads_only = connection.get_execution_options().get(_READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
