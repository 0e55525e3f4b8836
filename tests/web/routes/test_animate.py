"""POST /animate: the expression travels with the request."""

import base64
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from backend.media.film import FilmWriter
from tests.presets import NUMBERS
from tests.web.studio import ORIGIN, Studio, Visitor, a_file, a_guest, black_photo_bytes

NO_ID = "01900000-0000-7000-8000-000000000000"


@pytest.mark.parametrize("path", ["/animate", "/api/v1/animate"])
def test_a_form_is_answered_with_json_and_base64(studio: Studio, guest: Visitor, path: str) -> None:
    with studio.worker():
        answer = guest.post(path, data={"file": a_file(), "preset": "nod"})

    assert answer.status_code == 200
    head, _, encoded = answer.json["result_base64"].partition(",")
    assert head == "data:video/mp4;base64"
    assert base64.b64decode(encoded)[4:8] == b"ftyp"
    assert (answer.json["preset"], answer.json["fps"], answer.json["frames"]) == ("nod", 10.0, 5)
    assert answer.json["faces"][0]["animated"] is True


def test_accept_asks_for_the_bytes(studio: Studio, guest: Visitor) -> None:
    with studio.worker():
        answer = guest.post("/animate", data={"file": a_file()}, headers={"Accept": "video/mp4"})

    assert (answer.status_code, answer.mimetype) == (200, "video/mp4")
    assert answer.data[4:8] == b"ftyp"


def test_accept_names_another_format(guest: Visitor) -> None:
    answer = guest.post(
        "/animate",
        data={"file": a_file()},
        headers={"Accept": "image/gif", "Prefer": "respond-async"},
    )

    assert answer.json["options"]["format"] == "gif"


def test_accept_must_not_contradict_the_format(guest: Visitor) -> None:
    answer = guest.post(
        "/animate", data={"file": a_file(), "format": "mp4"}, headers={"Accept": "video/webm"}
    )

    assert answer.status_code == 406


@pytest.mark.parametrize(("slug", "number"), NUMBERS.items())
def test_numbers_of_the_first_prototype_are_presets(guest: Visitor, slug: str, number: int) -> None:
    by_text = guest.submit("/animate", preset=str(number))
    upload_id = by_text["upload_id"]
    by_number = guest.post(
        "/animate", json={"source": upload_id, "preset": number}, headers={"Prefer": "respond-async"}
    )

    assert (by_text["options"]["preset"], by_number.json["options"]["preset"]) == (slug, slug)


def test_the_first_preset_is_meant_when_none_is_named(guest: Visitor) -> None:
    assert guest.submit("/animate")["options"]["preset"] == "smile_blink"


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"preset": "moonwalk"}, "/preset"),
        ({"preset": "4"}, "/preset"),
        ({"intensity": "1.6"}, "/intensity"),
        ({"intensity": "nan"}, "/intensity"),
        ({"restore_first": "perhaps"}, "/restore_first"),
        ({"faces": "smallest"}, "/faces"),
        ({"faces": "0,-1"}, "/faces"),
        ({"size": "4k"}, "/size"),
        ({"format": "avi"}, "/format"),
        ({"audio": "driving"}, "/audio"),  # a preset has no sound
        ({"relative": "false"}, "/relative"),  # builtin takes no option of networks
        ({"adapt_scale": "false"}, "/adapt_scale"),
        ({"mode": "fast"}, "/mode"),
        ({"mode": "quick"}, "/mode"),
        ({"mode": "parity", "size": "720"}, "/mode"),
        ({"mode": "parity", "faces": "0:nod"}, "/mode"),
        ({"best_frame": "first"}, "/best_frame"),
        ({"best_frame": "-1"}, "/best_frame"),
        ({"best_frame": "last"}, "/best_frame"),
        ({"best_frame": "3", "relative": "false"}, "/best_frame"),  # contradict each other
        ({"border": "frozen"}, "/border"),  # the command line's
        ({"expression": "mine"}, "/expression"),
        ({"expression": NO_ID, "preset": "nod"}, "/expression"),
        ({"expression": NO_ID, "faces": "0:nod"}, "/faces"),
        ({"value": "3"}, "/value"),
    ],
)
def test_an_option_that_is_not_taken_is_named(guest: Visitor, options: dict[str, str], pointer: str) -> None:
    answer = guest.post("/animate", data={"file": a_file(), **options})

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": pointer, "code": "invalid_option"}]


@pytest.mark.parametrize(("sent", "kept"), [("all", "all"), ("largest", "largest"), ("2, 0,2", [0, 2])])
def test_faces_are_chosen_by_word_or_id(guest: Visitor, sent: str, kept: object) -> None:
    assert guest.submit("/animate", faces=sent)["options"]["faces"] == kept


def test_each_face_has_its_own_preset(studio: Studio, guest: Visitor) -> None:
    job = guest.submit("/animate", faces="2:nod,0:3")
    studio.work()

    done = guest.get(job["links"]["self"]).json

    assert job["options"]["faces"] == {"0": "smile_blink", "2": "nod"}
    assert job["options"]["preset"] is None
    assert (done["state"], done["result"]["preset"]) == ("succeeded", None)


