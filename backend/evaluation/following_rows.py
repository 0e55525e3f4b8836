"""What is wanted of following a clip, and the rows of figures that are held against it."""

from collections.abc import Callable, Sequence

from backend.evaluation.following import DRIVES, FollowFigures
from backend.evaluation.targets import Row, Target

_CROSS_TALK_WANTED = Target(limit=0.1, is_ceiling=True)


def following_rows() -> tuple[Row[FollowFigures], ...]:
    """Three rows for each thing that is moved."""
    return tuple(row for drive in DRIVES for row in _rows_of(drive))


def _rows_of(drive: str) -> tuple[Row[FollowFigures], ...]:
    return (
        Row(
            label=f"`{drive}`: worst cross-talk, share",
            value=_of(drive, lambda each: each.cross_talk, max),
            target=_CROSS_TALK_WANTED,
            form=".2f",
        ),
        Row(
            label=f"`{drive}`: least correlation with the truth",
            value=_of(drive, lambda each: each.correlation, min),
            form=".2f",
        ),
        Row(
            label=f"`{drive}`: mean amplitude read, share",
            value=_of(drive, lambda each: each.amplitude, lambda values: sum(values) / len(values)),
            form=".2f",
        ),
    )


def _of(
    drive: str, value: Callable[[FollowFigures], float], pooled: Callable[[Sequence[float]], float]
) -> Callable[[Sequence[FollowFigures]], float | None]:
    def figure(figures: Sequence[FollowFigures]) -> float | None:
        values = [value(each) for each in figures if each.drive == drive]
        return pooled(values) if values else None

    return figure
