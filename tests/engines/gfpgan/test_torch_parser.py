from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from backend.domain.errors import OutOfMemory
from backend.engines.gfpgan.seams import ClassMap, FaceParser
from backend.engines.gfpgan.torch_parser import ParserSide, TorchParser
from backend.media.types import RgbImage
from backend.networks.parsenet import ParseNet, ParseNetSize

CPU = torch.device("cpu")


class _ByBrightness(nn.Module):
    """Class 2 where a pixel is brighter than grey, class 1 elsewhere; remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        self.seen.append(x)
        green = x[:, 1:2]
        return torch.cat((torch.full_like(green, -9), -green, green), dim=1)


class _Hungry(nn.Module):
    """Has no room for more than `most` faces."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.batches: list[int] = []

    def forward(self, x: Tensor) -> Tensor:
        self.batches.append(len(x))
        if len(x) > self.most:
            raise torch.OutOfMemoryError("out of memory")
        return torch.zeros(len(x), 3, *x.shape[2:], device=x.device)


def a_face(level: int) -> RgbImage:
    face = np.zeros((512, 512, 3), np.uint8)
    face[:256] = level
    return face


@pytest.mark.parametrize("side_px", [512, 256])
def test_every_pixel_gets_the_class_with_the_greatest_logit(side_px: ParserSide) -> None:
    network = _ByBrightness()
    parse: FaceParser = TorchParser(network, device=CPU, dtype=torch.float32, side_px=side_px)

    bright, dark = parse([a_face(200), a_face(50)])

    assert bright.dtype == np.uint8 and bright.shape == (512, 512)
    assert (bright[:255] == 2).all() and (bright[257:] == 1).all()
    assert (dark == 1).all()
    assert network.seen[0].shape[2:] == (side_px, side_px)
    assert network.seen[0].min() == -1.0
    assert network.seen[0].max() == pytest.approx(200 / 127.5 - 1)


def test_the_network_gets_its_values_in_the_official_layout() -> None:
    network = _ByBrightness()

    TorchParser(network, device=CPU, dtype=torch.float32, side_px=512)([a_face(1)])

    assert network.seen[0].is_contiguous()  # in another layout torch sums in another order


def test_on_a_processor_a_face_is_parsed_alone_so_that_company_changes_nothing() -> None:
    network = _ByBrightness()

    TorchParser(network, device=CPU, dtype=torch.float32, side_px=512)([a_face(1)] * 3)

    assert [len(x) for x in network.seen] == [1, 1, 1]


def test_one_face_too_many_is_an_error_and_no_empty_map() -> None:
    parse = TorchParser(_Hungry(most=0), device=CPU, dtype=torch.float32, side_px=512)

    with pytest.raises(OutOfMemory):
        parse([a_face(1)])


def test_an_error_that_is_not_about_memory_passes_through() -> None:
    network = ParseNet(ParseNetSize((4, 6), 1, (4,), 5)).eval()
    parse = TorchParser(network, device=CPU, dtype=torch.float32, side_px=512)

    with pytest.raises(RuntimeError, match="channels"):
        parse([np.zeros((512, 512, 4), np.uint8)])


def test_the_fast_form_in_half_precision_agrees_with_the_official_one() -> None:
    torch.manual_seed(2)
    state = ParseNet(ParseNetSize((8, 8), 1, (8,), 5)).state_dict()
    face = np.random.default_rng(3).integers(0, 256, (8, 8, 3), np.uint8).repeat(64, 0).repeat(64, 1)

    (exact,) = TorchParser.official(state, CPU)([face])
    (fast,) = TorchParser.fast(state, device=CPU, dtype=torch.bfloat16, side_px=512)([face])

    assert (exact == fast).mean() > 0.98  # bfloat16 decides otherwise where two classes are nearly equal


class _NoRoomOnDevice(nn.Module):
    """Has room for two faces at a time on its device, or for none; on the CPU always."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.batches: list[tuple[str, int]] = []
        self.place = nn.Parameter(torch.zeros(1, device="meta"), requires_grad=False)

    def __deepcopy__(self, memo: dict[int, object]) -> "_NoRoomOnDevice":
        return self  # so that the test sees what the copy was given

    def cpu(self) -> "_NoRoomOnDevice":
        self.place = nn.Parameter(torch.zeros(1), requires_grad=False)
        return self

    def forward(self, x: Tensor) -> Tensor:
        where = self.place.device.type
        self.batches.append((where, len(x)))
        if where != "cpu" and len(x) > self.most:
            raise torch.OutOfMemoryError("out of memory")
        return torch.zeros(len(x), 3, *x.shape[2:])


class _PretendingParser(TorchParser):
    """Believes that it is on a device; its tensors are on the CPU."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__(network, device=torch.device("meta"), dtype=torch.float32, side_px=512)

    def _parsed(self, faces: Sequence[RgbImage]) -> list[ClassMap]:
        self._network(torch.zeros(len(faces), 3, 8, 8))
        return [np.zeros((512, 512), np.uint8)] * len(faces)


def test_on_a_device_the_batch_is_halved_until_it_fits() -> None:
    network = _NoRoomOnDevice(most=2)

    maps = _PretendingParser(network)([a_face(1)] * 5)

    assert len(maps) == 5
    assert network.batches == [("meta", 5), ("meta", 2), ("meta", 2), ("meta", 1)]


def test_where_a_device_has_no_room_for_one_face_the_cpu_parses_it() -> None:
    network = _NoRoomOnDevice(most=0)

    maps = _PretendingParser(network)([a_face(1)] * 2)

    assert len(maps) == 2
    assert network.batches == [("meta", 2), ("meta", 1), ("cpu", 1), ("cpu", 1)]
