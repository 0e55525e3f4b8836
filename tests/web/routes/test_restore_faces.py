"""POST /restore with an engine that has faces: its options, what it says of faces, and their layers."""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.engines.api import RestoreOptions, SourcePhoto, no_checkpoint
from backend.engines.fake_gfpgan import FakeGfpgan
from tests.builders import a_photo
from tests.catalogues import GfpganInstalled
from tests.web.studio import (
    Studio,
    Visitor,
    a_file,
    a_guest,
    a_stranger,
    black_photo_bytes,
    open_studio,
    photo_bytes,
)

USUAL: dict[str, Any] = {
    "model": None,
    "mode": "best",
    "scope": "full",
    "background": "gfpgan",
    "fidelity": 0.0,
    "face_ids": None,
}


@pytest.fixture
def visitor(face_studio: Studio) -> Visitor:
    return a_guest(face_studio)


def _pixels(content: bytes) -> np.ndarray[Any, Any]:
    with Image.open(io.BytesIO(content)) as picture:
        return np.asarray(picture.convert("RGB"))


def _expected(**options: Any) -> np.ndarray[Any, Any]:
    photo = SourcePhoto(pixels=a_photo(64, 48))
    return FakeGfpgan().restore(photo, RestoreOptions(**options), no_checkpoint).image


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ({"model": "v1.3"}, {"model": "v1.3"}),
        ({"model": "restoreformer"}, {"model": "restoreformer"}),
        ({"mode": "fast"}, {"mode": "fast"}),
        ({"mode": "parity"}, {"mode": "parity"}),
        ({"scope": "faces"}, {"scope": "faces"}),
        ({"background": "realesrgan"}, {"background": "realesrgan"}),
        ({"background": "none"}, {"background": "none"}),
        ({"fidelity": "0.25"}, {"fidelity": 0.25}),
        ({"face_ids": "1"}, {"face_ids": (1,)}),
        ({"face_ids": "1, 0"}, {"face_ids": (0, 1)}),
        ({"face_ids": "centre"}, {"face_ids": "centre"}),
        ({"face_ids": "all"}, {}),
        ({"colour": "model"}, {"colour": "model"}),
    ],
    ids=str,
)
def test_every_option_of_a_form_reaches_the_engine(
    face_studio: Studio, visitor: Visitor, sent: dict[str, str], meant: dict[str, Any]
) -> None:
    job = visitor.submit(**sent)
    face_studio.work()

    done = visitor.get(job["links"]["self"]).json

    assert done["state"] == "succeeded"
    assert np.array_equal(_pixels(visitor.get(done["links"]["result"]).data), _expected(**meant))


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ({"fidelity": 1, "face_ids": [1]}, {"fidelity": 1.0, "face_ids": (1,)}),
        ({"face_ids": []}, {"face_ids": ()}),
        ({"face_ids": None, "model": None}, {}),
        ({"mode": "fast", "model": "v1"}, {"mode": "fast", "model": "v1"}),
    ],
    ids=str,
)
def test_json_takes_numbers_lists_and_null(
    face_studio: Studio, visitor: Visitor, sent: dict[str, Any], meant: dict[str, Any]
) -> None:
    photo = "data:image/png;base64," + base64.b64encode(photo_bytes()).decode()

    with face_studio.worker():
        answer = visitor.post("/restore", json={"image": photo, **sent})

    assert answer.status_code == 200
    made = base64.b64decode(answer.json["result_base64"].partition(",")[2])
    assert np.array_equal(_pixels(made), _expected(**meant))


def test_a_job_shows_the_options_as_they_can_be_sent_again(face_studio: Studio, visitor: Visitor) -> None:
    first = visitor.submit(fidelity="0.5", face_ids="0", model="v1.2")
    face_studio.work()
    options = visitor.get(first["links"]["self"]).json["options"]

    order = {"source": first["upload_id"], **options}
    again = visitor.post("/restore", json=order, headers={"Prefer": "respond-async"})

    assert {name: options[name] for name in USUAL} == USUAL | {
        "fidelity": 0.5,
        "face_ids": [0],
        "model": "v1.2",
    }
    assert options["engine"] == "gfpgan"
    assert (again.status_code, again.json["options"]) == (202, options)


