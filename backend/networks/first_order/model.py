"""The two networks of one First Order Motion file, which are only good for each other.

Apart from both, because what is asked here is whether they belong together, and whether the numbers can be
theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from backend.domain.errors import WeightsRefused
from backend.networks.first_order.generator import Generator
from backend.networks.first_order.keypoints import KeypointDetector
from backend.networks.recognise import NetworkKind, build, recognise
from backend.networks.state import State

GENERATOR: Final = "generator"
DETECTOR: Final = "kp_detector"
PARTS: Final = (GENERATOR, DETECTOR)  # their names in the official files

_FIRST_ORDER = (
    NetworkKind.FIRST_ORDER_GENERATOR,
    NetworkKind.FIRST_ORDER_KEYPOINTS,
    NetworkKind.FIRST_ORDER_MOBILE,
    NetworkKind.FIRST_ORDER_MOBILE_KEYPOINTS,
)
_SUM_TOLERANCE = 1e-3  # a Gaussian that was stored in half precision sums to 1 that nearly


@dataclass(frozen=True, slots=True)
class FirstOrderModel:
    """A keypoint detector and the generator that was trained with it, in eval mode, float32."""

    detector: KeypointDetector
    generator: Generator

    @classmethod
    def from_states(cls, states: Mapping[str, State]) -> Self:
        """states: of both PARTS, as `load_states` gives them.

        raises: WeightsRefused (architecture) for another network, PaddleGAN's mobile one among them, for two
                that do not belong together, and for numbers that no training leaves
        """
        for part, state in states.items():
            kind = recognise(state)
            if kind not in _FIRST_ORDER:
                raise _refused(f"{part} is another network ({kind.value}), which animates nothing")
        detector = build(states[DETECTOR])
        generator = build(states[GENERATOR])
        if not isinstance(detector, KeypointDetector) or not isinstance(generator, Generator):
            raise _refused("generator and kp_detector have changed places")
        for part, state in states.items():
            _require_sound(part, state)
        if detector.size.points != generator.size.motion.points:
            raise _refused(
                f"the detector finds {detector.size.points} points, the generator moves "
                f"{generator.size.motion.points}: they are not of one file"
            )
        return cls(detector, generator)


def _require_sound(part: str, state: State) -> None:
    for key, value in state.items():
        name = f"{part}.{key}"
        if key.endswith("down.weight"):
            sums = value.double().sum(dim=(1, 2, 3))
            if bool(((sums - 1).abs() > _SUM_TOLERANCE).any()):
                raise _refused(f"{name} sums to {float(sums[0]):.3g} a channel, not to 1")
        # A channel that never fires has a variance of 0, rightly; a whole layer has not.
        if key.endswith(".running_var") and (bool((value < 0).any()) or not bool(value.any())):
            raise _refused(f"{name} is no variance: {float(value.min()):.3g} to {float(value.max()):.3g}")


def _refused(words: str) -> WeightsRefused:
    return WeightsRefused(
        f"this is no file of the First Order Motion Model: {words}", params={"reason": "architecture"}
    )
