"""The engine with weights on a running server: fetched, used, gone again. Its networks are narrow."""

import base64
import io
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from backend.media.types import RgbImage
from backend.media.video import read_frames
from tests.acceptance.conftest import LiveServer, guest_of, running_server
from tests.builders import a_photo, a_portrait
from tests.checkpoints.file_server import serving
from tests.narrow_weights import SMALL_DETECTOR, V13, V14, install, narrow_files, narrow_folder
from tests.shared_data import SHARED, needs_shared

Json = dict[str, Any]
DONE = {"succeeded", "failed", "cancelled"}
QUICK = {"upscale": "1", "scratches": "off"}  # what these tests are not about


@dataclass(frozen=True)
class Story:
    """A server that began without weights, and what it said until it had some."""

    server: LiveServer
    weights_dir: Path
    files: dict[str, bytes]
    engine_before: Json
    refusal_before: httpx.Response
    download: httpx.Response
    states: list[str]
    engine_after: Json


@dataclass(frozen=True)
class Made:
    """A job that is done, and its picture."""

    job: Json
    content: bytes

    @property
    def pixels(self) -> npt.NDArray[np.int16]:
        with Image.open(io.BytesIO(self.content)) as picture:
            return np.asarray(picture.convert("RGB"), np.int16)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder, files = tmp_path_factory.mktemp("story"), narrow_files()
    weights_dir = folder / "weights"
    with serving(files=files, pause_s=0.001) as shelf:  # slow enough to be seen coming
        narrow_folder(weights_dir, shelf.address, files)
        with running_server(
            folder, JIUYING_WEIGHTS_DIR=str(weights_dir), JIUYING_WORKER_THREADS="1"
        ) as server:
            yield _fetch(server, weights_dir, files)


def _fetch(server: LiveServer, weights_dir: Path, files: dict[str, bytes]) -> Story:
    with guest_of(server) as browser:
        before = engine(browser)
        refusal = send(browser, png(a_portrait()), engine="gfpgan")
        download = browser.post("/api/v1/weights/v1.4/download")
        states: list[str] = []
        until = time.monotonic() + 60
        while states[-1:] != ["installed"] and time.monotonic() < until:
            state = next(one for one in weights(browser) if one["name"] == "v1.4")["state"]
            states += [state] if states[-1:] != [state] else []
        after = engine(browser)
        for name in ("v1.3", "realesr-general-x4v3"):
            assert browser.post(f"/api/v1/weights/{name}/download").status_code == 202
        while any(one["state"] == "downloading" for one in weights(browser)):
            time.sleep(0.05)
    return Story(server, weights_dir, files, before, refusal, download, states, after)


@pytest.fixture
def browser(story: Story) -> Iterator[httpx.Client]:
    with guest_of(story.server) as client:
        yield client


def engine(browser: httpx.Client) -> Json:
    engines: list[Json] = browser.get("/api/v1/engines").json()["items"]
    return next(one for one in engines if one["name"] == "gfpgan")


def weights(browser: httpx.Client) -> list[Json]:
    items: list[Json] = browser.get("/api/v1/weights").json()["items"]
    return items


def send(browser: httpx.Client, photo: bytes, **options: object) -> httpx.Response:
    image = "data:image/png;base64," + base64.b64encode(photo).decode()
    return browser.post(
        "/api/v1/restore", json={"image": image, **options}, headers={"Prefer": "respond-async"}
    )


def finished(browser: httpx.Client, photo: bytes, **options: object) -> Json:
    answer = send(browser, photo, **options)
    assert answer.status_code == 202, answer.text
    until = time.monotonic() + 60
    while time.monotonic() < until:
        job: Json = browser.get(answer.json()["links"]["self"]).json()
        if job["state"] in DONE:
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def restored(browser: httpx.Client, photo: bytes, **options: object) -> Made:
    job = finished(browser, photo, **options)
    assert job["state"] == "succeeded", job["error"]
    return Made(job, browser.get(job["links"]["result"]).content)


def png(pixels: RgbImage, mode: str | None = None) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels, mode).save(file, "PNG")
    return file.getvalue()


def two_people() -> RgbImage:
    one = a_portrait()
    return np.concatenate((one, one[:, ::-1]), axis=1)


