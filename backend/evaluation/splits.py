"""Which pictures stand in which column: what was tuned on apart from what was not, FFHQ apart and last."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.evaluation.samples import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Some of the pictures: a column of every table."""

    title: str
    takes: Callable[[Sample], bool]
    is_whole: bool  # all pictures that were tuned on, or all that were not: what the verdict is about


SPLITS = (
    Split(title="tuned on, not FFHQ", takes=lambda s: not (s.is_held_out or s.is_ffhq), is_whole=False),
    Split(title="held out, not FFHQ", takes=lambda s: s.is_held_out and not s.is_ffhq, is_whole=False),
    Split(title="tuned on, FFHQ", takes=lambda s: s.is_ffhq and not s.is_held_out, is_whole=False),
    Split(title="held out, FFHQ", takes=lambda s: s.is_ffhq and s.is_held_out, is_whole=False),
    Split(title="tuned on, all", takes=lambda s: not s.is_held_out, is_whole=True),
    Split(title="held out, all", takes=lambda s: s.is_held_out, is_whole=True),
)
