"""POST /restore in all its forms."""

import base64
import io
from contextlib import ExitStack

import pytest
from PIL import Image

from backend.services.limits import MAX_MASK_BYTES
from backend.web.context import MOST_WAITING, waiting_places
from tests.web.studio import Studio, Visitor, a_file, photo_bytes, size_px


def a_data_uri(content: bytes, mime: str = "image/png") -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def test_a_photo_of_many_network_reads_is_taken(guest: Visitor) -> None:
    grain = io.BytesIO()
    Image.effect_noise((640, 640), 80).save(grain, "PNG")  # does not compress: several hundred kB

    answer = guest.post(
        "/restore",
        data={"file": (io.BytesIO(grain.getvalue()), "grain.png", "image/png")},
        headers={"Prefer": "respond-async"},
    )

    assert len(grain.getvalue()) > 300_000
    assert answer.status_code == 202


@pytest.mark.parametrize("path", ["/restore", "/api/v1/restore"])
def test_a_form_is_answered_with_json_and_base64(studio: Studio, guest: Visitor, path: str) -> None:
    with studio.worker():
        answer = guest.post(path, data={"file": a_file()})

    assert answer.status_code == 200
    head, _, encoded = answer.json["result_base64"].partition(",")
    assert head == "data:image/png;base64"
    assert size_px(base64.b64decode(encoded)) == (128, 96)
    assert answer.json["engine"] == "builtin"
    assert answer.json["notes"] == ["enlarged_2x"]


def test_json_takes_a_data_address(studio: Studio, guest: Visitor) -> None:
    with studio.worker():
        answer = guest.post("/restore", json={"image": a_data_uri(photo_bytes()), "upscale": 1})

    assert answer.status_code == 200
    assert (answer.json["width"], answer.json["height"]) == (64, 48)


def test_source_names_an_upload(studio: Studio, guest: Visitor) -> None:
    upload = guest.post("/api/v1/uploads", data={"file": a_file()}).json

    with studio.worker():
        answer = guest.post("/restore", json={"source": upload["id"]})

    assert answer.status_code == 200


def test_source_names_an_earlier_job(studio: Studio, guest: Visitor) -> None:
    first = guest.submit()
    studio.work()

    second = guest.post(
        "/restore", data={"source": first["id"], "upscale": "1"}, headers={"Prefer": "respond-async"}
    )

    assert second.status_code == 202
    assert second.json["source_job_id"] == first["id"]


@pytest.mark.parametrize(
    ("accept", "mime", "pillow_format"),
    [
        ("image/png", "image/png", "PNG"),
        ("image/jpeg", "image/jpeg", "JPEG"),
        ("image/webp,*/*;q=0.5", "image/webp", "WEBP"),
        ("image/*", "image/png", "PNG"),  # the photo came lossless
    ],
)
def test_accept_asks_for_the_bytes(
    studio: Studio, guest: Visitor, accept: str, mime: str, pillow_format: str
) -> None:
    with studio.worker():
        answer = guest.post("/restore", data={"file": a_file()}, headers={"Accept": accept})

    assert answer.status_code == 200
    assert answer.mimetype == mime
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert picture.format == pillow_format
    assert guest.get(answer.headers["Content-Location"]).data == answer.data


def test_an_answer_nobody_can_read_is_406_and_makes_no_job(guest: Visitor) -> None:
    answer = guest.post(
        "/restore", data={"file": a_file(), "format": "png"}, headers={"Accept": "image/webp"}
    )

    assert answer.status_code == 406
    assert answer.json["code"] == "not_acceptable"
    assert guest.get("/api/v1/jobs").json["items"] == []


def test_prefer_respond_async_answers_at_once(guest: Visitor) -> None:
    answer = guest.post("/restore", data={"file": a_file()}, headers={"Prefer": "respond-async"})

    assert answer.status_code == 202
    assert (answer.json["state"], answer.json["queue_position"]) == ("queued", 0)
    assert answer.headers["Location"] == f"/api/v1/jobs/{answer.json['id']}"
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Preference-Applied"] == "respond-async"


