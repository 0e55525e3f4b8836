"""One job from claim to end: every way it can end, and that it ends once."""

import io
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from backend.domain.errors import NoFaceFound, UnreadableImage, WeightsMissing
from backend.domain.jobs import Job, JobState, Stage
from backend.domain.users import User
from backend.engines.animation_api import AnimateOptions, Animation, Animator, Driving
from backend.engines.api import Checkpoint, Restoration, RestoreOptions, Restorer, SourcePhoto
from backend.engines.fake_first_order import FakeFirstOrder
from backend.engines.fake_gfpgan import FakeGfpgan
from backend.engines.fakes import FakeAnimator, FakePrintCutter, FakeRestorer
from backend.media.types import RgbImage
from backend.services.bundle import Services
from backend.services.requests import AnimateRequest, NewFile, RestoreRequest, StoredSource
from backend.storage.database import Database
from backend.storage.jobs import JobStore, Lease
from backend.worker.engine_shelf import EngineShelf
from backend.worker.execution import Execution
from backend.worker.timing import Timing
from tests.builders import a_portrait_png
from tests.catalogues import EverythingInstalled, GfpganInstalled
from tests.fakes import FakeClock
from tests.worker.engines import InterruptedRestorer
from tests.worker.waiting import wait_until

NAME = "外婆 1962.png"
QUICK = Timing(
    report_s=0.0,
    beat_s=0.01,
    watch_s=0.01,
    stage_limit_s=60.0,
    cancel_grace_s=60.0,
    stop_grace_s=60.0,
    release_grace_s=60.0,
)


class Bench:
    """A guest with a queue, and a worker that is called by hand."""

    def __init__(self, services: Services, jobs: JobStore, guest: User) -> None:
        self.services = services
        self.jobs = jobs
        self.guest = guest
        self.stopping = threading.Event()
        self.given_up = threading.Event()

    def photo(self) -> NewFile:
        return NewFile(content=io.BytesIO(a_portrait_png(64)), name=NAME)

    def submit_restoration(self) -> Job:
        return self.services.restorations.submit(self.guest.id, self.photo(), RestoreRequest())

    def submit_animation(self, **options: object) -> Job:
        request = AnimateRequest(preset="smile_blink", **options)  # type: ignore[arg-type]  # a test's own
        return self.services.animations.submit(self.guest.id, self.photo(), request)

    def execution(
        self,
        restorer: Restorer | None = None,
        animator: Animator | None = None,
        timing: Timing = QUICK,
        restorers: Mapping[str, Restorer] | None = None,
    ) -> Execution:
        return Execution(
            store=self.jobs,
            services=self.services,
            restorers=restorers or {"builtin": restorer or FakeRestorer()},
            animators={"builtin": animator or FakeAnimator(), "first_order": FakeFirstOrder()},
            print_cutter=FakePrintCutter(),
            stopping=self.stopping,
            timing=timing,
            give_up=self.given_up.set,
        )

    def now(self, job: Job) -> Job:
        return self.jobs.get(self.guest.id, job.id)


@pytest.fixture
def bench(services: Services, jobs: JobStore, guest: User) -> Bench:
    return Bench(services, jobs, guest)


class FailingAnimator(FakeAnimator):
    """Finds nobody."""

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        raise NoFaceFound


