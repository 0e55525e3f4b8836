"""The engine put together from a weights folder: which file, which device, where motions are kept.

Apart from the parts, none of which knows all the others. Loading this module loads torch.
"""

from pathlib import Path

import torch

from backend.checkpoints.folder import WeightsFolder
from backend.engines.animation_api import MotionSetup
from backend.engines.device import pick_device, pick_precision
from backend.engines.faces.finding import FindFaces
from backend.engines.first_order.engine import FirstOrderAnimator
from backend.engines.first_order.installed import InstalledMotion, MakeMotionNetwork
from backend.engines.first_order.openvino_network import OpenVinoMotionNetwork
from backend.engines.first_order.seams import MotionNetwork
from backend.engines.first_order.templates import TemplateShelf
from backend.engines.first_order.torch_network import TorchMotionNetwork
from backend.networks.first_order.model import FirstOrderModel


def assemble(
    folder: WeightsFolder, setup: MotionSetup, find: FindFaces, templates_dir: Path | None
) -> FirstOrderAnimator:
    """The engine. Networks load when a film needs them.

    find:          upright faces in boxes as the cascades draw them
    templates_dir: where what presets come to is kept; None = only in memory
    raises:        InvalidOption for a device that is not here
    """
    device = pick_device(setup.device)
    dtype = pick_precision(device, setup.precision)
    by_openvino = setup.device == "openvino"
    make = (
        networks_by_openvino(folder.directory / "openvino", dtype)
        if by_openvino
        else networks_on(device, dtype)
    )
    models = InstalledMotion(folder, make, own=setup.model_path)
    return FirstOrderAnimator(models, find, TemplateShelf(templates_dir))


def networks_on(device: torch.device, dtype: torch.dtype) -> MakeMotionNetwork:
    """Makes networks for a device, in float32 or bfloat16; what is plain of them is always float32."""

    def make(loaded: FirstOrderModel, *, model: str, fingerprint: str, side_px: int) -> MotionNetwork:
        return TorchMotionNetwork(
            loaded.generator,
            loaded.detector,
            model=model,
            fingerprint=fingerprint,
            device=device,
            precision=dtype,
            side_px=side_px,
        )

    return make


def networks_by_openvino(cache: Path, dtype: torch.dtype) -> MakeMotionNetwork:
    """The same on the processor by OpenVINO; the maker raises EngineUnavailable where it is not installed.

    cache: a folder for converted networks
    """

    def make(loaded: FirstOrderModel, *, model: str, fingerprint: str, side_px: int) -> MotionNetwork:
        return OpenVinoMotionNetwork(
            loaded.generator,
            loaded.detector,
            model=model,
            fingerprint=fingerprint,
            precision=dtype,
            cache=cache,
            side_px=side_px,
        )

    return make
