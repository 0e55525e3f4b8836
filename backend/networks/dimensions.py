"""Dimensions of a network, read from the shapes of its tensors.

Apart from the networks, because each of them builds itself from a state dict, and a file that lacks what the
dimensions are read from must be refused in words, not with a KeyError.
"""

from backend.domain.errors import WeightsRefused
from backend.networks.state import State


def shape_of(state: State, key: str, *, name: str, rank: int) -> tuple[int, ...]:
    """Shape of one tensor.

    name:   of the network, for the message
    raises: WeightsRefused (architecture) where the tensor is missing or has another number of dimensions
    """
    found = tuple(state[key].shape) if key in state else None
    if found is None or len(found) != rank:
        what = "is missing" if found is None else f"has the shape {found}"
        raise WeightsRefused(
            f"this is not the network {name}: {key} {what}", params={"reason": "architecture"}
        )
    return found


def count_blocks(state: State, prefix: str) -> int:
    """How many blocks `prefix.0`, `prefix.1`, ... the state dict has: the highest number plus one."""
    numbers = (key[len(prefix) + 1 :].split(".", 1)[0] for key in state if key.startswith(f"{prefix}."))
    return max((int(number) for number in numbers if number.isdecimal()), default=-1) + 1
