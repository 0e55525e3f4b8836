"""Jobs over HTTP: showing, polling, listing, stopping, retrying."""

from tests.web.studio import Studio, Visitor, a_file, black_photo_bytes


def test_a_job_says_everything_the_page_shows(studio: Studio, guest: Visitor) -> None:
    job_id = guest.submit("/animate", preset="shake", intensity="0.5")["id"]
    studio.work()

    job = guest.get(f"/api/v1/jobs/{job_id}").json

    assert (job["kind"], job["state"], job["progress"], job["engine"]) == (
        "animate",
        "succeeded",
        1.0,
        "builtin",
    )
    assert job["options"]["intensity"] == 0.5
    assert "options" not in job["options"]
    assert (job["result"]["preset"], job["result"]["frames"]) == ("shake", 5)
    assert job["created_at"].endswith("Z")
    assert guest.get(job["links"]["result"]).status_code == 200
    assert guest.get(job["links"]["original"]).status_code == 200
    assert guest.get(job["links"]["preview"]).mimetype == "image/webp"


def test_polling_an_unchanged_job_is_304(guest: Visitor) -> None:
    address = f"/api/v1/jobs/{guest.submit()['id']}"
    first = guest.get(address)

    again = guest.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.data == b""
    assert int(first.headers["Retry-After"]) >= 1


def test_a_job_that_moved_has_another_etag(studio: Studio, guest: Visitor) -> None:
    address = f"/api/v1/jobs/{guest.submit()['id']}"
    before = guest.get(address).headers["ETag"]
    studio.work()

    after = guest.get(address, headers={"If-None-Match": before})

    assert (after.status_code, after.json["state"]) == (200, "succeeded")
    assert "Retry-After" not in after.headers


def test_a_failed_job_says_why_in_the_callers_language(studio: Studio, guest: Visitor) -> None:
    job_id = guest.submit("/animate", file=a_file(black_photo_bytes()))["id"]
    studio.work()

    error = guest.get(f"/api/v1/jobs/{job_id}", headers={"Accept-Language": "zh-CN"}).json["error"]

    assert (error["code"], error["title"]) == ("no_face_found", "没有找到人脸")


def test_the_list_is_newest_first_and_paged(guest: Visitor) -> None:
    made = [guest.submit()["id"] for _ in range(3)]

    first = guest.get("/api/v1/jobs?limit=2").json
    second = guest.get(f"/api/v1/jobs?limit=2&cursor={first['next_cursor']}").json

    assert [job["id"] for job in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None


def test_the_list_can_leave_out_what_is_over(studio: Studio, guest: Visitor) -> None:
    guest.submit()
    studio.work()
    waiting = guest.submit()["id"]

    jobs = guest.get("/api/v1/jobs?active=1").json["items"]

    assert [job["id"] for job in jobs] == [waiting]


def test_a_bad_query_is_422_and_named(guest: Visitor) -> None:
    for query, pointer in (
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("limit=x", "/limit"),
        ("cursor=%00", "/cursor"),
    ):
        answer = guest.get(f"/api/v1/jobs?{query}")

        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_waiting_job_is_cancelled_at_once(guest: Visitor) -> None:
    job_id = guest.submit()["id"]

    cancelled = guest.post(f"/api/v1/jobs/{job_id}/cancel")

    assert (cancelled.status_code, cancelled.json["state"]) == (200, "cancelled")


def test_a_finished_job_cannot_be_cancelled(studio: Studio, guest: Visitor) -> None:
    job_id = guest.submit()["id"]
    studio.work()

    answer = guest.post(f"/api/v1/jobs/{job_id}/cancel")

    assert (answer.status_code, answer.json["code"]) == (409, "conflict")


def test_a_cancelled_job_can_be_retried(studio: Studio, guest: Visitor) -> None:
    job_id = guest.submit()["id"]
    guest.post(f"/api/v1/jobs/{job_id}/cancel")

    retried = guest.post(f"/api/v1/jobs/{job_id}/retry")
    studio.work()

    assert (retried.status_code, retried.json["state"]) == (202, "queued")
    assert retried.headers["Location"] == f"/api/v1/jobs/{job_id}"
    assert guest.get(f"/api/v1/jobs/{job_id}").json["state"] == "succeeded"


def test_a_job_that_succeeded_cannot_be_retried(studio: Studio, guest: Visitor) -> None:
    job_id = guest.submit()["id"]
    studio.work()

    assert guest.post(f"/api/v1/jobs/{job_id}/retry").status_code == 409


def test_a_full_queue_is_429_for_its_owner_and_503_for_everyone(crowded: list[Visitor]) -> None:
    first, second, third = crowded
    first.submit()
    own_cap = first.post("/restore", data={"file": a_file()})
    second.submit()
    cap_of_all = third.post("/restore", data={"file": a_file()})

    assert (own_cap.status_code, own_cap.json["code"]) == (429, "queue_full")
    assert (cap_of_all.status_code, cap_of_all.json["code"]) == (503, "queue_full")
    assert "Retry-After" in own_cap.headers and "Retry-After" in cap_of_all.headers


def test_the_address_of_no_job_is_404(guest: Visitor) -> None:
    for job_id in ("0190b5a0-0000-7000-8000-000000000000", "not-an-id", "..%2f..%2fetc"):
        answer = guest.get(f"/api/v1/jobs/{job_id}")

        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
