"""From the tables of a model file to the tensors of a network, or of the several networks in it.

What training programs put around them goes: wrappers, prefixes, Paddle's names. Apart from the networks,
which say whether these tensors are theirs.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from backend.checkpoints.pickled_array import PickledArray
from backend.checkpoints.reading import read_file, refused

_WRAPPERS: Final = (
    "params_ema",
    "params",
    "state_dict",
)  # the average over training first: it is the better one
_FIRST_ORDER: Final = ("generator", "kp_detector")
_PADDLE_TRAINER: Final = "Gen_Full"  # PaddleGAN's trainer: both networks in one, under names of its own
_OTHER_NAMES: Final = {"kp_detector": "kp_extractor"}  # in that one
_PADDLE_NAMES: Final = {"._mean": ".running_mean", "._variance": ".running_var"}
_PADDLE_LIST: Final = "StructuredToParameterName@@"  # what Paddle calls each tensor itself
_MOST_NAMED, _LONGEST_NAME = 4, 60  # of what a file has, in a message


def load_state(path: Path, *, sha256: str | None = None) -> dict[str, Tensor]:
    """The tensors of a checkpoint of one network by name, on the CPU, without what it is wrapped in.

    Reads torch's two formats and safetensors. Of several sets of parameters the averaged one is taken;
    `module.` goes from names; of a Lightning file of RestoreFormer only the network itself remains.

    sha256:  what the file must have; None = a file that its owner has named
    returns: tensors that may be backed by the file itself, to be read only
    raises:  WeightsMissing; WeightsRefused with reason "truncated", "checksum", "unsafe", "unreadable", or
             "architecture" for a file of the First Order Motion Model, which holds two networks
    """
    table = _table(path, read_file(path, sha256=sha256))
    for wrapper in _WRAPPERS:
        if isinstance(table.get(wrapper), Mapping):
            table = _table(path, table[wrapper])
            break
    if any(_part(table, name) for name in _FIRST_ORDER):
        raise refused(
            path,
            "architecture",
            "it is a file of the First Order Motion Model, which animates and restores nothing",
        )
    if any(isinstance(value, (PickledArray, tuple)) for value in table.values()):
        raise refused(
            path, "unreadable", "it is a file of Paddle; of those only First Order Motion's are read"
        )
    state = _state(path, table)
    own = "vqvae."  # RestoreFormer's Lightning module: the network beside its losses
    if any(name.startswith(own) for name in state):
        return {name.removeprefix(own): value for name, value in state.items() if name.startswith(own)}
    return state


def load_states(
    path: Path, *, sha256: str | None = None, parts: Sequence[str] = _FIRST_ORDER
) -> dict[str, dict[str, Tensor]]:
    """The tensors of several networks in one checkpoint, by part and name, on the CPU; nothing else of it.

    Reads what `load_state` reads, and Paddle's files in the layouts of PaddleGAN. A part is a table of that
    name, or all names that begin with it and a point; where one part alone is asked for, a file of one
    network is that. Paddle's names become torch's; its tensors lie as torch's do, but for linear layers, and
    these networks have none.

    sha256:  what the file must have; None = a file that its owner has named
    returns: tensors that may be backed by the file itself, to be read only
    raises:  as `load_state`; reason "architecture" where a part is not there
    """
    table = _table(path, read_file(path, sha256=sha256))
    found: dict[str, dict[str, Tensor]] = {}
    for part in parts:
        own = _part(table, part)
        if not own and len(parts) == 1 and _is_flat(table):
            own = table
        if not own:
            there = ", ".join(name[:_LONGEST_NAME] for name in sorted(table)[:_MOST_NAMED]) + (
                ", ..." if len(table) > _MOST_NAMED else ""
            )
            raise refused(
                path, "architecture", f"it has no {part}: expected {' and '.join(parts)}, found {there}"
            )
        found[part] = _state(path, own)
    return found


def _table(path: Path, loaded: object) -> Mapping[str, object]:
    if not isinstance(loaded, Mapping) or not all(isinstance(name, str) for name in loaded):
        raise refused(path, "unreadable", "it holds no table of parameters")
    return loaded


def _part(table: Mapping[str, object], part: str) -> Mapping[str, object]:
    """One network's own table; empty where it is not there."""
    own = table.get(part)
    if isinstance(own, Mapping):
        return own
    trainer = table.get(_PADDLE_TRAINER)
    whole = trainer if isinstance(trainer, Mapping) else table
    for name in (part, _OTHER_NAMES.get(part, part)):
        inner = {
            str(key).removeprefix(f"{name}."): value
            for key, value in whole.items()
            if str(key).startswith(f"{name}.")
        }
        if inner:
            return inner
    return {}


def _is_flat(table: Mapping[str, object]) -> bool:
    return any(isinstance(value, (Tensor, PickledArray)) for value in table.values())


def _state(path: Path, table: Mapping[str, object]) -> dict[str, Tensor]:
    state: dict[str, Tensor] = {}
    room = path.stat().st_size  # one array under many names would be more than there is in the file
    for name, value in _table(path, table).items():
        if name == _PADDLE_LIST:
            continue
        array = value[1] if isinstance(value, tuple) and len(value) == 2 else value
        if isinstance(array, PickledArray) and array.value is not None:
            room -= array.value.nbytes
            if room < 0:
                raise refused(path, "unreadable", "it has fewer numbers than names for them")
            array = torch.tensor(array.value)
        if not isinstance(array, Tensor):
            raise refused(path, "unreadable", f"{name} is no tensor")
        if not _is_plain(array):
            raise refused(path, "unreadable", f"{name} is no plain table of numbers")
        if array.is_floating_point() and not _is_finite(array):
            raise refused(path, "unreadable", f"{name} has values that are not numbers")
        state[_torch_name(name)] = array
    if not state:
        raise refused(path, "unreadable", "it holds no tensors")
    return state


def _torch_name(name: str) -> str:
    name = name.removeprefix("module.")
    for paddle, torch_ in _PADDLE_NAMES.items():
        if name.endswith(paddle):
            return name.removesuffix(paddle) + torch_
    return name


def _is_plain(value: Tensor) -> bool:
    """False for what torch also saves and no network of ours can calculate with."""
    is_whole = value.device.type == "cpu" and value.layout is torch.strided
    return is_whole and not value.is_quantized and not value.is_complex()


def _is_finite(value: Tensor) -> bool:
    # Tens of times quicker than isfinite().all(); neither of the two is finite where one value is not.
    return value.numel() == 0 or all(end.isfinite().item() for end in torch.aminmax(value.float()))
