"""Decide what is done about light, tone and tint, and do it: the files beside this one know how.

Apart from the engine, because it has an order of its own: light is evened before anything is measured, tone
comes last, and a border is left as it is.
"""

from dataclasses import dataclass, replace

import numpy as np

from backend.engines.api import Colour
from backend.engines.builtin.restoration.bands import change_by_bands
from backend.engines.builtin.restoration.borders import Border, inside, paper_of, picture_share
from backend.engines.builtin.restoration.lighting import Field, evened, measure_light
from backend.engines.builtin.restoration.neutral import Gains, balanced, grey_balance, without_tint
from backend.engines.builtin.restoration.planes import shrunk
from backend.engines.builtin.restoration.tone import Fade, measure_fade, restore_tone
from backend.engines.builtin.restoration.yellowing import measure_yellowing
from backend.media.types import FloatImage

_MEASURED_SIDE_PX = 512
_LEAST_BALANCE = 0.02  # a smaller change of a channel is not seen


def even_light(photo: FloatImage, border: Border | None) -> list[str]:
    """Even the light on a print and its yellowing, in place, each on evidence; what was done, as notes.

    photo: float32 (H, W, 3) RGB in [0, 255]
    """
    notes = []
    if border is not None and border.is_paper:
        light = measure_light(photo, paper_of(border, *photo.shape[:2]))
        if light is not None:
            _even(photo, light)
            notes.append("light_evened")
    yellowing = measure_yellowing(photo)
    if yellowing is not None:
        _even(photo, yellowing)
        notes.append("yellowing_evened")
    return notes


def _even(photo: FloatImage, field: Field) -> None:
    height_px = photo.shape[0]
    change_by_bands(photo, lambda rows, first_row: evened(rows, field, first_row, height_px))


@dataclass(frozen=True, slots=True, kw_only=True)
class TonePlan:
    """What is to be done about a photo's tones and tint; a plan of nothing changes nothing."""

    border: Border | None = None
    fade: Fade | None = None
    balance: Gains | None = None
    is_tint_unwanted: bool = False

    @property
    def is_idle(self) -> bool:
        """True where there is nothing to do."""
        return self.fade is None and self.balance is None and not self.is_tint_unwanted

    def notes(self) -> list[str]:
        """What is done, as stable codes."""
        notes = []
        if self.fade is not None and self.fade.is_fade:
            notes.append("contrast_restored")
        if self.balance is not None or (self.fade is not None and self.fade.is_cast):
            notes.append("cast_removed")
        if self.is_tint_unwanted:
            notes.append("tint_removed")
        return notes


def plan_tone(
    photo: FloatImage, border: Border | None, colour: Colour, *, is_mono: bool, is_old: bool
) -> TonePlan:
    """What fading and casts ask for.

    photo: float32 (H, W, 3) RGB in [0, 255]
    is_old: without it, only a wish (colour=neutral) changes anything: mist has pale blacks too
    """
    if colour == "keep":
        return TonePlan()
    return _plan(photo, border, is_mono=is_mono, is_old=is_old, is_neutral=colour == "neutral")


def correct_tone(photo: FloatImage, plan: TonePlan) -> None:
    """Do it, in place. photo: float32 (H, W, 3) RGB in [0, 255]."""
    if not plan.is_idle:
        height_px = photo.shape[0]
        change_by_bands(photo, lambda rows, first_row: _corrected(rows, plan, first_row, height_px))


def correct_piece(piece: FloatImage, plan: TonePlan) -> FloatImage:
    """A piece cut out of the picture before its tones were corrected, with the same done to it.

    piece, returns: float32 (h, w, 3) RGB in [0, 255]; of inside the border, in any size and turn
    """
    return piece if plan.is_idle else _corrected(piece, replace(plan, border=None), 0, piece.shape[0])


def _plan(
    photo: FloatImage, border: Border | None, *, is_mono: bool, is_old: bool, is_neutral: bool
) -> TonePlan:
    fade = None
    if is_old or is_neutral:
        fade = measure_fade(photo, is_mono=is_mono, border=border, needs_evidence=not is_neutral)
    if not is_neutral:
        return TonePlan(border=border, fade=fade)
    small = shrunk(photo, _MEASURED_SIDE_PX)
    if is_mono:
        has_tint = float(np.ptp(small.reshape(-1, 3).mean(axis=0))) > 0.5
        return TonePlan(border=border, fade=fade, is_tint_unwanted=has_tint)
    picture = np.ascontiguousarray(small[inside(border, *small.shape[:2])])
    balance = grey_balance(picture if fade is None else restore_tone(picture, fade))
    is_seen = float(np.abs(balance - 1.0).max()) >= _LEAST_BALANCE
    return TonePlan(border=border, fade=fade, balance=balance if is_seen else None)


def _corrected(rows: FloatImage, plan: TonePlan, first_row: int, height_px: int) -> FloatImage:
    corrected = rows
    if plan.fade is not None:
        corrected = restore_tone(corrected, plan.fade)
        if plan.border is not None:
            down, across = picture_share(plan.border, height_px, rows.shape[1])
            share = down[first_row : first_row + rows.shape[0], None] * across[None, :]
            corrected = rows + share[..., None] * (corrected - rows)
    if plan.balance is not None:
        corrected = balanced(corrected, plan.balance)
    return without_tint(corrected) if plan.is_tint_unwanted else corrected
