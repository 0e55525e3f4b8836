"""Where a source's keypoints go in each frame: a motion, laid onto one face, as the options want it."""

from dataclasses import dataclass

import numpy as np

from backend.engines.animation_api import AnimateOptions
from backend.engines.first_order.algebra import Wide, closed, powered
from backend.engines.first_order.anchor import anchor_of
from backend.engines.first_order.driven_motion import DrivenMotion
from backend.engines.first_order.limits import held_turns, held_ways
from backend.engines.first_order.relative import adapted_scale, hull_area, turn_since
from backend.engines.first_order.seams import KeypointArrays


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedKeypoints:
    """What `MotionNetwork.move` takes, one set a frame of the motion.

    anchor: the frame that is taken as rest; in relative motion `to` is the source itself there, so that the
            flow is the identity
    notes:  clip_rest_chosen, motion_limited
    """

    to: KeypointArrays
    anchor: int
    notes: tuple[str, ...]


def moved_keypoints(motion: DrivenMotion, source: KeypointArrays, options: AnimateOptions) -> MovedKeypoints:
    """Lay a motion onto a source; of the options `relative`, `adapt_scale`, `best_frame`, `intensity` count.

    source: keypoints of one picture, as many as the template has
    Relative: v' = v_source + s (v_t - v_a)^intensity, J' = (J_t J_a^-1)^intensity J_source, a = the anchor,
    held within `limits.py`. Absolute: the driver's own keypoints; intensity then scales the driver's motion
    about its anchor. At intensity 1 both are the official formulas. Raises InvalidOption (best_frame).
    A preset ends where it begins: its clip was made to, but its codec leaves traces that a detector sees.
    """
    driver = motion.template.keypoints()
    if not motion.is_own:  # a person's own clip is closed where it is smoothed
        driver = closed(driver, rests=True)
    may_choose = motion.is_own and options.relative  # nothing is measured from rest in absolute motion
    anchor = anchor_of(driver.value, source.value[0], options.best_frame, is_own=may_choose)
    notes: tuple[str, ...] = ("clip_rest_chosen",) if options.best_frame == "auto" and anchor else ()
    start = driver.part(anchor, anchor + 1)
    ways: Wide = options.intensity * (driver.value.astype(np.float64) - start.value)
    turns = powered(turn_since(start.jacobian, driver.jacobian), options.intensity)
    base = source if options.relative else start
    if options.relative:
        if options.adapt_scale:
            ways *= adapted_scale(hull_area(source.value[0]), hull_area(start.value[0]))
        ways, is_far = held_ways(ways)
        turns, is_turned = held_turns(turns)
        notes += ("motion_limited",) if is_far or is_turned else ()
    value, jacobian = base.value + ways, turns @ base.jacobian
    # to the bit: rounding would leave the first frame a hair beside the photo
    value[anchor], jacobian[anchor] = base.value[0], base.jacobian[0]
    moved = KeypointArrays(value.astype(np.float32), jacobian.astype(np.float32))
    return MovedKeypoints(to=moved, anchor=anchor, notes=notes)
