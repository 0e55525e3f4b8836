from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import nn

from backend.checkpoints.load import load_state
from backend.domain.errors import InvalidOption, WeightsRefused
from backend.evaluation.parity.comparing import Outcome
from backend.evaluation.parity.first_order import moved_stages
from backend.evaluation.parity.fixtures import Array, read_picture
from backend.evaluation.parity.own_files import compare_own, compare_own_motion
from backend.networks.first_order.model import FirstOrderModel
from backend.networks.parsenet import ParseNet, ParseNetSize
from backend.networks.retinaface.network import from_state as retinaface
from backend.networks.retinaface.variants import OFFICIAL, SMALL
from backend.networks.srvgg import SRVGGNetCompact
from tests.evaluation.parity.fixture_folder import TINY
from tests.narrow_motion import motion_file, motion_states
from tests.shared_data import SHARED, needs_shared


@pytest.fixture
def enlarging() -> SRVGGNetCompact:
    torch.manual_seed(1)
    return SRVGGNetCompact(TINY).eval().requires_grad_(False)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return write_png(tmp_path / "in.png", np.random.default_rng(1).integers(0, 256, (6, 4, 3), np.uint8))


def write_png(path: Path, picture: npt.NDArray[np.uint8]) -> Path:
    cv2.imwrite(str(path), np.ascontiguousarray(picture[..., ::-1]) if picture.ndim == 3 else picture)
    return path


def write_weights(folder: Path, network: nn.Module) -> Path:
    torch.save({"params_ema": network.state_dict()}, folder / "own.pth")
    return folder / "own.pth"


def output_of(network: SRVGGNetCompact, photo: Path) -> Array:
    rgb = cv2.imread(str(photo))[..., ::-1].astype(np.float32) / 255  # type: ignore[index]  # it is there
    made: Array = network(torch.from_numpy(rgb.transpose(2, 0, 1)[None].copy())).numpy()
    return made


def test_a_picture_from_elsewhere_is_compared_level_by_level(
    tmp_path: Path, enlarging: SRVGGNetCompact, photo: Path
) -> None:
    weights = write_weights(tmp_path, enlarging)
    unit = output_of(enlarging, photo)[0].transpose(1, 2, 0).astype(np.float32).clip(0, 1)
    levels = np.rint(unit * 255).astype(np.uint8)
    right = write_png(tmp_path / "right.png", levels)
    wrong = write_png(tmp_path / "wrong.png", np.where(levels > 128, levels - 3, levels + 3).astype(np.uint8))

    (ok,) = compare_own(weights, photo, right)
    (miss,) = compare_own(weights, photo, wrong)

    assert (ok.outcome, ok.result) == (Outcome.OK, "right.png")
    assert miss.outcome is Outcome.MISS


def test_stages_from_elsewhere_are_compared_by_their_names(
    tmp_path: Path, enlarging: SRVGGNetCompact, photo: Path
) -> None:
    weights = write_weights(tmp_path, enlarging)
    np.savez(tmp_path / "stages.npz", image=output_of(enlarging, photo).astype(np.float32) + np.float32(1e-3))

    (strict,) = compare_own(weights, photo, tmp_path / "stages.npz")
    (lenient,) = compare_own(weights, photo, tmp_path / "stages.npz", tolerance=2e-3)

    assert strict.outcome is Outcome.MISS
    assert strict.difference == pytest.approx(1e-3, rel=1e-3)
    assert lenient.outcome is Outcome.OK


def test_a_stage_that_the_network_has_not_is_named(
    tmp_path: Path, enlarging: SRVGGNetCompact, photo: Path
) -> None:
    np.savez(tmp_path / "stages.npz", logits=np.zeros(3))

    with pytest.raises(InvalidOption, match=r"has \['logits'\].*shows \['image'\]"):
        list(compare_own(write_weights(tmp_path, enlarging), photo, tmp_path / "stages.npz"))


def test_a_face_of_the_wrong_size_is_refused_in_words(tmp_path: Path, photo: Path) -> None:
    weights = write_weights(tmp_path, ParseNet(ParseNetSize((4, 6), 1, (4,), 5)))

    with pytest.raises(InvalidOption, match="512 x 512, not 4 x 6"):
        list(compare_own(weights, photo, photo))


def test_a_file_that_is_no_npz_is_named(tmp_path: Path, enlarging: SRVGGNetCompact, photo: Path) -> None:
    (tmp_path / "stages.npz").write_bytes(b"nothing")

    with pytest.raises(InvalidOption, match=r"stages\.npz"):
        list(compare_own(write_weights(tmp_path, enlarging), photo, tmp_path / "stages.npz"))