def test_a_job_that_takes_longer_than_a_caller_may_wait_is_202(short_wait: Visitor) -> None:
    answer = short_wait.post("/restore", data={"file": a_file()})

    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers


def test_callers_who_find_no_place_to_wait_are_answered_at_once(studio: Studio, guest: Visitor) -> None:
    """Else a few who wait would hold every thread of the server."""
    with studio.app.app_context(), ExitStack() as waiting:
        for _ in range(MOST_WAITING):
            waiting.enter_context(waiting_places())
        answer = guest.post("/restore", data={"file": a_file()})

    assert answer.status_code == 202


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest",
        "https://example.org/a.png",
        "file:///etc/passwd",
        "gopher://x",
        "/etc/passwd",
        "",
        7,
        ["data:"],
    ],
)
def test_json_takes_no_other_address(guest: Visitor, address: object) -> None:
    answer = guest.post("/restore", json={"image": address})

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": "/image", "code": "invalid_option"}]


@pytest.mark.parametrize(
    "image", ["data:image/png;base64,####", "data:image/png,plain", "data:image/png;base64,AAA"]
)
def test_json_takes_no_broken_base64(guest: Visitor, image: str) -> None:
    assert guest.post("/restore", json={"image": image}).status_code == 422


@pytest.mark.parametrize(
    ("options", "pointers"),
    [
        ({"upscale": "3"}, ["/upscale"]),
        ({"upscale": "2.0"}, ["/upscale"]),
        ({"colour": "sepia", "format": "bmp"}, ["/colour", "/format"]),
        ({"fidelity": "0.5"}, ["/fidelity"]),  # a gfpgan option; the built-in engine does not take it
        ({"no/such~thing": "1"}, ["/no~1such~0thing"]),
        ({"engine": "codeformer"}, ["/engine"]),
        ({"colour": "model"}, ["/colour"]),
    ],
)
def test_an_option_that_is_not_taken_is_named(
    guest: Visitor, options: dict[str, str], pointers: list[str]
) -> None:
    answer = guest.post("/restore", data={"file": a_file(), **options})

    assert answer.status_code == 422
    assert answer.json["code"] == "invalid_option"
    assert sorted(fault["pointer"] for fault in answer.json["errors"]) == pointers


