"""What was measured of a film and of the clip that drove it, as JSON. As `present.py`."""

from backend.domain.films import ClipCheck, FilmQuality

Json = dict[str, object]


def quality_json(quality: FilmQuality | None) -> Json | None:
    """A `FilmQuality`; null where nothing was measured."""
    if quality is None:
        return None
    return {
        "identity_change": quality.identity_change,
        "jitter": quality.jitter,
        "flicker": quality.flicker,
        "seam": quality.seam,
        "outside": quality.outside,
        "loop": quality.loop,
        "start": quality.start,
    }


def clip_check_json(check: ClipCheck) -> Json:
    """A `ClipCheck`."""
    return {
        "name": check.name,
        "passed": check.passed,
        "value": check.value,
        "limit": check.limit,
        "frames": list(check.frames),
    }
