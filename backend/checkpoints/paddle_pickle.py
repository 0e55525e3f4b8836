"""A file of Paddle read without Paddle, and without running anything that it says.

A pickle is a program. The usual way is to let Python run it and forbid most names; here nothing runs it: its
instructions are read one by one, those that tables of arrays are made of are obeyed, on values of our own,
and at any other the file is refused. Neither a hostile name nor a hostile state of an allowed one can do
harm, and what memory is taken is a small multiple of the file's size.

Three layouts are made of them: a plain pickle of arrays (ppgan's `save`, protocol 2), `paddle.save` of nested
tables (each leaf a name and an array), and `paddle.save` of one table (with a table of names in it).
"""

import mmap
import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

from backend.checkpoints.pickled_array import PickledArray, PickledKind, PickleRefused

_MOST_INSTRUCTIONS = 200_000  # the official files have some thousands; each may take a hundred bytes
_CUT: Final = ("remain", "exhausted", "not enough data", "no newline")  # as pickletools words it


def read_pickle(path: Path) -> object:
    """What the file says: tables, lists, tuples, texts, numbers and `PickledArray`, as they lie in it.

    Values may occur in many places of it: what they take together is not bounded by the file's size.
    raises: PickleRefused; OSError
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        machine = _Machine(len(content))
        try:
            for count, (opcode, argument, _) in enumerate(pickletools.genops(cast(IO[bytes], content))):
                if count == _MOST_INSTRUCTIONS:
                    raise PickleRefused("unreadable", "it has far more instructions than weights need")
                machine.obey(opcode.name, argument)
        except ValueError as error:
            if any(words in str(error) for words in _CUT):
                raise PickleRefused("truncated", "it ends too early") from error
            raise PickleRefused("unreadable", "its contents make no sense") from error
        except (LookupError, TypeError, AttributeError, OverflowError) as error:
            raise PickleRefused("unreadable", "its contents make no sense") from error
    return machine.result


@dataclass(frozen=True, slots=True)
class _Name:
    """A global that the file names. It stands for itself: the real one is never touched."""

    name: str


_NAMES: Final[Mapping[tuple[str, str], str]] = {
    ("numpy.core.multiarray", "_reconstruct"): "array",
    ("numpy._core.multiarray", "_reconstruct"): "array",  # numpy 2
    ("numpy", "ndarray"): "ndarray",
    ("numpy", "dtype"): "dtype",
    ("_codecs", "encode"): "encode",  # how Python 3 writes bytes in protocol 2
    ("collections", "OrderedDict"): "table",
    ("builtins", "tuple"): "tuple",
    ("__builtin__", "tuple"): "tuple",  # its name in protocol 2
}


class _Machine:
    """Obeys instructions, on a stack of its own. Raises whatever Python raises where they make no sense."""

    def __init__(self, file_bytes: int) -> None:
        self.result: object = None
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}
        self._room = file_bytes  # for texts that become bytes: there cannot be more of them than in the file

    def obey(self, name: str, argument: Any) -> None:
        """One instruction, by pickletools' name."""
        if name in _PUSHED:
            self._stack.append(argument)
        elif name in _MADE:
            self._stack.append(_MADE[name]())
        elif name in _ACTIONS:
            _ACTIONS[name](self, argument)
        elif name in _ABOUT_OBJECTS:
            raise PickleRefused("unsafe", "it makes objects that no weights need")
        elif name not in ("PROTO", "FRAME"):
            raise PickleRefused("unreadable", f"it has an instruction that no weights need: {name}")

    def stop(self, _: Any) -> None:
        self.result = self._stack.pop()

    def mark(self, _: Any) -> None:
        self._marks.append(len(self._stack))

    def since_mark(self) -> list[Any]:
        start = self._marks.pop()
        values = self._stack[start:]
        del self._stack[start:]
        return values

    def tuple_since_mark(self, _: Any) -> None:
        self._stack.append(tuple(self.since_mark()))

    def tuple_of(self, count: int) -> None:
        values = tuple(self._stack.pop() for _ in range(count))
        self._stack.append(values[::-1])

    def put(self, place: int | None) -> None:
        self._memo[len(self._memo) if place is None else place] = self._stack[-1]

    def get(self, place: int) -> None:
        self._stack.append(self._memo[place])

    def set_items(self, values: list[Any]) -> None:
        table = self._stack[-1]
        for key, value in zip(values[::2], values[1::2], strict=True):
            if not isinstance(table, dict) or not isinstance(key, (str, int)):
                raise TypeError
            table[key] = value

    def append(self, values: list[Any]) -> None:
        if not isinstance(self._stack[-1], list):
            raise TypeError
        self._stack[-1].extend(values)

    def pop(self, count: int) -> list[Any]:
        return [self._stack.pop() for _ in range(count)][::-1]

    def name(self, module: str, name: str) -> None:
        if (module, name) not in _NAMES:
            raise PickleRefused("unsafe", f"it names {f'{module}.{name}'[:60]!r}, which no weights need")
        self._stack.append(_Name(_NAMES[module, name]))

    def call(self, _: Any) -> None:
        """What a named thing makes of its arguments."""
        callee, arguments = self.pop(2)
        if not isinstance(callee, _Name):
            raise TypeError
        match callee.name, arguments:
            case "array", (_Name("ndarray"), _, _):
                self._stack.append(PickledArray())
            case "dtype", (str() as code, *_):
                self._stack.append(PickledKind(code))
            case "encode", (str() as text, "latin1" | "latin-1"):
                self._stack.append(self._bytes(text))
            case "table", ():
                self._stack.append({})
            case "tuple", ((str() as name, PickledArray() as array),):
                self._stack.append((name, array))
            case _:
                raise TypeError

    def set_state(self, _: Any) -> None:
        """The rest of what an array, or a kind of number, is."""
        thing, state = self.pop(2)
        match thing, state:
            case PickledKind(), (_, str() as order, *_):
                thing.order = order
            case PickledArray(), (_, tuple() as shape, PickledKind() as kind, 0 | 1 as is_fortran, raw):
                data = self._bytes(raw) if isinstance(raw, str) else raw  # text: written by Python 2
                thing.fill(data, shape, kind, "F" if is_fortran else "C")
            case _:
                raise TypeError
        self._stack.append(thing)

    def _bytes(self, text: str) -> bytes:
        self._room -= len(text)
        if self._room < 0:
            raise PickleRefused("unreadable", "it says one thing over and over")
        return text.encode("latin-1")


