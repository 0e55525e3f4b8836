"""GFPGAN's official packages against ours: same machine, same minute, same weights, in turns.

Two processes stay loaded, one of each environment, and take the same orders one after the other, so that a
busy moment of the machine falls on both. What is compared is what the official pipeline does: detect, align,
restore, parse, paste; no background network. Our own steps beyond it are a case of their own.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from backend.media.types import RgbImage
from benchmarks.portrait import FACE_BOX, FIVE_POINTS, portrait

RUNS: Final = 5
THREADS: Final = 2
SLOW_RUNS: Final = 2  # of what takes the official side minutes


@dataclass(frozen=True)
class Case:
    """One order to both sides. `variants` are what is asked of ours, by the words of the table."""

    title: str
    photo: RgbImage
    rows: list[list[float]]
    runs: int
    variants: dict[str, dict[str, object]] = field(default_factory=dict)
    is_warm: bool = False  # an earlier case has loaded everything


Taken = dict[str, float]


def cases() -> list[Case]:
    """One face in a megapixel, and eight in twelve."""
    one, tile = portrait(1000), portrait(1225)
    eight = np.tile(tile, (2, 4, 1))
    ours: dict[str, dict[str, object]] = {
        "ours, `best`, faces only": {"mode": "best", "scope": "faces"},
        "ours, `best`, faces only, large detector": {"mode": "best", "scope": "faces", "detector": "large"},
        "ours, `best`, faces only, fp32": {"mode": "best", "scope": "faces", "precision": "fp32"},
        "ours, `best`, faces only, ParseNet's mask": {"mode": "best", "scope": "faces", "parser": True},
        "ours, `fast`, faces only": {"mode": "fast", "scope": "faces"},
        "ours, `parity`": {"mode": "parity", "parser": True},
        "ours, as installed: whole picture too": {"mode": "best", "scope": "full"},
    }
    of_many = {name: ours[name] for name in ours if "large detector" not in name and "parity" not in name}
    eight_rows = [row_of_face(1225, 1225 * left, 1225 * top) for top in range(2) for left in range(4)]
    return [
        Case("one face, 1 MP, to twice the size", one, [row_of_face(1000, 0, 0)], RUNS, ours),
        Case("eight faces, 12 MP, to twice the size", eight, eight_rows, SLOW_RUNS, of_many, is_warm=True),
    ]


def row_of_face(side_px: int, left: int, top: int) -> list[float]:
    """x1, y1, x2, y2, score, five points: as the official detector writes a face."""
    corners = [FACE_BOX[0], FACE_BOX[1], FACE_BOX[2], FACE_BOX[3]]
    points = [value for point in FIVE_POINTS for value in point]
    shifted = [value * side_px + (left, top)[index % 2] for index, value in enumerate(corners + points)]
    return [*shifted[:4], 0.99, *shifted[4:]]


class Side:
    """One of the two processes."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._answer() == {"ready": True}

    def ask(self, order: dict[str, object]) -> Taken:
        """Do it, and say what it took."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        taken: Taken = self._answer()
        return taken

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._process.args!r} ended with {self._process.wait()}")
        answer: dict[str, float] = json.loads(line)
        return answer


@contextmanager
def both_sides(reference: Path, folder: Path) -> Iterator[tuple[Side, Side]]:
    """Official and ours; the official side makes the weights that both load."""
    arguments = [str(folder), str(THREADS)]
    official = Side([str(reference), "-m", "benchmarks.reference.official", *arguments])
    ours = Side([sys.executable, "-m", "benchmarks.ours", *arguments])
    try:
        yield official, ours
    finally:
        official.close()
        ours.close()


def tables(reference: Path) -> list[str]:
    """Markdown tables: the networks alone, whole photos, and how far parity is from the official pixels."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        pixels = _pixel_table(reference, folder)
        with both_sides(reference, folder) as (official, ours):
            lines = [*_network_table(official, ours), ""]
            for case in cases():
                lines += [*_photo_table(case, folder, official, ours), ""]
    return [*lines, *pixels]


HEAD: Final = (
    "| | wall s | spread s | times as fast | CPU s | grows by MB | of official |\n" + "|---" * 7 + "|"
)


