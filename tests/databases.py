"""Databases for tests: SQLite always, MySQL or MariaDB where there is one to be had."""

import getpass
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, delete, make_url, text
from sqlalchemy.exc import OperationalError

from backend.storage.database import Database, migrate
from backend.storage.tables import metadata

SERVER_VARIABLE = "JIUYING_TEST_MYSQL_URL"
DEFAULT_SERVER = "mysql+pymysql://root@127.0.0.1:3306/"
_START_LIMIT_S = 60.0
_NO_SERVER = f"no MySQL or MariaDB at {SERVER_VARIABLE}, and no mariadbd to start"


@contextmanager
def fresh_mysql() -> Iterator[str]:
    """The URL of a new, migrated database; dropped afterwards."""
    server = _server()
    if server is None:
        if os.environ.get("CI") == "true":
            pytest.fail(_NO_SERVER)
        pytest.skip(_NO_SERVER)
    name = f"jiuying_test_{secrets.token_hex(6)}"
    _execute(server, f"CREATE DATABASE {name}")
    try:
        url = server.set(database=name).render_as_string(hide_password=False)
        migrate(url)
        yield url
    finally:
        _execute(server, f"DROP DATABASE {name}")


def empty_tables(url: str) -> None:
    """Delete every row."""
    database = Database(url)
    with database.session() as session:
        for table in reversed(metadata.sorted_tables):
            session.execute(delete(table))
    database.close()


@cache
def migrated_sqlite() -> bytes:
    """The file of an empty, migrated SQLite database: copying it is faster than migrating."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


@cache
def _server() -> URL | None:
    given = make_url(os.environ.get(SERVER_VARIABLE, DEFAULT_SERVER))
    return given if _answers(given) else _start_own()


def _answers(server: URL) -> bool:
    try:
        _execute(server, "SELECT 1")
    except OperationalError:
        return False
    return True


def _execute(server: URL, statement: str) -> None:
    engine = create_engine(server, connect_args={"connect_timeout": 5})
    try:
        with engine.begin() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


def _start_own() -> URL | None:
    """A server in a folder of its own, which ends with the tests; None where the program is not installed."""
    # Debian keeps servers where users' own search path does not look.
    search_path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    program = shutil.which("mariadbd", path=search_path)
    installer = shutil.which("mariadb-install-db", path=search_path)
    if program is None or installer is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="jiuying-mariadb-"))
    data, socket = f"--datadir={folder / 'data'}", folder / "mariadb.sock"
    user = f"--user={getpass.getuser()}"
    install = [installer, "--no-defaults", data, user, "--auth-root-authentication-method=normal"]
    subprocess.run(install, check=True, capture_output=True)
    server = subprocess.Popen(
        [program, "--no-defaults", data, user, f"--socket={socket}", "--skip-networking"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _own_servers.append((server, folder))
    url = make_url("mysql+pymysql://root@localhost/").update_query_dict({"unix_socket": str(socket)})
    deadline_s = time.monotonic() + _START_LIMIT_S
    while not (socket.exists() and _answers(url)):
        if time.monotonic() > deadline_s or server.poll() is not None:
            return None
        time.sleep(0.2)
    return url


_own_servers: list[tuple[subprocess.Popen[bytes], Path]] = []


def stop_own_servers() -> None:
    """End the servers that these tests started, and remove their files."""
    while _own_servers:
        server, folder = _own_servers.pop()
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)
