"""Our side of `official.py`: takes the orders that the official packages take, with the same weights.

The detector runs as it would, and then faces are given: random weights find nothing.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import torch

from backend.checkpoints.checks import digest_of
from backend.checkpoints.folder import WeightsFolder
from backend.checkpoints.load import load_state
from backend.checkpoints.manifest import SHIPPED, Manifest, read_manifest
from backend.engines.api import RestoreOptions, SourcePhoto, no_checkpoint
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.finding import FindFaces
from backend.engines.faces.judging import judge
from backend.engines.faces.looking import Seen
from backend.engines.faces.proposing import propose
from backend.engines.faces.torch_look import TorchLook
from backend.engines.gfpgan.engine import GfpganRestorer
from backend.engines.gfpgan.face_files import face_networks_by_openvino, face_networks_on
from backend.engines.gfpgan.installed import InstalledModels
from backend.engines.gfpgan.openvino_faces import OpenVinoFaceNetwork
from backend.engines.gfpgan.seams import FaceNetwork
from backend.media.types import RgbImage
from backend.networks.gfpgan.architectures import clean_from_state
from backend.networks.retinaface.fast import fast_form
from backend.networks.retinaface.network import RetinaFace, from_state
from backend.networks.retinaface.trunks import MOBILE_CHANNELS, MobileNetQuarter
from backend.networks.retinaface.variants import OFFICIAL
from benchmarks.reference.measuring import measured

_DETECTORS = {"small": "retinaface-mobile0.25", "large": "retinaface-r50"}
_ROLES = ("face", "detector")  # of the three random files; the parser is left out where it is not asked for


class GivenFaces(InstalledModels):
    """Detection runs, in either way, and its answer is replaced by `faces`."""

    faces: tuple[FoundFace, ...] = ()

    def official_finder(self) -> FindFaces:
        return self.instead_of(super().official_finder())

    def searched(self, folder: WeightsFolder, detector: Literal["small", "large"]) -> FindFaces:
        """The search as it runs on a photo with these faces: copies propose nobody, each face is judged."""
        file = folder.installed(_DETECTORS[detector])
        network = from_state(load_state(file.path, sha256=file.sha256), OFFICIAL)
        look = TorchLook(fast_form(network, torch.float32), OFFICIAL)

        def found(photo: RgbImage) -> tuple[FoundFace, ...]:
            propose(photo, look)
            for face in self.faces:
                assert face.landmarks is not None
                judge(photo, Seen(box=face.box, score=face.score, points=face.landmarks), look)
            return self.faces

        return found

    def instead_of(self, find: FindFaces) -> FindFaces:
        """`find` runs, and `faces` are found."""

        def found(photo: RgbImage) -> tuple[FoundFace, ...]:
            find(photo)
            return self.faces

        return found


class Ours:
    """Engines by how they were asked for; each loads its networks on its first order."""

    def __init__(self, weights: Path) -> None:
        self._weights = weights
        self._engines: dict[str, tuple[GfpganRestorer, GivenFaces]] = {}
        self._by_openvino: dict[object, FaceNetwork] = {}

    def restore(self, photo: RgbImage, order: dict[str, object]) -> RgbImage:
        """The photo restored as the order says."""
        rows = order["rows"]
        assert isinstance(rows, list)
        engine, models = self._of(order)
        models.faces = tuple(_face(index, row) for index, row in enumerate(rows))
        mode, scope = order["mode"], order.get("scope", "full")
        options = RestoreOptions(
            upscale="2",
            scratches="off" if scope == "faces" and mode != "parity" else "auto",
            mode=mode,  # type: ignore[arg-type]  # the orders' own words
            scope=scope,  # type: ignore[arg-type]
        )
        return engine.restore(SourcePhoto(pixels=photo), options, no_checkpoint).image

    def network(self, order: dict[str, object]) -> Callable[[], object]:
        """One face through the network alone; a new one each time, for the engine remembers faces."""
        network = self._face_network(order)
        face = np.random.default_rng().integers(0, 256, (512, 512, 3)).astype(np.uint8)
        return lambda: network([face])

    def _face_network(self, order: dict[str, object]) -> FaceNetwork:
        precision = order.get("openvino")
        if precision is None:
            return self._of(order)[1].face_network(None, "best")
        if precision not in self._by_openvino:
            path = self._weights / "GFPGANv1.4.pth"
            self._by_openvino[precision] = OpenVinoFaceNetwork(
                lambda: clean_from_state(load_state(path)),
                model="v1.4",
                precision=torch.float32 if precision == "fp32" else torch.bfloat16,
                cache=self._weights.parent / "openvino",
                fingerprint=digest_of(path),
            )
        return self._by_openvino[precision]

    def _of(self, order: dict[str, object]) -> tuple[GfpganRestorer, GivenFaces]:
        has_parser, device = bool(order.get("parser")), torch.device("cpu")
        openvino = order.get("openvino")
        dtype = torch.float32 if "fp32" in (order.get("precision"), openvino) else torch.bfloat16
        key = f"{dtype} {has_parser} {order.get('detector')} {openvino}"
        if key not in self._engines:
            folder = _folder(self._weights, has_parser)
            cache = self._weights / "openvino"
            make = face_networks_by_openvino(cache, dtype) if openvino else face_networks_on(device, dtype)
            models = GivenFaces(folder, make, device=device, dtype=dtype)
            find = models.searched(folder, "large" if order.get("detector") == "large" else "small")
            self._engines[key] = GfpganRestorer(models, find, BuiltinRestorer()), models
        return self._engines[key]


def _face(index: int, row: list[float]) -> FoundFace:
    points = [(row[at], row[at + 1]) for at in range(5, 15, 2)]
    return FoundFace(
        id=index,
        box=(row[0], row[1], row[2], row[3]),
        score=row[4],
        landmarks=(points[0], points[1], points[2], points[3], points[4]),
    )


def _folder(weights: Path, has_parser: bool) -> WeightsFolder:
    """The official side's files, in a manifest that does not know the real ones' checksums."""
    roles = (*_ROLES, "parser") if has_parser else _ROLES
    files = [
        replace(file, sha256=None, md5=None, size_bytes=None, about_bytes=None)
        for file in read_manifest(SHIPPED)
        if file.role in roles and (weights / file.file).exists()
    ]
    return WeightsFolder(weights, Manifest(tuple(files)))


def main() -> None:
    """`python -m benchmarks.ours FOLDER THREADS`: as `reference/official.py`, whose weights it waits for."""
    weights = Path(sys.argv[1]).resolve() / "gfpgan" / "weights"
    torch.set_num_threads(int(sys.argv[2]))
    cv2.setNumThreads(int(sys.argv[2]))
    _make_small_detector(weights / "mobilenet0.25_Final.pth")
    ours = Ours(weights)
    print('{"ready": true}', flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "restore":
            taken = _restored(ours, order)
        else:
            taken, _ = measured(ours.network(order))
        print(json.dumps(taken), flush=True)


def _make_small_detector(path: Path) -> None:
    """The one file that the official side does not make, and as blind."""
    torch.manual_seed(0)
    network = RetinaFace(MobileNetQuarter(leaks=True), MOBILE_CHANNELS, 64, leaks=True)
    state = network.state_dict()
    for level in range(3):
        state[f"ClassHead.{level}.conv1x1.weight"].zero_()
        state[f"ClassHead.{level}.conv1x1.bias"] = torch.tensor([8.0, -8.0, 8.0, -8.0])
    torch.save(state, path)


def _restored(ours: Ours, order: dict[str, object]) -> dict[str, float]:
    photo = np.load(str(order["photo"]))
    # Networks are loaded beforehand, as the official side's are.
    ours.restore(photo[:64, :64], order | {"rows": []})
    # The engine remembers faces, and this round has shown it these.
    photo = np.bitwise_xor(photo, np.random.default_rng().integers(0, 2, photo.shape, np.uint8))
    taken, _ = measured(lambda: ours.restore(photo, order))
    return taken


if __name__ == "__main__":
    main()
