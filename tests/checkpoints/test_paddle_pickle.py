"""Pickles that must not be believed: nothing of them runs, and none takes more memory than it has bytes."""

import os
import pickle
import struct
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

from backend.checkpoints.load import load_states
from backend.checkpoints.paddle_pickle import read_pickle
from backend.checkpoints.pickled_array import PickledArray, PickleRefused
from backend.domain.errors import WeightsRefused
from tests.checkpoints import paddle_files
from tests.narrow_motion import random_states

HEAD = b"\x80\x02"


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def refusal(path: Path, content: bytes) -> str:
    with pytest.raises(PickleRefused) as caught:
        read_pickle(written(path, content))
    return caught.value.reason


class Calls:
    """Unpickling it calls something."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_file_that_would_run_code_is_refused_and_runs_nothing(tmp_path: Path, protocol: int) -> None:
    trace = tmp_path / "was-here"
    hostile = {"generator": {"w": np.zeros(3, np.float32)}, "extra": Calls(os.system, f"touch {trace}")}

    reason = refusal(tmp_path / "a", pickle.dumps(hostile, protocol=protocol))

    assert reason == "unsafe"
    assert not trace.exists()


@pytest.mark.parametrize(
    "content",
    [
        HEAD + b"cbuiltins\neval\nX\x01\x00\x00\x001\x85R.",  # as Paddle writes tensors of static graphs
        HEAD + b"cnumpy\nload\n.",
        HEAD + b"cnumpy.core.multiarray\n_reconstruct.__globals__\n.",
        HEAD + b"ccollections\nOrderedDict\n)\x81.",
        HEAD + b"(cos\nsystem\no.",
        HEAD + b"(ios\nsystem\n.",
        HEAD + b"X\x01\x00\x00\x00aQ.",
        HEAD + b"\x82\x01.",
    ],
    ids=["eval", "another of numpy's", "inside of an allowed one", "newobj", "obj", "inst", "persid", "ext"],
)
def test_names_and_objects_that_no_weights_need_are_unsafe(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path / "a", content) == "unsafe"


@pytest.mark.parametrize(
    "content",
    [
        HEAD + b"ccollections\nOrderedDict\n}X\x05\x00\x00\x00itemsK\x00sb.",
        HEAD + b"c_codecs\nencode\n(N}X\x08\x00\x00\x00__code__NsK\x00tb.",
        HEAD + b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x05\x00\x00\x00rot13\x86R.",
        HEAD + b"cnumpy\nndarray\nK\x05\x85R.",
        HEAD + b"cbuiltins\ntuple\n]K\x01a\x85R.",
        HEAD + b"K\x01K\x02\x86R.",
        HEAD + b"h\x07.",
        HEAD + b".",
        HEAD + b"}]K\x01s.",
        HEAD + b"t.",
        HEAD + b"\x90.",
        HEAD + b"\xffgarbage",
    ],
    ids=[
        "state of a name",
        "state of a function",
        "another coding",
        "an array called",
        "a tuple of anything",
        "a number called",
        "never kept",
        "nothing",
        "a list for a key",
        "no mark",
        "a set",
        "garbage",
    ],
)
def test_what_makes_no_sense_is_unreadable(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path / "a", content) == "unreadable"


def array_saying(
    shape: bytes, kind: bytes = b"f4", order: bytes = b"<", data: bytes = b"B\x04\x00\x00\x00abcd"
) -> bytes:
    """An array of protocol 3, with what is said of it by hand."""
    text = b"X" + struct.pack("<I", len(kind)) + kind
    return (
        b"\x80\x03cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01"
        + shape
        + b"cnumpy\ndtype\n" + text + b"K\x00K\x01\x87R(K\x03X\x01\x00\x00\x00" + order
        + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89" + data + b"tb."
    )  # fmt: skip


def test_the_array_of_these_tests_is_read_where_all_is_right(tmp_path: Path) -> None:
    found = read_pickle(written(tmp_path / "a", array_saying(b"K\x01\x85")))

    assert isinstance(found, PickledArray) and found.value is not None
    assert found.value.tobytes() == b"abcd"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (array_saying(b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86"), "unreadable"),
        (array_saying(b"J\xff\xff\xff\xff\x85"), "unreadable"),
        (array_saying(b"K\x02\x85"), "unreadable"),
        (array_saying(b"(" + b"K\x01" * 9 + b"t"), "unreadable"),
        (array_saying(b"K\x01\x85", kind=b"O8", data=b"]K\x01a"), "unsafe"),
        (array_saying(b"K\x01\x85", kind=b"V4"), "unreadable"),
        (array_saying(b"K\x01\x85", kind=b"f4,O"), "unreadable"),
        (array_saying(b"K\x01\x85", order=b">"), "unreadable"),
        (array_saying(b"K\x01\x85", data=b"J\xff\xff\xff\x7f"), "unreadable"),
    ],
    ids=[
        "16 exbibytes",
        "negative",
        "too few numbers",
        "nine dimensions",
        "objects",
        "records",
        "records with objects",
        "the other order of bytes",
        "a number for bytes",
    ],
)
def test_arrays_that_are_not_what_they_say_are_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    assert refusal(tmp_path / "a", content) == reason


@pytest.mark.parametrize(
    "content",
    [
        HEAD + b"B\xff\xff\xff\x7fab.",
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7fab.",
        b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7fab.",
        HEAD + b"cnumpy\ndty",
        HEAD + b"}",
    ],
    ids=["2 GiB of bytes", "8 EiB of bytes", "8 EiB of text", "in a name", "no end"],
)
def test_a_file_that_says_more_than_it_has_is_truncated(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path / "a", content) == "truncated"


def test_a_place_far_away_costs_no_memory(tmp_path: Path) -> None:
    assert read_pickle(written(tmp_path / "a", HEAD + b"K\x05r\xff\xff\xff\xff.")) == 5


def test_one_text_made_bytes_again_and_again_is_refused(tmp_path: Path) -> None:
    once = b"h\x00X\x06\x00\x00\x00latin1\x86R"
    text = b"X\x00\x10\x00\x00" + b"a" * 4096 + b"q\x00"
    content = HEAD + text + (b"c_codecs\nencode\n" + once) * 100 + b"."

    assert refusal(tmp_path / "a", content) == "unreadable"


def test_instructions_without_end_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a", HEAD + b"]" * 300_000 + b".") == "unreadable"


def test_one_array_under_many_names_is_refused(tmp_path: Path) -> None:
    array = np.zeros(10_000, np.float32)
    table = {f"layer{place}.weight": array for place in range(100)}
    path = written(tmp_path / "a.pdparams", pickle.dumps(table, protocol=4))

    assert path.stat().st_size < 100_000
    with pytest.raises(WeightsRefused, match="fewer numbers than names") as caught:
        load_states(path, parts=("generator",))
    assert caught.value.params["reason"] == "unreadable"


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.999])
@pytest.mark.parametrize("write", [paddle_files.plain_pickle, paddle_files.nested])
def test_a_file_that_was_cut_short_is_refused(tmp_path: Path, write: Any, share: float) -> None:
    path = write(tmp_path / "a.pdparams", random_states())
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(WeightsRefused) as caught:
        load_states(path)

    assert caught.value.params["reason"] == "truncated"


@hypothesis.given(data=st.data())
@hypothesis.settings(max_examples=80, deadline=None, derandomize=True, database=None)
def test_a_file_with_any_byte_changed_loads_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    table = {"kp.weight": np.arange(12, dtype=np.float32).reshape(3, 4), "kp.bias": np.zeros(3, np.float32)}
    protocol = data.draw(st.sampled_from((2, 4)))
    content = bytearray(pickle.dumps(table, protocol=protocol))
    at = data.draw(st.integers(2, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path = written(tmp_path_factory.mktemp("broken") / "a.pdparams", bytes(content))

    try:
        load_states(path, parts=("kp_detector",))
    except WeightsRefused as error:
        assert error.params["reason"] in ("truncated", "unsafe", "unreadable", "architecture")
