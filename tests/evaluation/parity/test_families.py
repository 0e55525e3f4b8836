from pathlib import Path

import pytest

from backend.evaluation.parity.comparing import Outcome
from backend.evaluation.parity.families import check
from backend.evaluation.parity.fixtures import Fixture, find_fixtures
from tests.evaluation.parity.fixture_folder import write_fixture


def test_a_right_result_is_found_right(tmp_path: Path) -> None:
    (fixture,) = find_fixtures(write_fixture(tmp_path / "f"))

    (finding,) = check(fixture)

    assert (finding.fixture, finding.result, finding.outcome) == ("small", "image", Outcome.OK)


def test_a_stage_that_our_network_does_not_show_is_a_miss(tmp_path: Path) -> None:
    (fixture,) = find_fixtures(write_fixture(tmp_path / "f"))
    infos = {**fixture.array_infos, "soul": {"shape": [1], "stored": "full"}}

    findings = check(Fixture(fixture.folder, fixture.name, {**fixture.meta, "arrays": infos}))

    assert [one.outcome for one in findings] == [Outcome.OK, Outcome.MISS]
    assert findings[1].result == "soul"


@pytest.mark.parametrize("meta", [{}, {"network": "somebody.else.Network"}])
def test_an_unknown_kind_is_a_miss_and_no_silence(tmp_path: Path, meta: dict[str, object]) -> None:
    (finding,) = check(Fixture(tmp_path, "novelty", meta))

    assert finding.outcome is Outcome.MISS
    assert "unknown kind" in finding.note


@pytest.mark.parametrize(
    ("change", "said"),
    [({"seed": 4}, "other than"), ({"images": {"input_0": {"file": "gone.png"}}}, "FileNotFoundError")],
)
def test_a_broken_fixture_is_a_miss_that_says_why(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    (fixture,) = find_fixtures(write_fixture(tmp_path / "f"))

    (finding,) = check(Fixture(fixture.folder, fixture.name, {**fixture.meta, **change}))

    assert finding.outcome is Outcome.MISS
    assert said in finding.note
