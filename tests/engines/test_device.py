"""Devices and precisions: what auto takes, and what is refused."""

from pathlib import Path

import pytest
import torch

from backend.domain.errors import InvalidOption
from backend.engines.device import (
    _processor_has_bfloat16,
    is_fast_at_bfloat16,
    pick_device,
    pick_precision,
)

CPU = torch.device("cpu")


def test_the_processor_is_always_there() -> None:
    assert pick_device("cpu") == CPU


def test_openvino_is_the_processor_also_beside_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    assert pick_device("openvino") == CPU


def test_auto_takes_the_graphics_processor_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    assert pick_device("auto").type == "cuda"


def test_auto_falls_back_to_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)

    assert pick_device("auto") == CPU


def test_a_device_that_is_not_here_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    with pytest.raises(InvalidOption, match="no cuda device"):
        pick_device("cuda")


@pytest.mark.parametrize("name", ["", "gpu", "CUDA", "tpu"])
def test_unknown_devices_are_refused(name: str) -> None:
    with pytest.raises(InvalidOption, match="device must be one of"):
        pick_device(name)


@pytest.mark.parametrize(("fast", "expected"), [(True, torch.bfloat16), (False, torch.float32)])
def test_auto_precision_follows_the_hardware(fast: bool, expected: torch.dtype) -> None:
    assert pick_precision(CPU, "auto", has_fast_bfloat16=lambda device: fast) == expected


@pytest.mark.parametrize(("name", "dtype"), [("fp32", torch.float32), ("bf16", torch.bfloat16)])
def test_a_named_precision_is_taken(name: str, dtype: torch.dtype) -> None:
    assert pick_precision(CPU, name) == dtype


def test_half_precision_is_refused_with_the_reason() -> None:
    with pytest.raises(InvalidOption, match="fp16 breaks GFPGAN"):
        pick_precision(CPU, "fp16")


def test_unknown_precisions_are_refused() -> None:
    with pytest.raises(InvalidOption, match="precision must be one of"):
        pick_precision(CPU, "int8")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("flags : fpu avx512f avx512_bf16", True), ("flags : amx_bf16", True), ("flags : avx512f avx2", False)],
)
def test_the_processors_list_is_read(tmp_path: Path, flags: str, expected: bool) -> None:
    (tmp_path / "cpuinfo").write_text(flags, encoding="ascii")

    assert _processor_has_bfloat16(tmp_path / "cpuinfo") is expected


def test_no_list_means_no_bfloat16(tmp_path: Path) -> None:
    assert _processor_has_bfloat16(tmp_path / "absent") is False


@pytest.mark.parametrize(("major", "expected"), [(7, False), (8, True), (9, True)])
def test_cuda_is_fast_from_ampere_on(monkeypatch: pytest.MonkeyPatch, major: int, expected: bool) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (major, 0))

    assert is_fast_at_bfloat16(torch.device("cuda")) is expected
