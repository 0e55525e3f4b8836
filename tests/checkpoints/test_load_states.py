"""First Order Motion's files into two networks' tensors: every layout there is, the same from each."""

import importlib
import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from backend.checkpoints.load import load_state, load_states
from backend.checkpoints.names import FIRST_ORDER, MOTION_ROLE
from backend.domain.errors import WeightsRefused
from backend.networks.first_order.model import FirstOrderModel
from tests.checkpoints import paddle_files
from tests.narrow_motion import NARROW_DETECTOR, motion_file, random_states
from tests.narrow_networks import gfpgan_file
from tests.narrow_weights import MOTION, install, narrow_files, narrow_folder
from tests.shared_data import SHARED, needs_shared

States = dict[str, dict[str, Tensor]]
COUNTER = "num_batches_tracked"


@pytest.fixture
def states() -> States:
    return random_states()


def are_equal(found: States, states: States, *, counters: bool = False) -> bool:
    """To the bit."""
    return list(found) == list(states) and all(
        found[part].keys() == {key for key in state if counters or not key.endswith(COUNTER)}
        and all(torch.equal(found[part][key], state[key]) for key in found[part])
        for part, state in states.items()
    )


def refusal(path: Path, **how: Any) -> WeightsRefused:
    with pytest.raises(WeightsRefused) as caught:
        load_states(path, **how)
    assert caught.value.params["file"] == path.name
    return caught.value


@pytest.mark.parametrize("is_zip", [False, True])
def test_the_official_file_gives_its_two_networks_and_nothing_else(
    tmp_path: Path, states: States, is_zip: bool
) -> None:
    path = tmp_path / "vox-cpk.pth.tar"
    whole = states | {
        "discriminator": {"w": torch.zeros(2)},
        "epoch": 99,
        "optimizer_generator": {"lr": 2e-4},
    }
    torch.save(whole, path, _use_new_zipfile_serialization=is_zip)

    assert are_equal(load_states(path), states, counters=True)


def test_a_converted_file_is_told_by_the_beginnings_of_its_names(tmp_path: Path, states: States) -> None:
    path = tmp_path / "vox.safetensors"
    save_file(
        {f"{part}.{key}": value for part, state in states.items() for key, value in state.items()}, path
    )

    assert are_equal(load_states(path), states, counters=True)


def test_the_three_layouts_of_paddle_give_the_same_tensors(tmp_path: Path, states: States) -> None:
    path = tmp_path / "vox-cpk.pdparams"

    assert are_equal(load_states(paddle_files.plain_pickle(path, states, epoch=3)), states)
    assert are_equal(load_states(paddle_files.by_numpy_1(path)), states)
    assert are_equal(load_states(paddle_files.nested(path, states)), states)
    assert are_equal(load_states(paddle_files.nested(path, states, protocol=2)), states)
    for part, state in states.items():
        found = load_states(paddle_files.flat(path, state), parts=(part,))
        assert are_equal(found, {part: state})


def test_a_trainer_s_file_with_both_in_one_is_taken_apart(tmp_path: Path, states: States) -> None:
    whole = {f"generator.{key}": value for key, value in states["generator"].items()}
    whole |= {f"kp_extractor.{key}": value for key, value in states["kp_detector"].items()}
    path = paddle_files.plain_pickle(tmp_path / "epoch.pdparams", {"Gen_Full": whole, "Dis": {}})

    assert are_equal(load_states(path), states)


def test_what_python_2_wrote_is_read(tmp_path: Path) -> None:
    path = paddle_files.by_python_2(tmp_path / "old.pdparams", "kp.bias", [1.5, -2.0, 3e-9])

    (state,) = load_states(path, parts=("kp_detector",)).values()

    assert torch.equal(state["kp.bias"], torch.tensor([1.5, -2.0, 3e-9]))


def test_networks_of_torch_s_and_of_paddle_s_file_are_equal_to_the_bit(
    tmp_path: Path, states: States
) -> None:
    torch.save(states, tmp_path / "a.pth.tar", _use_new_zipfile_serialization=False)
    paddle_files.nested(tmp_path / "a.pdparams", states)

    ours, theirs = (
        FirstOrderModel.from_states(load_states(tmp_path / name)) for name in ("a.pth.tar", "a.pdparams")
    )

    for one, other in ((ours.generator, theirs.generator), (ours.detector, theirs.detector)):
        assert one.state_dict().keys() == other.state_dict().keys()
        assert all(torch.equal(value, other.state_dict()[key]) for key, value in one.state_dict().items())


