"""Networks that do one thing each, so that a test sees what the engine made of it; and where faces lie."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import cv2
import numpy as np

from backend.domain.errors import WeightsMissing
from backend.engines.api import FaceModel, FivePoints, RestoreMode
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.engines.faces.align import TEMPLATE
from backend.engines.faces.boxes import FoundFace
from backend.engines.faces.finding import FindFaces
from backend.engines.gfpgan.engine import GfpganRestorer
from backend.engines.gfpgan.official import OfficialEnlarger
from backend.engines.gfpgan.seams import ClassMap, Enlarger, FaceNetwork, FaceParser
from backend.media.types import FloatImage, RgbImage

Model = TypeVar("Model")


@dataclass
class PaintingNetwork:
    """Makes of a face what `paint` says; remembers how many faces came at a time."""

    paint: Callable[[FloatImage], FloatImage]
    model: str = "v1.4"
    batches: list[int] = field(default_factory=list)

    def __call__(self, faces: Sequence[RgbImage | FloatImage]) -> list[RgbImage]:
        self.batches.append(len(faces))
        painted = [self.paint(face.astype(np.float32)) for face in faces]
        return [np.rint(face).clip(0, 255).astype(np.uint8) for face in painted]


def copying() -> PaintingNetwork:
    return PaintingNetwork(lambda face: face)


def contrasting() -> PaintingNetwork:
    """Steeper where it is fine, as sharpening is; the large scale stays."""
    return PaintingNetwork(lambda face: face + (face - np.asarray(cv2.GaussianBlur(face, (0, 0), 6.0))))


class SkinEverywhere:
    """A parser that sees nothing but a face."""

    def __call__(self, faces: Sequence[RgbImage]) -> list[ClassMap]:
        return [np.ones(face.shape[:2], np.uint8) for face in faces]


@dataclass
class RepeatingEnlarger:
    """Every pixel `scale` times, brighter by `lift` of 1."""

    scale: int = 2
    lift: float = 0.0
    model: str = "x2plus"

    def __call__(self, tile: FloatImage) -> FloatImage:
        return np.asarray(np.repeat(np.repeat(tile, self.scale, 0), self.scale, 1) + self.lift, np.float32)


@dataclass
class FakeModels:
    """What is installed; None = it is not."""

    network: FaceNetwork | None = field(default_factory=contrasting)
    parser: FaceParser | None = None
    background: Enlarger | None = None
    finder: FindFaces | None = None
    official: OfficialEnlarger | None = None
    asked: list[str] = field(default_factory=list)

    def face_network(self, model: FaceModel | None, mode: RestoreMode) -> FaceNetwork:
        self.asked.append(f"face_network {model} {mode}")
        return _installed(self.network, "GFPGANv1.4.pth")

    def face_parser(self, mode: RestoreMode) -> FaceParser | None:
        self.asked.append(f"face_parser {mode}")
        return self.parser

    def enlarger(self, mode: RestoreMode) -> Enlarger:
        return _installed(self.background, "RealESRGAN_x2plus.pth")

    def official_finder(self) -> FindFaces:
        return _installed(self.finder, "detection_Resnet50_Final.pth")

    def official_enlarger(self) -> OfficialEnlarger:
        return _installed(self.official, "RealESRGAN_x2plus.pth")


def _installed(model: Model | None, file: str) -> Model:
    if model is None:
        raise WeightsMissing(params={"file": file})
    return model


def points_at(x: float, y: float, side_px: float) -> FivePoints:
    """The five points of a face whose aligned crop is the square of `side_px` at x, y."""
    ratio = side_px / 512
    one, two, three, four, five = ((x + px * ratio, y + py * ratio) for px, py in TEMPLATE)
    return one, two, three, four, five


def a_face(id: int, x: float, y: float, side_px: float) -> FoundFace:
    box = (x + side_px * 0.2, y + side_px * 0.2, x + side_px * 0.8, y + side_px * 0.9)
    return FoundFace(id=id, box=box, score=0.9, landmarks=points_at(x, y, side_px))


def finding(*faces: FoundFace) -> FindFaces:
    def find(photo: RgbImage) -> tuple[FoundFace, ...]:
        return faces

    return find


def an_engine(models: FakeModels | None = None, *faces: FoundFace) -> GfpganRestorer:
    return GfpganRestorer(models or FakeModels(), finding(*faces), BuiltinRestorer())
