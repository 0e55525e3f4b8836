"""Files over HTTP: ranges, conditions, names, and what a browser may do with them."""

import io
from urllib.parse import quote

import pytest
from PIL import Image

from tests.web.studio import Studio, Visitor, a_file, photo_bytes


@pytest.fixture
def film(studio: Studio, guest: Visitor) -> str:
    """The address of a film."""
    job = guest.submit("/animate", preset="nod")
    studio.work()
    address: str = guest.get(job["links"]["self"]).json["links"]["result"]
    return address


@pytest.fixture
def photo(guest: Visitor) -> str:
    """The address of an upload named with everything that breaks headers."""
    name = '奶奶 "1962"\r\nX-Injected: yes.png'
    upload = guest.post("/api/v1/uploads", data={"file": a_file(name=name)}).json
    return f"/api/v1/media/{upload['id']}"


def test_a_file_is_served_whole(guest: Visitor, film: str) -> None:
    answer = guest.get(film)

    assert (answer.status_code, answer.mimetype) == (200, "video/mp4")
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=5-", 5, None),
        ("bytes=-7", -7, None),
        ("bytes=0-99999999", 0, None),
        ("bytes=-99999999", 0, None),
    ],
)
def test_a_range_is_206(guest: Visitor, film: str, wanted: str, start: int, stop: int | None) -> None:
    whole = guest.get(film).data

    part = guest.get(film, headers={"Range": wanted})

    first = start if start >= 0 else len(whole) + start
    last = (stop or len(whole)) - 1
    assert part.status_code == 206
    assert part.data == whole[start:stop]
    assert part.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
    assert int(part.headers["Content-Length"]) == len(part.data)


def test_a_range_outside_the_file_is_416(guest: Visitor, film: str) -> None:
    size_bytes = len(guest.get(film).data)

    answer = guest.get(film, headers={"Range": f"bytes={size_bytes}-"})

    assert (answer.status_code, answer.json["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{size_bytes}"


@pytest.mark.parametrize("wanted", ["bytes=0-1,4-5", "lines=0-1", "bytes=5-2", "nonsense"])
def test_a_range_that_is_not_understood_gets_the_whole(guest: Visitor, film: str, wanted: str) -> None:
    assert guest.get(film, headers={"Range": wanted}).status_code == 200


def test_a_range_is_for_get_only(guest: Visitor, film: str) -> None:
    answer = guest.client.head(film, headers={"Range": "bytes=0-1"})

    assert (answer.status_code, answer.content_length) == (200, len(guest.get(film).data))


def test_a_condition_for_other_bytes_is_not_taken_for_having_these(guest: Visitor, film: str) -> None:
    assert guest.get(film, headers={"If-Match": '"other"'}).status_code == 200


def test_if_range_holds_only_for_the_same_bytes(guest: Visitor, film: str) -> None:
    etag = guest.get(film).headers["ETag"]

    same = guest.get(film, headers={"Range": "bytes=0-3", "If-Range": etag})
    other = guest.get(film, headers={"Range": "bytes=0-3", "If-Range": '"other"'})
    weak = guest.get(film, headers={"Range": "bytes=0-3", "If-Range": f"W/{etag}"})

    assert [same.status_code, other.status_code, weak.status_code] == [206, 200, 200]
    assert not etag.startswith("W/")


def test_a_file_the_browser_has_is_304(guest: Visitor, film: str) -> None:
    etag = guest.get(film).headers["ETag"]

    answer = guest.get(film, headers={"If-None-Match": etag})

    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == etag


def test_head_says_the_size_and_sends_nothing(guest: Visitor, film: str) -> None:
    answer = guest.client.open(film, method="HEAD")

    assert (answer.status_code, answer.data) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(guest.get(film).data)


def test_nothing_in_a_file_can_act_on_our_origin(guest: Visitor, film: str) -> None:
    headers = guest.get(film).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox")
    assert headers["Cache-Control"] == "private, no-cache"


def test_an_original_is_always_an_attachment_byte_for_byte(guest: Visitor, photo: str) -> None:
    answer = guest.get(photo)

    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.data == photo_bytes()


def test_a_result_is_an_attachment_on_request(guest: Visitor, film: str) -> None:
    shown = guest.get(film).headers["Content-Disposition"]
    saved = guest.get(f"{film}?download=1").headers["Content-Disposition"]

    assert shown.startswith("inline;")
    assert saved.startswith("attachment;")


@pytest.mark.parametrize(("lang", "name"), [("zh-CN", "外婆 1962_点头.mp4"), ("en", "外婆 1962_Nod.mp4")])
def test_names_keep_their_chinese(guest: Visitor, film: str, lang: str, name: str) -> None:
    by_link = guest.get(f"{film}?lang={lang}")
    by_browser = guest.get(film, headers={"Accept-Language": lang})

    assert f"filename*=UTF-8''{quote(name)}" in by_link.headers["Content-Disposition"]
    assert by_link.headers["Content-Disposition"] == by_browser.headers["Content-Disposition"]


def test_a_name_cannot_write_headers(guest: Visitor, photo: str) -> None:
    answer = guest.get(photo)

    assert "X-Injected" not in answer.headers
    assert "\r" not in answer.headers["Content-Disposition"]


def test_the_preview_is_a_picture_every_browser_shows(studio: Studio, guest: Visitor) -> None:
    job = guest.submit(file=a_file(photo_bytes(image_format="TIFF"), "scan.tif"))
    studio.work()

    answer = guest.get(f"/api/v1/media/{job['upload_id']}?variant=preview")

    with Image.open(io.BytesIO(answer.data)) as picture:
        assert picture.format == "WEBP"


@pytest.mark.parametrize("variant", ["thumb", "faces", "../original"])
def test_a_variant_that_is_not_made_is_422(guest: Visitor, film: str, variant: str) -> None:
    answer = guest.get(film, query_string={"variant": variant})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/variant")


def test_a_variant_this_file_has_not_is_404(guest: Visitor, photo: str) -> None:
    assert guest.get(f"{photo}?variant=poster").status_code == 404
    assert guest.get(f"{photo}?variant=layers").status_code == 404