def mask_bytes(width_px: int = 64, height_px: int = 48) -> bytes:
    """A mask of the usual photo, its left half white."""
    mask = Image.new("1", (width_px, height_px))
    mask.paste(1, (0, 0, width_px // 2, height_px))
    content = io.BytesIO()
    mask.save(content, "PNG")
    return content.getvalue()


def test_a_mask_in_a_form_is_what_is_repaired(studio: Studio, guest: Visitor) -> None:
    job = guest.submit(mask=a_file(mask_bytes(), "mask.png"))
    studio.work()

    done = guest.get(job["links"]["self"]).json
    mask = guest.get(done["links"]["mask"])

    assert done["result"]["mask_share"] == 0.5
    assert (done["result"]["photo_width"], done["result"]["photo_height"]) == (64, 48)
    assert mask.mimetype == "image/png"
    with Image.open(io.BytesIO(mask.data)) as picture:
        assert (picture.size, picture.getpixel((31, 0)), picture.getpixel((32, 0))) == ((64, 48), 255, 0)


def test_a_mask_in_json_is_a_data_address(studio: Studio, guest: Visitor) -> None:
    with studio.worker():
        answer = guest.post(
            "/restore", json={"image": a_data_uri(photo_bytes()), "mask": a_data_uri(mask_bytes(32, 24))}
        )

    job = guest.get(f"/api/v1/jobs/{answer.json['job_id']}").json
    assert (answer.json["mask_share"], job["result"]["mask_share"]) == (0.5, 0.5)
    assert guest.get(f"/api/v1/media/{answer.json['media_id']}?variant=mask").status_code == 200


def test_a_photo_that_is_here_is_repaired_by_a_mask_alone(studio: Studio, guest: Visitor) -> None:
    upload = guest.post("/api/v1/uploads", data={"file": a_file()}).json

    again = guest.post(
        "/restore",
        data={"source": upload["id"], "mask": a_file(mask_bytes(), "mask.png")},
        headers={"Prefer": "respond-async"},
    )
    studio.work()

    job = guest.get(again.json["links"]["self"]).json
    assert (job["upload_id"], job["result"]["mask_share"]) == (upload["id"], 0.5)


def test_without_a_mask_there_is_no_link_to_one(studio: Studio, guest: Visitor) -> None:
    job = guest.submit(scratches="off")
    studio.work()

    done = guest.get(job["links"]["self"]).json

    assert (done["links"]["mask"], done["result"]["mask_share"]) == (None, None)


def test_another_guest_does_not_see_the_mask(studio: Studio, guest: Visitor, other_guest: Visitor) -> None:
    job = guest.submit(mask=a_file(mask_bytes(), "mask.png"))
    studio.work()
    link = guest.get(job["links"]["self"]).json["links"]["mask"]

    assert other_guest.get(link).status_code == 404


def test_a_jobs_token_opens_its_mask(studio: Studio, stranger: Visitor) -> None:
    data = {"file": a_file(), "mask": a_file(mask_bytes(), "mask.png")}
    job = stranger.post("/restore", data=data, headers={"Prefer": "respond-async"}).json
    studio.work()

    link = stranger.get(job["links"]["self"]).json["links"]["mask"]

    assert stranger.get(link).status_code == 200


@pytest.mark.parametrize(
    ("content", "options", "pointer"),
    [
        (mask_bytes(48, 64), {}, "/mask"),
        (mask_bytes(128, 96), {}, "/mask"),
        (photo_bytes(64, 48, "JPEG"), {}, "/mask"),
        (b"no picture", {}, "/mask"),
        (mask_bytes(), {"scratches": "strong"}, "/scratches"),
        (mask_bytes(), {"scratches": "off"}, "/scratches"),
    ],
    ids=["turned", "larger", "lossy", "no picture", "look as well", "do not look"],
)
def test_a_mask_that_cannot_be_used_is_named(
    guest: Visitor, content: bytes, options: dict[str, str], pointer: str
) -> None:
    answer = guest.post("/restore", data={"file": a_file(), "mask": a_file(content, "mask.png"), **options})

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": pointer, "code": "invalid_option"}]


@pytest.mark.parametrize("mask", ["https://example.org/mask.png", "", 7, "data:image/png;base64,####"])
def test_a_mask_in_json_has_no_other_address(guest: Visitor, mask: object) -> None:
    answer = guest.post("/restore", json={"image": a_data_uri(photo_bytes()), "mask": mask})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/mask")


def test_a_mask_that_breaks_in_the_middle_is_named_too(studio: Studio, guest: Visitor) -> None:
    grain = io.BytesIO()
    Image.effect_noise((64, 48), 80).save(grain, "PNG")

    with studio.worker():
        answer = guest.post(
            "/restore", data={"file": a_file(), "mask": a_file(grain.getvalue()[:900], "mask.png")}
        )

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"pointer": "/mask", "code": "invalid_option"}]


def test_too_many_bytes_of_a_mask_are_413(guest: Visitor) -> None:
    body = {"image": a_data_uri(photo_bytes()), "mask": a_data_uri(bytes(MAX_MASK_BYTES + 1))}

    answer = guest.post("/restore", json=body)

    assert (answer.status_code, answer.json["code"]) == (413, "image_too_large")


def test_a_film_takes_no_mask(guest: Visitor) -> None:
    answer = guest.post("/animate", data={"file": a_file(), "mask": a_file(mask_bytes(), "mask.png")})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/mask")


def test_a_mask_is_not_uploaded_by_itself(guest: Visitor) -> None:
    answer = guest.post("/api/v1/uploads", data={"file": a_file(mask_bytes()), "kind": "mask"})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/kind")


