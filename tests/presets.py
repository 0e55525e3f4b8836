"""A small catalogue of presets: real curves, and clips that nothing ever opens."""

import json
from pathlib import Path

FRAME_COUNT = 5
# slug -> how far the corners of the mouth go; each makes another film
SMILES = {"smile_blink": 0.1, "puzzled": 0.2, "nod": 0.3, "shake": 0.4}
NUMBERS = {"smile_blink": 3, "puzzled": 6, "nod": 9, "shake": 12}
NAMES_ZH = {"smile_blink": "微笑眨眼", "puzzled": "疑惑", "nod": "点头", "shake": "摇头"}


def write_catalogue(folder: Path) -> Path:
    """A folder that `Presets` can read: the first prototype's four, 5 frames at 10 frames per second each."""
    folder.mkdir(parents=True)
    entries = []
    for slug, smile in SMILES.items():
        curve = [0.0, smile, 2 * smile, smile, 0.0]
        (folder / f"{slug}.json").write_text(json.dumps({"fps": 10, "channels": {"smile": curve}}))
        (folder / f"{slug}.mp4").write_bytes(b"")
        (folder / f"{slug}.jpg").write_bytes(b"")
        entries.append(_entry(slug))
    (folder / "catalogue.toml").write_text("\n".join(entries), encoding="utf-8")
    return folder


def _entry(slug: str) -> str:
    return f"""
[[preset]]
slug = "{slug}"
number = {NUMBERS[slug]}
name_zh = "{NAMES_ZH[slug]}"
name_en = "{slug.replace("_", " and ").capitalize()}"
seconds = {FRAME_COUNT / 10}
fps = 10.0
frames = {FRAME_COUNT}
clip = "{slug}.mp4"
poster = "{slug}.jpg"
curve = "{slug}.json"
licence = "CC0-1.0"
sha256 = "{64 * "0"}"
"""
