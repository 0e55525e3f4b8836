"""Files as PaddleGAN writes them, made without Paddle: the three layouts of `.pdparams`."""

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

States = Mapping[str, Mapping[str, Tensor]]


class Leaf:
    """A tensor of `paddle.save`: pickled as a tuple of its own name and an array."""

    def __init__(self, name: str, array: Any) -> None:
        self.pair = (name, array)

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self.pair,)


def as_paddle(state: Mapping[str, Tensor]) -> dict[str, Any]:
    """Paddle's names, as arrays; it counts no batches."""
    return {
        key.replace(".running_mean", "._mean").replace(".running_var", "._variance"): value.numpy()
        for key, value in state.items()
        if not key.endswith("num_batches_tracked")
    }


def plain_pickle(path: Path, states: States, **more: object) -> Path:
    """ppgan's `save`."""
    tables = {part: as_paddle(state) for part, state in states.items()}
    path.write_bytes(pickle.dumps(tables | more, protocol=2))
    return path


def nested(path: Path, states: States, protocol: int = 4) -> Path:
    """`paddle.save` of state dicts in a dict."""
    tables = {
        part: OrderedDict((key, Leaf(f"conv2d_{key}.w_0", array)) for key, array in as_paddle(state).items())
        for part, state in states.items()
    }
    path.write_bytes(pickle.dumps(tables, protocol=protocol))
    return path


def flat(path: Path, state: Mapping[str, Tensor]) -> Path:
    """`paddle.save` of one state dict."""
    table = as_paddle(state)
    names = {key: f"conv2d_{place}.w_0" for place, key in enumerate(table)}
    path.write_bytes(pickle.dumps({**table, "StructuredToParameterName@@": names}, protocol=4))
    return path


def by_numpy_1(path: Path) -> Path:
    """The same plain pickle as numpy 1 writes it, with the old name of its inside."""
    content = path.read_bytes()
    assert b"cnumpy._core.multiarray\n" in content
    path.write_bytes(content.replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n"))
    return path


def by_python_2(path: Path, name: str, values: Any) -> Path:
    """One array as Python 2 writes it: its bytes are a text. Instructions by hand: no Python here can."""
    raw = np.asarray(values, "<f4").tobytes()
    assert len(raw) < 256 and np.asarray(values).ndim == 1
    path.write_bytes(
        b"\x80\x02}U" + bytes((len(name),)) + name.encode()
        + b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        + b"(K\x01K" + bytes((len(raw) // 4,)) + b"\x85cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R"
        + b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89U"
        + bytes((len(raw),)) + raw + b"tbs."
    )  # fmt: skip
    return path
