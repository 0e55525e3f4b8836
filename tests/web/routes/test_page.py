"""The built page and its files."""

from pathlib import Path

import pytest

from tests.web.studio import Studio, Visitor


@pytest.fixture
def built(tmp_path: Path) -> None:
    page = tmp_path / "page"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html><title>旧影</title>", encoding="utf-8")
    (page / "assets" / "index-B3x9.js").write_text("export {}", encoding="utf-8")
    (page / "favicon.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "secret.key").write_text("secret", encoding="utf-8")


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("path", ["/", "/history", "/jobs/0190b5a0", "/index"])
def test_every_route_of_the_page_is_the_page(stranger: Visitor, path: str) -> None:
    answer = stranger.get(path)

    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "旧影" in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.usefixtures("built")
def test_hashed_assets_are_kept_for_ever(stranger: Visitor) -> None:
    answer = stranger.get("/assets/index-B3x9.js")

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.usefixtures("built")
def test_other_files_are_asked_for_again(stranger: Visitor) -> None:
    assert stranger.get("/favicon.svg").headers["Cache-Control"] == "no-cache"


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "path",
    ["/../secret.key", "/assets/../../secret.key", "/%2e%2e/secret.key", "/assets/old-1.js", "/a%00.js"],
)
def test_nothing_outside_the_page_is_served(stranger: Visitor, path: str) -> None:
    answer = stranger.get(path)

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_a_page_that_is_not_built_says_so(studio: Studio) -> None:
    answer = studio.browser().get("/", headers={"Accept-Language": "zh"})

    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert "make run" in answer.text
    assert 'lang="zh-CN"' in answer.text
