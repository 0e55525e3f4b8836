"""The official First Order Motion code against ours: same machine, same minute, same weights, in turns.

`python -m benchmarks.first_order.tables [--device cuda]` prints the tables alone. Two processes stay
loaded, as for GFPGAN; both run the torch that runs us, because the official modules import little else.
"""

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.first_order.fast_motion import clip_frames, fast_table
from benchmarks.first_order.weights import save_official_file
from benchmarks.official import HEAD, Side, Taken, rows
from benchmarks.portrait import portrait

CHECKOUT: Final = ".venv-reference/first-order-model"
SIDE_PX, PHOTO_PX, THREADS, RUNS, FILM_RUNS = 256, 1024, 2, 5, 3
FRAMES, CARD_FRAMES, FILM_FRAMES = 16, 128, 100
CLIP = Path("driving_videos/nod.mp4")
CARD_BATCHES = (1, 16, 64)

TITLE = "## First Order Motion: the official code and ours"
INTRODUCTION = """The official code (`demo.py` of first-order-model, commit c027484; `make
reference`) in float32, which runs the detector and the whole generator for every
frame, and ours, with the same random weights of the official size, two threads,
one order after the other; medians. Both run our torch. Alone, our network follows a
clip whose keypoints are kept, as those of presets are after their first film; the
photo is encoded in each run. Memory is what a run adds to the loaded process."""


def checkout() -> Path | None:
    """Where the official code is; None where it is not."""
    found = Path(os.environ.get("FIRST_ORDER_REFERENCE", CHECKOUT))
    return found if (found / "modules" / "generator.py").is_file() else None


