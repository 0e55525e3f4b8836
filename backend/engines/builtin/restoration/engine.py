"""The restorer that is always there: no weights, no face needed, about a second.

It cleans what is there and invents nothing. The steps live in their own files; this one only sequences them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np

from backend.domain.errors import InvalidOption
from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint, Restoration, RestoreOptions, SourcePhoto
from backend.engines.builtin.restoration.across import BoolMask
from backend.engines.builtin.restoration.analyse import Analysis, analyse, is_mono
from backend.engines.builtin.restoration.bands import MARGIN_ROWS, by_bands, change_by_bands
from backend.engines.builtin.restoration.borders import Border, find_border, inside
from backend.engines.builtin.restoration.damage_model import damage_likelihoods
from backend.engines.builtin.restoration.deblock import deblock, is_coarse
from backend.engines.builtin.restoration.deblur import deblur
from backend.engines.builtin.restoration.denoise import denoise, kept_grain_share
from backend.engines.builtin.restoration.enlarge import REACH_ROWS, enlarge_twice
from backend.engines.builtin.restoration.enlarged import repair_enlarged
from backend.engines.builtin.restoration.filling import paint_over
from backend.engines.builtin.restoration.planes import from_deep, luma, shrunk, to_bytes, to_deep
from backend.engines.builtin.restoration.scratches import (
    SEARCH_SIDE_PX,
    find_marks,
    mask_for,
    spare_faces,
)
from backend.engines.builtin.restoration.toning import TonePlan, correct_tone, even_light, plan_tone
from backend.engines.faces.detector import find_faces
from backend.engines.faces.finding import FindFaces
from backend.media.deep import eight_bits
from backend.media.types import DeepImage, FloatImage, Mask, RgbImage

_NOISE_FROM = 1.6  # below this, grain is what makes a photo look like one
_BLOCKY_FROM = 1.3
_BLOCKY_STRENGTH = 2.0  # as if the grain were this strong: smooths JPEG blocks
_BLUR_FROM_PX = 1.25  # a lower gate made four of ten sharp faces worse
_BLUR_TO_PX = 3.3  # beyond it, deconvolution sharpens the grain and nothing else
_DEBLUR_PIXELS = 3_000_000  # larger scans are looked at smaller, where a blur of two pixels is gone
_GRAIN_MISSED = 0.05  # of the noise, beside what is kept on purpose
_HALF_SIZE_FROM_PIXELS = 2_200_000
_LARGEST_RESULT_PIXELS = 160_000_000  # the largest photo that is taken, twice the size


Levels = TypeVar("Levels", RgbImage, DeepImage)


@dataclass(slots=True, kw_only=True)
class Repaired:
    """A photo half-way: what was destroyed is mended; its grain, blur and tones are still its own.

    picture: float32 (H, W, 3) RGB in [0, 255]; nothing once it was handed over
    mask: what was painted over
    """

    picture: FloatImage
    is_deep: bool  # it came with 16 bits a channel, and leaves with them
    border: Border | None
    analysis: Analysis
    mask: Mask | BoolMask | None
    notes: list[str]

    def hand_over(self) -> FloatImage:
        """The picture, for its last user to work in: of a large scan, two are more than fit into memory."""
        picture, self.picture = self.picture, np.empty((0, 0, 3), np.float32)
        return picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The whole picture done, and the one step of it that pieces cut out earlier must go through too."""

    restoration: Restoration
    tone: TonePlan


