"""The engine put together from a weights folder: which files, which device, which finder of faces.

Apart from the parts, none of which knows all the others. Loading this module loads torch.
"""

from collections.abc import Callable

import torch

from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.status import InstalledFile
from backend.engines.api import GfpganSetup
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.engines.device import pick_device, pick_precision
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.detector import find_faces
from backend.engines.faces.detector_file import finder_of
from backend.engines.faces.finding import FindFaces
from backend.engines.gfpgan.engine import GfpganRestorer
from backend.engines.gfpgan.face_files import face_networks_by_openvino, face_networks_on
from backend.engines.gfpgan.installed import InstalledModels, OwnFiles
from backend.media.types import RgbImage


class BestFinder:
    """A `FindFaces` by the first detector of the manifest that is installed; else by cascades.

    That is the small RetinaFace: with our search it loses none of the faces that its large sister is for
    (docs/quality.md), in a tenth of the time. Looked up at every photo, so that a file that arrives is used.
    """

    def __init__(self, folder: WeightsFolder, device: torch.device) -> None:
        self._folder = folder
        self._device = device
        self._built: tuple[str, FindFaces] | None = None

    def __call__(self, photo: RgbImage) -> tuple[FoundFace, ...]:
        """photo: uint8 (H, W, 3) RGB."""
        found = self._folder.find("gfpgan", "detector")
        return self._finder(found[0])(photo) if found else find_faces(photo)

    def _finder(self, file: InstalledFile) -> FindFaces:
        built = self._built  # read once: another thread may be loading a newer file
        if built is None or built[0] != file.sha256:
            finder = finder_of(file.path, sha256=file.sha256, device=self._device)
            built = self._built = (file.sha256, finder)
        return built[1]


def assemble(
    folder: WeightsFolder,
    setup: GfpganSetup,
    builtin: BuiltinRestorer,
    *,
    look: Callable[[FindFaces], FindFaces] = lambda finder: finder,
) -> tuple[GfpganRestorer, FindFaces]:
    """The engine, and the faces it works with. Networks load when a photo needs them.

    look: put between the engine and its finder; for those who measure
    raises: InvalidOption for a device that is not here
    """
    device = pick_device(setup.device)
    dtype = pick_precision(device, setup.precision)
    by_openvino = setup.device == "openvino"
    cache = folder.directory / "openvino"
    models = InstalledModels(
        folder,
        face_networks_by_openvino(cache, dtype) if by_openvino else face_networks_on(device, dtype),
        device=device,
        dtype=dtype,
        own=OwnFiles(face=setup.model_path, parser=setup.parse_model),
    )
    find = look(BestFinder(folder, device))
    return GfpganRestorer(models, find, builtin), find
