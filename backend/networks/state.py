"""State dicts into networks: strictly, without a second copy, and with words where one does not fit."""

import hashlib
from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

import torch
from torch import Tensor, nn

from backend.domain.errors import WeightsRefused

State: TypeAlias = Mapping[str, Tensor]
"""Parameter name -> tensor, named as in the official files."""

Network = TypeVar("Network", bound=nn.Module)

_MOST_NAMED = 3
_COUNTER = ".num_batches_tracked"


def load_strictly(build: Callable[[], Network], state: State, *, name: str) -> Network:
    """The network that `build` makes, in eval mode, with the tensors of `state` themselves as its parameters.

    state:  float32; of another precision, as people store files to halve them, it is converted. How many
            batches a batch norm has seen may be missing: only training asks, and Paddle does not count
    name:   of the network, for messages
    raises: WeightsRefused (architecture) where a key is missing, unknown, of another shape or of whole
            numbers
    """
    with torch.device("meta"):
        network = build()
    own = network.state_dict()
    counters = {key for key, value in own.items() if key.endswith(_COUNTER) and not value.shape}
    state = {key: torch.zeros((), dtype=torch.int64) for key in counters - state.keys()} | dict(state)
    wanted = {key: tuple(value.shape) for key, value in own.items()}
    found = {key: tuple(value.shape) for key, value in state.items()}
    if wanted != found:
        raise WeightsRefused(
            f"this is not the network {name}: {_difference(wanted, found)}", params={"reason": "architecture"}
        )
    floats = {key: state[key] for key, value in own.items() if value.is_floating_point()}
    if whole := sorted(key for key, value in floats.items() if not value.is_floating_point()):
        raise WeightsRefused(
            f"this is not the network {name}: whole numbers in {_some(whole)}",
            params={"reason": "architecture"},
        )
    converted = state | {key: value.float() for key, value in floats.items()}
    network.load_state_dict(converted, strict=True, assign=True)
    return network.eval().requires_grad_(False)


def _difference(wanted: Mapping[str, tuple[int, ...]], found: Mapping[str, tuple[int, ...]]) -> str:
    missing, unknown = sorted(wanted.keys() - found.keys()), sorted(found.keys() - wanted.keys())
    reshaped = sorted(key for key in wanted.keys() & found.keys() if wanted[key] != found[key])
    parts = [f"expected {len(wanted)} tensors, found {len(found)}"]
    if missing:
        parts.append(f"missing: {_some(missing)}")
    if unknown:
        parts.append(f"unknown: {_some(unknown)}")
    if reshaped:
        shapes = (f"{key} is {found[key]}, expected {wanted[key]}" for key in reshaped[:_MOST_NAMED])
        parts.append("other shapes: " + ", ".join(shapes))
    return "; ".join(parts)


def _some(keys: list[str]) -> str:
    more = len(keys) - _MOST_NAMED
    return ", ".join(keys[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def fingerprint_of(state: State) -> str:
    """SHA-256 of the tensors with their names: the same weights in another file are the same.

    How many batches a batch norm has seen does not count: it changes no result.
    """
    digest = hashlib.sha256()
    for name in sorted(name for name in state if not name.endswith(_COUNTER)):
        digest.update(f"{name}{tuple(state[name].shape)}{state[name].dtype}".encode())
        digest.update(state[name].flatten().contiguous().view(torch.uint8).numpy().data)
    return digest.hexdigest()
