"""Every option of a film by networks changes its pictures; to arrive at the engine is not enough."""

from functools import cache

import numpy as np
import pytest
import torch

from backend.engines.animation_api import AnimateOptions
from backend.engines.first_order.torch_network import TorchMotionNetwork
from backend.media.types import RgbImage
from backend.networks.first_order.model import FirstOrderModel
from tests.builders import a_portrait
from tests.engines.first_order.stages import SIDE_PX, a_preset, an_engine, filmed
from tests.narrow_motion import random_states

DEFAULT = AnimateOptions()
FRAMES = 8


@cache
def network() -> TorchMotionNetwork:
    """Random weights, of which every number takes part: each way to compute gives other pictures."""
    model = FirstOrderModel.from_states(random_states())
    return TorchMotionNetwork(
        model.generator,
        model.detector,
        model="random",
        fingerprint="random",
        device=torch.device("cpu"),
        precision=torch.float32,
        side_px=SIDE_PX,
    )


def film(options: AnimateOptions) -> list[RgbImage]:
    return filmed(a_portrait(), a_preset(FRAMES), options, an_engine(network=network()))[1]


@pytest.mark.parametrize(
    "options",
    [
        AnimateOptions(mode="fast"),
        AnimateOptions(mode="parity"),
        AnimateOptions(relative=False),
        AnimateOptions(adapt_scale=False),
        AnimateOptions(best_frame=3),
        AnimateOptions(border="official"),
        AnimateOptions(intensity=0.5),
        AnimateOptions(size="face"),
    ],
    ids=lambda options: " ".join(
        f"{name}={getattr(options, name)}"
        for name in ("mode", "relative", "adapt_scale", "best_frame", "border", "intensity", "size")
        if getattr(options, name) != getattr(DEFAULT, name)
    ),
)
def test_an_option_changes_the_film(options: AnimateOptions) -> None:
    usual, changed = film(DEFAULT), film(options)

    assert usual[0].shape != changed[0].shape or any(
        (one != other).any() for one, other in zip(usual, changed, strict=True)
    )


def test_the_same_options_give_the_same_film() -> None:
    assert np.array_equal(film(DEFAULT), film(DEFAULT))


@pytest.mark.parametrize("border", ["official", "frozen"])
def test_a_border_is_one_of_the_bare_network_too(border: str) -> None:
    usual = film(AnimateOptions(mode="parity"))
    chosen = film(AnimateOptions(mode="parity", border=border))  # type: ignore[arg-type]  # from a table

    assert np.array_equal(usual, chosen) == (border == "official")
