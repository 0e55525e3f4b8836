"""The expressions we ship: their names, their order, and their curves as they are stored.

What a face does in each is in `feelings.py`, `gestures.py` and `resting.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.engines.animation_api import MotionCurve
from backend.engines.builtin.animation import feelings, gestures, resting
from backend.engines.builtin.animation.curves import Track, frame_times
from backend.engines.builtin.animation.living import Tracks

FPS: Final = 25.0
SHORT_S: Final = 3.0
LONG_S: Final = 6.0  # a whole number of short ones: faces with motions of either length loop together
_DECIMALS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetRecipe:
    """An expression by name, and the function that draws its tracks over the frames' times."""

    slug: str
    name_zh: str
    name_en: str
    draw: Callable[[Track], Tracks]
    loop_s: float = SHORT_S
    number: int | None = None  # what the first prototype called it

    def curve(self) -> MotionCurve:
        """One loop, rounded as it is stored; channels that never move are left out."""
        tracks = self.draw(frame_times(round(self.loop_s * FPS), FPS))
        channels = {}
        for name, track in tracks.items():
            values = np.round(track, _DECIMALS) + 0.0  # + 0.0 turns -0.0 into 0.0
            if values.any():
                channels[name] = tuple(float(value) for value in values)
        return MotionCurve(fps=FPS, channels=channels)


RECIPES: tuple[PresetRecipe, ...] = (
    PresetRecipe(
        slug="smile_blink",
        number=3,
        name_zh="微笑眨眼",
        name_en="Smile and blink",
        draw=feelings.smile_blink,
    ),
    PresetRecipe(slug="idle", name_zh="静静看着", name_en="At rest", draw=resting.idle, loop_s=LONG_S),
    PresetRecipe(slug="smile", name_zh="微笑", name_en="Smile", draw=feelings.broad_smile),
    PresetRecipe(slug="laugh", name_zh="大笑", name_en="Laugh", draw=feelings.laugh),
    PresetRecipe(slug="nod", number=9, name_zh="同意点头", name_en="Nod", draw=gestures.nod),
    PresetRecipe(slug="look_around", name_zh="环顾", name_en="Look around", draw=gestures.look_around),
    PresetRecipe(slug="head_tilt", name_zh="歪头", name_en="Tilt the head", draw=gestures.head_tilt),
    PresetRecipe(slug="kiss", name_zh="亲吻", name_en="Kiss", draw=feelings.kiss),
    PresetRecipe(slug="wink", name_zh="眨一只眼", name_en="Wink", draw=feelings.wink),
    PresetRecipe(slug="blink", name_zh="眨眼", name_en="Blink", draw=resting.blinks),
    PresetRecipe(slug="breathe", name_zh="深呼吸", name_en="Breathe", draw=resting.breathe, loop_s=LONG_S),
    PresetRecipe(slug="talk", name_zh="说话", name_en="Talk", draw=gestures.talk),
    PresetRecipe(slug="look_up", name_zh="抬头看", name_en="Look up", draw=gestures.look_up),
    PresetRecipe(slug="surprise", name_zh="惊讶", name_en="Surprise", draw=feelings.surprise),
    PresetRecipe(slug="puzzled", number=6, name_zh="困惑", name_en="Puzzled", draw=feelings.puzzled),
    PresetRecipe(slug="shake", number=12, name_zh="摇头", name_en="Shake the head", draw=gestures.shake),
    PresetRecipe(slug="sad", name_zh="难过", name_en="Sad", draw=feelings.sad, loop_s=LONG_S),
    PresetRecipe(slug="sleepy", name_zh="犯困", name_en="Sleepy", draw=resting.sleepy, loop_s=LONG_S),
)
"""In the order in which the page shows them: what most people want first."""
