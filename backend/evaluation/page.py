"""The figures as one Markdown page: a table a group, what is wanted beside what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from backend.evaluation.following import FollowFigures
from backend.evaluation.following_rows import following_rows
from backend.evaluation.moving import MovingFigures
from backend.evaluation.moving_rows import face_rows, film_rows
from backend.evaluation.restoring import Figures
from backend.evaluation.samples import Sample
from backend.evaluation.tables import Section, line, section_of
from backend.evaluation.targets import clean_rows, degraded_rows, scratch_rows

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


FOLLOWING_INTRODUCTION = (
    "Films of the clean pictures in which one thing moves, given to the animator as somebody's own clip.",
    "Cross-talk is the greatest value read in any expression that was not moved, as a share of what it can",
    "reach. The films are our own renderings: the figures say that channels are kept apart, no more. In the",
    "heads of the columns, one picture counts once for each of the ten things that move.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How the figures came about."""

    command: str
    date: str
    versions: str


def quality_page(
    figures: Figures,
    circumstances: Circumstances,
    moving: Sequence[MovingFigures] = (),
    following: Sequence[FollowFigures] = (),
    films: Sequence[Section] = (),
) -> str:
    """The whole page. moving, following, films: of animators; without them it is about the restorer alone."""
    sections = [
        section_of(TITLES[group], degraded_rows(group), list(each))
        for group, each in groupby(
            sorted(figures.degraded, key=lambda each: list(TITLES).index(each.group)), lambda each: each.group
        )
    ]
    sections.append(section_of("Clean pictures: no harm", clean_rows(), figures.clean))
    sections.append(section_of("Old prints: scratches, cracks and dust", scratch_rows(), figures.scratched))
    if moving:
        sections += _moving_sections(moving)
    if following:
        sections.append(_following_section(following))
    sections += films
    lines = [*_head(circumstances, [each.sample for each in figures.clean]), *_verdict(sections)]
    for section in sections:
        lines += ["", *section.lines]
    return "\n".join([*lines, "", *_by_picture(figures)]) + "\n"


def _head(circumstances: Circumstances, samples: Sequence[Sample]) -> list[str]:
    return [
        "# Quality of the built-in engines",
        "",
        f"Written by `{circumstances.command}` on {circumstances.date}; {circumstances.versions}.",
        "",
        *INTRODUCTION,
        "",
        *_split_names(samples),
        "- FFHQ pictures stand apart, because face networks have been trained on them.",
        "",
    ]


def _verdict(sections: Sequence[Section]) -> list[str]:
    judged_count = sum(section.judged_count for section in sections)
    misses = [miss for section in sections for miss in section.misses]
    count = f"{judged_count - len(misses)} of {judged_count} figures are as wanted"
    lines = ["## Verdict", "", f"{count}, of all pictures tuned on and all held out."]
    return [*lines, *(["Missed:", ""] if misses else []), *misses]


def _moving_sections(moving: Sequence[MovingFigures]) -> list[Section]:
    """Faces in all photos; films of those in which a face moves."""
    slugs = list(next((each.expressions for each in moving if each.expressions), {}))
    faces = section_of("Animation, faces: found, and nothing else moved", face_rows(), moving)
    films = [each for each in moving if each.expressions]
    faces.lines[2:2] = [*MOVING_INTRODUCTION, "", *_split_names([each.sample for each in moving]), ""]
    return [faces, section_of("Animation, films: smooth, closed, and local", film_rows(slugs), films)]


def _following_section(following: Sequence[FollowFigures]) -> Section:
    section = section_of("Own clips: one thing moved at a time", following_rows(), following)
    section.lines[2:2] = [*FOLLOWING_INTRODUCTION, ""]
    return section


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
        line(["picture", *groups, "clean"]),
        line(["---"] * (len(groups) + 2)),
    ]
    for each in figures.clean:
        gains = [f"{gain_db[each.sample.name, group]:+.2f}" for group in groups]
        lines.append(line([each.sample.name, *gains, f"{each.kept_db:.2f}"]))
    return lines
