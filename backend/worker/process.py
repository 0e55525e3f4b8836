"""The worker process put together: settings in, a running loop out."""

import logging
import threading
from dataclasses import replace

from backend.engines.animation_api import MotionSetup
from backend.engines.api import GfpganSetup
from backend.settings import Settings
from backend.wiring import build_parts, build_weights_folder
from backend.worker.build_engines import build_engines, use_threads, warm
from backend.worker.execution import DEFAULT_TIMING, Execution
from backend.worker.loop import WorkerLoop

logger = logging.getLogger(__name__)


def run_worker(settings: Settings, stopping: threading.Event) -> None:
    """Load the engines and do jobs until `stopping` is set."""
    use_threads(settings.worker_threads)
    weights = build_weights_folder(settings)
    engines = build_engines(
        weights,
        GfpganSetup(device=settings.device, precision=settings.precision),
        MotionSetup(device=settings.device, precision=settings.precision),
        settings.templates_dir,
    )
    warm(engines)
    parts = build_parts(settings)
    timing = replace(DEFAULT_TIMING, stage_limit_s=settings.stage_limit_s)
    execution = Execution(
        store=parts.jobs,
        services=parts.services,
        restorers=engines.restorers,
        animators=engines.animators,
        print_cutter=engines.print_cutter,
        stopping=stopping,
        timing=timing,
    )
    loop = WorkerLoop(
        execution=execution,
        store=parts.jobs,
        workers=parts.workers,
        purge_expired=parts.services.retention.purge_expired,
        clock=parts.clock,
        stopping=stopping,
        timing=timing,
    )
    installed = {engine.name for engine in parts.services.engines.list() if engine.installed}
    logger.info("worker ready", extra={"engines": sorted(installed)})
    try:
        loop.run()
    finally:
        parts.database.close()
    logger.info("worker stopped")
