"""Which failures of torch mean that memory ran out; there is no one class for it.

Kept apart because every network's adapter asks.
"""

import torch

_WORDS = ("out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory")


def is_out_of_memory(error: BaseException) -> bool:
    """True for CUDA's class, Python's own, and the plain RuntimeErrors of the other devices."""
    if isinstance(error, MemoryError | torch.cuda.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _WORDS)