class BuiltinRestorer:
    """Classical restoration, step by step, each only where the photo shows that it needs it."""

    name = "builtin"
    version = "2"

    def __init__(self, find: FindFaces = find_faces) -> None:
        """find: the faces whose eyes and mouths are not to be taken for scratches."""
        self._find = find

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
        """The photo cleaned and, where asked for, enlarged. Same photo, same options: same pixels.

        raises: InvalidOption where colour is asked of a network that is not here, or too large a result
        """
        if options.colour == "model":
            raise InvalidOption("the built-in engine adds no colour", option="colour")
        require_makeable(photo, options)
        return self.finish(self.repair(photo, options, checkpoint), options, checkpoint).restoration

    def repair(
        self,
        photo: SourcePhoto,
        options: RestoreOptions,
        checkpoint: Checkpoint,
        *,
        only_damage: bool = False,
    ) -> Repaired:
        """The first half: undo the JPEG, even the light, mend scratches or what the owner marked.

        only_damage: nothing but the last of these
        """
        notes: list[str] = []
        picture = photo.pixels.astype(np.float32) if photo.deep is None else from_deep(photo.deep)
        checkpoint(Stage.ANALYSE, 0.0)
        if not only_damage:
            _undo_jpeg(photo, picture, options, notes, checkpoint)
        border = find_border(picture)
        if options.colour != "keep" and not only_damage:
            notes += even_light(picture, border)
        analysis = analyse(picture)
        if border is not None:  # a toned print on a card of another tint is still of one
            picture_within = picture[inside(border, *picture.shape[:2])]
            analysis = replace(analysis, is_mono=is_mono(picture_within))
        checkpoint(Stage.SCRATCHES, 0.0)
        mask = _repair_damage(photo, picture, analysis, options, notes, self._find)
        return Repaired(
            picture=picture,
            is_deep=photo.deep is not None,
            border=border,
            analysis=analysis,
            mask=mask,
            notes=notes,
        )

    def finish(self, repaired: Repaired, options: RestoreOptions, checkpoint: Checkpoint) -> Finished:
        """The second half: grain, blur, tones, size. `repaired.picture` is handed over."""
        notes, analysis = list(repaired.notes), repaired.analysis
        picture = repaired.hand_over()
        height_px, width_px = picture.shape[:2]
        scale = options.upscale_factor(width_px, height_px)
        picture, noise = _reduce_noise(picture, analysis, options, notes, checkpoint)
        checkpoint(Stage.DEBLUR, 0.0)
        picture = _sharpen(picture, analysis, noise, options, notes)
        checkpoint(Stage.TONE, 0.0)
        tone = self.plan_tone(picture, repaired, options)
        correct_tone(picture, tone)
        notes += tone.notes()
        if not notes:
            notes.append("nothing_to_repair")
        if scale > 1:
            notes.append(f"enlarged_{scale}x")
        if repaired.is_deep:
            deep = _at_scale(picture, scale, noise, checkpoint, to_deep)
            image = eight_bits(deep)
        else:
            image, deep = _at_scale(picture, scale, noise, checkpoint, to_bytes), None
        mask = repaired.mask
        scratch_mask = None if mask is None else np.asarray(mask, np.float32)  # late: it is large
        restoration = Restoration(
            image=image, deep=deep, scale=scale, notes=tuple(notes), scratch_mask=scratch_mask
        )
        return Finished(restoration=restoration, tone=tone)

    def plan_tone(self, picture: FloatImage, repaired: Repaired, options: RestoreOptions) -> TonePlan:
        """What the tones of this picture, which was made of the repaired photo, ask for."""
        analysis = repaired.analysis
        is_old = analysis.is_mono or analysis.noise >= _NOISE_FROM
        return plan_tone(picture, repaired.border, options.colour, is_mono=analysis.is_mono, is_old=is_old)


def require_makeable(photo: SourcePhoto, options: RestoreOptions) -> None:
    """Raise InvalidOption where the result would be larger than any that is made."""
    height_px, width_px = photo.pixels.shape[:2]
    scale = options.upscale_factor(width_px, height_px)
    if height_px * width_px * scale**2 > _LARGEST_RESULT_PIXELS:
        raise InvalidOption(f"{scale} times the size is more than can be made", option="upscale")


def _undo_jpeg(
    photo: SourcePhoto, picture: FloatImage, options: RestoreOptions, notes: list[str], checkpoint: Checkpoint
) -> None:
    """Before anything is measured: blocks are neither grain nor edges. Changes the picture in place."""
    if photo.jpeg is None or not is_coarse(photo.jpeg):
        return
    notes.append("jpeg_mended")
    step = partial(deblock, coding=photo.jpeg, with_chroma=options.colour != "keep")
    before_band = partial(checkpoint, Stage.ANALYSE)
    change_by_bands(picture, lambda rows, _: step(rows), before_band, margin_rows=MARGIN_ROWS)


