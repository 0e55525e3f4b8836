"""How far a whole job is, from how far its present stage is.

Engines know only their own stage. A bar that runs from 0 to 1 once, and never back, is made here.
"""

from collections.abc import Mapping

from backend.domain.jobs import JobKind, Stage

# Shares of the time of a usual job, measured on photos of 0.3 to 2 megapixels. Stages that an engine skips
# make the bar jump forward, never back.
RESTORE_WEIGHTS: Mapping[Stage, float] = {
    Stage.DECODE: 4,
    Stage.ANALYSE: 6,
    Stage.SCRATCHES: 20,
    Stage.DENOISE: 30,
    Stage.DEBLUR: 10,
    Stage.TONE: 8,
    Stage.ENLARGE: 8,
    Stage.FACES: 6,
    Stage.ENCODE: 6,
    Stage.STORE: 2,
}
# With networks: two faces on a processor, or a background in tiles, take as long as all the rest.
NETWORK_RESTORE_WEIGHTS: Mapping[Stage, float] = {
    Stage.DECODE: 2,
    Stage.ANALYSE: 3,
    Stage.SCRATCHES: 10,
    Stage.DENOISE: 12,
    Stage.DEBLUR: 4,
    Stage.TONE: 3,
    Stage.ENLARGE: 16,
    Stage.FACES: 4,
    Stage.RESTORE_FACES: 42,
    Stage.ENCODE: 3,
    Stage.STORE: 1,
}
# When the photo is restored first: restoring's share of the time, by who restores and who animates.
RESTORE_SHARES: Mapping[tuple[str, str], float] = {
    ("builtin", "builtin"): 0.3,
    ("gfpgan", "builtin"): 0.5,
    ("builtin", "first_order"): 0.2,
    ("gfpgan", "first_order"): 0.4,
}
ANIMATE_WEIGHTS: Mapping[Stage, float] = {
    Stage.FACES: 8,
    Stage.MOTION: 8,
    Stage.RENDER: 76,
    Stage.ENCODE: 5,
    Stage.STORE: 3,
}
# With networks: a clip that is met for the first time is looked at frame by frame (`motion`).
NETWORK_ANIMATE_WEIGHTS: Mapping[Stage, float] = {
    Stage.FACES: 4,
    Stage.MOTION: 14,
    Stage.RENDER: 75,
    Stage.ENCODE: 4,
    Stage.STORE: 3,
}
FIND_PRINTS_WEIGHTS: Mapping[Stage, float] = {Stage.DECODE: 30, Stage.PRINTS: 68, Stage.STORE: 2}
CUT_PRINTS_WEIGHTS: Mapping[Stage, float] = {Stage.DECODE: 15, Stage.STRAIGHTEN: 83, Stage.STORE: 2}
# Of a restorer whose picture goes to an animator; `faces` is the animator's stage then.
_RESTORER_ONLY = (
    Stage.DECODE,
    Stage.ANALYSE,
    Stage.SCRATCHES,
    Stage.DENOISE,
    Stage.DEBLUR,
    Stage.TONE,
    Stage.ENLARGE,
    Stage.RESTORE_FACES,
)


class JobProgress:
    """Turns reports of stages into one number that only grows.

    engine: what does the job. restorer: what restores the photo before it is animated; None = nothing does
    """

    def __init__(self, kind: JobKind, *, engine: str = "builtin", restorer: str | None = None) -> None:
        self._spans = _spans(kind, engine, restorer)
        self._progress = 0.0

    def at(self, stage: Stage, fraction: float) -> float:
        """Of the whole job, 0.0 to 1.0, when `fraction` of `stage` is done."""
        start, length = self._spans.get(stage, (self._progress, 0.0))
        self._progress = max(self._progress, start + length * min(max(fraction, 0.0), 1.0))
        return self._progress


def _spans(kind: JobKind, engine: str, restorer: str | None) -> dict[Stage, tuple[float, float]]:
    """Stage -> where it starts and how long it is, as shares of the job."""
    if kind is JobKind.RESTORE:
        return _laid_out(_restoring(engine), 0.0, 1.0)
    if kind is JobKind.FIND_PRINTS:
        return _laid_out(FIND_PRINTS_WEIGHTS, 0.0, 1.0)
    if kind is JobKind.CUT_PRINTS:
        return _laid_out(CUT_PRINTS_WEIGHTS, 0.0, 1.0)
    animating = NETWORK_ANIMATE_WEIGHTS if engine == "first_order" else ANIMATE_WEIGHTS
    if restorer is None:
        return _laid_out({Stage.DECODE: 2, **animating}, 0.0, 1.0)
    before = _restoring(restorer)
    restoring = {stage: before[stage] for stage in _RESTORER_ONLY if stage in before}
    share = RESTORE_SHARES[restorer, engine]
    return _laid_out(restoring, 0.0, share) | _laid_out(animating, share, 1.0 - share)


def _restoring(engine: str) -> Mapping[Stage, float]:
    return NETWORK_RESTORE_WEIGHTS if engine == "gfpgan" else RESTORE_WEIGHTS


def _laid_out(
    weights: Mapping[Stage, float], start: float, length: float
) -> dict[Stage, tuple[float, float]]:
    total = sum(weights.values())
    spans = {}
    for stage, weight in weights.items():
        share = length * weight / total
        spans[stage] = (start, share)
        start += share
    return spans