def test_an_installed_file_is_found_by_its_role_and_loaded(tmp_path: Path) -> None:
    files = narrow_files(animating=True)
    folder = narrow_folder(tmp_path, "http://127.0.0.1:9", files)
    install(tmp_path, files, MOTION)

    (found,) = folder.find(FIRST_ORDER, MOTION_ROLE)
    model = FirstOrderModel.from_states(load_states(found.path, sha256=found.sha256))

    assert (found.file.name, model.detector.size) == ("vox-cpk", NARROW_DETECTOR)
    assert str(refusal(found.path, sha256="0" * 64).params["reason"]) == "checksum"


def test_a_file_without_one_of_the_networks_says_which(tmp_path: Path, states: States) -> None:
    path = tmp_path / "half.pth.tar"
    torch.save({"generator": states["generator"], "epoch": 1}, path)

    error = refusal(path)

    assert error.params["reason"] == "architecture"
    assert "no kp_detector: expected generator and kp_detector, found epoch, generator" in str(error)


def test_a_file_that_restores_is_refused_where_one_is_to_animate(tmp_path: Path) -> None:
    (tmp_path / "GFPGANv1.4.pth").write_bytes(gfpgan_file())

    error = refusal(tmp_path / "GFPGANv1.4.pth")

    assert error.params["reason"] == "architecture"
    assert "found params_ema" in str(error)


@pytest.mark.parametrize("layout", ["torch", "paddle", "safetensors"])
def test_a_file_that_animates_is_refused_where_one_is_to_restore(
    tmp_path: Path, states: States, layout: str
) -> None:
    path = tmp_path / "vox"
    if layout == "torch":
        path.write_bytes(motion_file())
    elif layout == "paddle":
        paddle_files.nested(path, states)
    else:
        save_file({f"{part}.{key}": value for part in states for key, value in states[part].items()}, path)

    with pytest.raises(WeightsRefused, match="animates and restores nothing") as caught:
        load_state(path)

    assert caught.value.params["reason"] == "architecture"


def test_a_file_that_was_packed_with_tar_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "vox-cpk.pth.tar"
    with tarfile.open(path, "w") as archive:
        content = motion_file()
        entry = tarfile.TarInfo("vox-cpk.pth")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))

    error = refusal(path)

    assert error.params["reason"] == "unreadable"
    assert "made with tar" in str(error) and "not to be unpacked" in str(error)


def test_a_file_that_was_unpacked_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "vox-cpk.pth").mkdir()

    assert "it is a folder; use the file as it was downloaded" in str(refusal(tmp_path / "vox-cpk.pth"))


def test_a_file_that_was_unpacked_and_packed_again_says_what_to_do(tmp_path: Path, states: States) -> None:
    torch.save(states, tmp_path / "a.pth")
    with (
        zipfile.ZipFile(tmp_path / "a.pth") as source,
        zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))

    assert "use the file as it was downloaded" in str(refusal(tmp_path / "b.zip"))


def test_values_that_are_not_numbers_are_refused(tmp_path: Path, states: States) -> None:
    states["generator"]["final.bias"][1] = float("nan")

    error = refusal(paddle_files.nested(tmp_path / "a.pdparams", states))

    assert error.params["reason"] == "unreadable"
    assert "final.bias has values that are not numbers" in str(error)


@needs_shared("parity")
@pytest.mark.parametrize("layout", ["fomm", "pdparams_pickle", "pdparams_nested"])
def test_the_official_layouts_give_what_was_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    monkeypatch.syspath_prepend(SHARED / "parity")
    seeded: Any = importlib.import_module("seeded_weights")
    manifests = SHARED / "parity" / "manifests"
    states = {
        part: seeded.seeded_state_dict(seeded.load_manifest(manifests / f"fomm_{part}_tiny.json"), 1)
        for part in ("generator", "kp_detector")
    }
    seeded.save_official(tmp_path / "a", layout, states)

    found = load_states(tmp_path / "a")

    assert are_equal(found, states, counters=layout == "fomm")
