"""Fixtures of the face detector: raw outputs, anchors, and rows before and after overlaps are dropped.

Apart from other networks, because what comes after the network is compared too, row by row.
"""

from collections.abc import Iterator

import numpy as np
import torch

from backend.evaluation.parity.comparing import Finding, compare_arrays
from backend.evaluation.parity.fixtures import Array, Fixture, Picture
from backend.networks.retinaface.anchors import anchors
from backend.networks.retinaface.decode import Rows, candidates, without_overlaps
from backend.networks.retinaface.network import MEAN_BGR, RetinaFace, from_state
from backend.networks.retinaface.variants import OFFICIAL

DETECTOR = "facexlib.detection.retinaface.RetinaFace"

_SCORE = 4  # its place in a row
_SAME_SCORE = 1e-5  # rows whose scores are nearer than this may change places


def check_detector(fixture: Fixture) -> Iterator[Finding]:
    """Every stage of every picture."""
    network = from_state(fixture.state())
    for place, case in fixture.table("cases").items():
        photo = fixture.picture(f"input_{place}")
        stages = raw_stages(network, photo)
        height_px, width_px = photo.shape[:2]
        found = candidates(
            stages["loc"][0],
            stages["score"][0, :, 1],
            stages["landmarks"][0],
            size_px=(height_px, width_px),
            sizes=OFFICIAL.anchor_sizes,
            threshold=float(str(case["threshold"])),
        )
        kept = without_overlaps(found, most_iou=float(str(case["nms_threshold"])))
        results: dict[str, Array] = {f"{name}_{place}": array for name, array in stages.items()}
        results[f"priors_{place}"] = anchors(height_px, width_px, OFFICIAL.anchor_sizes)
        for name, rows in ((f"candidates_{place}", found), (f"rows_{place}", kept)):
            results[name] = _in_order_of(fixture.arrays[name].astype(np.float32), rows)
        yield from compare_arrays(fixture, results)


@torch.inference_mode()
def raw_stages(network: RetinaFace, photo: Picture) -> dict[str, Rows]:
    """What the network says of every anchor: `loc`, `score` and `landmarks`, as the fixtures name them.

    photo: uint8 (H, W, 3) RGB, taken at its own size
    """
    x = photo[..., ::-1].astype(np.float32) - np.array(MEAN_BGR, np.float32)
    raw = network(torch.from_numpy(x.transpose(2, 0, 1)[None].copy()))
    return {"loc": raw.loc.numpy(), "score": raw.score.numpy(), "landmarks": raw.landmarks.numpy()}


def _in_order_of(expected: Rows, rows: Rows) -> Rows:
    """The rows, where neighbours of practically one score stand as in the expected ones."""
    ordered = rows.copy()
    if ordered.shape != expected.shape:
        return ordered
    for place in range(len(ordered) - 1):
        pair = ordered[place : place + 2]
        is_level = abs(pair[0, _SCORE] - pair[1, _SCORE]) < _SAME_SCORE
        swapped = pair[::-1]
        if (
            is_level
            and np.abs(swapped - expected[place : place + 2]).sum()
            < np.abs(pair - expected[place : place + 2]).sum()
        ):
            ordered[place : place + 2] = swapped.copy()
    return ordered
