"""RetinaFace against stored outputs of the official code on the same seeded weights."""

from typing import Any

import cv2
import numpy as np
import pytest
import torch

from backend.networks.retinaface.anchors import anchors
from backend.networks.retinaface.decode import candidates, without_overlaps
from backend.networks.retinaface.network import RetinaFace, from_state
from backend.networks.retinaface.variants import OFFICIAL
from tests.networks.retinaface.official import load_fixture, seeded_state
from tests.shared_data import needs_shared

pytestmark = needs_shared("parity")


@pytest.fixture(scope="module", params=["retinaface_mobile025", "retinaface_resnet50"])
def case(request: pytest.FixtureRequest) -> tuple[Any, RetinaFace]:
    fixture = load_fixture(request.param)
    return fixture, from_state(seeded_state(fixture))


@pytest.mark.parametrize("picture", [0, 1])
def test_every_stage_is_the_official_one(case: tuple[Any, RetinaFace], picture: int) -> None:
    fixture, network = case
    bgr = np.asarray(cv2.imread(str(fixture.image_path(f"input_{picture}"))), np.float32)
    x = torch.from_numpy((bgr - np.array([104, 117, 123], np.float32)).transpose(2, 0, 1)[None].copy())
    size_px = (bgr.shape[0], bgr.shape[1])

    with torch.inference_mode():
        raw = network(x)
    found = candidates(
        raw.loc[0].numpy(),
        raw.score[0, :, 1].numpy(),
        raw.landmarks[0].numpy(),
        size_px=size_px,
        sizes=OFFICIAL.anchor_sizes,
        threshold=fixture.meta["cases"][str(picture)]["threshold"],
    )

    stages = {
        "loc": raw.loc.numpy(),
        "score": raw.score.numpy(),
        "landmarks": raw.landmarks.numpy(),
        "priors": anchors(*size_px, OFFICIAL.anchor_sizes),
        "candidates": found,
        "rows": without_overlaps(found, most_iou=0.4),
    }
    for stage, result in stages.items():  # each with the tolerance that the fixture states
        difference = fixture.compare(f"{stage}_{picture}", result)
        assert difference.ok, difference
