"""A machine on which the engine with weights is installed, for tests of everything above the engines."""

from backend.domain.jobs import JobKind
from backend.services.engine_catalogue import EngineCatalogue


class GfpganInstalled(EngineCatalogue):
    """As if the weights were here; `take_away` them to see what happens then."""

    def __init__(self) -> None:
        super().__init__(builtin_version="test")
        self._has_weights = True

    def take_away(self) -> None:
        """From now on the weights are missing."""
        self._has_weights = False

    def resolve(self, task: JobKind, wanted: str) -> str:
        if task is JobKind.RESTORE and wanted in ("auto", "gfpgan") and self._has_weights:
            return "gfpgan"
        return super().resolve(task, wanted)


class EverythingInstalled(GfpganInstalled):
    """Both engines with weights are here."""

    def resolve(self, task: JobKind, wanted: str) -> str:
        if task is JobKind.ANIMATE and wanted in ("auto", "first_order"):
            return "first_order"
        return super().resolve(task, wanted)
