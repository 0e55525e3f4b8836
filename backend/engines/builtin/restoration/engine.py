"""The restorer that is always there: no weights, no face needed, about a second.

It cleans what is there and invents nothing. The steps live in their own files; this one only sequences them.
"""

from functools import partial

import numpy as np

from backend.domain.errors import InvalidOption
from backend.domain.jobs import Stage
from backend.engines.api import Checkpoint, Restoration, RestoreOptions, SourcePhoto
from backend.engines.builtin.restoration.analyse import Analysis, analyse
from backend.engines.builtin.restoration.bands import by_bands
from backend.engines.builtin.restoration.deblock import deblock, is_coarse
from backend.engines.builtin.restoration.deblur import deblur
from backend.engines.builtin.restoration.denoise import denoise
from backend.engines.builtin.restoration.enlarge import enlarge_twice
from backend.engines.builtin.restoration.enlarged import repair_enlarged
from backend.engines.builtin.restoration.planes import shrunk, to_bytes
from backend.engines.builtin.restoration.scratches import find_scratches, paint_over
from backend.engines.builtin.restoration.tone import measure_fade, restore_tone
from backend.engines.faces.boxes import Box
from backend.engines.faces.detector import find_faces
from backend.media.types import FloatImage, Mask, RgbImage

_NOISE_FROM = 1.6  # below this, grain is what makes a photo look like one
_BLOCKY_FROM = 1.3
_BLOCKY_STRENGTH = 2.0  # as if the grain were this strong: smooths JPEG blocks
_BLUR_FROM_PX = 1.25  # a lower gate made four of ten sharp faces worse
_BLUR_TO_PX = 3.3  # beyond it, deconvolution sharpens the grain and nothing else
_DEBLUR_PIXELS = 3_000_000  # larger scans are looked at smaller, where a blur of two pixels is gone
_HALF_SIZE_FROM_PIXELS = 2_200_000
_FACE_SEARCH_SIDE_PX = 640
_LARGEST_RESULT_PIXELS = 160_000_000  # the largest photo that is taken, twice the size
_GRAIN_LEFT = 0.25  # of the noise, after denoising


class BuiltinRestorer:
    """Classical restoration, step by step, each only where the photo shows that it needs it."""

    name = "builtin"
    version = "1"

    def restore(self, photo: SourcePhoto, options: RestoreOptions, checkpoint: Checkpoint) -> Restoration:
        """The photo cleaned and, where asked for, enlarged. Same photo, same options: same pixels.

        raises: InvalidOption where colour is asked of a network that is not here, or too large a result
        """
        height_px, width_px = photo.pixels.shape[:2]
        scale = options.upscale_factor(width_px, height_px)
        if options.colour == "model":
            raise InvalidOption("the built-in engine adds no colour", option="colour")
        if height_px * width_px * scale**2 > _LARGEST_RESULT_PIXELS:
            raise InvalidOption(f"{scale} times the size is more than can be made", option="upscale")
        notes: list[str] = []
        picture = photo.pixels.astype(np.float32)
        checkpoint(Stage.ANALYSE, 0.0)
        picture = _undo_jpeg(photo, picture, options, notes, checkpoint)
        analysis = analyse(picture)
        checkpoint(Stage.SCRATCHES, 0.0)
        picture, mask = _repair_damage(photo, picture, analysis, options, notes)
        picture, noise = _reduce_noise(picture, analysis, options, notes, checkpoint)
        checkpoint(Stage.DEBLUR, 0.0)
        picture = _sharpen(picture, analysis, noise, options, notes)
        checkpoint(Stage.TONE, 0.0)
        picture = _correct_tone(picture, analysis, options, notes)
        if not notes:
            notes.append("nothing_to_repair")
        if scale > 1:
            notes.append(f"enlarged_{scale}x")
        image = _at_scale(picture, scale, noise, checkpoint)
        return Restoration(image=image, scale=scale, notes=tuple(notes), scratch_mask=mask)


def _undo_jpeg(
    photo: SourcePhoto, picture: FloatImage, options: RestoreOptions, notes: list[str], checkpoint: Checkpoint
) -> FloatImage:
    """Before anything is measured: blocks are neither grain nor edges."""
    if photo.jpeg is None or not is_coarse(photo.jpeg):
        return picture
    notes.append("jpeg_mended")
    step = partial(deblock, coding=photo.jpeg, with_chroma=options.colour != "keep")
    return by_bands(picture, step, partial(checkpoint, Stage.ANALYSE))


def _repair_damage(
    photo: SourcePhoto, picture: FloatImage, analysis: Analysis, options: RestoreOptions, notes: list[str]
) -> tuple[FloatImage, Mask | None]:
    """The picture with the marked or found damage painted over, and where that is."""
    if photo.damage is None:
        return _repair_scratches(picture, analysis, options, notes)
    if photo.damage.shape != picture.shape[:2]:
        raise InvalidOption("the mask must have the photo's size", option="mask")
    if not photo.damage.any():
        return picture, photo.damage
    notes.append("mask_repaired")
    return paint_over(picture, photo.damage, analysis.noise), photo.damage


def _repair_scratches(
    picture: FloatImage, analysis: Analysis, options: RestoreOptions, notes: list[str]
) -> tuple[FloatImage, Mask | None]:
    is_strong = options.scratches == "strong"
    if options.scratches == "off" or not (analysis.is_mono or is_strong):
        return picture, None  # colour prints have bright thin things of their own: only when asked
    small = shrunk(picture, _FACE_SEARCH_SIDE_PX)
    clear = find_scratches(small, strong=False)
    if clear is None and not is_strong:
        return picture, None
    # Faces are found better once the clearest scratches are gone.
    searched = small if clear is None else paint_over(small, clear, 0.0)
    ratio = picture.shape[0] / small.shape[0]
    faces = [_scaled(face.box, ratio) for face in find_faces(to_bytes(searched))]
    mask = find_scratches(picture, strong=is_strong, faces=faces)
    if mask is None:
        return picture, None
    notes.append("scratches_repaired")
    return paint_over(picture, mask, analysis.noise), mask


def _scaled(box: Box, ratio: float) -> Box:
    return box[0] * ratio, box[1] * ratio, box[2] * ratio, box[3] * ratio


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
    step = partial(denoise, noise=strength, with_chroma=with_chroma, at_half_size=is_large)
    notes.append("denoised")
    return by_bands(picture, step, partial(checkpoint, Stage.DENOISE)), _GRAIN_LEFT * analysis.noise


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


def _correct_tone(
    picture: FloatImage, analysis: Analysis, options: RestoreOptions, notes: list[str]
) -> FloatImage:
    # Mist has pale blacks too. A second sign of age is asked for: no colour, or grain.
    is_old = analysis.is_mono or analysis.noise >= _NOISE_FROM
    if options.colour == "keep" or not is_old:
        return picture
    fade = measure_fade(picture, is_mono=analysis.is_mono)
    if fade is None:
        return picture
    notes.append("contrast_restored")
    if fade.is_cast:
        notes.append("cast_removed")
    return restore_tone(picture, fade)


def _at_scale(picture: FloatImage, scale: int, noise: float, checkpoint: Checkpoint) -> RgbImage:
    def enlarge(band: FloatImage) -> RgbImage:
        for _ in range(scale.bit_length() - 1):
            band = enlarge_twice(band, noise)
        return to_bytes(band)

    return by_bands(picture, enlarge, partial(checkpoint, Stage.ENLARGE), scale)
