"""POST /animate where the engine with weights is installed: its options, and what is known of its films."""

import io
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.engines.fake_first_order import CLIP_CHECKS, MODEL, QUALITY
from backend.media.film import FilmWriter
from tests.web.studio import Studio, Visitor, a_file, a_guest, open_studio
from tests.weights_folders import CONTENT, an_entry

MOTION = an_entry("vox-cpk", "vox-cpk.pth.tar", engine="first_order", role="motion")


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    studio = open_studio(tmp_path, weights_entries=(MOTION,))
    (tmp_path / "weights" / "vox-cpk.pth.tar").write_bytes(CONTENT)
    return studio


@pytest.fixture
def guest(studio: Studio) -> Visitor:
    return a_guest(studio)


@pytest.fixture
def clip_bytes(tmp_path: Path) -> bytes:
    with FilmWriter(tmp_path / "sent.mp4", 32, 32, 10.0) as film:
        for _ in range(6):
            film.write(np.full((32, 32, 3), 90, np.uint8))
    return (tmp_path / "sent.mp4").read_bytes()


def done(studio: Studio, guest: Visitor, **form: object) -> dict[str, Any]:
    """A job that has ended."""
    job = guest.submit("/animate", **form)
    studio.work()
    ended: dict[str, Any] = guest.get(job["links"]["self"]).json
    return ended


def test_auto_is_the_engine_with_weights(studio: Studio, guest: Visitor) -> None:
    job = done(studio, guest, preset="nod")

    assert (job["state"], job["engine"], job["result"]["engine"]) == (
        "succeeded",
        "first_order",
        "first_order",
    )


def test_what_is_known_of_a_film_is_told(studio: Studio, guest: Visitor, clip_bytes: bytes) -> None:
    result = done(studio, guest, driving=(io.BytesIO(clip_bytes), "me.mp4"), best_frame="3")["result"]

    assert result["model"] == MODEL
    assert result["quality"] == asdict(QUALITY)
    assert result["clip_checks"] == [{**asdict(check), "frames": list(check.frames)} for check in CLIP_CHECKS]
    assert {"clip_shaky", "clip_rest_chosen"} <= set(result["notes"])


def test_the_answer_of_a_caller_who_waits_tells_it_too(studio: Studio, guest: Visitor) -> None:
    with studio.worker():
        answer = guest.post("/animate", data={"file": a_file(), "preset": "nod"})

    assert (answer.status_code, answer.json["model"]) == (200, MODEL)
    assert answer.json["quality"] == asdict(QUALITY)
    assert answer.json["clip_checks"] == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"mode": "fast"}, {"mode": "fast"}),
        ({"relative": "false"}, {"relative": False}),
        ({"adapt_scale": "false"}, {"adapt_scale": False}),
        ({"best_frame": "2"}, {"best_frame": 2}),
    ],
)
def test_every_option_makes_another_film(
    studio: Studio, guest: Visitor, sent: dict[str, str], kept: dict[str, object]
) -> None:
    usual = done(studio, guest, preset="nod")

    asked = done(studio, guest, preset="nod", **sent)

    assert kept.items() <= asked["options"].items()
    films = [guest.get(job["links"]["result"]).data for job in (usual, asked)]
    assert films[0] != films[1]


def test_a_best_frame_in_json_is_a_number_or_text(studio: Studio, guest: Visitor) -> None:
    source = done(studio, guest, preset="nod")["upload_id"]

    for sent, kept in ((3, 3), ("3", 3), ("first", "first")):
        answer = guest.post(
            "/animate", json={"source": source, "best_frame": sent}, headers={"Prefer": "respond-async"}
        )
        assert answer.json["options"]["best_frame"] == kept


@pytest.mark.parametrize(("sent", "is_restored"), [({}, True), ({"mode": "parity"}, False)])
def test_the_bare_network_is_given_the_photo_as_it_is(
    studio: Studio, guest: Visitor, sent: dict[str, str], is_restored: bool
) -> None:
    job = done(studio, guest, preset="nod", **sent)

    assert (job["state"], job["options"]["restore_first"]) == ("succeeded", is_restored)


def test_a_photo_is_not_restored_for_the_bare_network(guest: Visitor) -> None:
    answer = guest.post("/animate", data={"file": a_file(), "mode": "parity", "restore_first": "true"})

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": "/restore_first", "code": "invalid_option"}]


def test_a_file_of_weights_that_goes_while_a_job_waits_is_named(
    studio: Studio, guest: Visitor, tmp_path: Path
) -> None:
    job = guest.submit("/animate", preset="nod")
    (tmp_path / "weights" / "vox-cpk.pth.tar").unlink()
    studio.work()

    failed = guest.get(job["links"]["self"]).json

    assert (failed["state"], failed["error"]["code"]) == ("failed", "weights_missing")


def test_a_job_keeps_the_engine_that_auto_stood_for(studio: Studio, guest: Visitor, tmp_path: Path) -> None:
    weights = tmp_path / "weights" / "vox-cpk.pth.tar"
    weights.unlink()
    job = guest.submit("/animate", preset="nod")
    weights.write_bytes(CONTENT)
    studio.work()

    assert guest.get(job["links"]["self"]).json["result"]["engine"] == "builtin"


def test_builtin_asked_for_by_name_takes_none_of_them(guest: Visitor) -> None:
    answer = guest.post("/animate", data={"file": a_file(), "engine": "builtin", "mode": "fast"})

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": "/mode", "code": "invalid_option"}]


def test_the_engine_is_listed_with_its_files(guest: Visitor) -> None:
    engines = guest.get("/api/v1/engines").json["items"]

    listed = next(engine for engine in engines if engine["name"] == "first_order")
    assert (listed["task"], listed["installed"], listed["needs_weights"]) == ("animate", True, True)
    assert [(model["name"], model["weights"], model["installed"]) for model in listed["models"]] == [
        ("vox-cpk", "vox-cpk", True)
    ]


def test_a_photo_is_restored_and_animated_in_one_job_with_one_bar(studio: Studio, guest: Visitor) -> None:
    with studio.worker():
        answer = guest.post("/animate", data={"file": a_file(), "preset": "nod", "restore_first": "true"})

    job = guest.get(f"/api/v1/jobs/{answer.json['job_id']}").json
    assert (job["kind"], job["progress"], job["result"]["engine"]) == ("animate", 1.0, "first_order")
