"""The first prototype's addresses name what replaced them."""

import pytest

from tests.web.studio import Visitor


@pytest.mark.parametrize(
    ("path", "replacement"),
    [
        ("/value", "/animate"),
        ("/gfpgan?input=/etc/passwd", "/restore"),
        ("/upload", "/restore"),
        ("/process_image", "/animate"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_old_address_is_gone(stranger: Visitor, method: str, path: str, replacement: str) -> None:
    answer = stranger.client.open(path, method=method)

    assert (answer.status_code, answer.json["code"]) == (410, "gone")
    assert replacement in answer.json["detail"]
    assert "passwd" not in answer.text
