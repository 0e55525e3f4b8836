"""OpenVINO restores what torch restores, converts once, and says so where it is not installed."""

from pathlib import Path

import numpy as np
import pytest
import torch

from backend.domain.errors import EngineUnavailable
from backend.engines.gfpgan.face_files import face_networks_by_openvino
from backend.engines.gfpgan.openvino_faces import OpenVinoFaceNetwork
from backend.engines.gfpgan.sample_face import draw_sample_face
from backend.engines.gfpgan.torch_faces import TorchFaceNetwork
from backend.networks.gfpgan.architectures import clean_from_state
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.state import fingerprint_of
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


def test_where_nothing_can_be_written_it_is_converted_each_time(tmp_path: Path) -> None:
    pytest.importorskip("openvino", reason="OpenVINO is an optional package")
    (tmp_path / "file").write_bytes(b"")

    network = OpenVinoFaceNetwork(
        _build, model="m", precision=torch.float32, cache=tmp_path / "file", fingerprint="f"
    )

    assert network([draw_sample_face(32)])[0].shape == (32, 32, 3)


def test_other_weights_have_another_fingerprint() -> None:
    one, same, other = small_state(), small_state(), small_state(seed=2)

    assert fingerprint_of(one) == fingerprint_of(same) != fingerprint_of(other)


@pytest.mark.parametrize(("least_db", "precision"), [(10.0, torch.bfloat16), (1000.0, torch.float32)])
def test_the_maker_takes_bfloat16_where_it_is_close_to_float32(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least_db: float, precision: torch.dtype
) -> None:
    pytest.importorskip("openvino", reason="OpenVINO is an optional package")
    monkeypatch.setattr("backend.engines.gfpgan.face_files.LEAST_DB", least_db)
    made = face_networks_by_openvino(tmp_path, torch.bfloat16)(small_state(), model="m", plain=False)

    assert isinstance(made, OpenVinoFaceNetwork)
    assert made.precision == precision
    assert [path.suffix for path in sorted(tmp_path.iterdir())] == [".bin", ".xml"]


def test_what_is_compared_with_the_official_code_runs_by_torch(tmp_path: Path) -> None:
    made = face_networks_by_openvino(tmp_path, torch.float32)(small_state(), model="m", plain=True)

    assert isinstance(made, TorchFaceNetwork)
    assert not list(tmp_path.iterdir())
