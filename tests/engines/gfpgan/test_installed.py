from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.checkpoints.folder import WeightsFolder
from backend.domain.errors import WeightsMissing, WeightsRefused
from backend.engines.gfpgan.installed import InstalledModels, OwnFiles
from backend.engines.gfpgan.seams import FaceNetwork
from backend.media.types import FloatImage, RgbImage
from backend.networks.parsenet import ParseNet, ParseNetSize
from backend.networks.rrdbnet import RRDBNet, RRDBNetSize
from backend.networks.state import State
from tests.weights_folders import a_folder, an_entry


@dataclass
class Made:
    """A face network that only says what it was made of."""

    model: str
    plain: bool
    weight: float

    def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        return []


@dataclass
class Maker:
    made: list[Made] = field(default_factory=list)

    def __call__(self, state: State, *, model: str, plain: bool) -> FaceNetwork:
        self.made.append(Made(model, plain, float(state["weight"])))
        return self.made[-1]


def saved(path: Path, state: dict[str, torch.Tensor]) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, path)
    return path.read_bytes()


def a_face_file(directory: Path, model: str, weight: float) -> str:
    """Puts the file there; returns its manifest entry."""
    content = saved(directory / f"{model}.pth", {"weight": torch.tensor(weight)})
    return an_entry(model, f"{model}.pth", content=content, model=model)


def a_background_file(directory: Path, name: str, scale: int) -> str:
    network = RRDBNet(RRDBNetSize(features=8, growth=4, blocks=1, scale=scale))
    content = saved(directory / f"{name}.pth", dict(network.state_dict()))
    return an_entry(name, f"{name}.pth", content=content, role="background")


def models(folder: WeightsFolder, maker: Maker | None = None, own: OwnFiles | None = None) -> InstalledModels:
    cpu = torch.device("cpu")
    return InstalledModels(folder, maker or Maker(), device=cpu, dtype=torch.float32, own=own)


@pytest.fixture
def folder(tmp_path: Path) -> WeightsFolder:
    """v1.3 and v1 are there, v1.4 and the parser are not; both backgrounds are."""
    entries = [
        an_entry(),
        a_face_file(tmp_path, "v1.3", 3.0),
        a_face_file(tmp_path, "v1", 1.0),
        an_entry("parsenet", "parsing_parsenet.pth", role="parser"),
        a_background_file(tmp_path, "realesrgan-x2plus", 2),
        a_background_file(tmp_path, "realesr-general-x4v3", 4),
    ]
    return a_folder(tmp_path, *entries)


def test_the_best_model_that_is_there_is_taken_unless_one_is_named(folder: WeightsFolder) -> None:
    installed = models(folder)

    best, named = installed.face_network(None, "best"), installed.face_network("v1", "best")

    assert best == Made("v1.3", plain=False, weight=3.0)
    assert named == Made("v1", plain=False, weight=1.0)


def test_a_named_model_that_is_missing_is_said_by_its_file(folder: WeightsFolder) -> None:
    with pytest.raises(WeightsMissing) as missing:
        models(folder).face_network("v1.4", "best")

    assert missing.value.params["file"] == "GFPGANv1.4.pth"


def test_without_any_model_the_usual_one_is_missing(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing):
        models(a_folder(tmp_path)).face_network(None, "best")


def test_a_changed_file_is_refused(folder: WeightsFolder) -> None:
    path = folder.directory / "v1.pth"
    path.write_bytes(path.read_bytes()[:-1] + b"?")

    with pytest.raises(WeightsRefused):
        models(folder).face_network("v1", "best")


def test_a_network_is_loaded_once_and_parity_takes_it_plain(folder: WeightsFolder) -> None:
    maker = Maker()
    installed = models(folder, maker)

    with ThreadPoolExecutor(4) as pool:
        same = list(pool.map(lambda _: installed.face_network("v1.3", "best"), range(8)))
    plain = installed.face_network("v1.3", "parity")

    assert all(one is same[0] for one in same)
    assert plain == Made("v1.3", plain=True, weight=3.0)
    assert len(maker.made) == 2


def test_an_own_file_is_taken_and_named(folder: WeightsFolder, tmp_path: Path) -> None:
    own = tmp_path / "own" / "ours.pth"
    saved(own, {"weight": torch.tensor(7.0)})

    network = models(folder, own=OwnFiles(face=own)).face_network("v1.4", "best")

    assert network == Made("ours.pth", plain=False, weight=7.0)


def test_without_its_file_there_is_no_parser(folder: WeightsFolder) -> None:
    assert models(folder).face_parser("best") is None
    assert models(folder).face_parser("parity") is None


def test_an_own_parser_is_taken(folder: WeightsFolder, tmp_path: Path) -> None:
    own = tmp_path / "own" / "parser.pth"
    saved(own, dict(ParseNet(ParseNetSize((8, 8), 1, (8,), 5)).state_dict()))

    parser = models(folder, own=OwnFiles(parser=own)).face_parser("best")

    assert parser is not None
    assert parser([np.zeros((512, 512, 3), np.uint8)])[0].shape == (512, 512)


def test_fast_takes_the_quick_background_and_best_the_better_one(folder: WeightsFolder) -> None:
    installed = models(folder)

    assert installed.enlarger("best").scale == 2
    assert installed.enlarger("fast").scale == 4


@pytest.mark.parametrize("mode", ["best", "fast"])
def test_one_background_does_for_both(tmp_path: Path, mode: str) -> None:
    folder = a_folder(
        tmp_path,
        a_background_file(tmp_path, "realesrgan-x2plus", 2),
        an_entry("realesr-general-x4v3", "realesr-general-x4v3.pth", role="background"),
    )

    assert models(folder).enlarger(mode).scale == 2  # type: ignore[arg-type]  # parametrised


def test_missing_backgrounds_and_detectors_are_said(tmp_path: Path) -> None:
    folder = a_folder(
        tmp_path,
        an_entry("realesrgan-x2plus", "x2plus.pth", role="background"),
        an_entry("realesr-general-x4v3", "x4v3.pth", role="background"),
        an_entry("retinaface-r50", "r50.pth", role="detector"),
    )
    installed = models(folder)

    for ask in (lambda: installed.enlarger("best"), installed.official_enlarger, installed.official_finder):
        with pytest.raises(WeightsMissing):
            ask()


def test_the_official_background_is_the_official_enlarger(folder: WeightsFolder) -> None:
    enlarged = models(folder).official_enlarger()(np.full((20, 30, 3), 99, np.uint8), 2)

    assert enlarged.shape == (40, 60, 3)


def test_what_a_manifest_leaves_out_is_missing(tmp_path: Path) -> None:
    installed = models(a_folder(tmp_path, an_entry()))

    assert installed.face_parser("best") is None
    for ask in (
        lambda: installed.face_network("v1", "best"),
        lambda: installed.enlarger("best"),
        installed.official_finder,
    ):
        with pytest.raises(WeightsMissing):
            ask()
