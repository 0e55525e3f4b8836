import pytest

from backend.engines.animation_api import FilmSize
from backend.engines.film_sizes import framing_of

FACE = (400.0, 300.0, 600.0, 500.0)


@pytest.mark.parametrize(
    ("size", "photo_px", "film_px"),
    [
        ("auto", (4000, 3000), (1280, 960)),
        ("auto", (1000, 700), (1000, 700)),
        ("auto", (1001, 701), (1002, 702)),
        ("photo", (4001, 3001), (4002, 3002)),
        ("1080", (4000, 3000), (1440, 1080)),
        ("720", (3000, 4000), (720, 960)),
        ("720", (800, 600), (800, 600)),
        ("face", (4000, 3000), (480, 480)),
        ("face", (700, 450), (450, 450)),
        ("auto", (1, 5000), (2, 1280)),
    ],
)
def test_film_size(size: FilmSize, photo_px: tuple[int, int], film_px: tuple[int, int]) -> None:
    framing = framing_of(*photo_px, size, FACE)

    assert (framing.film_width_px, framing.film_height_px) == film_px


def test_face_crop_is_moved_rather_than_cut_at_the_edge() -> None:
    framing = framing_of(1000, 800, "face", (0.0, 0.0, 200.0, 200.0))

    assert (framing.x1, framing.y1, framing.x2, framing.y2) == (0, 0, 480, 480)


def test_face_crop_holds_the_whole_box() -> None:
    framing = framing_of(4000, 3000, "face", FACE)

    assert framing.x1 < FACE[0] < FACE[2] < framing.x2
    assert framing.y1 < FACE[1] < FACE[3] < framing.y2
    assert framing.ratio == 1.0
