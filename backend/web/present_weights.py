"""Model files as the JSON of `weights_schemas.py`. Pure, as `present.py`."""

from backend.checkpoints.manifest import TwoLanguages
from backend.checkpoints.status import FileStatus
from backend.services.engine_catalogue import ModelStatus
from backend.web.locale import Locale


def weights_json(status: FileStatus, locale: Locale) -> dict[str, object]:
    """A `WeightsFile`."""
    file = status.file
    return {
        **status.facts(),
        "licence_note": in_language(file.licence_note, locale),
        "purpose": in_language(file.purpose, locale),
        "has_address": bool(file.urls),
    }


def model_json(model: ModelStatus, locale: Locale) -> dict[str, object]:
    """An `EngineModel`."""
    return {
        "name": model.name,
        "installed": model.installed,
        "weights": model.weights,
        "licence": model.licence,
        "commercial_use": model.commercial_use,
        "purpose": in_language(model.purpose, locale),
    }


def in_language(words: TwoLanguages, locale: Locale) -> str:
    """One of the two."""
    return words.zh if locale == "zh-CN" else words.en
