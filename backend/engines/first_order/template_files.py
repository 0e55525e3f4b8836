"""A motion as a file: plain arrays in an npz, no pickle, and everything in it looked at before it is used.

Apart from the shelf that keeps such files: what is in one, and when it is not to be trusted.
"""

import json
import os
import tempfile
import zipfile
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np

from backend.domain.films import ClipCheck
from backend.engines.first_order.driven_motion import DrivenMotion
from backend.engines.first_order.seams import Numbers
from backend.engines.first_order.template import MotionTemplate

FORMAT: Final = 1  # another number for another meaning: files of the old one are made anew
_MOST_BYTES: Final = 16 * 1024 * 1024  # of a file and of all that is in it; a minute is less than half of one
_NUMBERS: Final = ("value", "turn", "jacobian0")
# Whatever zipfile, zlib, numpy and json raise for files that are not what `write_motion` wrote.
_BROKEN: Final = (
    *(OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, MemoryError),
    *(zipfile.BadZipFile, zlib.error),
    RuntimeError,  # encrypted, packed in a way of its own, or nested without an end
)


def write_motion(path: Path, motion: DrivenMotion, origin: str) -> None:
    """Write under a name of its own, then rename: who reads sees a whole file, whoever else writes it too.

    origin: what the motion was made from and how; asked for again when it is read
    raises: OSError
    """
    template = motion.template
    facts = {
        "format": FORMAT,
        "origin": origin,
        "detector": template.detector,
        "fps": template.fps,
        "hull": template.hull,
        "start_s": motion.start_s,
        "is_own": motion.is_own,
        "notes": motion.notes,
        "checks": [asdict(check) for check in motion.checks],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(
                file,
                facts=np.array(json.dumps(facts)),
                value=template.value,
                turn=template.turn,
                jacobian0=template.jacobian0,
            )
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read_motion(path: Path, detector: str, origin: str) -> DrivenMotion | None:
    """What the file holds; None where there is none, or it is broken, of another format or origin."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
                return None
        with np.load(path, allow_pickle=False) as stored:
            facts = json.loads(str(stored["facts"]))
            if (facts["format"], facts["detector"], facts["origin"]) != (FORMAT, detector, origin):
                return None
            value, turn, jacobian0 = (_float32(stored[name]) for name in _NUMBERS)
        return _motion(facts, value, turn, jacobian0)
    except _BROKEN:
        return None


def _float32(array: Numbers) -> Numbers:
    if array.dtype != np.float32 or not np.isfinite(array).all():
        raise ValueError("not finite float32 numbers")
    return array


def _motion(facts: dict[str, object], value: Numbers, turn: Numbers, jacobian0: Numbers) -> DrivenMotion:
    """Raises ValueError, KeyError or TypeError for anything that does not fit together."""
    count, points = value.shape[:2]
    if count < 1 or points < 1 or value.shape != (count, points, 2):
        raise ValueError("no keypoints")
    if turn.shape != (count, points, 2, 2) or jacobian0.shape != (points, 2, 2):
        raise ValueError("no turns that go with the keypoints")
    if not (np.linalg.det(turn).all() and _number(facts["fps"]) > 0 and _number(facts["hull"]) >= 0):
        raise ValueError("turns that cannot be undone, or no rate")
    template = MotionTemplate(
        fps=_number(facts["fps"]),
        value=value,
        turn=turn,
        jacobian0=jacobian0,
        hull=_number(facts["hull"]),
        detector=str(facts["detector"]),
    )
    notes, checks = facts["notes"], facts["checks"]
    if not isinstance(notes, list) or not isinstance(checks, list):
        raise TypeError("notes and checks are lists")
    return DrivenMotion(
        template=template,
        start_s=_number(facts["start_s"]),
        is_own=bool(facts["is_own"]),
        notes=tuple(str(note) for note in notes),
        checks=tuple(ClipCheck(**{**check, "frames": tuple(check["frames"])}) for check in checks),
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise TypeError("not a number")
    return float(value)
