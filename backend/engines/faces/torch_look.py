"""RetinaFace in torch as a `Look`, and as a finder made of a file's weights."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch

from backend.engines.faces.looking import Look, Seen, five
from backend.engines.faces.retinaface import RetinaFaceFinder
from backend.media.types import RgbImage
from backend.networks.retinaface.decode import Rows, candidates, without_overlaps
from backend.networks.retinaface.fast import fast_form
from backend.networks.retinaface.network import MEAN_BGR, RetinaFace, from_state
from backend.networks.retinaface.variants import Variant
from backend.networks.state import State

_MOST_IOU: Final = 0.4  # facexlib


class TorchLook:
    """One network, read in one way."""

    def __init__(self, network: RetinaFace, variant: Variant) -> None:
        """network: in eval mode, on its device, float32 or bfloat16."""
        self._network = network
        self._variant = variant
        parameter = next(network.parameters())
        self._device, self._dtype = parameter.device, parameter.dtype

    def __call__(self, pictures: Sequence[RgbImage], threshold: float) -> list[list[Seen]]:
        """See `Look`."""
        height_px, width_px = pictures[0].shape[:2]
        bgr = np.stack(pictures)[..., ::-1].astype(np.float32) - np.array(MEAN_BGR, np.float32)
        x = torch.from_numpy(np.ascontiguousarray(bgr.transpose(0, 3, 1, 2)))
        with torch.inference_mode():
            raw = self._network(x.to(self._device, self._dtype))
            loc, score, landmarks = (
                each.float().cpu().numpy() for each in (raw.loc, raw.score, raw.landmarks)
            )
        sizes = self._variant.anchor_sizes
        size_px = (height_px, width_px)
        seen = []
        for one_loc, one_score, one_landmarks in zip(loc, score, landmarks, strict=True):
            rows = candidates(
                one_loc, one_score[:, 1], one_landmarks, size_px=size_px, sizes=sizes, threshold=threshold
            )
            seen.append(_seen(without_overlaps(rows, most_iou=_MOST_IOU)))
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
    official: Look = TorchLook(network, variant)
    look = official if fast_dtype is None else TorchLook(fast_form(network, fast_dtype), variant)
    return RetinaFaceFinder(look, official, only_upright=only_upright)


def _seen(rows: Rows) -> list[Seen]:
    return [
        Seen(
            box=(float(row[0]), float(row[1]), float(row[2]), float(row[3])),
            score=float(row[4]),
            points=five(row[5:]),
        )
        for row in rows
    ]
