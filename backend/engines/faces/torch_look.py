"""RetinaFace in torch as a `Look`, and as a finder made of a file's weights."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch

from backend.domain.errors import OutOfMemory
from backend.engines.faces.looking import Seen, five
from backend.engines.faces.retinaface import RetinaFaceFinder
from backend.media.types import RgbImage
from backend.networks.retinaface.decode import Rows, candidates, without_overlaps
from backend.networks.retinaface.fast import fast_form
from backend.networks.retinaface.network import MEAN_BGR, RetinaFace, from_state
from backend.networks.retinaface.variants import Variant
from backend.networks.state import State

_MOST_IOU: Final = 0.4  # facexlib
_MOST: Final = 400  # a face has a dozen anchors; more than this is a file of other numbers


class TorchLook:
    """One network, read in one way."""

    def __init__(self, network: RetinaFace, variant: Variant, most: int | None = None) -> None:
        """network: in eval mode, on its device, float32 or bfloat16; most: anchors that are considered."""
        self._most = most
        self._network = network
        self._variant = variant
        parameter = next(network.parameters())
        self._device, self._dtype = parameter.device, parameter.dtype

    def __call__(self, pictures: Sequence[RgbImage], threshold: float) -> list[list[Seen]]:
        """See `Look`. Raises OutOfMemory."""
        height_px, width_px = pictures[0].shape[:2]
        bgr = np.stack(pictures)[..., ::-1].astype(np.float32) - np.array(MEAN_BGR, np.float32)
        x = torch.from_numpy(np.ascontiguousarray(bgr.transpose(0, 3, 1, 2)))
        try:
            with torch.inference_mode():
                raw = self._network(x.to(self._device, self._dtype))
        except torch.OutOfMemoryError as error:
            raise OutOfMemory(f"a picture of {width_px}x{height_px} is too much for the detector") from error
        loc, score, landmarks = (each.float().cpu().numpy() for each in (raw.loc, raw.score, raw.landmarks))
        sizes = self._variant.anchor_sizes
        size_px = (height_px, width_px)
        seen = []
        for one_loc, one_score, one_landmarks in zip(loc, score, landmarks, strict=True):
            rows = candidates(
                one_loc, one_score[:, 1], one_landmarks, size_px=size_px, sizes=sizes, threshold=threshold
            )
            seen.append(_seen(without_overlaps(rows[: self._most], most_iou=_MOST_IOU)))
        return seen


def finder_from(
    state: State,
    variant: Variant,
    *,
    device: torch.device | None = None,
    fast_dtype: torch.dtype | None = None,
    only_upright: bool = False,
) -> RetinaFaceFinder:
    """A finder with a file's weights.

    fast_dtype: search with the folded network in this type; None = with the official one in float32
    raises: WeightsRefused (architecture)
    """
    network = from_state(state, variant).to(device or torch.device("cpu"))
    searching = network if fast_dtype is None else fast_form(network, fast_dtype)
    return RetinaFaceFinder(
        TorchLook(searching, variant, _MOST), TorchLook(network, variant), only_upright=only_upright
    )


def _seen(rows: Rows) -> list[Seen]:
    return [
        Seen(
            box=(float(row[0]), float(row[1]), float(row[2]), float(row[3])),
            score=float(row[4]),
            points=five(row[5:]),
        )
        for row in rows
    ]
