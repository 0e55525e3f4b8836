"""Which fixture is checked by what: the one table of everything that can be compared.

Apart from the checks, so that a new kind of fixture is one line here and one module beside it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TypeAlias

import torch

from backend.domain.errors import AppError
from backend.evaluation.parity.alignment_and_paste import check_affine_table, check_paste
from backend.evaluation.parity.comparing import Finding, missed
from backend.evaluation.parity.detection import DETECTOR, check_detector
from backend.evaluation.parity.enlarging import check_modes, check_tiles
from backend.evaluation.parity.first_order import check_boxes, check_first_order
from backend.evaluation.parity.fixtures import Fixture
from backend.evaluation.parity.gfpganer import check_gfpganer
from backend.evaluation.parity.networks import KINDS, check_network

logger = logging.getLogger(__name__)

Check: TypeAlias = Callable[[Fixture], Iterable[Finding]]

_BY_NAME: Final[Mapping[str, Check]] = {
    "affine_table": check_affine_table,
    "face_alignment_paste": check_paste,
    "fomm": check_first_order,
    "fomm_tiny": check_first_order,
    "gfpganer": check_gfpganer,
    "paddle_boxes": check_boxes,
    "realesrganer_modes": check_modes,
    "rrdbnet_x2plus_tiled": check_tiles,
    "rrdbnet_x4plus_tiled": check_tiles,
}

_BY_NETWORK: Final[Mapping[str, Check]] = {DETECTOR: check_detector, **dict.fromkeys(KINDS, check_network)}


def check(fixture: Fixture) -> list[Finding]:
    """Everything that one fixture says. What cannot be compared is a miss, whatever the cause."""
    found = _check_for(fixture)
    if found is None:
        return [missed(fixture, "", "an unknown kind of fixture")]
    findings: list[Finding] = []
    try:
        with _one_thread():
            findings.extend(found(fixture))
    except AppError as error:
        findings.append(missed(fixture, "", str(error)))
    except Exception as error:  # one broken fixture must not hide what the others say
        logger.exception("a fixture could not be checked", extra={"fixture": fixture.name})
        findings.append(missed(fixture, "", f"{type(error).__name__}: {error}"))
    return findings or [missed(fixture, "", "nothing was compared")]


@contextmanager
def _one_thread() -> Iterator[None]:
    """As the official code ran: with another number of threads sums are done in another order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _check_for(fixture: Fixture) -> Check | None:
    return _BY_NAME.get(fixture.name) or _BY_NETWORK.get(str(fixture.meta.get("network")))
