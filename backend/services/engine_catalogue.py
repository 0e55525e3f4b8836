"""Which engines there are, which of them can be used here, and what they take.

Knows engines by name only: building one loads its libraries, and that is the worker's business.
"""

from dataclasses import dataclass

from backend.domain.errors import EngineUnavailable, InvalidOption
from backend.domain.jobs import JobKind
from backend.engines.api import NETWORK_OPTIONS, RestoreOptions
from backend.services.requests import RestoreRequest

NOT_IN_THIS_VERSION = "not_in_this_version"
_UNSAID = RestoreOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """One engine, and whether it can be asked for."""

    task: JobKind
    name: str
    installed: bool
    reason: str | None  # why not: a stable code
    needs_weights: bool
    version: str | None


class EngineCatalogue:
    """Every engine of this version, the best of each task first."""

    def __init__(self, *, builtin_version: str) -> None:
        self._engines = (
            _later(JobKind.RESTORE, "gfpgan"),
            _builtin(JobKind.RESTORE, builtin_version),
            _later(JobKind.ANIMATE, "first_order"),
            _builtin(JobKind.ANIMATE, builtin_version),
        )

    def list(self) -> tuple[EngineStatus, ...]:
        """All of them, installed or not."""
        return self._engines

    def resolve(self, task: JobKind, wanted: str) -> str:
        """The engine to use: for `auto` the best that is installed.

        Raises EngineUnavailable, InvalidOption.
        """
        candidates = [engine for engine in self._engines if engine.task is task]
        if wanted == "auto":
            return next(engine.name for engine in candidates if engine.installed)
        for engine in candidates:
            if engine.name == wanted:
                if not engine.installed:
                    raise EngineUnavailable(
                        f"the engine {wanted} is not installed", params={"engine": wanted}
                    )
                return wanted
        raise InvalidOption(f"there is no engine {wanted} for this", option="engine")


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
