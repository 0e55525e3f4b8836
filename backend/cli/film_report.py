"""What `animate` says of a film: its weights, what was done, how good it is, what its clip lacks."""

from collections.abc import Iterator, Sequence
from typing import Final

from backend.domain.films import ClipCheck, FilmQuality
from backend.engines.animation_api import Animation
from backend.services.films import measured

# name -> how it is said; units as `FilmQuality` has them
_QUALITY: Final = {
    "identity_change": "identity change {:.3f}",
    "jitter": "jitter {:.2f} px",
    "flicker": "flicker {:.2f}",
    "seam": "seam {:.2f}",
    "outside": "outside {:.2f}",
    "loop": "loop {:.2f}",
    "start": "start {:.2f}",
}


def film_report(animation: Animation) -> Iterator[str]:
    """Lines about a film whose frames have all been read."""
    if animation.model is not None:
        yield f"model: {animation.model}"
    yield from animation.notes
    quality = measured(animation)
    if quality is not None:
        yield f"quality: {_quality_words(quality)}"
    for check in animation.clip_checks:
        if not check.passed:
            yield f"{check.name}: {_where(check)}"


def _quality_words(quality: FilmQuality) -> str:
    values = {name: getattr(quality, name) for name in _QUALITY}
    return ", ".join(_QUALITY[name].format(value) for name, value in values.items() if value is not None)


def _where(check: ClipCheck) -> str:
    """`frames 12-18, 40`; where no frame is to blame, what was measured."""
    if check.frames:
        return f"frames {_ranges(check.frames)}"
    if check.value is None or check.limit is None:
        return "not passed"
    return f"{check.value:.3g}, limit {check.limit:.3g}"


def _ranges(frames: Sequence[int]) -> str:
    """Neighbours as one range: (12, 13, 14, 40) -> `12-14, 40`."""
    runs: list[list[int]] = []
    for frame in sorted(frames):
        if runs and frame == runs[-1][-1] + 1:
            runs[-1].append(frame)
        else:
            runs.append([frame])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