class EndlessAnimator(FakeAnimator):
    """Makes frames for ever; calls `act` before the first."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        animation = super().animate(portrait, driving, options, checkpoint)
        return replace(animation, frames=self._frames(next(animation.frames), checkpoint))

    def _frames(self, frame: RgbImage, checkpoint: Checkpoint) -> Iterator[RgbImage]:
        self._act()
        while True:
            checkpoint(Stage.RENDER, 0.5)
            yield frame


class CountingStore(JobStore):
    """Counts the beats it has written."""

    beat_count = 0

    def heartbeat(self, lease: Lease) -> bool:
        is_cancel_wanted = super().heartbeat(lease)
        self.beat_count += 1
        return is_cancel_wanted


def _raising(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def test_a_restoration_is_done(bench: Bench) -> None:
    job = bench.submit_restoration()

    assert bench.execution().execute_next()

    done = bench.now(job)
    assert done.state is JobState.SUCCEEDED
    assert done.progress == 1.0
    assert done.outcome is not None
    assert (done.outcome.engine, done.outcome.width_px) == ("builtin", 128)


@pytest.mark.parametrize(("restore_first", "count"), [(True, 1), (False, 0)])
def test_an_engine_is_loaded_only_for_a_job_that_needs_it(
    bench: Bench, restore_first: bool, count: int
) -> None:
    loaded: list[Restorer] = []

    def load() -> Restorer:
        loaded.append(FakeRestorer())
        return loaded[-1]

    job = bench.submit_animation(restore_first=restore_first)

    bench.execution(restorers=EngineShelf[Restorer]({}, {"builtin": load})).execute_next()

    assert bench.now(job).state is JobState.SUCCEEDED
    assert len(loaded) == count


@pytest.mark.parametrize(("restore_first", "stages"), [(True, ["gfpgan"]), (False, [])])
def test_a_photo_is_restored_by_the_best_engine_before_it_moves(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, restore_first: bool, stages: list[str]
) -> None:
    monkeypatch.setattr(bench.services.engines, "resolve", GfpganInstalled().resolve)
    restored_by: list[str] = []

    class Noted(FakeGfpgan):
        def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
            restored_by.append(self.name)
            return super().restore(photo, options, checkpoint)

    job = bench.submit_animation(restore_first=restore_first)

    bench.execution(restorers={"builtin": FakeRestorer(), "gfpgan": Noted()}).execute_next()

    assert (bench.now(job).state, restored_by) == (JobState.SUCCEEDED, stages)


class ReportStore(JobStore):
    """Remembers what was reported of a job's progress."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        super().__init__(database, clock)
        self.reports: list[tuple[Stage, float]] = []

    def report(self, lease: Lease, stage: Stage, progress: float) -> bool:
        self.reports.append((stage, progress))
        return super().report(lease, stage, progress)


def test_restoring_and_animating_by_networks_have_one_bar(
    bench: Bench, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.services.engines, "resolve", EverythingInstalled().resolve)
    bench.jobs = store = ReportStore(database, clock)
    job = bench.submit_animation(restore_first=True)

    execution = bench.execution(restorers={"builtin": FakeRestorer(), "gfpgan": FakeGfpgan()})
    execution.execute_next()

    assert bench.now(job).state is JobState.SUCCEEDED
    shares = [share for _, share in store.reports]
    assert shares == sorted(shares)
    by_stage = dict(store.reports)  # the last of each
    assert by_stage[Stage.RESTORE_FACES] < by_stage[Stage.MOTION] < by_stage[Stage.RENDER]
    assert len({share for stage, share in store.reports if stage is Stage.RENDER}) > 3


def test_a_photo_that_was_restored_before_takes_no_part_of_the_bar(
    bench: Bench, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.services.engines, "resolve", EverythingInstalled().resolve)
    bench.jobs = store = ReportStore(database, clock)
    execution = bench.execution(restorers={"builtin": FakeRestorer(), "gfpgan": FakeGfpgan()})
    restored = bench.submit_restoration()
    execution.execute_next()
    store.reports.clear()

    request = AnimateRequest(preset="smile_blink")
    bench.services.animations.submit(bench.guest.id, StoredSource(id=restored.id), request)
    execution.execute_next()

    assert dict(store.reports)[Stage.MOTION] < 0.1


def test_an_engine_that_cannot_be_loaded_fails_the_job_and_not_the_next(bench: Bench) -> None:
    first, second = bench.submit_restoration(), bench.submit_restoration()
    errors = [WeightsMissing("gone", params={"file": "GFPGANv1.4.pth"})]

    def load() -> Restorer:
        if errors:
            raise errors.pop()
        return FakeRestorer()

    execution = bench.execution(restorers=EngineShelf[Restorer]({}, {"builtin": load}))
    execution.execute_next()
    execution.execute_next()

    failed = bench.now(first)
    assert failed.error is not None
    assert (failed.error.code, failed.error.params) == ("weights_missing", {"file": "GFPGANv1.4.pth"})
    assert bench.now(second).state is JobState.SUCCEEDED


