"""Batches of faces, and the ladder down when memory runs out."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from backend.domain.errors import OutOfMemory, WeightsRefused
from backend.engines.gfpgan.face_batches import restore_in_batches
from backend.engines.gfpgan.face_pixels import Batch
from backend.media.types import FloatImage, RgbImage

_FULL = torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")


class _Dimmer:
    """A network that halves values, notes the sizes of its batches, and fails when `fails` says so."""

    def __init__(self, fails: Callable[[int], BaseException | None] = lambda count: None) -> None:
        self.fails = fails
        self.batches: list[int] = []

    def __call__(self, batch: Batch) -> Batch:
        self.batches.append(len(batch))
        error = self.fails(len(batch))
        if error is not None:
            raise error
        return batch / np.float32(2)


def _faces(count: int) -> list[RgbImage | FloatImage]:
    return [np.full((8, 8, 3), 40 + 10 * i, np.uint8) for i in range(count)]


def test_faces_come_back_in_order() -> None:
    network = _Dimmer()

    restored = restore_in_batches(network, _faces(3), at_once=2, spare=None)

    # (v / 127.5 - 1) / 2, stretched again: v / 2 + 63.75
    assert [face[0, 0, 0] for face in restored] == [84, 89, 94]
    assert network.batches == [2, 1]


def test_too_little_memory_halves_the_batch_and_goes_on_where_it_was() -> None:
    network = _Dimmer(lambda count: _FULL if count > 2 else None)

    restored = restore_in_batches(network, _faces(5), at_once=8, spare=None)

    assert network.batches == [5, 4, 2, 2, 1]
    assert [face[0, 0, 0] for face in restored] == [84, 89, 94, 99, 104]


def test_one_face_too_much_goes_to_the_spare() -> None:
    network, spare = _Dimmer(lambda count: _FULL), _Dimmer()

    restored = restore_in_batches(network, _faces(2), at_once=2, spare=spare)

    assert network.batches == [2, 1]
    assert spare.batches == [1, 1]
    assert [face[0, 0, 0] for face in restored] == [84, 89]


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."),
        RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"),
        _FULL,
    ],
)
@pytest.mark.parametrize("has_spare", [True, False])
def test_no_memory_anywhere_is_named(error: BaseException, has_spare: bool) -> None:
    network = _Dimmer(lambda count: error)

    with pytest.raises(OutOfMemory):
        restore_in_batches(network, _faces(1), at_once=4, spare=network if has_spare else None)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_result_without_numbers_is_an_error_and_no_black_face(value: float) -> None:
    def broken(batch: Batch) -> Batch:
        batch[-1, 1, 3, 3] = value
        return batch

    with pytest.raises(WeightsRefused, match="no numbers"):
        restore_in_batches(broken, _faces(2), at_once=2, spare=None)


def test_other_failures_pass_through() -> None:
    network = _Dimmer(lambda count: RuntimeError("shapes do not match"))

    with pytest.raises(RuntimeError, match="shapes"):
        restore_in_batches(network, _faces(2), at_once=2, spare=network)

    assert network.batches == [2]
