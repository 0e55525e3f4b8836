"""Where the engine gets its networks from: asked at the moment one is needed, because each costs memory.

Apart from the engine so that this one can be built and tested without a file of weights.
"""

from typing import Protocol

from backend.engines.api import FaceModel, RestoreMode
from backend.engines.faces.finding import FindFaces
from backend.engines.gfpgan.official import OfficialEnlarger
from backend.engines.gfpgan.seams import Enlarger, FaceNetwork, FaceParser


class Models(Protocol):
    """The networks that are installed, loaded on first use and kept. Safe to ask from several threads."""

    def face_network(self, model: FaceModel | None, mode: RestoreMode) -> FaceNetwork:
        """The network of that name, None = the best that is installed; for "parity" in plain float32.

        raises: WeightsMissing, WeightsRefused, OutOfMemory
        """
        ...

    def face_parser(self, mode: RestoreMode) -> FaceParser | None:
        """The network that draws masks; None where it is not installed: its licence is not everybody's.

        raises: WeightsRefused, OutOfMemory
        """
        ...

    def enlarger(self, mode: RestoreMode) -> Enlarger:
        """The network for what is not a face.

        raises: WeightsMissing, WeightsRefused, OutOfMemory
        """
        ...

    def official_finder(self) -> FindFaces:
        """The official detector at native size, for "parity"; faces in its own order, from the surest.

        raises: WeightsMissing, WeightsRefused
        """
        ...

    def official_enlarger(self) -> OfficialEnlarger:
        """The official way to restore what is not a face, for "parity".

        raises: WeightsMissing, WeightsRefused
        """
        ...
