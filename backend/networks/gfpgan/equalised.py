"""Tensors of GFPGAN's first two architectures, turned into those of the later one.

They keep weights of unit variance, scaled at each call by 1 / sqrt(fan-in) (Karras et al. 2018), and scale
activations by sqrt(2). Both go into the numbers once, so that one network serves all. Kept apart: it is
arithmetic on names, and nothing of it is left once the network stands.
"""

import math
import re

from torch import Tensor

from backend.networks.state import State

_ROOT2 = math.sqrt(2)

# official name -> name in the clean architecture, gain beyond 1 / sqrt(fan-in); the first that fits is taken
_RULES: tuple[tuple[re.Pattern[str], str, float], ...] = tuple(
    (re.compile(pattern), name, gain)
    for pattern, name, gain in (
        (r"(conv_body_first|final_conv)\.0\.(weight)", r"\1.\2", _ROOT2),
        (r"(conv_body_first|final_conv)\.1\.(bias)", r"\1.\2", _ROOT2),
        (r"(conv_body_(?:down|up)\.\d+\.conv1)\.0\.(weight)", r"\1.\2", _ROOT2),
        (r"(conv_body_(?:down|up)\.\d+\.conv1)\.1\.(bias)", r"\1.\2", _ROOT2),
        # the sqrt(2) of the second convolution and the block's 1 / sqrt(2) cancel
        (r"(conv_body_down\.\d+\.conv2)\.1\.(weight)", r"\1.\2", 1.0),
        (r"(conv_body_down\.\d+\.conv2)\.2\.(bias)", r"\1.\2", 1.0),
        (r"(conv_body_up\.\d+\.conv2)\.activation\.(bias)", r"\1.\2", 1.0),
        (r"(conv_body_down\.\d+\.skip)\.1\.(weight)", r"\1.\2", 1 / _ROOT2),
        (r"(conv_body_up\.\d+\.skip)\.(weight)", r"\1.\2", 1 / _ROOT2),
        (r"(condition_(?:scale|shift)\.\d+\.0)\.(weight|bias)", r"\1.\2", _ROOT2),
        (r"(stylegan_decoder\.style_conv.*)\.activate\.(bias)", r"\1.\2", _ROOT2),
        (r"(stylegan_decoder\.(?:style_conv1|style_convs\.\d+))\.(weight)", r"\1.\2", _ROOT2),  # of the noise
        (r"(stylegan_decoder\.style_mlp)\.(\d+)\.(weight|bias)", r"\1.\2.\3", 0.01 * _ROOT2),
    )
)


def to_clean(state: State) -> dict[str, Tensor]:
    """state: of the original or the bilinear architecture -> the same function's in the clean one.

    Names that no rule knows are kept, for `load_strictly` to refuse. Tensors are new, the input is untouched.
    """
    return dict(_translated(key, tensor) for key, tensor in state.items())


def _translated(key: str, tensor: Tensor) -> tuple[str, Tensor]:
    scale = 1 / math.sqrt(_fan_in_of(key, tensor))
    name = key
    for pattern, clean, gain in _RULES:
        found = pattern.fullmatch(key)
        if found:
            name, scale = found.expand(clean), scale * gain
            break
    if "style_mlp." in name:  # the clean list has an activation of its own after each layer
        name = re.sub(r"mlp\.(\d+)", lambda layer: f"mlp.{2 * int(layer[1]) - 1}", name)
    if key.endswith(".activate.bias"):
        tensor = tensor.reshape(1, -1, 1, 1)
    return name, tensor * scale if scale != 1.0 else tensor


def _fan_in_of(key: str, tensor: Tensor) -> int:
    """1 for what is not a layer's weight: biases, noise, the constant the decoder starts from."""
    if not key.endswith(".weight") or tensor.dim() < 2 or "constant_input" in key:
        return 1
    # a modulated convolution has one dimension more, in front: (1, out, in, k, k)
    return math.prod(tensor.shape[-3:]) if tensor.dim() >= 4 else tensor.shape[-1]
