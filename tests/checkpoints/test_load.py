"""Checkpoints into tensors: the layouts there are, and files that must not be believed."""

import hashlib
import importlib
import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from backend.checkpoints.load import load_state
from backend.domain.errors import WeightsMissing, WeightsRefused
from tests.shared_data import SHARED, needs_shared

STATE = OrderedDict(
    {"conv.weight": torch.arange(24.0).reshape(2, 3, 4), "conv.bias": torch.tensor([1.5, -2.0])}
)


def saved(path: Path, value: object, *, legacy: bool = False) -> Path:
    torch.save(value, path, _use_new_zipfile_serialization=not legacy)
    return path


def is_state(found: dict[str, torch.Tensor]) -> bool:
    return list(found) == list(STATE) and all(torch.equal(found[key], STATE[key]) for key in STATE)


def refusal(path: Path, **how: Any) -> str:
    with pytest.raises(WeightsRefused) as caught:
        load_state(path, **how)
    assert caught.value.params["file"] == path.name
    assert str(path.parent) not in str(caught.value)
    return str(caught.value.params["reason"])


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize(
    "wrapped",
    [
        STATE,
        {"params": STATE},
        {"params_ema": STATE},
        {"params": {"conv.weight": torch.zeros(1)}, "params_ema": STATE},
        {"state_dict": STATE, "epoch": 3},
        {f"module.{key}": value for key, value in STATE.items()},
        {
            "state_dict": {f"vqvae.{key}": value for key, value in STATE.items()}
            | {"loss.discriminator.weight": torch.zeros(3)}
        },
    ],
    ids=["bare", "params", "params_ema", "both", "state_dict", "module", "lightning"],
)
def test_every_layout_gives_the_same_tensors(tmp_path: Path, wrapped: object, legacy: bool) -> None:
    assert is_state(load_state(saved(tmp_path / "a.pth", wrapped, legacy=legacy)))


def test_safetensors_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_file(dict(STATE), path)

    found = load_state(path)

    assert all(torch.equal(found[key], STATE[key]) for key in STATE)
    assert found.keys() == STATE.keys()


def test_the_right_checksum_is_accepted(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.pth", STATE)

    assert is_state(load_state(path, sha256=hashlib.sha256(path.read_bytes()).hexdigest()))


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing) as caught:
        load_state(tmp_path / "a.pth")

    assert caught.value.params == {"file": "a.pth"}


class Malicious:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("kind", ["zip", "legacy", "pickle"])
def test_a_file_that_would_run_code_is_refused_and_runs_nothing(tmp_path: Path, kind: str) -> None:
    trace, path = tmp_path / "was-here", tmp_path / "a.pth"
    value = {"params_ema": STATE, "extra": Malicious(trace)}
    if kind == "pickle":
        path.write_bytes(pickle.dumps({"extra": Malicious(trace)}, protocol=2))
    else:
        saved(path, value, legacy=kind == "legacy")

    assert refusal(path) == "unsafe"
    assert not trace.exists()


def test_the_malicious_file_of_these_tests_would_work(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.pth", {"extra": Malicious(tmp_path / "was-here")})

    torch.load(path, weights_only=False)

    assert (tmp_path / "was-here").exists()


def test_a_wrong_checksum_is_told_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "a.pth", STATE)

    def never(*_args: object, **_more: object) -> None:
        raise AssertionError("the file was read")

    monkeypatch.setattr(torch, "load", never)

    assert refusal(path, sha256="0" * 64) == "checksum"


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_file_that_was_cut_short_is_refused(tmp_path: Path, legacy: bool, share: float) -> None:
    path = saved(tmp_path / "a.pth", {"w": torch.arange(10_000.0)}, legacy=legacy)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])

    assert refusal(path) == "truncated"


def test_safetensors_that_were_cut_short_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_file({"w": torch.arange(10_000.0)}, path)
    path.write_bytes(path.read_bytes()[:-100])

    assert refusal(path) == "truncated"


