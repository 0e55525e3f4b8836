"""Says, once a folder, which tests are left out because their data is not here."""

import pytest

from tests.shared_data import FOLDERS, SHARED


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_folder_is_here(folder: str) -> None:
    if not (SHARED / folder).is_dir():
        pytest.skip(f"../shared/{folder} is not beside this checkout: the tests that read it are left out")

    assert any((SHARED / folder).iterdir())
