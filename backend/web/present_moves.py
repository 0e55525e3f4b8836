"""What can drive a film, as JSON: presets (motion as numbers) and saved expressions. As `present.py`."""

from collections.abc import Sequence

from backend.domain.expressions import Expression
from backend.engines.animation_api import MotionCurve
from backend.services.driving_videos import Preset
from backend.web.present import Json, time_json

PREVIEW_FPS = 15.0  # enough for a small drawing; keeps GET /presets small


def preset_json(preset: Preset) -> Json:
    """A `Preset`."""
    return {
        "slug": preset.slug,
        "number": preset.number,
        "names": {"zh": preset.name_zh, "en": preset.name_en},
        "duration_s": preset.duration_s,
        "fps": preset.fps,
        "frames": preset.frame_count,
        "licence": preset.licence,
        "preview": None if preset.curve is None else thinned(preset.curve),
    }


def expression_json(expression: Expression) -> Json:
    """An `Expression`."""
    return {
        "id": expression.id,
        "name": expression.name,
        "duration_s": round(expression.duration_s, 3),
        "created_at": time_json(expression.created_at),
    }


def thinned(curve: MotionCurve) -> Json:
    """A `PresetPreview`: the same loop at PREVIEW_FPS or less, by straight lines between its frames."""
    frame_count = curve.frame_count
    kept_count = min(frame_count, max(1, int(frame_count / curve.fps * PREVIEW_FPS + 1e-6)))
    step = frame_count / kept_count
    return {
        "fps": curve.fps / step,
        "channels": {
            name: [_value_at(values, index * step) for index in range(kept_count)]
            for name, values in curve.channels.items()
        },
    }


def _value_at(values: Sequence[float], position: float) -> float:
    before = int(position)
    share = position - before
    after = (before + 1) % len(values)  # a curve loops
    return round(values[before] * (1 - share) + values[after] * share, 4)
