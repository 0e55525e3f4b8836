"""Where networks run and in which numbers: a choice, made once, from what the machine says it has.

Kept apart from the networks, which never ask. Nothing is switched: no global flag of torch is touched.
"""

from collections.abc import Callable
from pathlib import Path

import torch

from backend.domain.errors import InvalidOption

DEVICES = ("auto", "cpu", "cuda", "mps", "openvino")
PRECISIONS = ("auto", "fp32", "bf16")

_CPU_INFO = Path("/proc/cpuinfo")
_AMPERE = 8  # the first CUDA capability with bfloat16 units


def pick_device(preferred: str) -> torch.device:
    """Where torch computes.

    preferred: one of DEVICES; "auto" takes the graphics processor where there is one; "openvino" is the
               processor, where torch runs what OpenVINO is not for
    raises: InvalidOption, for another name or a device this machine has not
    """
    present: dict[str, Callable[[], bool]] = {
        "cuda": torch.cuda.is_available,
        "mps": torch.backends.mps.is_available,
        "cpu": lambda: True,
    }
    if preferred == "openvino":
        return torch.device("cpu")
    if preferred == "auto":
        return torch.device(next(name for name, is_present in present.items() if is_present()))
    if preferred not in present:
        raise InvalidOption(f"device must be one of {', '.join(DEVICES)}, not {preferred}", option="device")
    if not present[preferred]():
        raise InvalidOption(f"this machine has no {preferred} device", option="device")
    return torch.device(preferred)


def pick_precision(
    device: torch.device, preferred: str, *, has_fast_bfloat16: Callable[[torch.device], bool] | None = None
) -> torch.dtype:
    """preferred: one of PRECISIONS; "auto" takes bfloat16 where the device is really faster at it.

    has_fast_bfloat16: None asks the device
    raises:            InvalidOption, for another name, and for "fp16", whose range GFPGAN leaves (faces of
                       one flat colour: issue 483 of its repository)
    """
    if preferred == "fp16":
        raise InvalidOption("fp16 breaks GFPGAN; take bf16 or fp32", option="precision")
    if preferred not in PRECISIONS:
        raise InvalidOption(
            f"precision must be one of {', '.join(PRECISIONS)}, not {preferred}", option="precision"
        )
    if preferred == "auto":
        return torch.bfloat16 if (has_fast_bfloat16 or is_fast_at_bfloat16)(device) else torch.float32
    return torch.bfloat16 if preferred == "bf16" else torch.float32


def is_fast_at_bfloat16(device: torch.device) -> bool:
    """Whether it multiplies bfloat16 in hardware. Others can too, more slowly than float32."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device)[0] >= _AMPERE
    return device.type == "cpu" and _processor_has_bfloat16(_CPU_INFO)


def _processor_has_bfloat16(cpu_info: Path) -> bool:
    """cpu_info: Linux's list of what the processor can; where there is none the answer is no."""
    try:
        words = cpu_info.read_text(encoding="ascii", errors="ignore").split()
    except OSError:
        return False
    return "avx512_bf16" in words or "amx_bf16" in words
