import pytest

from backend.domain.errors import InvalidOption
from backend.engines.print_api import Corners, require_quadrilateral

SQUARE: Corners = ((10, 10), (90, 10), (90, 90), (10, 90))


def test_a_print_may_hang_any_way_round() -> None:
    turned: Corners = (*SQUARE[1:], SQUARE[0])

    require_quadrilateral(turned, 100, 100)


def test_corners_that_were_rounded_past_the_edge_are_taken() -> None:
    require_quadrilateral(((0, 0), (100.4, 0), (100.4, 100.4), (-0.4, 100)), 100, 100)


@pytest.mark.parametrize(
    "corners",
    [
        pytest.param(((10, 10), (101, 10), (90, 90), (10, 90)), id="outside"),
        pytest.param(((10, 10), (float("nan"), 10), (90, 90), (10, 90)), id="not a number"),
        pytest.param(((10, 10), (10, 90), (90, 90), (90, 10)), id="mirrored"),
        pytest.param(((10, 10), (90, 90), (90, 10), (10, 90)), id="crossed"),
        pytest.param(((10, 10), (90, 10), (30, 30), (10, 90)), id="dented"),
        pytest.param(((10, 10), (50, 10), (90, 10), (10, 90)), id="a triangle"),
        pytest.param(((10, 10), (90, 10), (90, 20), (10, 20)), id="too thin"),
    ],
)
def test_what_is_no_print_in_the_picture_is_refused(corners: Corners) -> None:
    with pytest.raises(InvalidOption) as caught:
        require_quadrilateral(corners, 100, 100)

    assert caught.value.option == "corners"
