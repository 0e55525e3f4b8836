"""Which engines there are, and which of them can be used here.

Knows engines by name only: building one loads its libraries, and that is the worker's business.
"""

from dataclasses import dataclass

from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.manifest import TwoLanguages, WeightsFile
from backend.checkpoints.names import (
    BACKGROUND,
    BACKGROUND_ROLE,
    FACE_ROLE,
    FIRST_ORDER,
    GFPGAN,
    MOTION_ROLE,
    OFFICIAL_DETECTOR,
)
from backend.domain.errors import EngineUnavailable, InvalidOption, NotFound, WeightsMissing
from backend.domain.jobs import JobKind
from backend.engines.api import FaceModel, RestoreOptions

WEIGHTS_MISSING = "weights_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """One choice of weights for an engine. name: as the option `model` has it, else the file's."""

    name: str
    installed: bool
    weights: str  # what to download for it
    licence: str
    commercial_use: bool
    purpose: TwoLanguages


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """One engine, and whether it can be asked for."""

    task: JobKind
    name: str
    installed: bool
    reason: str | None  # why not: a stable code
    needs_weights: bool
    version: str | None
    models: tuple[ModelStatus, ...] = ()  # best first; empty where there is no choice


class EngineCatalogue:
    """Every engine of this version, the best of each task first.

    What needs weights is looked up anew on each call: a file that has just arrived counts at once.
    """

    def __init__(
        self,
        *,
        builtin_version: str,
        gfpgan_version: str = "",
        first_order_version: str = "",
        weights: WeightsFolder | None = None,
    ) -> None:
        self._builtin_version = builtin_version
        self._gfpgan_version = gfpgan_version
        self._first_order_version = first_order_version
        self._weights = weights

    def list(self) -> tuple[EngineStatus, ...]:
        """All of them, installed or not."""
        return (
            self._with_weights(JobKind.RESTORE, GFPGAN, FACE_ROLE, self._gfpgan_version),
            _builtin(JobKind.RESTORE, self._builtin_version),
            self._with_weights(JobKind.ANIMATE, FIRST_ORDER, MOTION_ROLE, self._first_order_version),
            _builtin(JobKind.ANIMATE, self._builtin_version),
        )

    def resolve(self, task: JobKind, wanted: str) -> str:
        """The engine to use: for `auto` the best that is installed.

        Raises EngineUnavailable, WeightsMissing, InvalidOption.
        """
        candidates = [engine for engine in self.list() if engine.task is task]
        if wanted == "auto":
            return next(engine.name for engine in candidates if engine.installed)
        for engine in candidates:
            if engine.name == wanted:
                if not engine.installed:
                    raise self._unavailable(engine)
                return wanted
        raise InvalidOption(f"there is no engine {wanted} for this", option="engine")

    def require_weights(self, options: RestoreOptions, *, are_faces_given: bool = False) -> None:
        """Raise WeightsMissing or WeightsRefused for a model file that `gfpgan` would look for in vain.

        Before a job is queued: what can be known now is not found out by waiting.
        """
        self.require_model(options.model)
        is_parity = options.mode == "parity"
        if is_parity and not are_faces_given:
            self._require_file(OFFICIAL_DETECTOR)
        if options.background == "realesrgan" and (is_parity or not self._has_background()):
            self._require_file(BACKGROUND)

    def require_model(self, model: FaceModel | None) -> None:
        """Raise WeightsMissing or WeightsRefused where no file of this face model can be used; None = any."""
        if model is None or self._weights is None or self._weights.find(GFPGAN, FACE_ROLE, model):
            return
        self._require_file(model)

    def _has_background(self) -> bool:
        return self._weights is not None and bool(self._weights.find(GFPGAN, BACKGROUND_ROLE))

    def _require_file(self, name: str) -> None:
        if self._weights is None:
            return
        try:
            self._weights.installed(name)
        except NotFound as error:  # an operator's own manifest may leave it out
            raise WeightsMissing(str(error), params={"engine": GFPGAN, "file": name}) from error

    def _with_weights(self, task: JobKind, name: str, role: str, version: str) -> EngineStatus:
        """An engine that is there when a file of this role is."""
        models = () if self._weights is None else _models(self._weights, name, role)
        is_installed = any(model.installed for model in models)
        return EngineStatus(
            task=task,
            name=name,
            installed=is_installed,
            reason=None if is_installed else WEIGHTS_MISSING,
            needs_weights=True,
            version=version or None,
            models=models,
        )

    def _unavailable(self, engine: EngineStatus) -> EngineUnavailable:
        if engine.reason == WEIGHTS_MISSING and engine.models and self._weights is not None:
            best = self._weights.manifest.find(engine.models[0].weights)
            return WeightsMissing(
                f"the engine {engine.name} has no weights: {_how_to_get(best)}",
                params={"engine": engine.name, "file": best.file},
            )
        return EngineUnavailable(f"the engine {engine.name} is not installed", params={"engine": engine.name})


def _how_to_get(file: WeightsFile) -> str:
    consent = "" if file.commercial_use else " --accept-non-commercial"
    return f"python -m backend weights download {file.name}{consent}"


def _models(weights: WeightsFolder, engine: str, role: str) -> tuple[ModelStatus, ...]:
    """Each model once, by its first file in the manifest or the first that is installed."""
    installed = {found.file.name for found in weights.find(engine, role)}
    models: dict[str, ModelStatus] = {}
    for file in weights.manifest:
        if (file.engine, file.role) != (engine, role):
            continue
        name = file.model or file.name
        known = models.get(name)
        if known is None or (file.name in installed and not known.installed):
            models[name] = ModelStatus(
                name=name,
                installed=file.name in installed,
                weights=file.name,
                licence=file.licence,
                commercial_use=file.commercial_use,
                purpose=file.purpose,
            )
    return tuple(models.values())


def _builtin(task: JobKind, version: str) -> EngineStatus:
    return EngineStatus(
        task=task, name="builtin", installed=True, reason=None, needs_weights=False, version=version
    )
