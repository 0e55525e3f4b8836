"""A RetinaFace file into a finder. Apart from the search and the network, neither of which knows files."""

from pathlib import Path

import torch

from backend.checkpoints.checks import digest_of
from backend.checkpoints.load import load_state
from backend.engines.faces.retinaface import RetinaFaceFinder
from backend.engines.faces.torch_look import finder_from
from backend.networks.retinaface.variants import variant_of


def finder_of(
    path: Path,
    *,
    sha256: str | None = None,
    device: torch.device | None = None,
    only_upright: bool = False,
) -> RetinaFaceFinder:
    """The finder in a file of either trunk; how to read it is told by the file's checksum.

    sha256: what the file must have; None = a file that its owner has named
    raises: WeightsMissing, WeightsRefused
    """
    state = load_state(path, sha256=sha256)
    # Folded in float32: the same faces sooner; bf16 moves points by a pixel or two.
    return finder_from(
        state,
        variant_of(sha256 or digest_of(path)),
        device=device,
        fast_dtype=torch.float32,
        only_upright=only_upright,
    )
