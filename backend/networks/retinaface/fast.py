"""RetinaFace in the form that runs fastest on a CPU: batch norms folded in, channels last, bf16 where asked.

Apart from the network, because it is no longer bit-equal to the official one.
"""

import copy

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from backend.networks.retinaface.network import RetinaFace


def fast_form(network: RetinaFace, dtype: torch.dtype = torch.float32) -> RetinaFace:
    """A copy that gives the same faces sooner; the network itself stays as it is.

    network: in eval mode
    dtype:   float32 or bfloat16; inputs must have it too
    """
    fast = copy.deepcopy(network)
    for module in [*fast.modules()]:
        _fold(module)
    # torch's own signature wants an inference-only keyword here
    return fast.to(dtype=dtype).to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _fold(parent: nn.Module) -> None:
    """Merge every batch norm into the convolution before it: children stand in the order of their use."""
    before: tuple[str, nn.Module] | None = None
    for name, child in [*parent.named_children()]:
        if isinstance(child, nn.BatchNorm2d) and before is not None and isinstance(before[1], nn.Conv2d):
            setattr(parent, before[0], fuse_conv_bn_eval(before[1], child))
            setattr(parent, name, nn.Identity())
        before = name, child
