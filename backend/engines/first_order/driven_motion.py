"""What a driving clip comes to, once a detector has looked at it: a template, and what was found out."""

from dataclasses import dataclass

from backend.domain.films import ClipCheck
from backend.engines.first_order.template import MotionTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class DrivenMotion:
    """A motion that is ready for any source.

    start_s: where in the clip it begins, for its sound
    is_own:  from a clip that had to be followed: a person's own, or an operator's without a curve
    notes:   stable codes about the clip
    checks:  of such a clip; a preset of ours has none, it was checked when it was made
    """

    template: MotionTemplate
    start_s: float = 0.0
    is_own: bool = False
    notes: tuple[str, ...] = ()
    checks: tuple[ClipCheck, ...] = ()