def test_the_answer_says_which_model_and_which_faces(face_studio: Studio, visitor: Visitor) -> None:
    with face_studio.worker():
        answer = visitor.post("/restore", data={"file": a_file(), "face_ids": "1"}).json

    assert (answer["engine"], answer["model"]) == ("gfpgan", "v1.4")
    assert [(face["id"], face["restored"]) for face in answer["faces"]] == [(0, False), (1, True)]


def test_nobody_in_the_photo_is_a_note_and_no_error(face_studio: Studio, visitor: Visitor) -> None:
    with face_studio.worker():
        answer = visitor.post("/restore", data={"file": a_file(black_photo_bytes())})

    assert (answer.status_code, answer.json["faces"]) == (200, [])
    assert "no_face_found" in answer.json["notes"]


def test_accept_asks_for_the_bytes_with_faces_too(face_studio: Studio, visitor: Visitor) -> None:
    with face_studio.worker():
        answer = visitor.post("/restore", data={"file": a_file()}, headers={"Accept": "image/png"})

    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert np.array_equal(_pixels(answer.data), _expected())


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"model": "v2"}, "/model"),
        ({"mode": "slow"}, "/mode"),
        ({"scope": "hands"}, "/scope"),
        ({"background": "codeformer"}, "/background"),
        ({"fidelity": "1.01"}, "/fidelity"),
        ({"fidelity": "nan"}, "/fidelity"),
        ({"fidelity": "high"}, "/fidelity"),
        ({"face_ids": "left"}, "/face_ids"),
        ({"face_ids": ""}, "/face_ids"),
        ({"face_ids": "0,-1"}, "/face_ids"),
        ({"mode": "parity", "fidelity": "0.5"}, "/fidelity"),
        ({"mode": "parity", "scratches": "strong"}, "/scratches"),
        ({"mode": "parity", "colour": "neutral"}, "/colour"),
        ({"mode": "parity", "colour": "keep"}, "/colour"),
        ({"scope": "faces", "background": "realesrgan"}, "/background"),
    ],
    ids=str,
)
def test_an_option_that_cannot_be_is_named(visitor: Visitor, options: dict[str, str], pointer: str) -> None:
    answer = visitor.post("/restore", data={"file": a_file(), **options})

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": pointer, "code": "invalid_option"}]
    assert visitor.get("/api/v1/jobs").json["items"] == []


@pytest.mark.parametrize(
    "face_ids", [True, 7, {"0": 1}, [True], [1.5], ["x"], [[0]], list(range(101))], ids=str
)
def test_json_takes_no_other_faces(visitor: Visitor, face_ids: object) -> None:
    answer = visitor.post("/restore", json={"source": visitor.submit()["upload_id"], "face_ids": face_ids})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/face_ids")


def test_a_face_that_is_not_there_fails_with_its_own_problem(face_studio: Studio, visitor: Visitor) -> None:
    with face_studio.worker():
        answer = visitor.post("/restore", data={"file": a_file(), "face_ids": "7"})

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_option")


@pytest.mark.parametrize("engine", ["auto", "builtin"])
@pytest.mark.parametrize(
    "option",
    [
        ("model", "v1.4"),
        ("mode", "fast"),
        ("scope", "faces"),
        ("background", "none"),
        ("fidelity", "0.1"),
        ("face_ids", "0"),
        ("colour", "model"),
    ],
    ids=str,
)
def test_the_built_in_engine_takes_no_option_of_networks(
    guest: Visitor, engine: str, option: tuple[str, str]
) -> None:
    name, value = option

    answer = guest.post("/restore", data={"file": a_file(), "engine": engine, name: value})

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": f"/{name}", "code": "invalid_option"}]


def test_the_built_in_engine_takes_those_options_at_their_defaults(guest: Visitor) -> None:
    order = {"source": guest.submit()["upload_id"], **USUAL}

    answer = guest.post("/restore", json=order, headers={"Prefer": "respond-async"})

    assert answer.status_code == 202