@pytest.mark.parametrize("restore_first", [True, False])
def test_an_animation_is_done(bench: Bench, restore_first: bool) -> None:
    job = bench.submit_animation(restore_first=restore_first)

    assert bench.execution().execute_next()

    done = bench.now(job)
    assert done.state is JobState.SUCCEEDED
    assert done.outcome is not None
    assert done.outcome.preset == "smile_blink"


def test_nothing_is_done_while_nothing_waits(bench: Bench) -> None:
    assert not bench.execution().execute_next()


def test_each_job_is_done_once(bench: Bench) -> None:
    jobs = [bench.submit_restoration() for _ in range(3)]
    restorer = InterruptedRestorer(lambda: None)
    execution = bench.execution(restorer)

    assert [execution.execute_next() for _ in range(4)] == [True, True, True, False]

    assert restorer.call_count == 3
    assert all(bench.now(job).state is JobState.SUCCEEDED for job in jobs)


def test_a_failure_we_know_keeps_its_code_and_its_values(bench: Bench) -> None:
    job = bench.submit_restoration()
    error = UnreadableImage("cut short", params={"byte": 7})

    bench.execution(InterruptedRestorer(_raising(error))).execute_next()

    failed = bench.now(job)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert (failed.error.code, failed.error.params) == ("unreadable_image", {"byte": 7})


def test_a_photo_without_a_face_cannot_be_animated(bench: Bench) -> None:
    job = bench.submit_animation()

    bench.execution(animator=FailingAnimator()).execute_next()

    failed = bench.now(job)
    assert failed.error is not None
    assert failed.error.code == "no_face_found"


@pytest.mark.parametrize("error", [ValueError("a bug"), MemoryError()], ids=["bug", "no memory"])
def test_a_failure_of_our_own_is_internal_and_the_worker_goes_on(bench: Bench, error: Exception) -> None:
    broken, next_one = bench.submit_restoration(), bench.submit_restoration()

    bench.execution(InterruptedRestorer(_raising(error))).execute_next()
    bench.execution().execute_next()

    failed = bench.now(broken)
    assert failed.error is not None
    assert (failed.error.code, failed.error.params) == ("internal_error", {})
    assert bench.now(next_one).state is JobState.SUCCEEDED


def test_logs_name_the_job_but_never_the_photo(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="backend")
    job = bench.submit_restoration()

    bench.execution(InterruptedRestorer(_raising(ValueError("a bug")))).execute_next()

    assert any(getattr(record, "job_id", None) == job.id and record.exc_info for record in caplog.records)
    assert "外婆" not in caplog.text + "".join(str(record.__dict__) for record in caplog.records)


def test_a_failure_we_know_logs_no_traceback(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="backend")
    bench.submit_restoration()

    bench.execution(InterruptedRestorer(_raising(UnreadableImage()))).execute_next()

    assert all(record.exc_info is None for record in caplog.records)


def test_a_cancelled_job_stops_at_its_next_checkpoint(bench: Bench) -> None:
    job = bench.submit_restoration()

    def cancel() -> None:
        bench.services.jobs.cancel(bench.guest.id, job.id)

    bench.execution(InterruptedRestorer(cancel)).execute_next()

    cancelled = bench.now(job)
    assert cancelled.state is JobState.CANCELLED
    assert (cancelled.media_id, cancelled.error) == (None, None)


def test_progress_is_there_for_its_owner_to_see(bench: Bench) -> None:
    job = bench.submit_restoration()
    seen: list[Job] = []

    bench.execution(InterruptedRestorer(lambda: seen.append(bench.now(job)))).execute_next()

    [halfway] = seen
    assert halfway.state is JobState.RUNNING
    assert halfway.stage == "analyse"
    assert 0.0 < halfway.progress < 1.0