def first_frame(film: bytes, folder: Path) -> npt.NDArray[np.int16]:
    """At 256 x 256."""
    (folder / "film.mp4").write_bytes(film)
    with closing(read_frames(folder / "film.mp4", fps=25.0, seconds=1.0, long_side_px=256)) as frames:
        return next(frames).astype(np.int16)


def layer_of(face: Json) -> tuple[slice, slice]:
    """Where a face's layer lies in the result."""
    place = face["layer"]
    return (
        slice(place["y"], place["y"] + place["height"]),
        slice(place["x"], place["x"] + place["width"]),
    )


@contextmanager
def without(story: Story, *names: str) -> Iterator[None]:
    """The files are put back at the end."""
    for name in names:
        (story.weights_dir / name).unlink()
    try:
        yield
    finally:
        install(story.weights_dir, story.files, *names)


def test_a_model_that_is_missing_is_fetched_while_the_server_runs(story: Story) -> None:
    assert (story.engine_before["installed"], story.engine_before["reason"]) == (False, "weights_missing")
    assert story.refusal_before.status_code == 503
    assert story.refusal_before.json()["code"] == "weights_missing"
    assert V14 in story.refusal_before.json()["detail"]
    assert story.download.status_code == 202
    assert story.states == ["downloading", "installed"]
    assert (story.engine_after["installed"], story.engine_after["reason"]) == (True, None)
    assert (story.weights_dir / V14).read_bytes() == story.files[V14]


def test_auto_restores_the_faces_and_says_by_what(browser: httpx.Client) -> None:
    made = restored(browser, png(two_people()), **QUICK)

    result = made.job["result"]
    assert (made.job["engine"], result["engine"], result["model"]) == ("gfpgan", "gfpgan", "v1.4")
    assert [face["used"] for face in result["faces"]] == [True, True]
    assert "faces_restored" in result["notes"]


def test_every_other_request_for_the_same_thing_gives_the_same_bytes(browser: httpx.Client) -> None:
    first, second = (restored(browser, png(a_portrait()), **QUICK) for _ in range(2))

    assert first.content == second.content


def test_fidelity_blends_between_the_models_faces_and_the_photos(browser: httpx.Client) -> None:
    photo = png(two_people())
    model, half, own = (restored(browser, photo, **QUICK, fidelity=fidelity) for fidelity in (0, 0.5, 1))
    nobody = restored(browser, photo, **QUICK, face_ids=[])

    assert np.array_equal(own.pixels, nobody.pixels)
    assert np.abs(model.pixels - own.pixels).max() > 20
    # Each of the three pictures was rounded to whole levels: the blend of two is half a level away at most.
    assert np.abs(half.pixels - (model.pixels + own.pixels) / 2).max() <= 0.5


def test_the_stored_layers_show_what_each_fidelity_would_be(browser: httpx.Client) -> None:
    photo = png(two_people())
    model, own = (restored(browser, photo, **QUICK, fidelity=fidelity) for fidelity in (0, 1))

    served = browser.get(model.job["links"]["layers"])
    with Image.open(io.BytesIO(served.content)) as picture:
        atlas = np.asarray(picture.convert("RGB"), np.int16)

    assert served.headers["content-type"] == "image/webp"
    for face in model.job["result"]["faces"]:
        place, where = face["layer"], layer_of(face)
        rows = slice(place["row_y"], place["row_y"] + place["row_height"])
        before = atlas[rows, : place["row_width"]]
        after = atlas[rows, place["row_width"] : 2 * place["row_width"]]
        # WebP is lossy here: what matters is that each half shows its own picture, not the other's.
        assert np.abs(after - model.pixels[where]).mean() < 3
        assert np.abs(before - own.pixels[where]).mean() < 3


def test_only_the_faces_that_are_named_are_restored(browser: httpx.Client) -> None:
    photo = png(two_people())
    both, one, none = (
        restored(browser, photo, **QUICK, face_ids=ids, scope="faces") for ids in ("all", [1], [])
    )

    left, right = both.job["result"]["faces"]
    assert [face["used"] for face in one.job["result"]["faces"]] == [False, True]
    assert one.job["result"]["faces"][0]["note"] == "not_chosen"
    assert np.array_equal(one.pixels[layer_of(right)], both.pixels[layer_of(right)])
    assert np.array_equal(one.pixels[layer_of(left)], none.pixels[layer_of(left)])
    assert not np.array_equal(both.pixels[layer_of(left)], none.pixels[layer_of(left)])


