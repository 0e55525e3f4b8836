import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from backend.evaluation.parity.fixtures import Fixture, FixtureBroken, find_fixtures
from backend.evaluation.parity.seeded_weights import seeded_state, state_sha256

MANIFEST = [{"key": "w", "shape": [3], "dtype": "float32", "role": "bias"}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests/net.json").write_text(json.dumps({"entries": MANIFEST}))
    inner = tmp_path / "fixtures" / "dev"
    inner.mkdir(parents=True)
    np.savez(inner / "net.npz", image=np.arange(4.0))
    digest = state_sha256(seeded_state(MANIFEST, 7))  # type: ignore[arg-type]  # a literal
    meta = {"seed": 7, "manifest": "manifests/net.json", "state_sha256": digest, "file": "net.npz"}
    (inner / "index.json").write_text(json.dumps({"net": {**meta, "images": {"in": {"file": "in.png"}}}}))
    return tmp_path


@pytest.mark.parametrize("inside", [".", "fixtures", "fixtures/dev"])
def test_fixtures_are_found_from_their_folder_and_from_two_folders_up(folder: Path, inside: str) -> None:
    (one,) = find_fixtures(folder / inside)

    assert one.name == "net"
    assert one.arrays["image"].tolist() == [0, 1, 2, 3]
    assert torch.equal(one.state()["w"], seeded_state(MANIFEST, 7)["w"])  # type: ignore[arg-type]  # a literal


def test_a_folder_without_an_index_is_no_empty_success(tmp_path: Path) -> None:
    with pytest.raises(FixtureBroken, match=r"no index\.json"):
        find_fixtures(tmp_path)


def test_weights_that_come_out_otherwise_are_refused(folder: Path) -> None:
    (one,) = find_fixtures(folder)

    with pytest.raises(FixtureBroken, match="other than"):
        Fixture(one.folder, one.name, {**one.meta, "seed": 8}).state()


def test_a_missing_manifest_is_named(folder: Path) -> None:
    (one,) = find_fixtures(folder)

    with pytest.raises(FixtureBroken, match=r"manifests/other\.json"):
        one.seeded("manifests/other.json", 1)


def test_pictures_come_with_red_first_and_with_their_bits(folder: Path) -> None:
    (one,) = find_fixtures(folder)
    blue_first = np.array([[[1, 2, 30000]]], np.uint16)
    cv2.imwrite(str(one.folder / "in.png"), blue_first)

    picture = one.picture("in")

    assert picture.dtype == np.uint16
    assert picture.tolist() == [[[30000, 2, 1]]]
