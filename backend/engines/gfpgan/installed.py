"""The networks that lie in the weights folder, or that a person named: loaded when first asked for, and kept.

The one place where files, networks and seams meet; the engine knows the seams alone.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import Final, TypeVar

import torch

from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.load import load_state
from backend.checkpoints.status import InstalledFile
from backend.engines.api import FaceModel, GfpganSetup, RestoreMode
from backend.engines.device import pick_device, pick_precision
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.detector import find_faces
from backend.engines.faces.finding import FindFaces
from backend.engines.faces.five_points import five_points
from backend.engines.faces.retinaface import RetinaFaceFinder
from backend.engines.faces.torch_look import finder_from
from backend.engines.gfpgan.official import OfficialEnlarger
from backend.engines.gfpgan.official_enlarger import OfficialBackground
from backend.engines.gfpgan.seams import Enlarger, FaceNetwork, FaceParser
from backend.engines.gfpgan.torch_enlarger import TorchEnlarger
from backend.engines.gfpgan.torch_faces import TorchFaceNetwork
from backend.engines.gfpgan.torch_parser import TorchParser
from backend.media.types import RgbImage
from backend.networks.recognise import build
from backend.networks.retinaface.variants import variant_of

logger = logging.getLogger(__name__)

ENGINE: Final = "gfpgan"  # as the manifest of weights names it
_OFFICIAL_DETECTOR: Final = "retinaface-r50"
_OFFICIAL_BACKGROUND: Final = "realesrgan-x2plus"
_SMALL_BACKGROUND: Final = (
    "realesr-general-x4v3"  # a quarter of the work of x2plus (research: 1.2 to 4.5 MMAC)
)
_BACKGROUNDS: Final[tuple[str, ...]] = (_OFFICIAL_BACKGROUND, "realesrgan-x4plus", _SMALL_BACKGROUND)
_MOST_FACE_NETWORKS: Final = 2  # each takes half a gigabyte; people compare two

Kept = TypeVar("Kept")


class InstalledModels:
    """A `Models`. Files that come later are seen; a file that is replaced is loaded anew."""

    def __init__(self, folder: WeightsFolder, setup: GfpganSetup) -> None:
        self._folder = folder
        self._setup = setup
        self._device = pick_device(setup.device)
        self._dtype = pick_precision(self._device, setup.precision)
        self._loading = RLock()  # two jobs must not load the same file at once
        self._faces: OrderedDict[object, FaceNetwork] = OrderedDict()
        self._others: dict[object, object] = {}

    def face_network(self, model: FaceModel | None, mode: RestoreMode) -> FaceNetwork:
        """See `Models`. A file that was named takes the place of all installed ones."""
        is_plain = mode == "parity"
        path, sha256, name = self._face_file(model)
        key = (path, sha256, is_plain)
        with self._loading:
            if key not in self._faces:
                while len(self._faces) >= _MOST_FACE_NETWORKS:
                    self._faces.popitem(last=False)
                self._faces[key] = TorchFaceNetwork(
                    build(load_state(path, sha256=sha256)),
                    model=name,
                    device=self._device,
                    precision=self._dtype,
                    plain=is_plain,
                )
                logger.info("network loaded", extra={"model": name, "device": str(self._device)})
            self._faces.move_to_end(key)
            return self._faces[key]

    def face_parser(self, mode: RestoreMode) -> FaceParser | None:
        """See `Models`."""
        path, sha256 = self._setup.parse_model, None
        if path is None:
            found = self._folder.find(ENGINE, "parser")
            if not found:
                return None
            path, sha256 = found[0].path, found[0].sha256

        def load(path: Path = path, sha256: str | None = sha256) -> TorchParser:
            state = load_state(path, sha256=sha256)
            if mode == "parity":
                return TorchParser.official(state, self._device)
            return TorchParser.fast(state, device=self._device, dtype=self._dtype, side_px=512)

        return self._kept(("parser", path, sha256, mode == "parity"), load)

    def enlarger(self, mode: RestoreMode) -> Enlarger:
        """See `Models`. A processor gets the small network first, and so does "fast"."""
        names = _BACKGROUNDS
        if mode == "fast" or self._device.type == "cpu":
            names = (_SMALL_BACKGROUND, *(name for name in names if name != _SMALL_BACKGROUND))
        installed = {found.file.name: found for found in self._folder.find(ENGINE, "background")}
        name = next((name for name in names if name in installed), names[0])
        return self._enlarger(installed.get(name) or self._folder.installed(name), self._dtype)

    def official_enlarger(self) -> OfficialEnlarger:
        """See `Models`: Real-ESRGAN x2plus in tiles of 400 px, the default of the official script."""
        file = self._folder.installed(_OFFICIAL_BACKGROUND)
        return OfficialBackground(enlarger=self._enlarger(file, torch.float32))

    def official_finder(self) -> FindFaces:
        """See `Models`."""
        return self._detector(self._folder.installed(_OFFICIAL_DETECTOR)).official

    def find_faces(self, photo: RgbImage) -> tuple[FoundFace, ...]:
        """A `FindFaces`: by the best finder that is here now."""
        return self.finder()(photo)

    def finder(self) -> FindFaces:
        """The best finder there is: RetinaFace, large or small, else cascades and the built-in points."""
        found = self._folder.find(ENGINE, "detector")
        return self._detector(found[0]) if found else _cascades_and_points

    def _face_file(self, model: FaceModel | None) -> tuple[Path, str | None, str]:
        """Path, checksum where one is known, and the name that results carry."""
        if self._setup.model_path is not None:
            return self._setup.model_path, None, self._setup.model_path.name
        found = self._folder.find(ENGINE, "face", model)
        if not found:
            wanted = (file for file in self._folder.manifest if (file.engine, file.role) == (ENGINE, "face"))
            first = next(file for file in wanted if model in (None, file.model))
            found = (self._folder.installed(first.name),)  # which says what is wrong
        return found[0].path, found[0].sha256, found[0].file.model or found[0].file.name

    def _detector(self, file: InstalledFile) -> RetinaFaceFinder:
        def load() -> RetinaFaceFinder:
            state = load_state(file.path, sha256=file.sha256)
            variant = variant_of(file.sha256)
            return finder_from(state, variant, device=self._device, fast_dtype=torch.float32)

        return self._kept(("detector", file.path, file.sha256), load)

    def _enlarger(self, file: InstalledFile, dtype: torch.dtype) -> TorchEnlarger:
        def load() -> TorchEnlarger:
            state = load_state(file.path, sha256=file.sha256)
            return TorchEnlarger.from_state(state, model=file.file.name, device=self._device, dtype=dtype)

        return self._kept(("enlarger", file.path, file.sha256, dtype), load)

    def _kept(self, key: object, load: Callable[[], Kept]) -> Kept:
        with self._loading:
            if key not in self._others:
                self._others[key] = load()
            kept: Kept = self._others[key]  # type: ignore[assignment]  # stored under a key of its kind
            return kept


def _cascades_and_points(photo: RgbImage) -> tuple[FoundFace, ...]:
    return tuple(replace(face, landmarks=five_points(photo, face)) for face in find_faces(photo))
