"""OpenVINO restores what torch restores, converts once, and says so where it is not installed."""

from pathlib import Path

import numpy as np
import pytest
import torch

from backend.domain.errors import EngineUnavailable
from backend.engines.gfpgan.openvino_faces import OpenVinoFaceNetwork
from backend.engines.gfpgan.sample_face import draw_sample_face
from backend.engines.gfpgan.torch_faces import TorchFaceNetwork
from backend.networks.gfpgan.architectures import clean_from_state
from backend.networks.gfpgan.network import Gfpgan
from tests.networks.gfpgan.small import small_state


def _build() -> Gfpgan:
    return clean_from_state(small_state())


def _never() -> Gfpgan:
    raise AssertionError("the cache was not used")


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="OpenVINO is not installed"):
        OpenVinoFaceNetwork(
            _never,
            model="m",
            precision=torch.float32,
            cache=tmp_path,
            fingerprint="f",
            library="openvino_of_nowhere",
        )


def test_faces_equal_those_of_torch_and_the_conversion_is_kept(tmp_path: Path) -> None:
    pytest.importorskip("openvino", reason="OpenVINO is an optional package")
    face = draw_sample_face(32)
    [expected] = TorchFaceNetwork(
        _build(), model="m", device=torch.device("cpu"), precision=torch.float32, plain=True
    )([face])

    for build in (_build, _never):
        restore = OpenVinoFaceNetwork(
            build, model="m", precision=torch.float32, cache=tmp_path / "new", fingerprint="f"
        )
        [restored] = restore([face])
        # other kernels, other order of sums: a value on the border between two levels may go to the other
        assert np.abs(restored.astype(int) - expected).max() <= 1
        assert (restored != expected).mean() < 0.01

    assert not list((tmp_path / "new").glob("part-*"))