def test_presets_of_faces_in_json_are_an_object(guest: Visitor) -> None:
    upload_id = guest.submit()["upload_id"]

    answer = guest.post(
        "/animate",
        json={"source": upload_id, "faces": {"0": "nod", "1": 12}},
        headers={"Prefer": "respond-async"},
    )

    assert answer.json["options"]["faces"] == {"0": "nod", "1": "shake"}


def test_the_same_photo_with_presets_swapped_is_another_film(studio: Studio, guest: Visitor) -> None:
    with studio.worker():
        films = [
            guest.post("/animate", data={"file": a_file(), "faces": faces}).json["result_base64"]
            for faces in ("0:nod,1:shake", "0:shake,1:nod")
        ]

    assert films[0] != films[1]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"faces": {"0": "nod"}, "preset": "nod"}, "/preset"),
        ({"faces": {"0": "moonwalk"}}, "/faces"),
        ({"faces": {"x": "nod"}}, "/faces"),
        ({"faces": {}}, "/faces"),
        ({"faces": {"0": None}}, "/faces"),
        ({"faces": 3}, "/faces"),
        ({"faces": {"0": "nod"}, "audio": "driving"}, "/audio"),
    ],
)
def test_presets_of_faces_that_cannot_be_are_named(
    guest: Visitor, body: dict[str, object], pointer: str
) -> None:
    source = guest.submit()["upload_id"]

    answer = guest.post("/animate", json={"source": source, **body})

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": pointer, "code": "invalid_option"}]


def test_a_clip_and_presets_of_faces_exclude_each_other(guest: Visitor) -> None:
    answer = guest.post(
        "/animate", data={"file": a_file(), "faces": "0:nod", "driving": a_file(name="clip.mp4")}
    )

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/faces")


def test_a_face_that_is_not_there_is_named(studio: Studio, guest: Visitor) -> None:
    with studio.worker():
        answer = guest.post("/animate", data={"file": a_file(), "faces": "999:nod"})

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": "/faces", "code": "invalid_option"}]


def test_an_engine_that_is_not_installed_is_503(guest: Visitor) -> None:
    answer = guest.post("/animate", data={"file": a_file(), "engine": "first_order", "mode": "parity"})

    assert (answer.status_code, answer.json["code"]) == (503, "engine_unavailable")


def test_nobody_in_the_photo_is_422(studio: Studio, guest: Visitor) -> None:
    with studio.worker():
        answer = guest.post("/animate", data={"file": a_file(black_photo_bytes())})

    assert (answer.status_code, answer.json["code"]) == (422, "no_face_found")


def test_a_clip_that_holds_still_is_422(studio: Studio, guest: Visitor, tmp_path: Path) -> None:
    with FilmWriter(tmp_path / "still.mp4", 32, 32, 10.0) as film:
        film.write(np.full((32, 32, 3), 90, np.uint8))
    clip = (io.BytesIO((tmp_path / "still.mp4").read_bytes()), "still.mp4")

    with studio.worker():
        answer = guest.post("/animate", data={"file": a_file(), "driving": clip})

    assert (answer.status_code, answer.json["code"]) == (422, "no_motion_found")


def test_a_preset_and_a_clip_exclude_each_other(guest: Visitor) -> None:
    answer = guest.post(
        "/animate", data={"file": a_file(), "preset": "nod", "driving": a_file(name="clip.mp4")}
    )

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/preset")


def test_a_clip_that_is_none_is_refused(guest: Visitor) -> None:
    answer = guest.post(
        "/animate", data={"file": a_file(), "driving": a_file(b"#EXTM3U\n/etc/passwd", "clip.mp4")}
    )

    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media")


def test_twenty_at_once_each_get_their_own_preset(studio: Studio) -> None:
    """The first prototype kept the chosen preset in a global and the film in one file."""
    guests = [a_guest(studio) for _ in range(4)]
    slugs = [list(NUMBERS)[index % len(NUMBERS)] for index in range(20)]

    def animate(index: int) -> tuple[str, str]:
        guest = guests[index % len(guests)]
        client = studio.browser(use_cookies=False)
        cookie = guest.client.get_cookie("session")
        assert cookie is not None
        answer = client.post(
            "/animate",
            data={"file": a_file(), "preset": slugs[index]},
            headers={
                "Origin": ORIGIN,
                "X-CSRF-Token": guest.csrf_token,
                "Cookie": f"session={cookie.value}",
            },
        )
        assert answer.status_code == 200, answer.text
        return answer.json["preset"], answer.json["result_base64"]

    with studio.worker(), ThreadPoolExecutor(8) as pool:
        films = list(pool.map(animate, range(20)))

    assert [preset for preset, _ in films] == slugs
    assert len({film for _, film in films}) == len(NUMBERS)
    assert len(set(films)) == len(NUMBERS)
