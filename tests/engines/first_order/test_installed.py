"""Networks from the weights folder: the first that is there, once, with its side and its fingerprint."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from backend.checkpoints.folder import WeightsFolder
from backend.domain.errors import WeightsMissing, WeightsRefused
from backend.engines.first_order.fake_network import FakeMotionNetwork
from backend.engines.first_order.installed import InstalledMotion
from backend.engines.first_order.seams import MotionNetwork
from backend.networks.first_order.model import FirstOrderModel
from tests.narrow_motion import motion_file
from tests.weights_folders import a_folder, an_entry

VOX, ADV, LARGE = "vox-cpk", "vox-adv-cpk", "vox-cpk-512-paddle"


a_file = cache(motion_file)  # torch never writes the same bytes twice


@dataclass
class Maker:
    made: list[FakeMotionNetwork] = field(default_factory=list)

    def __call__(
        self, loaded: FirstOrderModel, *, model: str, fingerprint: str, side_px: int
    ) -> MotionNetwork:
        network = FakeMotionNetwork(side_px=side_px, model=model)
        network.fingerprint = fingerprint
        self.made.append(network)
        return network


def an_offer(name: str, content: bytes) -> str:
    return an_entry(
        name, f"{name}.pth.tar", content=content, engine="first_order", role="motion", commercial_use=False
    )


def install(directory: Path, name: str, content: bytes) -> None:
    (directory / f"{name}.pth.tar").write_bytes(content)


@pytest.fixture
def folder(tmp_path: Path) -> WeightsFolder:
    """A manifest of three files, none of which is there."""
    offers = [an_offer(VOX, a_file(1)), an_offer(ADV, a_file(2)), an_offer(LARGE, a_file(3))]
    return a_folder(tmp_path, *offers)


def test_the_first_of_the_manifest_that_is_there_is_taken(folder: WeightsFolder) -> None:
    install(folder.directory, LARGE, a_file(3))
    install(folder.directory, ADV, a_file(2))

    network = InstalledMotion(folder, Maker()).network("best")

    assert (network.model, network.side_px) == (ADV, 256)


def test_only_the_file_of_that_name_takes_large_pictures(folder: WeightsFolder) -> None:
    install(folder.directory, LARGE, a_file(3))

    assert InstalledMotion(folder, Maker()).network("best").side_px == 512


def test_a_file_is_loaded_once_for_every_mode_and_thread(folder: WeightsFolder) -> None:
    install(folder.directory, VOX, a_file(1))
    maker = Maker()
    installed = InstalledMotion(folder, maker)

    with ThreadPoolExecutor(4) as pool:
        networks = list(pool.map(installed.network, ("best", "fast", "parity", "best")))

    assert all(network is networks[0] for network in networks)
    assert len(maker.made) == 1


def test_a_better_file_that_arrives_takes_over(folder: WeightsFolder) -> None:
    installed = InstalledMotion(folder, Maker())
    with pytest.raises(WeightsMissing) as missing:
        installed.network("best")
    install(folder.directory, ADV, a_file(2))
    first = installed.network("best").model

    install(folder.directory, VOX, a_file(1))

    assert missing.value.params["file"] == f"{VOX}.pth.tar"
    assert (first, installed.network("best").model) == (ADV, VOX)


def test_fingerprints_tell_detectors_apart_and_name_files(folder: WeightsFolder, tmp_path: Path) -> None:
    marks: set[str] = set()
    for place, seed in enumerate((1, 1, 2)):
        own = tmp_path / f"own-{place}.pth.tar"
        own.write_bytes(motion_file(seed))
        marks.add(InstalledMotion(folder, Maker(), own=own).network("best").fingerprint)

    assert len(marks) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", mark) for mark in marks)


def test_an_own_file_comes_before_those_of_the_folder(folder: WeightsFolder, tmp_path: Path) -> None:
    install(folder.directory, VOX, a_file(1))
    own = tmp_path / "tuned-512.pth.tar"
    own.write_bytes(a_file(9))

    network = InstalledMotion(folder, Maker(), own=own).network("best")

    assert (network.model, network.side_px) == ("tuned-512.pth.tar", 512)


@pytest.mark.parametrize("name", ["epoch1512.pth.tar", "vox5120.pdparams", "vox.pth.tar"])
def test_another_number_in_the_name_is_not_its_side(folder: WeightsFolder, tmp_path: Path, name: str) -> None:
    own = tmp_path / name
    own.write_bytes(a_file(9))

    assert InstalledMotion(folder, Maker(), own=own).network("best").side_px == 256


def test_a_changed_file_is_refused(folder: WeightsFolder) -> None:
    changed = bytearray(a_file(1))
    changed[-1] ^= 1  # not a byte of one's choice: it might be that already, and often was
    install(folder.directory, VOX, bytes(changed))

    with pytest.raises(WeightsRefused):
        InstalledMotion(folder, Maker()).network("best")


def test_a_manifest_without_such_files_says_so(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="manifest"):
        InstalledMotion(a_folder(tmp_path), Maker()).network("best")
