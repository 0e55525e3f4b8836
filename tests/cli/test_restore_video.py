"""How the engine is put together for a film; the film itself is restored in `tests/acceptance`."""

from pathlib import Path
from typing import NoReturn

import pytest

from backend.domain.errors import InvalidOption
from backend.engines.api import GfpganSetup
from tests.cli.conftest import Run
from tests.clips import a_clip


@pytest.mark.parametrize(("words", "device"), [((), "mps"), (("--device", "cpu"), "cpu")])
def test_what_is_not_asked_for_is_as_the_settings_have_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], device: str
) -> None:
    setups: list[GfpganSetup] = []

    def assemble(weights: object, setup: GfpganSetup, builtin: object) -> NoReturn:
        setups.append(setup)
        raise InvalidOption("that is all this test wants to know", option="device")

    monkeypatch.setattr("backend.engines.gfpgan.assembly.assemble", assemble)
    monkeypatch.setenv("JIUYING_DEVICE", "mps")
    monkeypatch.setenv("JIUYING_PRECISION", "fp32")
    own = tmp_path / "own.pth"
    own.write_bytes(b"weights")

    run("restore-video", a_clip(tmp_path / "clip.mp4"), "-o", "out.mp4", "--model-path", own, *words)

    assert setups == [GfpganSetup(model_path=own, device=device, precision="fp32")]  # type: ignore[arg-type]  # one of the words
