"""The engines that are installed, each built once in a process.

The only module that knows the engines' classes; loading it loads their libraries.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from backend.domain.errors import NoFaceFound
from backend.engines.api import (
    AnimateOptions,
    Animator,
    MotionCurve,
    RestoreOptions,
    Restorer,
    SourcePhoto,
    no_checkpoint,
)
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.engines.builtin.prints.engine import BuiltinPrintCutter
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.engines.faces.detector import find_faces
from backend.engines.faces.finding import FindFaces
from backend.engines.print_api import PrintCutter


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


def build_engines(find: FindFaces = find_faces) -> Engines:
    """Every engine that works on this machine.

    find: the built-in engines' faces, by OpenCV's cascades where no detector is installed; see
        `build_detector.py`
    """
    restorer, animator = BuiltinRestorer(find), BuiltinAnimator(find)
    return Engines(
        restorers={restorer.name: restorer},
        animators={animator.name: animator},
        # By the cascades: a detector sees a face in one that lies, and says nothing of which way is up.
        print_cutter=BuiltinPrintCutter(),
    )


def warm(engines: Engines) -> None:
    """Run every engine once on next to nothing, so that the first job does not pay for what loads lazily."""
    photo = np.full((64, 64, 3), 128, np.uint8)
    engines.print_cutter.find(np.full((256, 256, 3), 128, np.uint8), no_checkpoint)
    for restorer in engines.restorers.values():
        restorer.restore(SourcePhoto(pixels=photo), RestoreOptions(), no_checkpoint)
    for animator in engines.animators.values():
        still = MotionCurve(fps=25.0, channels={"smile": [0.0]})
        try:
            animator.animate(photo, still, AnimateOptions(), no_checkpoint)
        except NoFaceFound:
            continue
