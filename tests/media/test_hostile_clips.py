import json

import pytest

from backend.domain.errors import InvalidInput
from backend.media.video import probe_clip, read_frames, sampling_rate
from tests.shared_data import SHARED, needs_shared

HOSTILE = SHARED / "data" / "hostile"
pytestmark = needs_shared("data/hostile")

SECONDS = {
    "control_ok": 3.0,
    "vfr": 3.0,
    "fps120": 1.5,
    "long_60s": 10.0,
    "odd_255x253_yuv444": 2.0,
    "rotate_90_metadata": 3.0,
    "mp4_named": 3.0,
    "frames_1": 0.04,
    "no_face": 2.0,
    "cuts": 3.0,
}


def _clips() -> list[tuple[str, str]]:
    if not HOSTILE.is_dir():
        return []
    cases = json.loads((HOSTILE / "expected.json").read_text(encoding="utf-8"))["items"]
    return [(case["id"], case["file"]) for case in cases if case["kind"] == "video"]


@pytest.mark.parametrize(("name", "file"), _clips())
def test_a_hostile_clip_is_read_for_as_long_as_it_lasts_or_refused(name: str, file: str) -> None:
    if name not in SECONDS:
        with pytest.raises(InvalidInput):
            probe_clip(HOSTILE / file)
        return

    facts = probe_clip(HOSTILE / file)
    fps = sampling_rate(facts.fps, max_fps=30.0)
    frame_count = sum(1 for _ in read_frames(HOSTILE / file, fps=fps, facts=facts))

    assert fps <= 30.0
    assert frame_count / fps == pytest.approx(SECONDS[name], abs=0.1)
