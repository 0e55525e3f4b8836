"""What everyone may see."""

from tests.presets import NUMBERS
from tests.web.studio import Visitor


def test_presets_have_two_names_a_number_and_a_motion_to_draw(stranger: Visitor) -> None:
    answer = stranger.get("/api/v1/presets").json

    assert {item["slug"]: item["number"] for item in answer["items"]} == NUMBERS
    assert answer["next_cursor"] is None
    nod = next(item for item in answer["items"] if item["slug"] == "nod")
    assert nod["names"] == {"zh": "点头", "en": "Nod"}
    assert nod["preview"] == {"fps": 10.0, "channels": {"smile": [0.0, 0.3, 0.6, 0.3, 0.0]}}


def test_engines_say_why_one_is_missing(stranger: Visitor) -> None:
    items = stranger.get("/api/v1/engines").json["items"]

    by_name = {(item["task"], item["name"]): item for item in items}
    assert by_name["restore", "builtin"]["installed"] is True
    assert by_name["restore", "gfpgan"]["reason"] == "weights_missing"
    assert by_name["animate", "first_order"]["needs_weights"] is True


def test_engines_list_their_models_in_the_callers_language(stranger: Visitor) -> None:
    def models(language: str) -> object:
        answer = stranger.get("/api/v1/engines", headers={"Accept-Language": language})
        assert "Accept-Language" in answer.headers["Vary"]
        return next(item["models"] for item in answer.json["items"] if item["name"] == "gfpgan")

    shown = {
        "name": "v1.4",
        "installed": False,
        "weights": "v1.4",
        "licence": "Apache-2.0",
        "commercial_use": True,
        "purpose": "what v1.4 is for",
    }
    assert models("en") == [shown]
    assert models("zh-CN") == [shown | {"purpose": "v1.4 的用途"}]


def test_limits_are_the_settings(small_limits: Visitor) -> None:
    limits = small_limits.get("/api/v1/limits").json

    assert limits["photo"]["max_bytes"] == 50_000
    assert "image/heic" in limits["photo"]["types"]
    assert "image/svg+xml" not in limits["photo"]["types"]
    assert limits["clip"]["max_duration_s"] == 60.0


def test_version_names_the_program(stranger: Visitor) -> None:
    assert stranger.get("/api/v1/version").json == {"name": "jiuying", "version": "1.2.3", "api": "v1"}