@pytest.mark.parametrize("options", [{}, {"model": "v1.4"}])
def test_an_engine_that_is_not_installed_is_503(guest: Visitor, options: dict[str, str]) -> None:
    answer = guest.post("/restore", data={"file": a_file(), "engine": "gfpgan", **options})

    assert answer.status_code == 503
    assert answer.json["code"] == "weights_missing"
    assert "GFPGANv1.4.pth" in answer.json["detail"]
    assert answer.headers["Retry-After"] == "3600"


@pytest.mark.parametrize("data", [{}, {"upscale": "2"}, {"file": (io.BytesIO(), "")}])
def test_a_form_without_a_photo_is_malformed(guest: Visitor, data: dict[str, object]) -> None:
    answer = guest.post("/restore", data=data, content_type="multipart/form-data")

    assert answer.status_code == 400
    assert answer.json["code"] == "malformed_request"


def test_two_photos_are_malformed(guest: Visitor) -> None:
    source = "0190b5a0-0000-7000-8000-000000000000"

    assert guest.post("/restore", data={"file": a_file(), "source": source}).status_code == 400


def test_a_field_given_twice_is_refused(guest: Visitor) -> None:
    answer = guest.post("/restore", data={"file": a_file(), "upscale": ["1", "2"]})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/upscale"


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "null", "[" * 100_000])
def test_json_that_is_no_object_is_malformed(guest: Visitor, body: str) -> None:
    answer = guest.post("/restore", data=body, content_type="application/json")

    assert answer.status_code == 400


@pytest.mark.parametrize("content_type", ["text/plain", "image/png", "", "application/xml"])
def test_another_content_type_is_415(guest: Visitor, content_type: str) -> None:
    answer = guest.post("/restore", data=b'{"image": "x"}', content_type=content_type)

    assert answer.status_code == 415
    assert answer.json["code"] == "unsupported_content_type"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 415, "unsupported_media"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported_media"),
        (photo_bytes()[:20], 422, "unreadable_image"),
        (photo_bytes(8, 8), 422, "image_too_small"),
    ],
)
def test_a_file_that_is_no_photo_is_refused(guest: Visitor, content: bytes, status: int, code: str) -> None:
    answer = guest.post("/restore", data={"file": a_file(content)})

    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_photo_that_breaks_in_the_middle_fails_with_its_own_problem(studio: Studio, guest: Visitor) -> None:
    whole = photo_bytes(256, 256)

    with studio.worker():
        answer = guest.post("/restore", data={"file": a_file(whole[: len(whole) // 2])})

    assert answer.status_code == 422
    assert answer.json["code"] == "unreadable_image"
    assert answer.mimetype == "application/problem+json"


def test_too_many_bytes_are_413_in_every_form(small_limits: Visitor) -> None:
    noise = bytes(range(256)) * 1000

    as_file = small_limits.post("/restore", data={"file": a_file(noise)})
    as_json = small_limits.post("/restore", json={"image": a_data_uri(noise)})

    assert [as_file.status_code, as_json.status_code] == [413, 413]
    assert [as_file.json["code"], as_json.json["code"]] == ["image_too_large", "image_too_large"]


def test_a_photo_of_the_largest_size_passes_as_json(small_limits: Visitor) -> None:
    content = photo_bytes(120, 120, "BMP")  # 43,254 bytes of the 50,000 that are allowed

    answer = small_limits.post(
        "/restore", json={"image": a_data_uri(content)}, headers={"Prefer": "respond-async"}
    )

    assert answer.status_code == 202


@pytest.mark.parametrize(
    "name", ["奶奶.png", "我的 照片.v2.jpg", "../../etc/passwd", "a" * 300 + ".png", "   .jpg", "👵🏽.png"]
)
def test_names_that_broke_the_first_prototype_are_taken(guest: Visitor, name: str) -> None:
    assert guest.submit(file=a_file(name=name))["state"] == "queued"
