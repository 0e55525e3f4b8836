"""Which engines there are, which of them can be used here, and what they take.

Knows engines by name only: building one loads its libraries, and that is the worker's business.
"""

from dataclasses import dataclass

from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.manifest import TwoLanguages
from backend.checkpoints.names import BACKGROUND, BACKGROUND_ROLE, FACE_ROLE, GFPGAN, OFFICIAL_DETECTOR
from backend.domain.errors import EngineUnavailable, InvalidOption, NotFound, WeightsMissing
from backend.domain.jobs import JobKind
from backend.engines.api import NETWORK_OPTIONS, FaceModel, RestoreOptions
from backend.services.requests import RestoreRequest

NOT_IN_THIS_VERSION = "not_in_this_version"
_UNSAID = RestoreOptions()
WEIGHTS_MISSING = "weights_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """One choice of weights for an engine. name: as the option `model` has it."""

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
        self, *, builtin_version: str, gfpgan_version: str = "", weights: WeightsFolder | None = None
    ) -> None:
        self._builtin_version = builtin_version
        self._gfpgan_version = gfpgan_version
        self._weights = weights

    def list(self) -> tuple[EngineStatus, ...]:
        """All of them, installed or not."""
        return (
            self._gfpgan(),
            _builtin(JobKind.RESTORE, self._builtin_version),
            _later(JobKind.ANIMATE, "first_order"),
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

    def _gfpgan(self) -> EngineStatus:
        models = () if self._weights is None else _models(self._weights)
        is_installed = any(model.installed for model in models)
        return EngineStatus(
            task=JobKind.RESTORE,
            name=GFPGAN,
            installed=is_installed,
            reason=None if is_installed else WEIGHTS_MISSING,
            needs_weights=True,
            version=self._gfpgan_version or None,
            models=models,
        )

    def _unavailable(self, engine: EngineStatus) -> EngineUnavailable:
        if engine.reason == WEIGHTS_MISSING and engine.models and self._weights is not None:
            best = self._weights.manifest.find(engine.models[0].weights)
            return WeightsMissing(
                f"the engine {engine.name} has no weights: python -m backend weights download {best.name}",
                params={"engine": engine.name, "file": best.file},
            )
        return EngineUnavailable(f"the engine {engine.name} is not installed", params={"engine": engine.name})


def _models(weights: WeightsFolder) -> tuple[ModelStatus, ...]:
    """Each model once, by its first file in the manifest or the first that is installed."""
    installed = {found.file.name for found in weights.find(GFPGAN, FACE_ROLE)}
    models: dict[str, ModelStatus] = {}
    for file in weights.manifest:
        if (file.engine, file.role) != (GFPGAN, FACE_ROLE) or file.model is None:
            continue
        known = models.get(file.model)
        if known is None or (file.name in installed and not known.installed):
            models[file.model] = ModelStatus(
                name=file.model,
                installed=file.name in installed,
                weights=file.name,
                licence=file.licence,
                commercial_use=file.commercial_use,
                purpose=file.purpose,
            )
    return tuple(models.values())


def require_taken(request: RestoreRequest, engine: str) -> None:
    """Raise InvalidOption for an option that the engine which will be used does not take.

    An option at its default says nothing and is taken by all.
    """
    options = request.options
    if engine == "builtin":
        for name in NETWORK_OPTIONS:
            if getattr(options, name) != getattr(_UNSAID, name):
                raise InvalidOption(f"the engine builtin does not take {name}", option=name)
        if options.colour == "model":
            raise InvalidOption("the engine builtin does not take colour=model", option="colour")
    if options.scope == "faces" and options.background == "realesrgan":
        raise InvalidOption("scope=faces restores no background", option="background")
    if options.mode == "parity" and options.scratches == "strong":
        raise InvalidOption("the official pipeline repairs no scratches", option="scratches")
    if options.mode == "parity" and options.colour in ("keep", "neutral"):
        raise InvalidOption("the official pipeline cares for no colours", option="colour")


def _builtin(task: JobKind, version: str) -> EngineStatus:
    return EngineStatus(
        task=task, name="builtin", installed=True, reason=None, needs_weights=False, version=version
    )


def _later(task: JobKind, name: str) -> EngineStatus:
    return EngineStatus(
        task=task, name=name, installed=False, reason=NOT_IN_THIS_VERSION, needs_weights=True, version=None
    )