_PUSHED: Final = frozenset(
    (
        *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
        *("SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "SHORT_BINBYTES", "BINBYTES", "BINBYTES8"),
        *("SHORT_BINSTRING", "BINSTRING"),  # Python 2's, which pickletools reads as latin-1
    )
)
_MADE: Final[Mapping[str, Callable[[], object]]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
}
_ACTIONS: Final[Mapping[str, Callable[[_Machine, Any], None]]] = {
    "STOP": _Machine.stop,
    "MARK": _Machine.mark,
    "TUPLE": _Machine.tuple_since_mark,
    "TUPLE1": lambda machine, _: machine.tuple_of(1),
    "TUPLE2": lambda machine, _: machine.tuple_of(2),
    "TUPLE3": lambda machine, _: machine.tuple_of(3),
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.put,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "SETITEM": lambda machine, _: machine.set_items(machine.pop(2)),
    "SETITEMS": lambda machine, _: machine.set_items(machine.since_mark()),
    "APPEND": lambda machine, _: machine.append(machine.pop(1)),
    "APPENDS": lambda machine, _: machine.append(machine.since_mark()),
    "GLOBAL": lambda machine, argument: machine.name(*argument.split(" ", 1)),
    "STACK_GLOBAL": lambda machine, _: machine.name(*machine.pop(2)),
    "REDUCE": _Machine.call,
    "BUILD": _Machine.set_state,
}
_ABOUT_OBJECTS: Final = frozenset(
    ("INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4", "PERSID", "BINPERSID")
)