def test_a_face_that_nobody_has_is_said(browser: httpx.Client) -> None:
    job = finished(browser, png(a_portrait()), **QUICK, face_ids=[7])

    assert (job["state"], job["error"]["code"]) == ("failed", "invalid_option")


def test_scope_faces_leaves_everything_else_alone(browser: httpx.Client) -> None:
    photo = two_people()
    made = restored(browser, png(photo), **QUICK, scope="faces")

    outside = np.ones(photo.shape[:2], bool)
    for face in made.job["result"]["faces"]:
        outside[layer_of(face)] = False
    assert np.array_equal(made.pixels[outside], photo[outside])
    assert not np.array_equal(made.pixels, photo)


def test_another_model_makes_another_face(browser: httpx.Client) -> None:
    photo = png(a_portrait())
    newest, older = (restored(browser, photo, **QUICK, model=model) for model in ("v1.4", "v1.3"))

    assert (newest.job["result"]["model"], older.job["result"]["model"]) == ("v1.4", "v1.3")
    assert np.abs(newest.pixels - older.pixels).max() > 20


def test_the_faces_keep_the_photos_colours_unless_the_model_may_change_them(browser: httpx.Client) -> None:
    photo = a_portrait()
    kept, changed = (
        restored(browser, png(photo), **QUICK, scope="faces", colour=colour) for colour in ("keep", "model")
    )

    where = layer_of(kept.job["result"]["faces"][0])
    # The narrow network brightens by 32 levels: with `keep` none of it may come through.
    assert np.abs((kept.pixels[where] - photo[where]).mean(axis=(0, 1))).max() < 3
    assert np.abs((changed.pixels[where] - photo[where]).mean(axis=(0, 1))).max() > 8
    assert "colour_by_model" in changed.job["result"]["notes"]


def test_a_gray_photo_stays_gray(browser: httpx.Client) -> None:
    gray = np.asarray(Image.fromarray(a_portrait()).convert("L"))

    made = restored(browser, png(gray), **QUICK)

    assert [face["used"] for face in made.job["result"]["faces"]] == [True]
    assert np.abs(made.pixels - made.pixels.mean(axis=2, keepdims=True)).max() == 0


