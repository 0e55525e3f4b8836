"""The engines that are installed, each built once in a process.

The only module that knows the engines' classes; loading it loads their libraries.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from backend.domain.errors import EngineUnavailable, NoFaceFound
from backend.engines.api import (
    AnimateOptions,
    Animator,
    GfpganSetup,
    MotionCurve,
    RestoreOptions,
    Restorer,
    SourcePhoto,
    no_checkpoint,
)
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.engines.builtin.prints.engine import BuiltinPrintCutter
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.engines.print_api import PrintCutter
from backend.worker.engine_shelf import EngineShelf

AS_INSTALLED = GfpganSetup()


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


def build_engines(setup: GfpganSetup = AS_INSTALLED) -> Engines:
    """Every engine of this version. Those that need weights are built when a job first asks for them.

    setup: how to build `gfpgan`
    """
    restorer, animator = BuiltinRestorer(), BuiltinAnimator()
    return Engines(
        restorers=EngineShelf[Restorer]({restorer.name: restorer}, {"gfpgan": lambda: build_gfpgan(setup)}),
        animators={animator.name: animator},
        print_cutter=BuiltinPrintCutter(),
    )


def build_gfpgan(setup: GfpganSetup) -> Restorer:  # noqa: ARG001  # what it will be built by
    """The engine with official weights. Raises EngineUnavailable: this version has none."""
    raise EngineUnavailable("the engine gfpgan is not in this version", params={"engine": "gfpgan"})


def warm(engines: Engines) -> None:
    """Run what is always here once on next to nothing: the first job does not pay for what loads lazily.

    Engines with weights stay unbuilt: they take gigabytes, and many a worker is never asked for them.
    """
    photo = np.full((64, 64, 3), 128, np.uint8)
    engines.print_cutter.find(np.full((256, 256, 3), 128, np.uint8), no_checkpoint)
    engines.restorers["builtin"].restore(SourcePhoto(pixels=photo), RestoreOptions(), no_checkpoint)
    for animator in engines.animators.values():
        still = MotionCurve(fps=25.0, channels={"smile": [0.0]})
        try:
            animator.animate(photo, still, AnimateOptions(), no_checkpoint)
        except NoFaceFound:
            continue