def tables(official_code: Path, device: str = "cpu") -> list[str]:
    """Markdown tables: a frame, its steps, a film of 100 frames, how far `fast` is from `best`."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        save_official_file(folder / "vox-cpk.pth.tar")
        np.save(folder / "photo.npy", portrait(SIDE_PX))
        np.save(folder / "frames.npy", np.stack(clip_frames(CLIP, _frame_count(device))))
        with _sides(official_code, folder, device) as (official, ours):
            lines = [*_frame_table(folder, official, ours, device), ""]
            lines += [
                *_step_table(folder, ours, device),
                "",
                *_film_table(folder, official, ours, device),
                "",
            ]
            lines += [*_engine_table(folder, ours), ""]
    return [*lines, *fast_table()]


def _frame_count(device: str) -> int:
    return FRAMES if device == "cpu" else CARD_FRAMES


@contextmanager
def _sides(official_code: Path, folder: Path, device: str) -> Iterator[tuple[Side, Side]]:
    start = [sys.executable, "-m"]
    common = [str(folder), str(THREADS)]
    official = Side([*start, "benchmarks.first_order.official", *common, str(official_code), device])
    ours = Side([*start, "benchmarks.first_order.ours", *common, device])
    try:
        yield official, ours
    finally:
        official.close()
        ours.close()


def _variants(device: str) -> dict[str, dict[str, object]]:
    variants: dict[str, dict[str, object]] = {
        "ours, `best`, bf16": {},
        "ours, `best`, fp32": {"precision": "fp32"},
        "ours, `fast`, bf16": {"mode": "fast"},
    }
    if device != "cpu":
        variants |= {f"ours, {count} at a time, bf16": {"at_once": count} for count in CARD_BATCHES}
    if device == "cpu":
        variants["ours, `best`, OpenVINO bf16"] = {"openvino": True}
        variants["ours, `fast`, OpenVINO bf16"] = {"openvino": True, "mode": "fast"}
    return variants


def _frame_table(folder: Path, official: Side, ours: Side, device: str) -> list[str]:
    order: dict[str, object] = {
        "do": "frames",
        "photo": str(folder / "photo.npy"),
        "frames": str(folder / "frames.npy"),
    }
    kept = {
        name: str(folder / f"made{number}.npy")
        for number, name in enumerate(["official", *_variants(device)])
    }
    taken = _in_turns(official, ours, order, _variants(device), RUNS, kept)
    count = _frame_count(device)
    lines = [f"### {count} frames of 256 px, network alone", "", HEAD, *rows(taken), ""]
    reference = np.load(kept["official"])
    lines += [
        "| | ms a frame | of the processor | dB against official | largest difference |",
        "|---" * 5 + "|",
    ]
    for name, runs in taken.items():
        wall, cpu = (
            1000 * statistics.median(run[key] for run in runs) / count for key in ("wall_s", "cpu_s")
        )
        cells = f"| {name} | {wall:.0f} | {cpu:.0f} "
        if name in kept:
            apart = np.load(kept[name]).astype(np.float64) - reference
            cells += f"| {-10 * np.log10(np.square(apart).mean()):.1f} | {np.abs(apart).max():.5f} |"
        lines.append(cells if name in kept else f"{cells}| | |")
    return lines


def _step_table(folder: Path, ours: Side, device: str) -> list[str]:
    order: dict[str, object] = {
        "do": "steps",
        "photo": str(folder / "photo.npy"),
        "frames": str(folder / "frames.npy"),
    }
    found: dict[str, dict[str, float]] = {}
    forms = {"bf16": {}, "fp32": {"precision": "fp32"}} | (
        {"OpenVINO bf16": {"openvino": True}} if device == "cpu" else {}
    )
    for name, more in forms.items():
        runs = [ours.ask(order | more) for _ in range(RUNS)]
        found[name] = {step: statistics.median(run[step] for run in runs) for step in runs[0]}
    lines = [
        "### Our steps, ms a frame" + (", of the processor" if device == "cpu" else ""),
        "",
        "| | " + " | ".join(found) + " |",
    ]
    lines.append("|---" * (len(found) + 1) + "|")
    for step in found["bf16"]:
        often = " (once a photo)" if step == "encode" else " (once a clip)" if step == "keypoints" else ""
        cells = " | ".join(f"{1000 * each[step]:.1f}" for each in found.values())
        lines.append(f"| {step}{often} | {cells} |")
    return lines


def _film_table(folder: Path, official: Side, ours: Side, device: str) -> list[str]:
    order: dict[str, object] = {
        "do": "film",
        "photo": str(folder / "photo.npy"),
        "clip": str(CLIP.resolve()),
        "count": FILM_FRAMES,
        "path": str(folder / "film.mp4"),
    }
    variants: dict[str, dict[str, object]] = {
        f"{name}{words}": more | known
        for name, more in _variants(device).items()
        if "fp32" not in name
        for words, known in ((", preset", {"is_known": True}), (", own clip", {}))
    }
    taken = _in_turns(official, ours, order, variants, FILM_RUNS, {})
    return [f"### {FILM_FRAMES} frames of 256 px, from the clip to an H.264 file", "", HEAD, *rows(taken)]


def _engine_table(folder: Path, ours: Side) -> list[str]:
    """On the processor, whatever the others run on."""
    np.save(folder / "large.npy", portrait(PHOTO_PX))
    order: dict[str, object] = {"do": "engine", "photo": str(folder / "large.npy"), "preset": CLIP.stem}
    lines = [f"### The whole engine: a {PHOTO_PX} px photo and a preset, to an H.264 file", ""]
    lines += ["| | frames | first film s | further films s | CPU s | grows by MB |", "|---" * 6 + "|"]
    for mode in ("best", "fast"):
        first, *runs = [ours.ask(order | {"mode": mode, "path": str(folder / "film.mp4")}) for _ in range(3)]
        wall, cpu, grown = (
            statistics.median(run[key] for run in runs) for key in ("wall_s", "cpu_s", "growth_mb")
        )
        cells = f"{first['wall_s']:.1f} | {wall:.1f} | {cpu:.1f} | {max(0.0, grown):.0f}"
        lines.append(f"| ours, `{mode}` | {runs[0]['frames']:.0f} | {cells} |")
    return lines


def _in_turns(
    official: Side,
    ours: Side,
    order: dict[str, object],
    variants: dict[str, dict[str, object]],
    runs: int,
    kept: dict[str, str],
) -> dict[str, list[Taken]]:
    """Once to warm, where pictures are kept, then `runs` rounds."""
    taken: dict[str, list[Taken]] = {"official, fp32": [], **{name: [] for name in variants}}
    for number in range(runs + 1):
        is_warming = number == 0
        found = {"official, fp32": official.ask(order | _keep(kept, "official", is_warming))}
        for name, more in variants.items():
            found[name] = ours.ask(order | more | _keep(kept, name, is_warming))
        if not is_warming:
            for name, one in found.items():
                taken[name].append(one)
    return taken


def _keep(kept: dict[str, str], name: str, is_warming: bool) -> dict[str, object]:
    return {"keep": kept[name]} if is_warming and name in kept else {}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="First Order Motion: the official code and ours")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda", "mps"])
    parser.add_argument("--reference", type=Path, help="a checkout of first-order-model")
    wanted = parser.parse_args()
    official_code = wanted.reference or checkout()
    if official_code is None:
        raise SystemExit(
            "no official code: `make reference`, or FIRST_ORDER_REFERENCE=/path/to/first-order-model"
        )
    print("\n".join(tables(official_code, wanted.device)))


if __name__ == "__main__":
    main()