def test_sixteen_bits_a_channel_come_back(browser: httpx.Client) -> None:
    fine = a_portrait().astype(np.uint16) * 257 + 100  # between two levels of 8 bits

    made = restored(browser, cv2.imencode(".png", fine[..., ::-1])[1].tobytes(), **QUICK, scope="faces")

    assert made.content[24] == 16  # of the PNG's header
    decoded = cv2.imdecode(np.frombuffer(made.content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    deep = decoded[..., ::-1]
    outside = np.ones(fine.shape[:2], bool)
    outside[layer_of(made.job["result"]["faces"][0])] = False
    assert np.array_equal(deep[outside], fine[outside])
    assert (deep % 257 != 100).any()


def test_transparency_comes_back(browser: httpx.Client) -> None:
    alpha = np.full((256, 256, 1), 255, np.uint8)
    alpha[:, :40] = 60

    made = restored(browser, png(np.concatenate((a_portrait(), alpha), axis=2)), **QUICK)

    with Image.open(io.BytesIO(made.content)) as picture:
        assert picture.mode == "RGBA"
        assert np.array_equal(np.asarray(picture)[..., 3:], alpha)


def test_without_a_face_the_whole_picture_is_restored_and_said(browser: httpx.Client) -> None:
    made = restored(browser, png(a_photo(256, 192)), scratches="off", upscale="2")

    result = made.job["result"]
    assert (result["engine"], result["faces"]) == ("gfpgan", [])
    assert {"no_face_found", "enlarged_2x"} <= set(result["notes"])
    assert made.pixels.shape == (384, 512, 3)
    assert made.job["links"]["layers"] is None


def test_a_network_restores_the_background(browser: httpx.Client) -> None:
    photo = png(a_photo(128, 96))
    by_network, by_builtin = (
        restored(browser, photo, scratches="off", upscale="2", background=background)
        for background in ("realesrgan", "gfpgan")
    )

    assert by_network.pixels.shape == (192, 256, 3)
    assert np.abs(by_network.pixels - by_builtin.pixels).max() > 10


def test_a_film_begins_with_the_restored_face(browser: httpx.Client, tmp_path: Path) -> None:
    photo = png(a_portrait())
    films = [
        browser.post(
            "/api/v1/animate",
            files={"file": ("photo.png", photo, "image/png")},
            data={"preset": "nod", "restore_first": wanted},
            headers={"Accept": "video/mp4"},
        )
        for wanted in ("true", "false")
    ]

    assert [film.status_code for film in films] == [200, 200], films[0].text[:500]
    restored_first, as_it_was = (first_frame(film.content, tmp_path) for film in films)
    change = np.abs(restored_first - as_it_was)
    assert change[70:140, 90:160].mean() > 2 * change[200:, :40].mean()  # the face more than a corner


def test_parity_says_which_file_it_needs_for_the_official_result(browser: httpx.Client) -> None:
    answer = send(browser, png(a_portrait()), mode="parity", upscale="1")

    assert (answer.status_code, answer.json()["code"]) == (503, "weights_missing")
    assert "detection_Resnet50_Final.pth" in answer.json()["detail"]


@needs_shared("data/weights")
def test_a_detector_that_arrives_finds_the_faces_from_then_on(story: Story, browser: httpx.Client) -> None:
    photo = png(two_people())
    by_cascades = restored(browser, photo, **QUICK).job["result"]["faces"]
    detector = story.weights_dir / SMALL_DETECTOR

    shutil.copy(SHARED / "data" / "weights" / SMALL_DETECTOR, detector)
    try:
        by_network = restored(browser, photo, **QUICK).job["result"]["faces"]
    finally:
        detector.unlink()

    assert [face["used"] for face in by_network] == [True, True]
    assert [face["score"] for face in by_cascades] == [1.0, 1.0]
    assert all(0.5 < face["score"] < 1.0 for face in by_network)


def test_photos_at_the_same_time_never_mix(browser: httpx.Client) -> None:
    photos = [png(picture) for picture in (a_portrait(), a_portrait()[:, ::-1], two_people())]
    alone = [restored(browser, photo, **QUICK).content for photo in photos]

    with ThreadPoolExecutor(len(photos)) as pool:
        together = list(pool.map(lambda photo: restored(browser, photo, **QUICK).content, photos))

    assert together == alone


def test_a_model_that_is_deleted_is_missed_before_anything_is_queued(
    story: Story, browser: httpx.Client
) -> None:
    with without(story, V14, V13):
        answer = send(browser, png(a_portrait()), engine="gfpgan")
        by_itself = restored(browser, png(a_portrait()), **QUICK)

    assert (answer.status_code, answer.json()["code"]) == (503, "weights_missing")
    assert by_itself.job["engine"] == "builtin"


def test_one_of_several_models_that_is_deleted_is_missed_by_its_name(
    story: Story, browser: httpx.Client
) -> None:
    with without(story, V13):
        answer = send(browser, png(a_portrait()), **QUICK, model="v1.3")

    assert (answer.status_code, answer.json()["code"]) == (503, "weights_missing")
    assert V13 in answer.json()["detail"]


def test_a_file_that_is_cut_short_is_refused_and_never_used(story: Story, browser: httpx.Client) -> None:
    with without(story, V14):
        (story.weights_dir / V14).write_bytes(story.files[V14][:-1000])
        listed = next(one for one in weights(browser) if one["name"] == "v1.4")
        other = restored(browser, png(a_portrait()), **QUICK)
        answer = send(browser, png(a_portrait()), **QUICK, model="v1.4")

    assert (listed["state"], listed["refusal"]) == ("refused", "truncated")
    assert other.job["result"]["model"] == "v1.3"
    assert (answer.status_code, answer.json()["code"]) == (503, "weights_refused")
    assert V14 in answer.json()["detail"]