def _network_table(official: Side, ours: Side) -> list[str]:
    orders: dict[str, dict[str, object]] = {
        "ours, bf16": {"precision": "bf16"},
        "ours, fp32": {"precision": "fp32"},
        "ours, OpenVINO bf16": {"openvino": "bf16"},
        "ours, OpenVINO fp32": {"openvino": "fp32"},
    }
    network: dict[str, object] = {"do": "network", "faces": 1}
    taken = _in_turns(
        official, network, ours, {name: network | order for name, order in orders.items()}, RUNS
    )
    return ["### The restoring network alone, one face", "", HEAD, *rows(taken)]


def _photo_table(case: Case, folder: Path, official: Side, ours: Side) -> list[str]:
    order: dict[str, object] = {
        "do": "restore",
        "photo": str(folder / "photo.npy"),
        "rows": case.rows,
        "upscale": 2,
    }
    mine = {name: order | variant for name, variant in case.variants.items()}
    taken = _in_turns(
        official, order, ours, mine, case.runs, lambda: _save_grainy(case.photo, folder), case.is_warm
    )
    return [f"### {case.title[0].upper()}{case.title[1:]}", "", HEAD, *rows(taken)]


def _pixel_table(reference: Path, folder: Path) -> list[str]:
    """Both programs in one process of the reference's Python: see `reference/pixels.py`."""
    side_px = 420
    np.save(folder / "photo.npy", np.tile(portrait(side_px, grain=3.0), (1, 2, 1)))
    rows = [row_of_face(side_px, side_px * left, 0) for left in (0, 1)]
    (folder / "rows.json").write_text(json.dumps(rows))
    printed = subprocess.run(
        [str(reference), "-m", "benchmarks.reference.pixels", str(folder)],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ).stdout
    lines = ["### `mode=parity` and the official result, pixel by pixel", ""]
    lines += ["| case | pixels within one level | equal | largest difference |", "|---|---|---|---|"]
    for found in map(json.loads, printed.splitlines()):
        if "wrong" in found:
            lines.append(f"| {found['case']} | **{found['wrong']}** | | |")
            continue
        within, equal = 100 * found["within_one_level"], 100 * found["equal"]
        lines.append(f"| {found['case']} | {within:.4f} % | {equal:.4f} % | {found['largest']} |")
    return lines


def _in_turns(
    official: Side,
    order: dict[str, object],
    ours: Side,
    mine: dict[str, dict[str, object]],
    runs: int,
    prepare: Callable[[], None] = lambda: None,
    is_warm: bool = False,
) -> dict[str, list[Taken]]:
    """Once to warm, unless all is, then `runs` rounds: the official side and every variant once each."""
    taken: dict[str, list[Taken]] = {"official, fp32": [], **{name: [] for name in mine}}
    for round_number in range(1 if is_warm else 0, runs + 1):
        prepare()
        measured = {"official, fp32": official.ask(order)}
        measured |= {name: ours.ask(one) for name, one in mine.items()}
        if round_number > 0:
            for name, one in measured.items():
                taken[name].append(one)
    return taken


def _save_grainy(photo: RgbImage, folder: Path) -> None:
    """A photo of its own each round, and no two faces in it alike: our engine remembers faces."""
    noise = np.random.default_rng().normal(0.0, 3.0, photo.shape)
    np.save(folder / "photo.npy", np.clip(np.rint(photo + noise), 0, 255).astype(np.uint8))


def rows(taken: dict[str, list[Taken]]) -> list[str]:
    """Rows of a table with HEAD; the official side is the first measure."""
    reference = {key: _median(taken["official, fp32"], key) for key in ("wall_s", "growth_mb")}
    lines = []
    for name, runs in taken.items():
        walls = [run["wall_s"] for run in runs]
        wall_s, growth_mb = _median(runs, "wall_s"), max(0.0, _median(runs, "growth_mb"))
        share = f"1/{reference['growth_mb'] / growth_mb:.1f}" if growth_mb >= 1 else "nothing"
        times, cpu_s = reference["wall_s"] / wall_s, _median(runs, "cpu_s")
        lines.append(
            f"| {name} | {wall_s:.2f} | {min(walls):.2f}–{max(walls):.2f} | {times:.2f}× | {cpu_s:.2f} "
            f"| {growth_mb:.0f} | {share} |"
        )
    return lines


def _median(runs: list[Taken], key: str) -> float:
    return statistics.median(run[key] for run in runs)
