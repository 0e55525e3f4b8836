"""Every hostile file through the running server: a clear answer, no 5xx, and the next photo still works."""

import io
import json

import httpx
import pytest
from PIL import Image

from tests.acceptance.conftest import LiveServer
from tests.acceptance.hostile import HostileFile, entries, multipart
from tests.builders import a_portrait_png
from tests.shared_data import SHARED, needs_shared

FOLDER = SHARED / "data" / "hostile"
PHOTOS = {entry.id: entry for entry in entries(FOLDER, "image")}
CLIPS = {entry.id: entry for entry in entries(FOLDER, "video")}

pytestmark = needs_shared("data/hostile")
LEAKS = ("Traceback", "/backend/", ".py", "site-packages", "/tmp/", "/var/")


def send_photo(browser: httpx.Client, entry: HostileFile, **options: str) -> httpx.Response:
    body, headers = multipart(
        options, [("file", entry.upload_filename, entry.content_type, entry.path.read_bytes())]
    )
    return browser.post("/restore", content=body, headers=headers)


def send_clip(browser: httpx.Client, entry: HostileFile) -> httpx.Response:
    portrait = ("file", "portrait.png", "image/png", a_portrait_png(side_px=256))
    clip = ("driving", entry.upload_filename, entry.content_type, entry.path.read_bytes())
    body, headers = multipart({"restore_first": "false"}, [portrait, clip])
    return browser.post("/animate", content=body, headers=headers)


def restored_photo(browser: httpx.Client, name: str) -> Image.Image:
    """The result without any correction, so that only decoding and encoding can change it."""
    body, headers = multipart(
        {"upscale": "1", "colour": "keep", "scratches": "off", "format": "png"},
        [("file", name, PHOTOS[name].content_type, PHOTOS[name].path.read_bytes())],
    )
    answer = browser.post("/restore", content=body, headers={**headers, "Accept": "image/png"})
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def mean_difference(one: Image.Image, other: Image.Image) -> float:
    """Largest of the three channels' differences of means, in 8-bit steps."""
    small = [picture.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)) for picture in (one, other)]
    return float(max(abs(a - b) for a, b in zip(*small, strict=True)))


@pytest.mark.parametrize("entry", PHOTOS.values(), ids=PHOTOS.keys())
def test_a_hostile_photo_gets_a_clear_answer(browser: httpx.Client, entry: HostileFile) -> None:
    answer = send_photo(browser, entry)

    assert answer.status_code in entry.accepted_statuses, answer.text
    if answer.status_code >= 400:
        problem = json.loads(answer.text)
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert problem["code"] and problem["title"] and problem["detail"]
        assert not any(leak in answer.text for leak in LEAKS)
    assert "X-Injected" not in answer.headers


@pytest.mark.parametrize("entry", CLIPS.values(), ids=CLIPS.keys())
def test_a_hostile_clip_gets_a_clear_answer(browser: httpx.Client, entry: HostileFile) -> None:
    answer = send_clip(browser, entry)

    assert answer.status_code in entry.accepted_statuses, answer.text
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert not any(leak in answer.text for leak in LEAKS)


def test_after_all_of_it_the_worker_is_alive(browser: httpx.Client) -> None:
    body, headers = multipart({}, [("file", "a.png", "image/png", a_portrait_png(side_px=128))])

    answer = browser.post("/restore", content=body, headers=headers)

    assert answer.status_code == 200, answer.text
    assert browser.get("/readyz").status_code == 200


@pytest.mark.parametrize("name", ["bomb_30000x30000_1bit", "lie_65500x65500_header"])
def test_a_picture_bomb_is_refused_from_its_header(browser: httpx.Client, name: str) -> None:
    jobs_before = browser.get("/api/v1/jobs").json()["items"]

    answer = send_photo(browser, PHOTOS[name])

    assert answer.status_code == 413
    # Refused before there is a job, so no worker has tried to decode it (12 s and 4 GB).
    assert browser.get("/api/v1/jobs").json()["items"] == jobs_before


def test_cmyk_keeps_its_colours(browser: httpx.Client) -> None:
    restored = restored_photo(browser, "cmyk")

    original = restored_photo(browser, "exif_orientation_1")
    assert mean_difference(restored, original) < 20


def test_16_bit_gray_is_neither_white_nor_black(browser: httpx.Client) -> None:
    restored = restored_photo(browser, "gray_16bit").convert("L").convert("RGB")

    reference = restored_photo(browser, "gray_8bit").convert("L").convert("RGB")
    assert mean_difference(restored, reference) < 15


def test_a_wide_gamut_profile_is_applied(browser: httpx.Client) -> None:
    restored = restored_photo(browser, "icc_display_p3")

    original = restored_photo(browser, "exif_orientation_1")
    assert mean_difference(restored, original) < 6


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(browser: httpx.Client, orientation: int) -> None:
    restored = restored_photo(browser, f"exif_orientation_{orientation}")

    upright = restored_photo(browser, "exif_orientation_1")
    assert restored.size == (298, 450)
    # The same picture, not merely the same size: corners and centre agree after JPEG's losses.
    grids = [picture.resize((4, 6), Image.Resampling.BOX).tobytes() for picture in (restored, upright)]
    assert max(abs(a - b) for a, b in zip(*grids, strict=True)) < 12


def test_nothing_private_leaves_with_the_result(browser: httpx.Client, server: LiveServer) -> None:
    entry = PHOTOS["exif_gps"]
    body, headers = multipart({}, [("file", "gps.jpg", "image/jpeg", entry.path.read_bytes())])

    answer = browser.post("/restore", content=body, headers={**headers, "Accept": "image/jpeg"})

    restored = Image.open(io.BytesIO(answer.content))
    assert 0x8825 not in restored.getexif()  # GPS IFD
    stored = [path.read_bytes() for path in server.data_dir.rglob("*") if path.is_file()]
    assert not any(b"Secret Street" in content for content in [answer.content, *stored])


def test_a_script_in_a_comment_does_not_survive(browser: httpx.Client) -> None:
    entry = PHOTOS["php_in_comment"]
    body, headers = multipart({}, [("file", "a.jpg", "image/jpeg", entry.path.read_bytes())])

    answer = browser.post("/restore", content=body, headers={**headers, "Accept": "image/jpeg"})

    assert b"HOSTILE_CANARY_7f3a" in entry.path.read_bytes()
    assert answer.status_code == 200
    assert b"HOSTILE_CANARY_7f3a" not in answer.content


def test_no_name_of_a_photo_reaches_the_log(browser: httpx.Client, server: LiveServer) -> None:
    body, headers = multipart(
        {}, [("file", "外婆-canary-51c2.png", "image/png", a_portrait_png(side_px=128))]
    )

    browser.post("/restore", content=body, headers=headers)

    assert "canary-51c2" not in server.log.read_text()
