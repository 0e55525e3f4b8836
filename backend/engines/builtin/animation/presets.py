"""The ten expressions we ship: their names, their order, and their curves as they are stored.

What a face does in each is in `expressions.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backend.engines.api import MotionCurve
from backend.engines.builtin.animation import expressions
from backend.engines.builtin.animation.curves import Track, frame_times
from backend.engines.builtin.animation.expressions import LOOP_S, Tracks

FPS = 25.0
FRAME_COUNT = round(LOOP_S * FPS)
_DECIMALS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetRecipe:
    """An expression by name, and the function that draws its tracks over the frames' times."""

    slug: str
    name_zh: str
    name_en: str
    draw: Callable[[Track], Tracks]
    number: int | None = None  # what the first prototype called it

    def curve(self) -> MotionCurve:
        """One loop, rounded as it is stored; channels that never move are left out."""
        tracks = self.draw(frame_times(FRAME_COUNT, FPS))
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
        draw=expressions.smile_blink,
    ),
    PresetRecipe(slug="puzzled", number=6, name_zh="困惑", name_en="Puzzled", draw=expressions.puzzled),
    PresetRecipe(slug="nod", number=9, name_zh="同意点头", name_en="Nod", draw=expressions.nod),
    PresetRecipe(slug="shake", number=12, name_zh="摇头", name_en="Shake the head", draw=expressions.shake),
    PresetRecipe(slug="smile", name_zh="微笑", name_en="Smile", draw=expressions.broad_smile),
    PresetRecipe(slug="blink", name_zh="眨眼", name_en="Blink", draw=expressions.blinks),
    PresetRecipe(slug="wink", name_zh="单眼眨", name_en="Wink", draw=expressions.wink),
    PresetRecipe(slug="surprise", name_zh="惊讶", name_en="Surprise", draw=expressions.surprise),
    PresetRecipe(slug="talk", name_zh="说话", name_en="Talk", draw=expressions.talk),
    PresetRecipe(slug="look_around", name_zh="环顾", name_en="Look around", draw=expressions.look_around),
)
