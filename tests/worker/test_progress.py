"""One bar for a whole job: from 0 to 1, never back."""

from itertools import pairwise

import pytest

from backend.domain.jobs import JobKind, Stage
from backend.worker.progress import JobProgress

RESTORING = [
    Stage.DECODE,
    Stage.ANALYSE,
    Stage.SCRATCHES,
    Stage.DENOISE,
    Stage.DEBLUR,
    Stage.TONE,
    Stage.ENLARGE,
    Stage.FACES,
    Stage.ENCODE,
    Stage.STORE,
]
ANIMATING = [Stage.FACES, Stage.MOTION, Stage.RENDER, Stage.ENCODE, Stage.STORE]


@pytest.mark.parametrize(
    ("progress", "stages"),
    [
        (JobProgress(JobKind.RESTORE), RESTORING),
        (
            JobProgress(JobKind.RESTORE, engine="gfpgan"),
            [*RESTORING[:8], Stage.RESTORE_FACES, *RESTORING[8:]],
        ),
        (JobProgress(JobKind.ANIMATE), [Stage.DECODE, *ANIMATING]),
        (JobProgress(JobKind.ANIMATE, engine="first_order"), [Stage.DECODE, *ANIMATING]),
        (JobProgress(JobKind.ANIMATE, restorer="builtin"), [*RESTORING[:7], *ANIMATING]),
        (
            JobProgress(JobKind.ANIMATE, engine="first_order", restorer="gfpgan"),
            [*RESTORING[:7], Stage.RESTORE_FACES, *ANIMATING],
        ),
        (JobProgress(JobKind.FIND_PRINTS), [Stage.DECODE, Stage.PRINTS, Stage.STORE]),
        (JobProgress(JobKind.CUT_PRINTS), [Stage.DECODE, Stage.STRAIGHTEN, Stage.STORE]),
    ],
    ids=[
        "restore",
        "restore faces",
        "animate",
        "animate by networks",
        "restore and animate",
        "restore faces and animate by networks",
        "find prints",
        "cut prints",
    ],
)
def test_a_job_goes_from_nothing_to_all(progress: JobProgress, stages: list[Stage]) -> None:
    shown = [progress.at(stage, fraction) for stage in stages for fraction in (0.0, 0.5, 1.0)]

    assert shown[0] == 0.0
    assert shown[-1] == pytest.approx(1.0)
    assert all(before <= after for before, after in pairwise(shown))


def test_a_stage_that_comes_again_does_not_move_the_bar_back() -> None:
    progress = JobProgress(JobKind.RESTORE)
    far = progress.at(Stage.TONE, 1.0)

    assert progress.at(Stage.ANALYSE, 0.0) == far


def test_a_stage_that_is_not_expected_leaves_the_bar_where_it_is() -> None:
    progress = JobProgress(JobKind.ANIMATE)
    far = progress.at(Stage.MOTION, 0.5)

    assert progress.at(Stage.TONE, 0.9) == far


@pytest.mark.parametrize("engine", ["builtin", "first_order"])
@pytest.mark.parametrize("restorer", ["builtin", "gfpgan"])
def test_restoring_first_has_a_share_whoever_does_it(restorer: str, engine: str) -> None:
    progress = JobProgress(JobKind.ANIMATE, engine=engine, restorer=restorer)
    last = Stage.RESTORE_FACES if restorer == "gfpgan" else Stage.ENLARGE

    restored = progress.at(last, 1.0)

    assert 0.1 < restored < 0.6
    assert progress.at(Stage.FACES, 0.0) == pytest.approx(restored)


def test_fractions_outside_0_to_1_are_cut() -> None:
    assert JobProgress(JobKind.RESTORE).at(Stage.STORE, 7.0) == pytest.approx(1.0)


def test_faces_are_most_of_the_time_where_networks_restore_them() -> None:
    without, with_weights = (
        JobProgress(JobKind.RESTORE, engine=engine).at(Stage.ENCODE, 0.0)
        - JobProgress(JobKind.RESTORE, engine=engine).at(Stage.FACES, 0.0)
        for engine in ("builtin", "gfpgan")
    )

    assert without < 0.1
    assert with_weights > 0.4
