import numpy as np

from backend.engines.builtin.restoration.planes import to_bytes


def test_a_large_picture_is_rounded_as_its_pieces_are() -> None:
    picture = np.random.default_rng(0).uniform(-20, 275, (1100, 2000, 3)).astype(np.float32)

    whole = to_bytes(picture)

    assert np.array_equal(whole, np.concatenate([to_bytes(picture[:500]), to_bytes(picture[500:])]))
    assert np.array_equal(whole, np.rint(np.clip(picture, 0, 255)).astype(np.uint8))


def test_one_plane_is_rounded_too() -> None:
    assert to_bytes(np.full((3, 2), 7.6, np.float32)).tolist() == [[8, 8]] * 3