def _repair_damage(
    photo: SourcePhoto,
    picture: FloatImage,
    analysis: Analysis,
    options: RestoreOptions,
    notes: list[str],
    find: FindFaces,
) -> Mask | BoolMask | None:
    """Paint over the marked or found damage in place; where that is."""
    if photo.damage is None:
        return _repair_scratches(picture, analysis, options, notes, find)
    if photo.damage.shape != picture.shape[:2]:
        raise InvalidOption("the mask must have the photo's size", option="mask")
    if not photo.damage.any():
        return photo.damage
    if (photo.damage > 0.5).all():
        raise InvalidOption("the mask leaves nothing to repair the photo from", option="mask")
    notes.append("mask_repaired")
    paint_over(picture, photo.damage, analysis.noise)
    return photo.damage


def _repair_scratches(
    picture: FloatImage, analysis: Analysis, options: RestoreOptions, notes: list[str], find: FindFaces
) -> BoolMask | None:
    is_strong = options.scratches == "strong"
    if options.scratches == "off" or not (analysis.is_mono or is_strong):
        return None  # colour prints have bright thin things of their own: only when asked
    small = shrunk(picture, SEARCH_SIDE_PX)
    likely = damage_likelihoods(luma(small))
    found = find_marks(likely, strong=is_strong)
    if found is None:
        return None
    # Faces are found better once the damage is gone.
    filled = small.copy()
    paint_over(filled, mask_for(small, found), 0.0)
    faces = find(to_bytes(filled))
    mask = mask_for(picture, spare_faces(found, likely, faces))
    if not mask.any():
        return None
    notes.append("scratches_repaired")
    paint_over(picture, mask, analysis.noise)
    return mask


def _reduce_noise(
    picture: FloatImage,
    analysis: Analysis,
    options: RestoreOptions,
    notes: list[str],
    checkpoint: Checkpoint,
) -> tuple[FloatImage, float]:
    """The picture and how much grain is left in it."""
    strength = analysis.noise
    if analysis.blockiness > _BLOCKY_FROM and "jpeg_mended" not in notes:
        strength = max(strength, _BLOCKY_STRENGTH)
    if strength < _NOISE_FROM:
        return picture, analysis.noise
    is_large = picture.shape[0] * picture.shape[1] > _HALF_SIZE_FROM_PIXELS
    with_chroma = _may_smooth_colour(analysis, options)
    kept = kept_grain_share(analysis.noise, is_mono=analysis.is_mono)
    step = partial(denoise, noise=strength, with_chroma=with_chroma, at_half_size=is_large, kept_grain=kept)
    notes.append("denoised")
    before_band = partial(checkpoint, Stage.DENOISE)
    change_by_bands(picture, lambda rows, _: step(rows), before_band, margin_rows=MARGIN_ROWS)
    return picture, (kept + _GRAIN_MISSED) * analysis.noise


def _sharpen(
    picture: FloatImage, analysis: Analysis, noise: float, options: RestoreOptions, notes: list[str]
) -> FloatImage:
    if analysis.blur_px < _BLUR_FROM_PX or picture.shape[0] * picture.shape[1] > _DEBLUR_PIXELS:
        return picture
    with_chroma = _may_smooth_colour(analysis, options)
    repaired = repair_enlarged(picture, analysis.blur_px, noise, with_chroma=with_chroma)
    if repaired is None and analysis.blur_px <= _BLUR_TO_PX:
        repaired = deblur(picture, analysis.blur_px, noise)
    if repaired is None or (repaired is picture and analysis.blur_px > _BLUR_TO_PX):
        notes.append("too_blurred")  # said, because nothing in the result shows that it was seen
        return picture
    if repaired is not picture:
        notes.append("deblurred")
    return repaired


def _may_smooth_colour(analysis: Analysis, options: RestoreOptions) -> bool:
    return not analysis.is_mono and options.colour != "keep"


def _at_scale(
    picture: FloatImage,
    scale: int,
    noise: float,
    checkpoint: Checkpoint,
    rounded: Callable[[FloatImage], Levels],
) -> Levels:
    def enlarge(band: FloatImage) -> Levels:
        for _ in range(scale.bit_length() - 1):
            band = enlarge_twice(band, noise)
        return rounded(band)

    return by_bands(picture, enlarge, partial(checkpoint, Stage.ENLARGE), scale, margin_rows=REACH_ROWS)