def test_a_job_that_was_taken_away_is_left_alone_and_done_again(bench: Bench, clock: FakeClock) -> None:
    job = bench.submit_restoration()

    def lose_the_lease() -> None:
        clock.advance(hours=1)
        assert bench.jobs.reap(clock.now()) == 1

    # no beats: the reaper must win, as it does when a whole machine sleeps
    asleep = replace(QUICK, beat_s=60.0)
    bench.execution(InterruptedRestorer(lose_the_lease), timing=asleep).execute_next()
    taken = bench.now(job)
    bench.execution().execute_next()

    assert taken.state is JobState.QUEUED
    done = bench.now(job)
    assert done.state is JobState.SUCCEEDED
    assert done.attempts == 2


def test_a_beat_keeps_the_lease_of_a_slow_stage(
    services: Services, database: Database, clock: FakeClock, guest: User
) -> None:
    store = CountingStore(database, clock, lease_s=60.0)
    bench = Bench(services, store, guest)
    job = bench.submit_restoration()

    def be_slow() -> None:
        clock.advance(seconds=50)  # most of a lease; only a beat moves its end
        already = store.beat_count
        wait_until(lambda: store.beat_count > already + 1, what="a beat")
        clock.advance(seconds=50)
        assert store.reap(clock.now()) == 0

    bench.execution(InterruptedRestorer(be_slow)).execute_next()

    assert bench.now(job).state is JobState.SUCCEEDED


def test_a_job_without_progress_is_ended_with_its_process(bench: Bench) -> None:
    job = bench.submit_restoration()
    hanging = InterruptedRestorer(lambda: wait_until(bench.given_up.is_set, what="giving up"))

    bench.execution(hanging, timing=replace(QUICK, stage_limit_s=0.05)).execute_next()

    failed = bench.now(job)
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert failed.error.code == "job_timed_out"


def test_a_job_that_does_not_hear_its_cancellation_is_ended_with_its_process(bench: Bench) -> None:
    job = bench.submit_restoration()

    def hang() -> None:
        bench.services.jobs.cancel(bench.guest.id, job.id)
        wait_until(bench.given_up.is_set, what="giving up")

    bench.execution(InterruptedRestorer(hang), timing=replace(QUICK, cancel_grace_s=0.05)).execute_next()

    assert bench.now(job).state is JobState.CANCELLED


def test_a_job_that_was_taken_away_and_hangs_is_ended_with_its_process(
    bench: Bench, clock: FakeClock
) -> None:
    job = bench.submit_restoration()

    def hang() -> None:
        while not bench.jobs.reap(clock.now()):  # a beat may come in between
            clock.advance(hours=1)
        wait_until(bench.given_up.is_set, what="giving up")

    bench.execution(InterruptedRestorer(hang), timing=replace(QUICK, cancel_grace_s=0.05)).execute_next()

    assert bench.now(job).state is JobState.QUEUED


def test_a_stopping_worker_finishes_its_job_when_there_is_time(bench: Bench) -> None:
    job = bench.submit_restoration()

    bench.execution(InterruptedRestorer(bench.stopping.set)).execute_next()

    assert bench.now(job).state is JobState.SUCCEEDED


def test_a_stopping_worker_gives_back_what_takes_too_long(bench: Bench) -> None:
    job = bench.submit_animation(restore_first=False)

    bench.execution(
        animator=EndlessAnimator(bench.stopping.set), timing=replace(QUICK, stop_grace_s=0.05)
    ).execute_next()

    released = bench.now(job)
    assert released.state is JobState.QUEUED
    assert released.attempts == 0


def test_a_stopping_worker_gives_back_a_job_that_hangs(bench: Bench) -> None:
    job = bench.submit_restoration()

    def hang() -> None:
        bench.stopping.set()
        wait_until(bench.given_up.is_set, what="giving up")

    impatient = replace(QUICK, stop_grace_s=0.02, release_grace_s=0.02)
    bench.execution(InterruptedRestorer(hang), timing=impatient).execute_next()

    assert bench.now(job).state is JobState.QUEUED
