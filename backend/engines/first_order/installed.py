"""The networks in the weights folder, loaded when a film first needs them and kept: `MotionModels`.

Apart from the engine because it alone knows files. One pair is kept: two would be twice the memory.
"""

import re
from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.load import load_states
from backend.checkpoints.names import FIRST_ORDER, LARGE_MOTION, MOTION_ROLE
from backend.domain.errors import WeightsMissing
from backend.engines.animation_api import AnimateMode
from backend.engines.first_order.seams import MotionNetwork
from backend.networks.first_order.model import DETECTOR, FirstOrderModel
from backend.networks.state import fingerprint_of

_SIDE_PX: Final = 256
_LARGE_SIDE_PX: Final = 512
# Of an own file the name has to tell: the tensors of both sides have the same shapes.
_NAMES_LARGE: Final = re.compile(r"(?<!\d)512(?!\d)")


class MakeMotionNetwork(Protocol):
    """Puts the networks of a file together for a device. loaded: float32, on the processor."""

    def __call__(
        self, loaded: FirstOrderModel, *, model: str, fingerprint: str, side_px: int
    ) -> MotionNetwork: ...


class InstalledMotion:
    """`MotionModels`. Safe to share between threads: one loads, the others wait."""

    def __init__(self, folder: WeightsFolder, make: MakeMotionNetwork, *, own: Path | None = None) -> None:
        """own: a file to use instead of those in the folder."""
        self._folder, self._make, self._own = folder, make, own
        self._kept: tuple[Hashable, MotionNetwork] | None = None
        self._loading = Lock()

    def network(self, mode: AnimateMode) -> MotionNetwork:  # noqa: ARG002  # each network knows every mode
        """See MotionModels. The first file of the manifest that is installed; one that arrives is seen."""
        own = self._own
        if own is not None:
            side_px = _LARGE_SIDE_PX if _NAMES_LARGE.search(own.name) else _SIDE_PX
            return self._keep(own, lambda: self._loaded(own, None, own.name, side_px))
        found = self._folder.find(FIRST_ORDER, MOTION_ROLE)
        file = found[0] if found else self._folder.installed(self._usual_name())
        side_px = _LARGE_SIDE_PX if file.file.name == LARGE_MOTION else _SIDE_PX
        return self._keep(file.sha256, lambda: self._loaded(file.path, file.sha256, file.file.name, side_px))

    def _usual_name(self) -> str:
        """Of the file to speak of where none can be used: the folder says what is wrong with it."""
        for file in self._folder.manifest:
            if (file.engine, file.role) == (FIRST_ORDER, MOTION_ROLE):
                return file.name
        raise WeightsMissing("the manifest names no file that moves faces", params={"file": MOTION_ROLE})

    def _loaded(self, path: Path, sha256: str | None, model: str, side_px: int) -> MotionNetwork:
        states = load_states(path, sha256=sha256)
        loaded = FirstOrderModel.from_states(states)
        fingerprint = fingerprint_of(states[DETECTOR])
        return self._make(loaded, model=model, fingerprint=fingerprint, side_px=side_px)

    def _keep(self, key: Hashable, load: Callable[[], MotionNetwork]) -> MotionNetwork:
        with self._loading:
            if self._kept is None or self._kept[0] != key:
                self._kept = None  # before the next one is loaded: both might not fit
                self._kept = key, load()
            return self._kept[1]
