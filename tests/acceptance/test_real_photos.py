"""The twelve real old photos beside a developer's checkout, all the way through the running server."""

import base64
import io
import json
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from backend.media.video import probe_clip
from tests.shared_data import SHARED, needs_shared

FOLDER = SHARED / "data" / "photos"
PHOTOS = sorted(FOLDER.glob("*.*")) if FOLDER.is_dir() else []
WITHOUT_FACE = "08_noface_dustbowl.jpg"
LEFT_ALONE = {"09_profile_woman_1926.jpg"}  # a profile may be left alone: then nobody is there to move

pytestmark = needs_shared("data/photos")


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda path: path.stem)
def test_a_real_photo_is_restored(browser: httpx.Client, photo: Path) -> None:
    answer = browser.post("/restore", files={"file": (photo.name, photo.read_bytes())})

    assert answer.status_code == 200, answer.text
    body = answer.json()
    restored = Image.open(io.BytesIO(base64.b64decode(body["result_base64"].partition(",")[2])))
    with Image.open(photo) as original:
        scale = 2 if original.width * original.height < 2_000_000 else 1
        assert restored.size == (original.width * scale, original.height * scale)
        before = np.asarray(original.convert("L").resize((64, 64), Image.Resampling.BOX), np.float32)
    after = np.asarray(restored.convert("L").resize((64, 64), Image.Resampling.BOX), np.float32)
    assert body["engine"] == "builtin"
    # Still the same picture: thumbnails correlate; 0.9 leaves room for repaired scratches and contrast.
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.9


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda path: path.stem)
def test_a_real_photo_is_animated(browser: httpx.Client, photo: Path, tmp_path: Path) -> None:
    answer = browser.post(
        "/animate",
        files={"file": (photo.name, photo.read_bytes())},
        data={"preset": "smile_blink", "restore_first": "false"},
    )

    if photo.name == WITHOUT_FACE:
        assert (answer.status_code, answer.json()["code"]) == (422, "no_face_found")
        return
    if photo.name in LEFT_ALONE and answer.status_code == 422:
        assert answer.json()["code"] == "no_face_found"
        return
    assert answer.status_code == 200, answer.text
    body = answer.json()
    film = tmp_path / "film.mp4"
    film.write_bytes(base64.b64decode(body["result_base64"].partition(",")[2]))
    facts = probe_clip(film)
    assert (facts.width_px, facts.height_px) == (body["width"], body["height"])
    assert facts.duration_s == pytest.approx(body["frames"] / body["fps"], abs=0.1)  # container rounding
    accepted = json.loads((SHARED / "data" / "faces.json").read_text())["photos"][f"photos/{photo.name}"]
    assert sum(face["animated"] for face in body["faces"]) <= max(accepted["accept_counts"])
