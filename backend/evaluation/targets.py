"""What is wanted of the built-in restorer, and the rows of figures that are held against it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Generic, TypeVar

from backend.evaluation.detection import Match
from backend.evaluation.restoring import CleanFigures, DegradedFigures, ScratchFigures

T = TypeVar("T")

GAIN_WANTED_DB = {
    "mild": 1.2,
    "medium": 0.2,
    "severe": 0.0,
    "noise": 6.0,
    "jpeg 75": 0.0,
    "jpeg": 0.6,
    "jpeg 10": 0.6,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bound: at least `limit`, or at most."""

    limit: float
    is_ceiling: bool = False

    def is_met(self, value: float) -> bool:
        """True where the value is on the right side, or on the bound."""
        return value <= self.limit if self.is_ceiling else value >= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Generic[T]):
    """One figure of a set of pictures. `value` is None where there is nothing to measure."""

    label: str
    value: Callable[[Sequence[T]], float | None]
    target: Target | None = None
    form: str = ".2f"  # how the figure is written, and rounded before it is judged

    def shown(self, value: float) -> str:
        """The figure as it is written."""
        return format(value, self.form)

    def is_met(self, figures: Sequence[T]) -> bool | None:
        """Whether the target is reached; None where there is no target. What cannot be measured misses."""
        if self.target is None:
            return None
        value = self.value(figures)
        return value is not None and self.target.is_met(float(self.shown(value)))


def degraded_rows(group: str) -> tuple[Row[DegradedFigures], ...]:
    """Fidelity to the truth, of the pictures of one group."""
    no_worse, no_more = Target(limit=0.0), Target(limit=0.0, is_ceiling=True)
    return (
        Row(label="PSNR in, dB", value=_mean(lambda each: each.before.psnr_db)),
        Row(label="PSNR out, dB", value=_mean(lambda each: each.after.psnr_db)),
        Row(
            label="mean gain, dB",
            value=_mean(lambda each: each.gain_db),
            target=Target(limit=GAIN_WANTED_DB[group]),
            form="+.2f",
        ),
        Row(
            label="worst picture's gain, dB",
            value=_least(lambda each: each.gain_db),
            target=Target(limit=-0.3),
            form="+.2f",
        ),
        Row(label="SSIM in", value=_mean(lambda each: each.before.ssim), form=".4f"),
        Row(label="SSIM out", value=_mean(lambda each: each.after.ssim), form=".4f"),
        Row(
            label="SSIM change",
            value=_mean(lambda each: each.after.ssim - each.before.ssim),
            target=no_worse,
            form="+.4f",
        ),
        Row(label="GMSD in", value=_mean(lambda each: each.before.gmsd), form=".4f"),
        Row(label="GMSD out", value=_mean(lambda each: each.after.gmsd), form=".4f"),
        Row(
            label="GMSD change",
            value=_mean(lambda each: each.after.gmsd - each.before.gmsd),
            target=no_more,
            form="+.4f",
        ),
        _second_pass(lambda each: each.second_pass_db),
        Row(
            label="pictures left as they are",
            value=lambda figures: sum(each.is_untouched for each in figures),
            form=".0f",
        ),
    )


def clean_rows() -> tuple[Row[CleanFigures], ...]:
    """No harm."""
    return (
        Row(
            label="least PSNR to the photo, dB",
            value=_least(lambda each: each.kept_db),
            target=Target(limit=45.0),
        ),
        Row(label="mean PSNR to the photo, dB", value=_mean(lambda each: each.kept_db)),
        _second_pass(lambda each: each.second_pass_db),
        Row(
            label="pixels painted as scratches",
            value=lambda figures: sum(each.painted_px for each in figures),
            target=Target(limit=0.0, is_ceiling=True),
            form=".0f",
        ),
    )


def scratch_rows() -> tuple[Row[ScratchFigures], ...]:
    """Detection, pooled over the pictures."""
    return (
        *_detection_rows("auto", lambda each: each.auto, Target(limit=0.8), Target(limit=0.6)),
        *_length_rows("auto", lambda each: each.auto_length),
        *_detection_rows("strong", lambda each: each.strong, None, Target(limit=0.8)),
        *_length_rows("strong", lambda each: each.strong_length),
        Row(
            label="specks of dust",
            value=_pooled(lambda each: each.auto, lambda all_: all_.specks),
            form=".0f",
        ),
        _second_pass(lambda each: each.second_pass_db),
    )


def _second_pass(value: Callable[[T], float]) -> Row[T]:
    return Row(
        label="second pass: least PSNR to the first, dB", value=_least(value), target=Target(limit=40.0)
    )


def _mean(value: Callable[[T], float]) -> Callable[[Sequence[T]], float]:
    return lambda figures: fmean(map(value, figures))


def _least(value: Callable[[T], float]) -> Callable[[Sequence[T]], float]:
    return lambda figures: min(map(value, figures))


def _detection_rows(
    mode: str,
    of: Callable[[ScratchFigures], Match],
    precision_wanted: Target | None,
    recall_wanted: Target | None,
) -> tuple[Row[ScratchFigures], ...]:
    precision, recall = _pooled(of, lambda all_: all_.precision), _pooled(of, lambda all_: all_.recall)
    return (
        Row(label=f"`{mode}`: precision", value=precision, target=precision_wanted),
        Row(label=f"`{mode}`: recall", value=recall, target=recall_wanted),
        Row(label=f"`{mode}`: dust found", value=_pooled(of, lambda all_: all_.dust_recall)),
        Row(
            label=f"`{mode}`: dust precision",
            value=_pooled(of, lambda all_: all_.dust_precision),
            target=Target(limit=0.7),
        ),
    )


def _length_rows(mode: str, of: Callable[[ScratchFigures], Match]) -> tuple[Row[ScratchFigures], ...]:
    return (
        Row(label=f"`{mode}`: precision by length", value=_pooled(of, lambda all_: all_.precision)),
        Row(label=f"`{mode}`: recall by length", value=_pooled(of, lambda all_: all_.recall)),
    )


def _pooled(
    of: Callable[[ScratchFigures], Match], value: Callable[[Match], float | None]
) -> Callable[[Sequence[ScratchFigures]], float | None]:
    return lambda figures: value(sum(map(of, figures), Match()))
