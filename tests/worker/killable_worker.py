"""A worker process for `test_killed_workers.py`: everything real but the engines, and short leases.

Arguments: a folder with a database, files and presets, and the seconds that a stage may take. Where the
folder holds a file `hang`, the restorer hangs after its first checkpoint, renaming the file to `hanging`.
"""

import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from backend.domain.clock import SystemClock
from backend.engines.fakes import FakeAnimator, FakePrintCutter
from backend.services.bundle import assemble_services
from backend.services.driving_videos import Presets
from backend.services.engine_catalogue import EngineCatalogue
from backend.services.limits import ServiceLimits
from backend.storage.database import Database
from backend.storage.files import MediaFiles
from backend.storage.jobs import JobStore
from backend.storage.workers import WorkerStore
from backend.worker.execution import Execution
from backend.worker.lifeline import Lifeline
from backend.worker.loop import WorkerLoop
from backend.worker.timing import Timing
from tests.weights_folders import no_weights
from tests.worker.engines import InterruptedRestorer

LEASE_S = 2.0
TIMING = Timing(
    poll_s=0.02,
    beat_s=0.3,
    watch_s=0.05,
    reap_s=0.1,
    alive_s=0.5,
    cancel_grace_s=0.5,
    stop_grace_s=0.1,
    release_grace_s=0.1,
)


def main(folder: Path, stage_limit_s: float) -> None:
    """Work until the lifeline is cut."""
    timing = replace(TIMING, stage_limit_s=stage_limit_s)
    lifeline, stopping, clock = Lifeline.take_over(), threading.Event(), SystemClock()
    lifeline.keep_beating(every_s=0.2)
    lifeline.when_cut(stopping.set)
    database = Database(f"sqlite:///{folder / 'jiuying.sqlite3'}")
    store = JobStore(database, clock, lease_s=LEASE_S)
    services = assemble_services(
        database=database,
        files=MediaFiles(folder / "media", bytes(range(32))),
        clock=clock,
        jobs=store,
        presets=Presets(folder / "presets"),
        engines=EngineCatalogue(builtin_version="test"),
        weights=no_weights(folder / "weights"),
        limits=ServiceLimits(),
    )
    execution = Execution(
        store=store,
        services=services,
        restorers={"builtin": InterruptedRestorer(lambda: _hang_if_wanted(folder))},
        animators={"builtin": FakeAnimator()},
        print_cutter=FakePrintCutter(),
        stopping=stopping,
        timing=timing,
    )
    WorkerLoop(
        execution=execution,
        store=store,
        workers=WorkerStore(database),
        purge_expired=lambda: 0,
        clock=clock,
        stopping=stopping,
        timing=timing,
    ).run()
    database.close()


def _hang_if_wanted(folder: Path) -> None:
    if not (folder / "hang").exists():
        return
    (folder / "hang").rename(folder / "hanging")
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
