"""Mode "fast": every frame's motion is its own; what lies between two keys is close to what it stands for."""

import numpy as np
import pytest
import torch

from backend.engines.first_order.between_frames import KEY_EVERY, same_place
from backend.networks.first_order.dense_motion import Motion
from backend.networks.first_order.geometry import coordinate_grid
from tests.engines.first_order.test_torch_network import FACE, farthest, film, network, some_motion
from tests.narrow_motion import motion_states

GRID = coordinate_grid(64, 64, torch.device("cpu"))


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 9, 17])
def test_key_frames_are_whole_and_every_motion_is_exact(frames: int) -> None:
    of, to = network(), some_motion(frames)
    best = film(of, to)

    fast = film(of, to, "fast")

    assert len(fast) == frames
    keys = {*range(0, frames, KEY_EVERY), frames - 1}
    for number, (one, other) in enumerate(zip(fast, best, strict=True)):
        assert np.array_equal(one.flow, other.flow)
        assert np.array_equal(one.occlusion, other.occlusion)
        if number in keys:
            assert np.array_equal(one.picture, other.picture)


def test_where_the_residual_blocks_add_nothing_every_frame_is_whole() -> None:
    of, to = network(of=motion_states()), some_motion(8)

    best, fast = film(of, to), film(of, to, "fast")

    assert farthest(best, fast) < 2e-5  # float32 sums in another order
    assert np.abs(best[0].picture - best[4].picture).max() > 0.02


def test_what_was_added_is_carried_along_and_mixed_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Residual blocks that add the frame's number: between two keys the number in between is added."""
    of, to = network(), some_motion(7)
    counted = iter((0.0, 3.0, 6.0))
    generator = of._places[0][0].generator
    monkeypatch.setattr(generator, "refined", lambda features: features + next(counted))
    moved: list[torch.Tensor] = []

    def drawn(features: torch.Tensor) -> torch.Tensor:
        moved.append(features)
        return features[:, :3]

    monkeypatch.setattr(generator, "drawn", drawn)

    frames = film(of, to, "fast")

    added = []
    for frame, features in zip(frames, moved, strict=True):
        flow, occlusion = torch.from_numpy(frame.flow)[None], torch.from_numpy(frame.occlusion)[None, None]
        motion = Motion(flow, occlusion, mask=occlusion)  # the mask moves nothing
        added.append((features - generator.moved(of.encode(FACE).encoded, motion))[0].mean(dim=0))
    # in the middle: near the edge a place may lie outside the key frame, where nothing was added
    numbers = [float(one[6:10, 6:10].mean()) for one in added]
    assert numbers == pytest.approx([0, 1, 2, 3, 4, 5, 6], abs=1e-4)


def test_a_place_of_the_source_is_found_again() -> None:
    # a key frame that bends by up to 6 of 64 pixels, a frame that bends otherwise
    x, y = GRID.unbind(dim=-1)
    key = GRID + 0.1 * torch.stack((torch.sin(3 * y), torch.sin(2 * x)), dim=-1) * (1 - x**2)[..., None]
    frame = GRID + 0.1 * torch.stack((torch.cos(2 * y), torch.sin(3 * x)), dim=-1) * (1 - y**2)[..., None]

    places = same_place(key[None], frame[None], GRID)

    u, v = places[0].unbind(dim=-1)
    there = (
        places[0] + 0.1 * torch.stack((torch.sin(3 * v), torch.sin(2 * u)), dim=-1) * (1 - u**2)[..., None]
    )
    away_px = (there - frame)[8:-8, 8:-8].norm(dim=-1) * 31.5  # near the edge it may lie outside
    assert float(away_px.max()) < 0.15
