"""For the operator's tools."""

from pathlib import Path

from tests.web.studio import Studio, Visitor, a_stranger, open_studio


def test_the_process_is_alive(stranger: Visitor) -> None:
    assert stranger.get("/healthz").json == {"status": "ok", "checks": {}}


def test_without_a_worker_nothing_is_ready(stranger: Visitor) -> None:
    answer = stranger.get("/readyz")

    assert (answer.status_code, answer.json["code"]) == (503, "not_ready")
    assert answer.json["checks"] == {"database": True, "storage": True, "worker": False}
    assert "Retry-After" in answer.headers


def test_metrics_count_by_route_for_this_machine(stranger: Visitor) -> None:
    stranger.get("/api/v1/presets")
    stranger.client.open("/nothing", method="X" * 50)

    text = stranger.get("/metrics").text

    assert 'jiuying_http_requests_total{method="GET",route="/api/v1/presets",status="200"} 1.0' in text
    assert "XXXX" not in text


def test_metrics_are_not_for_others(tmp_path: Path) -> None:
    studio = open_studio(tmp_path, metrics_token="a metrics token")
    client = a_stranger(studio).client
    elsewhere = {"REMOTE_ADDR": "192.0.2.1"}

    plain = client.get("/metrics", environ_overrides=elsewhere)
    by_proxy = client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"})
    wrong = client.get("/metrics", environ_overrides=elsewhere, headers={"Authorization": "Bearer x"})
    right = client.get(
        "/metrics", environ_overrides=elsewhere, headers={"Authorization": "Bearer a metrics token"}
    )

    assert [a.status_code for a in (plain, by_proxy, wrong, right)] == [403, 403, 403, 200]
    studio.database.close()


def test_without_a_token_no_token_opens_metrics(studio: Studio) -> None:
    answer = studio.browser().get(
        "/metrics",
        environ_overrides={"REMOTE_ADDR": "192.0.2.1"},
        headers={"Authorization": "Bearer None"},
    )

    assert answer.status_code == 403
