"""The first prototype's worst bug: the chosen expression was shared by everybody."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.acceptance.conftest import LiveServer
from tests.acceptance.hostile import multipart
from tests.builders import a_portrait_png

PRESETS = ("smile_blink", "puzzled", "nod", "shake", "surprise")


def film_of(address: str, preset: str) -> tuple[str, str]:
    """The preset the answer names, and the film's hash; every call is a stranger without a cookie."""
    portrait = ("file", "a.png", "image/png", a_portrait_png(side_px=160))
    body, headers = multipart({"preset": preset, "restore_first": "false"}, [portrait])
    answer = httpx.post(address + "/animate", content=body, headers=headers, timeout=170)
    assert answer.status_code == 200, answer.text
    film = base64.b64decode(answer.json()["result_base64"].partition(",")[2])
    return answer.json()["preset"], hashlib.sha256(film).hexdigest()


@pytest.mark.timeout(400)
def test_everybody_gets_the_film_they_asked_for(server: LiveServer) -> None:
    alone = {preset: film_of(server.address, preset)[1] for preset in PRESETS}
    wanted = [PRESETS[index % len(PRESETS)] for index in range(20)]

    with ThreadPoolExecutor(max_workers=20) as pool:
        films = list(pool.map(lambda preset: film_of(server.address, preset), wanted))

    assert len(set(alone.values())) == len(PRESETS)
    assert [preset for preset, _ in films] == wanted
    # Same photo + same options = same bytes, so a film's hash says which preset moved it.
    assert [film for _, film in films] == [alone[preset] for preset in wanted]
