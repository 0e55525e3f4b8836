from concurrent.futures import ThreadPoolExecutor

import numpy as np

from backend.engines.faces.cascades import cascade
from backend.engines.faces.detector import find_faces
from tests.builders import a_portrait


def test_a_thread_reads_each_cascade_once_and_shares_none() -> None:
    here = cascade("eye")
    with ThreadPoolExecutor(1) as pool:
        there, again = pool.submit(cascade, "eye").result(), pool.submit(cascade, "eye").result()

    assert cascade("eye") is here
    assert there is again
    assert there is not here


def test_two_photos_at_once_have_their_own_faces() -> None:
    wide = np.pad(a_portrait(), ((0, 0), (150, 0), (0, 0)), mode="edge")
    photos = [a_portrait(), wide]
    alone = [find_faces(photo) for photo in photos]

    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(find_faces, photos * 3))

    assert together == alone * 3
