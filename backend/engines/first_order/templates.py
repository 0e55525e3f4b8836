"""Where motions are kept that have been worked out once: in memory, and as small files for the next process.

A preset's clip is looked at by the detector once for each set of weights; a person's own clip is nobody's to
keep, and never comes here.
"""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Final

from backend.engines.first_order.driven_motion import DrivenMotion
from backend.engines.first_order.template_files import read_motion, write_motion

logger = logging.getLogger(__name__)

_MOST_IN_MEMORY: Final = 64  # a preset of 150 frames takes 60 kB
_SAFE_NAME: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,127}")

_Key = tuple[str, str, str]


class TemplateShelf:
    """Motions by detector and clip. Any number of threads and processes may share a directory.

    directory: files go to `<detector fingerprint>/<clip sha256>.npz` in it; None = memory only
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._kept: OrderedDict[_Key, DrivenMotion] = OrderedDict()
        self._lock = Lock()

    def kept(self, detector: str, sha256: str, origin: str, make: Callable[[], DrivenMotion]) -> DrivenMotion:
        """The motion of a clip, made where it is not there; two who ask at once may both make it.

        sha256: of the clip's file. origin: how it is followed; a motion that was made otherwise is made anew
        """
        key = (detector, sha256, origin)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        path = self._path(detector, sha256)
        motion = None if path is None else read_motion(path, detector, _origin(sha256, origin))
        if motion is None:
            motion = make()
            self._write(path, motion, _origin(sha256, origin))
        with self._lock:
            self._kept[key] = motion
            while len(self._kept) > _MOST_IN_MEMORY:
                self._kept.popitem(last=False)
        return motion

    def _path(self, detector: str, sha256: str) -> Path | None:
        """None where nothing is written: no directory, or names that would lead out of it."""
        names = (detector, sha256)
        if self._directory is None or not all(_SAFE_NAME.fullmatch(name) for name in names):
            return None
        return self._directory / detector / f"{sha256}.npz"

    def _write(self, path: Path | None, motion: DrivenMotion, origin: str) -> None:
        """A full or read-only disk costs the next process some seconds, and no film."""
        if path is None:
            return
        try:
            write_motion(path, motion, origin)
        except OSError as error:
            logger.warning("motion template not kept", extra={"reason": type(error).__name__})


def _origin(sha256: str, origin: str) -> str:
    return f"{sha256} {origin}"
