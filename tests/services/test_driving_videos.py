import hashlib
from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import InvalidOption, SettingsError
from backend.services.driving_videos import Presets

SHIPPED = Path(__file__).resolve().parents[2] / "driving_videos"
ENTRY = """
[[preset]]
slug = "{slug}"
{extra}
name_zh = "点头"
name_en = "Nod"
fps = 25
frames = 3
seconds = 0.12
clip = "{slug}.mp4"
poster = "{slug}.jpg"
sha256 = "00"
licence = "ours"
"""


def a_catalogue(folder: Path, *entries: tuple[str, str]) -> Path:
    (folder / "catalogue.toml").write_text(
        "".join(ENTRY.format(slug=slug, extra=extra) for slug, extra in entries), encoding="utf-8"
    )
    for slug, _ in entries:
        (folder / f"{slug}.mp4").write_bytes(b"clip")
        (folder / f"{slug}.jpg").write_bytes(b"poster")
    (folder / "nod.json").write_text('{"fps": 25, "channels": {"pitch": [0, 0.1, 0]}}', encoding="utf-8")
    return folder


def test_a_preset_is_found_by_slug_and_by_number(tmp_path: Path) -> None:
    presets = Presets(a_catalogue(tmp_path, ("nod", "number = 9"), ("other", "")))

    assert presets.find("9") is presets.find("nod")
    assert [preset.slug for preset in presets.list()] == ["nod", "other"]


def test_an_unknown_preset_is_an_invalid_option(tmp_path: Path) -> None:
    presets = Presets(a_catalogue(tmp_path, ("nod", "")))

    with pytest.raises(InvalidOption) as refused:
        presets.find("4")

    assert refused.value.option == "preset"


def test_a_curve_is_read_beside_its_clip(tmp_path: Path) -> None:
    preset = Presets(a_catalogue(tmp_path, ("nod", 'curve = "nod.json"'))).find("nod")

    assert preset.curve is not None
    assert preset.curve.channels == {"pitch": (0.0, 0.1, 0.0)}
    assert preset.curve.fps == 25.0


def test_a_clip_without_a_curve_drives_by_itself(tmp_path: Path) -> None:
    preset = Presets(a_catalogue(tmp_path, ("nod", ""))).find("nod")

    assert preset.curve is None
    assert preset.clip_path.read_bytes() == b"clip"


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ((), "preset"),
        ((("nod", ""), ("nod", "")), "twice"),
        ((("nod", "number = 0"),), "number"),
        ((("nod", 'curve = "missing.json"'),), "missing.json"),
        ((("nod", 'curve = "../nod.json"'),), "beside"),
    ],
)
def test_a_catalogue_that_cannot_be_used_says_why(
    tmp_path: Path, entries: tuple[tuple[str, str], ...], reason: str
) -> None:
    with pytest.raises(SettingsError, match=reason):
        Presets(a_catalogue(tmp_path, *entries))


def test_a_missing_catalogue_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        Presets(tmp_path)


def test_the_shipped_catalogue_is_whole() -> None:
    presets = Presets(SHIPPED).list()

    assert len(presets) == 18
    for preset in presets:
        assert hashlib.sha256(preset.clip_path.read_bytes()).hexdigest() == preset.sha256, preset.slug
        assert preset.clip_path.stat().st_size < 200_000
        assert preset.curve is not None
        assert all(values[0] == 0 for values in preset.curve.channels.values())
        assert np.isclose(preset.frame_count / preset.fps, preset.duration_s)


def test_the_shipped_clips_show_their_curves_frame_for_frame() -> None:
    for number in ("3", "6", "9", "12"):  # each is looked at by ffmpeg
        preset = Presets(SHIPPED).find(number)
        assert preset.curve is not None and preset.curve.open_clip is not None

        clip = preset.curve.open_clip()

        assert (clip.frame_count, clip.fps) == (preset.curve.frame_count, preset.curve.fps), preset.slug


def test_the_shipped_numbers_are_those_of_the_first_prototype() -> None:
    presets = Presets(SHIPPED)

    assert [presets.find(number).slug for number in ("3", "6", "9", "12")] == [
        "smile_blink",
        "puzzled",
        "nod",
        "shake",
    ]
