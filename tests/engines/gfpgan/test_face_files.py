import pytest
import torch

from backend.domain.errors import WeightsRefused
from backend.engines.gfpgan.face_files import face_networks_on
from backend.networks.rrdbnet import RRDBNet, RRDBNetSize
from tests.networks.gfpgan.small import small_state

MAKE = face_networks_on(torch.device("cpu"), torch.float32)


def test_the_tensors_of_a_face_network_become_one() -> None:
    assert MAKE(small_state(), model="ours.pth", plain=True).model == "ours.pth"


def test_another_network_is_refused_in_words() -> None:
    enlarging = RRDBNet(RRDBNetSize(features=8, growth=4, blocks=1, scale=2)).state_dict()

    with pytest.raises(WeightsRefused, match="rrdbnet"):
        MAKE(enlarging, model="v1.4", plain=False)


def test_a_file_of_nothing_known_is_refused() -> None:
    with pytest.raises(WeightsRefused):
        MAKE({"weight": torch.zeros(3)}, model="v1.4", plain=False)
