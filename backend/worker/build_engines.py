"""The engines that are installed, each built once in a process.

The only module that knows the engines' classes; loading it loads their libraries.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from backend.checkpoints.folder import WeightsFolder
from backend.domain.errors import NoFaceFound
from backend.engines.animation_api import AnimateOptions, Animator, MotionCurve, MotionSetup
from backend.engines.api import GfpganSetup, RestoreOptions, Restorer, SourcePhoto, no_checkpoint
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.engines.builtin.prints.engine import BuiltinPrintCutter
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.engines.faces.detector import find_faces
from backend.engines.faces.finding import FindFaces
from backend.engines.print_api import PrintCutter
from backend.worker.build_detector import InstalledFinder
from backend.worker.engine_shelf import EngineShelf

AS_INSTALLED = GfpganSetup()  # nothing is said
MOTION_AS_INSTALLED = MotionSetup()


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """Name -> engine, for each task; of print cutters there is one."""

    restorers: Mapping[str, Restorer]
    animators: Mapping[str, Animator]
    print_cutter: PrintCutter


def use_threads(count: int) -> None:
    """Let the engines' libraries use `count` processor threads; 0 = one a core this process may run on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    cv2.setNumThreads(count or cores)
    if count:
        os.environ["OMP_NUM_THREADS"] = str(count)  # torch loads later, and reads it then


def build_engines(
    weights: WeightsFolder | None = None,
    setup: GfpganSetup = AS_INSTALLED,
    motion: MotionSetup = MOTION_AS_INSTALLED,
    templates_dir: Path | None = None,
) -> Engines:
    """Every engine of this version. Those that need weights are built when a job first asks for them.

    weights: None = only what needs none
    setup, motion: how to build `gfpgan` and `first_order`
    templates_dir: where `first_order` keeps what presets come to; None = only in memory
    """
    find = find_faces if weights is None else InstalledFinder(weights)
    restorer, animator = BuiltinRestorer(find), BuiltinAnimator(find)
    restorers: dict[str, Callable[[], Restorer]] = {}
    animators: dict[str, Callable[[], Animator]] = {}
    if weights is not None:
        restorers["gfpgan"] = partial(build_gfpgan, weights, setup, restorer)
        animators["first_order"] = partial(build_first_order, weights, motion, find, templates_dir)
    return Engines(
        restorers=EngineShelf[Restorer]({restorer.name: restorer}, restorers),
        animators=EngineShelf[Animator]({animator.name: animator}, animators),
        # By the cascades: a detector sees a face in one that lies, and says nothing of which way is up.
        print_cutter=BuiltinPrintCutter(),
    )


def build_gfpgan(weights: WeightsFolder, setup: GfpganSetup, builtin: BuiltinRestorer) -> Restorer:
    """The engine with official weights; its networks load when a photo needs them.

    Raises InvalidOption for a device that is not here.
    """
    from backend.engines.gfpgan.assembly import assemble  # torch: seconds that others need not wait

    return assemble(weights, setup, builtin)[0]


def build_first_order(
    weights: WeightsFolder, setup: MotionSetup, find: FindFaces, templates_dir: Path | None
) -> Animator:
    """The engine with networks that move faces; they load when a film needs them.

    Raises InvalidOption for a device that is not here.
    """
    from backend.engines.first_order.assembly import assemble  # torch, as above

    return assemble(weights, setup, find, templates_dir)


def warm(engines: Engines) -> None:
    """Run what is always here once on next to nothing: the first job does not pay for what loads lazily.

    Engines with weights stay unbuilt: they take gigabytes, and many a worker is never asked for them.
    """
    photo = np.full((64, 64, 3), 128, np.uint8)
    engines.print_cutter.find(np.full((256, 256, 3), 128, np.uint8), no_checkpoint)
    engines.restorers["builtin"].restore(SourcePhoto(pixels=photo), RestoreOptions(), no_checkpoint)
    still = MotionCurve(fps=25.0, channels={"smile": [0.0]})
    with suppress(NoFaceFound):
        engines.animators["builtin"].animate(photo, still, AnimateOptions(), no_checkpoint)
