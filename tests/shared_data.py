"""Measuring data that lies beside a developer's checkout, in `../shared`: real photos, hostile files, clips.

Tests that need a folder of it carry `needs_shared("data/photos")`. Where the folder is absent they are left
out, and `test_shared_data.py` says so with one skipped test a folder.
"""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
FOLDERS = (
    "data/photos",
    "data/clean",
    "data/degraded",
    "data/driving",
    "data/hostile",
    "data/weights",
    "parity",
)


def needs_shared(folder: str) -> pytest.MarkDecorator:
    """Marks a test, or a module's `pytestmark`, as one that reads this folder of FOLDERS."""
    assert folder in FOLDERS
    return pytest.mark.shared(folder)


def is_left_out(item: pytest.Item) -> bool:
    """True for a test whose folder is not here."""
    return any(not (SHARED / mark.args[0]).is_dir() for mark in item.iter_markers("shared"))