def test_weights_of_no_known_network_are_refused(tmp_path: Path, photo: Path) -> None:
    weights = write_weights(tmp_path, nn.Linear(2, 2))

    with pytest.raises(WeightsRefused, match="no network that is known"):
        list(compare_own(weights, photo, photo))


def test_a_class_map_from_elsewhere_is_compared(tmp_path: Path) -> None:
    torch.manual_seed(3)
    network = ParseNet(ParseNetSize((4, 6), 1, (4,), 5)).eval().requires_grad_(False)
    face = np.random.default_rng(5).integers(0, 256, (512, 512, 3), np.uint8)
    x = (torch.from_numpy(face.astype(np.float32).transpose(2, 0, 1)[None].copy()) / 255 - 0.5) / 0.5
    classes = network(x)[0].argmax(0).numpy().astype(np.uint8)
    photo, expected = write_png(tmp_path / "face.png", face), write_png(tmp_path / "map.png", classes)

    (finding,) = compare_own(write_weights(tmp_path, network), photo, expected)

    assert finding.outcome is Outcome.OK


@needs_shared("data/weights")
def test_a_detector_of_another_making_is_read_by_its_own_rules(tmp_path: Path) -> None:
    weights = SHARED / "data/weights/mobilenet0.25_Final.pth"
    picture = np.random.default_rng(5).integers(0, 256, (64, 96, 3), np.uint8)
    photo = write_png(tmp_path / "in.png", picture)
    with torch.inference_mode():
        right = retinaface(load_state(weights), SMALL)(detector_input(picture))
        wrong = retinaface(load_state(weights), OFFICIAL)(detector_input(picture))
    np.savez(tmp_path / "right.npz", loc=right.loc.numpy(), score=right.score.numpy())
    np.savez(tmp_path / "wrong.npz", loc=wrong.loc.numpy(), score=wrong.score.numpy())

    ok, miss = (list(compare_own(weights, photo, tmp_path / f"{name}.npz")) for name in ("right", "wrong"))

    assert [one.outcome for one in ok] == [Outcome.OK] * 2
    assert Outcome.MISS in [one.outcome for one in miss]


def detector_input(picture: npt.NDArray[np.uint8]) -> torch.Tensor:
    blue_first = picture[..., ::-1].astype(np.float32) - np.array((104, 117, 123), np.float32)
    return torch.from_numpy(blue_first.transpose(2, 0, 1)[None].copy())


def two_faces(folder: Path, sides_px: tuple[int, int] = (64, 64)) -> tuple[Path, Path]:
    noise = np.random.default_rng(2)
    photo, driving = (
        write_png(folder / f"{place}.png", noise.integers(0, 256, (side_px, side_px, 3), np.uint8))
        for place, side_px in enumerate(sides_px)
    )
    return photo, driving


def test_a_file_that_animates_is_compared_by_a_moved_picture_and_by_stages(tmp_path: Path) -> None:
    weights = tmp_path / "vox.pth.tar"
    weights.write_bytes(motion_file())
    photo, driving = two_faces(tmp_path)
    model = FirstOrderModel.from_states(motion_states())
    made = moved_stages(model, *(read_picture(path) for path in (photo, driving)))
    moved = np.rint(made["prediction"][0].astype(np.float64).transpose(1, 2, 0) * 255).astype(np.uint8)
    np.savez(tmp_path / "stages.npz", prediction=made["prediction"], driving_value=made["driving_value"])

    (same,) = compare_own_motion(weights, photo, driving, write_png(tmp_path / "moved.png", moved))
    (other,) = compare_own_motion(weights, driving, photo, tmp_path / "moved.png")
    stages = list(compare_own_motion(weights, photo, driving, tmp_path / "stages.npz"))

    assert (same.outcome, other.outcome) == (Outcome.OK, Outcome.MISS)
    assert [(one.result, one.outcome) for one in stages] == [
        ("driving_value", Outcome.OK),
        ("prediction", Outcome.OK),
    ]


@pytest.mark.parametrize("sides_px", [(64, 32), (60, 60)])
def test_pictures_that_the_network_cannot_take_are_refused_in_words(
    tmp_path: Path, sides_px: tuple[int, int]
) -> None:
    weights = tmp_path / "vox.pth.tar"
    weights.write_bytes(motion_file())
    photo, driving = two_faces(tmp_path, sides_px)

    with pytest.raises(InvalidOption, match="a multiple of 16 px"):
        list(compare_own_motion(weights, photo, driving, photo))


def test_a_file_that_animates_is_refused_without_a_driving_frame(tmp_path: Path) -> None:
    (tmp_path / "vox.pth.tar").write_bytes(motion_file())
    photo, _ = two_faces(tmp_path)

    with pytest.raises(WeightsRefused, match="animates and restores nothing"):
        list(compare_own(tmp_path / "vox.pth.tar", photo, photo))