def test_layers_blend_to_the_result_at_any_fidelity(face_studio: Studio, visitor: Visitor) -> None:
    """What a page's slider shows is what is saved; WebP moves a level or two."""
    job = visitor.submit()
    order = {"source": job["upload_id"], "fidelity": 0.4}
    saved = visitor.post("/restore", json=order, headers={"Prefer": "respond-async"}).json
    face_studio.work()
    done, kept = (visitor.get(one["links"]["self"]).json for one in (job, saved))
    atlas = _pixels(visitor.get(done["links"]["layers"]).data).astype(float)
    shown = _pixels(visitor.get(done["links"]["result"]).data).astype(float)

    for face in done["result"]["faces"]:
        place = face["layer"]
        assert (place["scale"], place["row_width"]) == (1.0, place["width"])
        row = atlas[place["row_y"] : place["row_y"] + place["row_height"]]
        before, after = row[:, : place["row_width"]], row[:, place["row_width"] : 2 * place["row_width"]]
        lines = slice(place["y"], place["y"] + place["height"])
        shown[lines, place["x"] : place["x"] + place["width"]] = 0.6 * after + 0.4 * before

    saved_pixels = _pixels(visitor.get(kept["links"]["result"]).data)
    assert len(done["result"]["faces"]) == 2
    assert np.abs(shown - saved_pixels).mean() < 2.5


def test_a_face_that_was_left_has_no_layer(face_studio: Studio, visitor: Visitor) -> None:
    job = visitor.submit(face_ids="0")
    face_studio.work()

    faces = visitor.get(job["links"]["self"]).json["result"]["faces"]

    assert [face["layer"] is None for face in faces] == [False, True]


def test_without_restored_faces_there_are_no_layers(face_studio: Studio, visitor: Visitor) -> None:
    job = visitor.submit(file=a_file(black_photo_bytes()))
    face_studio.work()

    done = visitor.get(job["links"]["self"]).json

    assert done["links"]["layers"] is None
    assert visitor.get(f"/api/v1/media/{done['media_id']}?variant=layers").status_code == 404


def test_layers_are_their_owners_alone(face_studio: Studio, visitor: Visitor) -> None:
    job = visitor.submit()
    face_studio.work()
    link = visitor.get(job["links"]["self"]).json["links"]["layers"]

    other = a_guest(face_studio).get(link)

    assert (other.status_code, other.json["code"]) == (404, "not_found")
    assert a_stranger(face_studio).get(link).status_code == 401
    assert visitor.get(link).mimetype == "image/webp"


def test_a_jobs_token_opens_its_layers(face_studio: Studio) -> None:
    stranger = a_stranger(face_studio)
    job = stranger.post("/restore", data={"file": a_file()}, headers={"Prefer": "respond-async"}).json
    face_studio.work()

    link = stranger.get(job["links"]["self"]).json["links"]["layers"]

    assert stranger.get(link).status_code == 200


def test_two_callers_at_once_get_their_own_faces(face_studio: Studio) -> None:
    """Each answer is exactly what its own photo and options give, whatever else waits."""
    orders = [(seed, {"model": model}) for seed, model in enumerate(("v1", "v1.2", "v1.3", "v1.4"))]
    visitors = [a_guest(face_studio) for _ in orders]

    jobs = [
        visitor.submit(file=a_file(photo_bytes(seed=seed)), **options)
        for visitor, (seed, options) in zip(visitors, orders, strict=True)
    ]
    with face_studio.worker(), face_studio.worker():
        for visitor, job in zip(visitors, jobs, strict=True):
            face_studio.services.jobs.wait(visitor.owner_id, job["id"], timeout_s=30.0)

    for visitor, job, (seed, options) in zip(visitors, jobs, orders, strict=True):
        done = visitor.get(job["links"]["self"]).json
        photo = SourcePhoto(pixels=a_photo(64, 48, seed))
        expected = FakeGfpgan().restore(photo, RestoreOptions(**options), no_checkpoint).image  # type: ignore[arg-type]  # a test's own words
        assert np.array_equal(_pixels(visitor.get(done["links"]["result"]).data), expected)
        assert done["result"]["model"] == options["model"]


def test_weights_that_went_fail_the_job_by_name(tmp_path: Path) -> None:
    engines = GfpganInstalled()
    studio = open_studio(tmp_path, engines=engines)
    visitor = a_guest(studio)
    job = visitor.submit()
    engines.take_away()
    studio.work()

    done = visitor.get(job["links"]["self"]).json

    studio.database.close()
    assert (done["state"], done["engine"]) == ("failed", "gfpgan")
    assert done["error"]["code"] in ("engine_unavailable", "weights_missing")
