import numpy as np
import pytest

from backend.domain.errors import InvalidOption, JobCancelled
from backend.domain.jobs import Stage
from backend.engines.api import no_checkpoint
from backend.engines.builtin.prints.engine import BuiltinPrintCutter
from backend.engines.print_api import Corners
from backend.evaluation.prints import corner_error_percent
from backend.media.images import decode_photo
from tests.builders import a_photo
from tests.engines.builtin.prints.scenes import CORNERS, a_picture, a_scene, a_table
from tests.shared_data import SHARED, needs_shared


def test_a_print_on_a_table_is_found_to_a_fraction_of_a_percent() -> None:
    (found,) = BuiltinPrintCutter().find(a_scene(), no_checkpoint)

    error_percent, quarter_turns = corner_error_percent(found.corners, CORNERS)
    assert error_percent < 0.5  # 2.5 px of 490; measured 0.1
    assert quarter_turns == 0
    assert 0.9 <= found.score <= 1


def test_prints_are_found_in_reading_order() -> None:
    left: Corners = ((60, 200), (400, 190), (410, 480), (70, 490))
    right: Corners = ((500, 60), (840, 80), (830, 370), (490, 350))
    picture = a_scene(left)
    both = a_scene(right)
    picture[:, 450:] = both[:, 450:]

    found = BuiltinPrintCutter().find(picture, no_checkpoint)

    assert [
        corner_error_percent(one.corners, true)[0] < 1 for one, true in zip(found, (left, right), strict=True)
    ]
    assert len(found) == 2


def test_a_print_in_the_dark_is_found() -> None:
    noise = np.random.default_rng(5).normal(0, 2, (680, 900, 3))
    picture = np.clip(0.12 * a_scene() + noise, 0, 255).astype(np.uint8)

    (found,) = BuiltinPrintCutter().find(picture, no_checkpoint)

    assert corner_error_percent(found.corners, CORNERS)[0] < 1


@pytest.mark.parametrize(
    "picture", [a_table(), a_photo(), a_picture(), np.zeros((300, 300, 3), np.uint8), a_picture(16, 16)]
)
def test_a_picture_of_no_print_has_none(picture: np.ndarray) -> None:
    assert BuiltinPrintCutter().find(picture, no_checkpoint) == ()


@needs_shared("data/photos")
def test_no_print_is_seen_in_photos_that_are_prints_themselves() -> None:
    """Scanned prints with borders, a cabinet card: whole pictures, and nothing to cut out of them."""
    paths = sorted((SHARED / "data" / "photos").iterdir())
    photos = {path.name: decode_photo(path.read_bytes()).pixels for path in paths}

    seen = {name for name, photo in photos.items() if BuiltinPrintCutter().find(photo, no_checkpoint)}

    assert len(photos) == 12
    assert seen == set()


def test_the_same_picture_gives_the_same_prints() -> None:
    picture = a_scene()

    assert BuiltinPrintCutter().find(picture, no_checkpoint) == BuiltinPrintCutter().find(
        picture, no_checkpoint
    )


def test_a_print_that_is_found_can_be_cut_out() -> None:
    picture = a_scene()
    (found,) = BuiltinPrintCutter().find(picture, no_checkpoint)

    cut = BuiltinPrintCutter().straighten(picture, found.corners, no_checkpoint)

    rim = np.concatenate([cut.image[[2, -3], :].reshape(-1, 3), cut.image[:, [2, -3]].reshape(-1, 3)])
    assert rim.min() > 200  # the white border all around, and nothing of the table
    assert cut.notes == ()


def test_corners_outside_the_picture_are_refused() -> None:
    corners: Corners = ((-9, 0), (100, 0), (100, 100), (0, 100))

    with pytest.raises(InvalidOption):
        BuiltinPrintCutter().straighten(a_table(), corners, no_checkpoint)


def test_a_cancelled_search_ends() -> None:
    def cancel(stage: Stage, fraction: float) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        BuiltinPrintCutter().find(a_scene(), cancel)
