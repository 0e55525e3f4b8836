"""How far a result is from the official one, and whether that is near enough.

Apart from what makes the results, so that every kind of fixture is judged by the same few rules.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from backend.evaluation.parity.fixtures import Array, ArrayInfo, Fixture, Picture

# Pictures: one level, and on few values. OpenCV's versions and the order of sums on other processors do that.
LEVELS = 1
SHARE_BY_ARITHMETIC = 1e-4  # where no network is involved
SHARE_AFTER_NETWORK = 1e-2


class Outcome(StrEnum):
    """How a comparison ended."""

    OK = "ok"
    MISS = "MISS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the table. difference, tolerance: in the result's own unit; None where not compared."""

    fixture: str
    result: str
    outcome: Outcome
    difference: float | None = None
    tolerance: float | None = None
    note: str = ""


def missed(fixture: Fixture, result: str, why: str) -> Finding:
    """A result that cannot be compared, which is no success."""
    return Finding(fixture=fixture.name, result=result, outcome=Outcome.MISS, note=why)


def within(fixture: Fixture, result: str, difference: float, tolerance: float, note: str = "") -> Finding:
    """A difference that is judged by a tolerance; one that is no number is a miss."""
    outcome = Outcome.OK if difference <= tolerance else Outcome.MISS
    return Finding(
        fixture=fixture.name,
        result=result,
        outcome=outcome,
        difference=difference,
        tolerance=tolerance,
        note=note,
    )


def compare_arrays(fixture: Fixture, results: Mapping[str, Array]) -> Iterator[Finding]:
    """Each result with the array of its name: by the index's tolerance, or equal where it states none."""
    for name, result in results.items():
        info = fixture.array_infos.get(name)
        if info is None:
            yield missed(fixture, name, "the fixture has no such array")
        elif list(result.shape) != info["shape"]:
            yield missed(fixture, name, f"the shape is {list(result.shape)}, expected {info['shape']}")
        else:
            yield within(fixture, name, _farthest(fixture, name, info, result), info.get("tolerance", 0.0))


def compare_pictures(
    fixture: Fixture, name: str, result: Picture, expected: Picture, *, most: float
) -> Finding:
    """At most one level, on at most a share `most` of the values; size, channels and depth are equal."""
    if (result.shape, result.dtype) != (expected.shape, expected.dtype):
        why = f"{result.dtype} {result.shape}, expected {expected.dtype} {expected.shape}"
        return missed(fixture, name, why)
    levels = np.abs(result.astype(np.int64) - expected)
    share = float((levels > 0).mean())
    note = f"differs on {share:.4%} of the values, {most:.2%} allowed" if share else ""
    if share > most:
        return missed(fixture, name, f"{note}; by {levels.max()} levels at most")
    return within(fixture, name, float(levels.max()), LEVELS, note)


def _farthest(fixture: Fixture, name: str, info: ArrayInfo, result: Array) -> float:
    """The largest difference of what is stored: the values or a part, and their mean, least and greatest."""
    mine = result.astype(np.float64)
    kept = mine
    if info["stored"] == "sample":
        places = slice(info["offset"], None, info["stride"])
        kept = mine[..., places, places]
    differences = [np.abs(kept - fixture.arrays[name].astype(np.float64)).max(initial=0.0)]
    if "patch" in info:
        y, x, height, width = info["patch"]
        patch = mine[..., y : y + height, x : x + width]
        differences.append(np.abs(patch - fixture.arrays[f"{name}__patch"].astype(np.float64)).max())
    if "mean" in info:
        differences += [abs(mine.mean() - info["mean"]), abs(mine.min() - info["min"])]
        differences.append(abs(mine.max() - info["max"]))
    return float(np.max(differences))  # unlike `max`, it lets what is no number through
