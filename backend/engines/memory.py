"""Which of the errors that torch and the machine raise mean that there is not enough memory.

Apart from the engines, because each of them answers differently: a smaller batch, a smaller tile, the CPU.
Free of torch, so that an engine that has not loaded it can ask too.
"""

# torch has a class for the memory of devices only; of the CPU's it says these words in a RuntimeError.
_CLASS = "OutOfMemoryError"
_WORDS = ("can't allocate memory", "not enough memory", "out of memory", "could not create a memory object")


def is_out_of_memory(error: BaseException) -> bool:
    """True where less at a time, or another device, could succeed."""
    if isinstance(error, MemoryError) or type(error).__name__ == _CLASS:
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _WORDS)