@pytest.mark.parametrize(
    "content",
    [b"<html>Not found</html>", b"\x80\x02garbage", b"GIF89a", bytes(100)],
    ids=["page", "broken pickle", "picture", "zeros"],
)
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.pth"
    path.write_bytes(content)

    assert refusal(path) in ("unreadable", "truncated")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_not_numbers_are_refused(tmp_path: Path, value: float) -> None:
    broken = torch.tensor([1.0, value])

    assert refusal(saved(tmp_path / "m.pth", dict(STATE, broken=broken))) == "unreadable"


def test_files_of_paddle_are_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "GFPGAN.pdparams"
    path.write_bytes(pickle.dumps({"conv.weight": np.zeros(3, np.float32)}, protocol=2))

    with pytest.raises(WeightsRefused, match="Paddle"):
        load_state(path)


@pytest.mark.parametrize("value", [{}, {"epoch": 3}, [torch.zeros(1)], {"params": {"a": 1}}, torch.zeros(3)])
def test_a_checkpoint_without_parameters_is_refused(tmp_path: Path, value: object) -> None:
    assert refusal(saved(tmp_path / "a.pth", value)) == "unreadable"


@pytest.mark.parametrize(
    "value",
    [torch.zeros(3).to_sparse(), torch.zeros(3, dtype=torch.complex64), torch.empty(3, device="meta")],
    ids=["sparse", "complex", "meta"],
)
def test_a_tensor_that_no_network_takes_is_refused(tmp_path: Path, value: torch.Tensor) -> None:
    assert refusal(saved(tmp_path / "a.pth", {"params": {"w": value}})) == "unreadable"


def test_an_archive_of_a_later_format_is_refused(tmp_path: Path) -> None:
    torch.save({"weight": torch.zeros(2)}, tmp_path / "a.pth")
    content = bytearray((tmp_path / "a.pth").read_bytes())
    content[content.find(b"PK\x01\x02") + 6] = 124  # what it takes to unpack: version 12.4
    (tmp_path / "a.pth").write_bytes(content)

    assert refusal(tmp_path / "a.pth") == "unreadable"


def test_a_compressed_archive_is_refused(tmp_path: Path) -> None:
    plain, packed = saved(tmp_path / "a.pth", {"w": torch.zeros(1_000_000)}), tmp_path / "b.pth"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))

    assert packed.stat().st_size < 100_000
    assert refusal(packed) == "unreadable"


@pytest.mark.parametrize("legacy", [False, True])
@hypothesis.given(data=st.data())
@hypothesis.settings(max_examples=30, deadline=None, derandomize=True, database=None)
def test_a_file_with_any_byte_changed_loads_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, legacy: bool, data: st.DataObject
) -> None:
    path = saved(tmp_path_factory.mktemp("broken") / "a.pth", {"params_ema": STATE}, legacy=legacy)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)

    try:
        load_state(path)
    except WeightsRefused as error:
        assert error.params["reason"] in ("truncated", "unsafe", "unreadable")


@needs_shared("data/weights")
def test_a_real_detector_is_read() -> None:
    path = SHARED / "data" / "weights" / "mobilenet0.25_Final.pth"

    state = load_state(path, sha256="ed6fa7d45a5179f03cb5ce82c73b0c6711372968e53782e88395acee88d319e1")

    assert len(state) == 300
    assert sum(value.numel() for value in state.values()) == 433_343


@needs_shared("parity")
@pytest.mark.parametrize("layout", ["params_ema", "params", "params_both", "plain", "module_prefixed"])
def test_the_layouts_of_the_official_files_give_what_was_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    monkeypatch.syspath_prepend(SHARED / "parity")
    seeded: Any = importlib.import_module("seeded_weights")
    manifest = seeded.load_manifest(SHARED / "parity" / "manifests" / "retinaface_mobile025.json")
    state = seeded.seeded_state_dict(manifest, 1)
    seeded.save_official(tmp_path / "a.pth", layout, state)

    found = load_state(tmp_path / "a.pth")

    assert seeded.state_digest(found) == seeded.state_digest(state)
