"""Keys: made once, for their owner's eyes only, and never replaced."""

import os
import stat
import threading
from pathlib import Path

import pytest

from backend.domain.errors import SettingsError
from backend.key_files import load_or_make_key


def test_a_key_is_made_once(tmp_path: Path) -> None:
    first = load_or_make_key(tmp_path / "new" / "master.key")
    second = load_or_make_key(tmp_path / "new" / "master.key")

    assert first == second
    assert len(first) == 32


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_the_owner_may_read_a_key(tmp_path: Path) -> None:
    load_or_make_key(tmp_path / "master.key")

    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    keys: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: keys.append(load_or_make_key(tmp_path / "master.key")))
        for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]


def test_a_lost_key_is_not_replaced_while_photos_need_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="put it back"):
        load_or_make_key(tmp_path / "master.key", may_make=False)

    assert not (tmp_path / "master.key").exists()


@pytest.mark.parametrize("content", ["", "zz" * 32, "ab" * 31, "旧影"])
def test_a_damaged_key_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / "master.key").write_text(content, "utf-8")

    with pytest.raises(SettingsError, match=r"master\.key"):
        load_or_make_key(tmp_path / "master.key")

    assert (tmp_path / "master.key").read_text("utf-8") == content
