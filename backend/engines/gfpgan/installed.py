"""The networks in the weights folder, loaded when one is first needed and kept: what `Models` promises.

Apart from the engine because it alone knows files. Of each role one network is kept: two face models at
once are more than a small server's memory.
"""

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final, Protocol, TypeVar

import torch

from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.load import load_state
from backend.checkpoints.names import (
    BACKGROUND,
    BACKGROUNDS,
    FACE_ROLE,
    GFPGAN,
    OFFICIAL_DETECTOR,
    PARSER,
    QUICK_BACKGROUND,
)
from backend.checkpoints.status import InstalledFile
from backend.domain.errors import NotFound, WeightsMissing
from backend.engines.api import FaceModel, RestoreMode
from backend.engines.faces.finding import FindFaces
from backend.engines.faces.torch_look import finder_from
from backend.engines.gfpgan.background import SMALLEST_TILE_PX
from backend.engines.gfpgan.official import OfficialEnlarger
from backend.engines.gfpgan.official_enlarger import OfficialBackground
from backend.engines.gfpgan.seams import Enlarger, FaceNetwork, FaceParser
from backend.engines.gfpgan.torch_enlarger import TorchEnlarger
from backend.engines.gfpgan.torch_parser import ParserSide, TorchParser
from backend.networks.retinaface.variants import OFFICIAL
from backend.networks.state import State

_PARSED_SIDE_PX: Final[ParserSide] = 256  # a quarter of the work; the mask is blurred by 15 px of 512 anyway

Network = TypeVar("Network")


class MakeFaceNetwork(Protocol):
    """Puts a face network together; plain = as its authors run it, for comparing."""

    def __call__(self, state: State, *, model: str, plain: bool) -> FaceNetwork: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFiles:
    """Files to use instead of those in the folder: a person's own, or fine-tuned ones."""

    face: Path | None = None
    parser: Path | None = None


class InstalledModels:
    """`Models`. Safe to share between threads: one loads, the others wait."""

    def __init__(
        self,
        folder: WeightsFolder,
        make_face_network: MakeFaceNetwork,
        *,
        device: torch.device,
        dtype: torch.dtype,
        own: OwnFiles | None = None,
    ) -> None:
        self._folder, self._make_face_network = folder, make_face_network
        self._device, self._dtype = device, dtype
        self._own = own or OwnFiles()
        self._kept: dict[str, tuple[Hashable, object]] = {}
        self._loading = Lock()

    def face_network(self, model: FaceModel | None, mode: RestoreMode) -> FaceNetwork:
        """See Models. An own file is taken whatever model is asked for."""
        plain, own = mode == "parity", self._own.face
        if own is not None:
            return self._keep(
                "face",
                (own, plain),
                lambda: self._make_face_network(load_state(own), model=own.name, plain=plain),
            )
        file = self._face_file(model)
        word = file.file.model or file.file.name
        return self._keep(
            "face",
            (file.sha256, plain),
            lambda: self._make_face_network(_state_of(file), model=word, plain=plain),
        )

    def face_parser(self, mode: RestoreMode) -> FaceParser | None:
        """See Models."""
        try:
            key, load = self._parser_source()
        except WeightsMissing:
            return None
        if mode == "parity":
            return self._keep("parser", (key, "official"), lambda: TorchParser.official(load(), self._device))
        return self._keep(
            "parser",
            (key, "fast"),
            lambda: TorchParser.fast(load(), device=self._device, dtype=self._dtype, side_px=_PARSED_SIDE_PX),
        )

    def enlarger(self, mode: RestoreMode) -> Enlarger:
        """See Models. The quicker one in mode "fast", else the better one; the other where one is missing."""
        quickest_first = sorted(BACKGROUNDS, key=lambda name: name != QUICK_BACKGROUND)
        file = self._first_of(quickest_first if mode == "fast" else BACKGROUNDS)
        return self._keep(
            "background",
            file.sha256,
            lambda: TorchEnlarger.from_state(
                _state_of(file),
                model=file.file.name,
                device=self._device,
                dtype=self._dtype,
                last_tile_px=SMALLEST_TILE_PX,
            ),
        )

    def official_finder(self) -> FindFaces:
        """See Models."""
        file = self._installed(OFFICIAL_DETECTOR)
        return self._keep(
            "detector",
            file.sha256,
            lambda: finder_from(_state_of(file), OFFICIAL, device=self._device).official,
        )

    def official_enlarger(self) -> OfficialEnlarger:
        """See Models."""
        file = self._installed(BACKGROUND)
        return self._keep(
            "background",
            (file.sha256, "official"),
            lambda: OfficialBackground(
                enlarger=TorchEnlarger.from_state(_state_of(file), model=file.file.name, device=self._device)
            ),
        )

    def _face_file(self, model: FaceModel | None) -> InstalledFile:
        found = self._folder.find(GFPGAN, FACE_ROLE, model)
        # None: says which file is missing, or why the one that is there is refused.
        return found[0] if found else self._installed(model or "v1.4")

    def _parser_source(self) -> tuple[Hashable, Callable[[], State]]:
        own = self._own.parser
        if own is not None:
            return own, lambda: load_state(own)
        file = self._installed(PARSER)
        return file.sha256, lambda: _state_of(file)

    def _first_of(self, names: Sequence[str]) -> InstalledFile:
        """The first that is there; else what is said of the first."""
        for name in names:
            with suppress(WeightsMissing):
                return self._installed(name)
        return self._installed(names[0])

    def _installed(self, name: str) -> InstalledFile:
        """As the folder's; a file that an operator's own manifest leaves out is as missing as any other."""
        try:
            return self._folder.installed(name)
        except NotFound as error:
            raise WeightsMissing(str(error), params={"file": name}) from error

    def _keep(self, role: str, key: Hashable, load: Callable[[], Network]) -> Network:
        with self._loading:
            if role not in self._kept or self._kept[role][0] != key:
                self._kept.pop(role, None)  # before the next one is loaded: both might not fit
                self._kept[role] = key, load()
            kept: Network = self._kept[role][1]  # type: ignore[assignment]  # what `load` of this role and key made
            return kept


def _state_of(file: InstalledFile) -> State:
    return load_state(file.path, sha256=file.sha256)
