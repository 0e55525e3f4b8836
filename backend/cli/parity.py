"""`parity`: are our networks and our official pipeline the official ones? A table, and exit code 1 if not."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.cli.progress import progress_of_steps

if TYPE_CHECKING:
    from backend.evaluation.parity.comparing import Finding

_EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("fixtures_dir", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--only", multiple=True, metavar="NAME", help="Only this fixture; may be given several times.")
@click.option("--weights", type=_EXISTING, metavar="FILE", help="Your own file instead of fixtures: weights.")
@click.option(
    "--input", "photo", type=_EXISTING, metavar="PNG", help="Its input: an aligned face, or any picture."
)
@click.option(
    "--driving", type=_EXISTING, metavar="PNG", help="For a file that animates: a frame of the driver's face."
)
@click.option(
    "--expected",
    type=_EXISTING,
    metavar="PNG|NPZ",
    help="What the official program made of it: the picture, or arrays by the names of the stages.",
)
@click.option(
    "--tolerance", type=float, metavar="NUMBER", help="Of the values of an .npz.  [default: 0.0002]"
)
def parity(
    fixtures_dir: Path | None,
    only: tuple[str, ...],
    weights: Path | None,
    photo: Path | None,
    driving: Path | None,
    expected: Path | None,
    tolerance: float | None,
) -> None:
    """Compare networks and pipeline with what the official code made.

    FIXTURES_DIR is a folder with an `index.json`, or a folder above such ones. Weights come from a seed: no
    trained file is needed.

    Or, with your own files: --weights GFPGANv1.4.pth --input face.png --expected restored.png. The official
    GFPGAN draws new noise at each run; to compare, run it with randomize_noise=False.

    Or: --weights vox-cpk.pth.tar --input face.png --driving frame.png --expected moved.png. Both are square
    and cut to the face; the motion is absolute (relative=False). Run the official code with
    align_corners=True.
    """
    own = (weights, photo, driving, expected)
    if (fixtures_dir is None) == (weights is None):
        raise click.UsageError("give FIXTURES_DIR, or --weights with --input and --expected")
    if weights is not None and (photo is None or expected is None or only):
        raise click.UsageError("--weights needs --input and --expected, and has no use for --only")
    if weights is None and (any(own) or tolerance is not None):
        raise click.UsageError("--input, --driving, --expected and --tolerance need --weights")
    if fixtures_dir is not None:
        _report(_of_fixtures(fixtures_dir, only))
        return

    # torch: not before it is needed
    from backend.evaluation.parity.own_files import TOLERANCE, compare_own, compare_own_motion

    assert weights is not None and photo is not None and expected is not None
    allowed = TOLERANCE if tolerance is None else tolerance
    if driving is None:
        _report(list(compare_own(weights, photo, expected, tolerance=allowed)))
    else:
        _report(list(compare_own_motion(weights, photo, driving, expected, tolerance=allowed)))


def _of_fixtures(folder: Path, only: tuple[str, ...]) -> list["Finding"]:
    # torch: not before it is needed
    from backend.evaluation.parity.families import check
    from backend.evaluation.parity.fixtures import find_fixtures

    fixtures = find_fixtures(folder)
    unknown = set(only) - {fixture.name for fixture in fixtures}
    if unknown:
        known = ", ".join(sorted(fixture.name for fixture in fixtures))
        raise click.BadParameter(
            f"no fixture {', '.join(sorted(unknown))}; there are {known}", param_hint="--only"
        )
    chosen = [fixture for fixture in fixtures if not only or fixture.name in only]
    findings: list[Finding] = []
    with progress_of_steps() as progress:
        for place, fixture in enumerate(chosen):
            progress(fixture.name, place / len(chosen))
            findings += check(fixture)
    return findings


def _report(findings: Sequence["Finding"]) -> None:
    """The table, and a failure where anything missed."""
    from backend.evaluation.parity.comparing import Outcome

    rows = [("fixture", "result", "difference", "tolerance", "", "")]
    rows += [
        (
            one.fixture,
            one.result,
            _number(one.difference),
            _number(one.tolerance),
            one.outcome.value,
            one.note,
        )
        for one in findings
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    counts = {outcome: sum(one.outcome is outcome for one in findings) for outcome in Outcome}
    click.echo(f"\n{counts[Outcome.OK]} of {len(findings)} results are the official ones")
    if counts[Outcome.MISS] or not findings:
        words = f"{counts[Outcome.MISS]} results missed" if findings else "nothing was compared"
        raise click.ClickException(words)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
