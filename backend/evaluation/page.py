"""The figures as one Markdown page: a table a group, what is wanted beside what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol, TypeVar

from backend.evaluation.moving import MovingFigures
from backend.evaluation.moving_rows import face_rows, film_rows
from backend.evaluation.restoring import Figures
from backend.evaluation.samples import Sample
from backend.evaluation.splits import SPLITS
from backend.evaluation.targets import Row, Target, clean_rows, degraded_rows, scratch_rows

TITLES = {
    "mild": "Mild: blur to 2 px, reduced to 1/2 at most, grain to 5, JPEG 88 to 100",
    "medium": "Medium: blur 2 to 5 px, reduced to 1/2 to 1/4, grain 5 to 10, JPEG 75 to 88",
    "severe": "Severe: blur 5 to 10 px, reduced to 1/4 to 1/8, grain 10 to 15, JPEG 60 to 75",
    "noise": "Noise only: sigma 12 in every channel",
    "jpeg 75": "JPEG 75: quality 75 and nothing else, colour halved",
    "jpeg": "JPEG only: quality 30, colour halved",
    "jpeg 10": "JPEG 10: quality 10 and nothing else, colour halved",
}

INTRODUCTION = (
    "Every picture goes in at its own size (`upscale 1`) with default options. PSNR is over the three",
    "channels (99 dB = equal pictures); SSIM (Wang et al. 2004) and GMSD (Xue et al. 2014, less is",
    "better) are of the luma. Noise and JPEG are made from the truth, the same on every run. A scratch or",
    "crack counts as found, and a mark as right, within 3 px; a speck of dust (up to 20 px) when half of",
    "it is marked, and a small mark is right when half of it is within 3 px of dust. Scratches are",
    "counted in pixels and pooled over the pictures, so a wide crack weighs more than a thin scratch; `by",
    "length` thins the lines and the marks first. Clean pictures are searched for scratches in colour and,",
    "cut out, in grey. A picture that the engine leaves as it is gains nothing and loses nothing: the",
    "tables count them.",
)

MOVING_INTRODUCTION = (
    "Whole photos, all faces moving in every expression, the largest face followed. A face counts as none",
    "where half of its box meets no face that was marked by eye. Trembling is how much more the skin of nose",
    "and cheeks changes its speed, as optical flow sees it, than the curve asks for: 1 is not at all.",
)


class _OfSample(Protocol):
    @property
    def sample(self) -> Sample: ...


T = TypeVar("T", bound=_OfSample)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How the figures came about."""

    command: str
    date: str
    versions: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A group's table, and the targets it misses in a whole split."""

    lines: list[str]
    judged_count: int
    misses: list[str]


def quality_page(figures: Figures, circumstances: Circumstances, moving: Sequence[MovingFigures] = ()) -> str:
    """The whole page. moving: of the animator; without them it is about the restorer alone."""
    sections = [
        _section(TITLES[group], degraded_rows(group), list(each))
        for group, each in groupby(
            sorted(figures.degraded, key=lambda each: list(TITLES).index(each.group)), lambda each: each.group
        )
    ]
    sections.append(_section("Clean pictures: no harm", clean_rows(), figures.clean))
    sections.append(_section("Old prints: scratches, cracks and dust", scratch_rows(), figures.scratched))
    if moving:
        sections += _moving_sections(moving)
    lines = [*_head(circumstances, [each.sample for each in figures.clean]), *_verdict(sections)]
    for section in sections:
        lines += ["", *section.lines]
    return "\n".join([*lines, "", *_by_picture(figures)]) + "\n"


def _head(circumstances: Circumstances, samples: Sequence[Sample]) -> list[str]:
    return [
        "# Quality of the built-in restorer",
        "",
        f"Written by `{circumstances.command}` on {circumstances.date}; {circumstances.versions}.",
        "",
        *INTRODUCTION,
        "",
        *_split_names(samples),
        "- FFHQ pictures stand apart, because face networks have been trained on them.",
        "",
    ]


def _verdict(sections: Sequence[_Section]) -> list[str]:
    judged_count = sum(section.judged_count for section in sections)
    misses = [miss for section in sections for miss in section.misses]
    count = f"{judged_count - len(misses)} of {judged_count} figures are as wanted"
    lines = ["## Verdict", "", f"{count}, of all pictures tuned on and all held out."]
    return [*lines, *(["Missed:", ""] if misses else []), *misses]


def _section(title: str, rows: Sequence[Row[T]], figures: Sequence[T]) -> _Section:
    columns = [(split, [each for each in figures if split.takes(each.sample)]) for split in SPLITS]
    columns = [(split, chosen) for split, chosen in columns if chosen]
    heads = [f"{split.title} ({len(chosen)})" for split, chosen in columns]
    lines = [f"## {title}", "", _line(["", "wanted", *heads]), _line(["---"] * (len(heads) + 2))]
    lines += [
        _line([row.label, _wanted(row), *(_cell(row, chosen) for _, chosen in columns)]) for row in rows
    ]
    judged = [
        (row, split, chosen) for row in rows if row.target for split, chosen in columns if split.is_whole
    ]
    group = title.partition(":")[0]
    misses = [
        f"- {group}, {row.label}, {split.title}: {_figure(row, chosen)}, wanted {_wanted(row)}"
        for row, split, chosen in judged
        if not row.is_met(chosen)
    ]
    return _Section(lines=lines, judged_count=len(judged), misses=misses)


def _moving_sections(moving: Sequence[MovingFigures]) -> list[_Section]:
    """Faces in all photos; films of those in which a face moves."""
    slugs = list(next((each.expressions for each in moving if each.expressions), {}))
    faces = _section("Animation, faces: found, and nothing else moved", face_rows(), moving)
    films = [each for each in moving if each.expressions]
    faces.lines[2:2] = [*MOVING_INTRODUCTION, "", *_split_names([each.sample for each in moving]), ""]
    return [faces, _section("Animation, films: smooth, closed, and local", film_rows(slugs), films)]


def _split_names(samples: Sequence[Sample]) -> list[str]:
    tuned = ", ".join(sorted(each.name for each in samples if not each.is_held_out))
    held_out = ", ".join(sorted(each.name for each in samples if each.is_held_out))
    return [
        f"- Tuned on: {tuned or 'none'}.",
        f"- Held out (nothing is tuned on these): {held_out or 'none'}.",
    ]


def _by_picture(figures: Figures) -> list[str]:
    """Every picture's gain: means hide the one that is harmed."""
    groups = list(TITLES)
    gain_db = {(each.sample.name, each.group): each.gain_db for each in figures.degraded}
    lines = [
        "## Picture by picture: gain in dB; clean: PSNR to the photo",
        "",
        _line(["picture", *groups, "clean"]),
        _line(["---"] * (len(groups) + 2)),
    ]
    for each in figures.clean:
        gains = [f"{gain_db[each.sample.name, group]:+.2f}" for group in groups]
        lines.append(_line([each.sample.name, *gains, f"{each.kept_db:.2f}"]))
    return lines


def _cell(row: Row[T], figures: Sequence[T]) -> str:
    is_met = row.is_met(figures)
    word = "" if is_met is None else " pass" if is_met else " **miss**"
    return _figure(row, figures) + word


def _figure(row: Row[T], figures: Sequence[T]) -> str:
    value = row.value(figures)
    return "none" if value is None else row.shown(value)


def _wanted(row: Row[T]) -> str:
    return "" if row.target is None else _bound(row.target)


def _bound(target: Target) -> str:
    return f"{'≤' if target.is_ceiling else '≥'} {target.limit:g}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
