"""Runs a restorer over the measuring data and takes the figures; what they mean is said in `page.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from backend.engines.api import Restoration, RestoreOptions, Restorer, Scratches, SourcePhoto, no_checkpoint
from backend.evaluation.detection import Match, match, match_by_length
from backend.evaluation.metrics import gmsd, psnr_db, ssim
from backend.evaluation.samples import Sample, in_grey
from backend.evaluation.thinning import BoolMask
from backend.media.types import RgbImage

Progress = Callable[[str, float], None]  # what is being measured, and the share of all that is done


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike a picture is to the truth."""

    psnr_db: float
    ssim: float
    gmsd: float

    @classmethod
    def of(cls, picture: RgbImage, truth: RgbImage) -> "Likeness":
        """Measure it. Both uint8 (H, W, 3) RGB of one size."""
        return cls(psnr_db=psnr_db(picture, truth), ssim=ssim(picture, truth), gmsd=gmsd(picture, truth))


@dataclass(frozen=True, slots=True, kw_only=True)
class DegradedFigures:
    """One degraded picture before and after, and how much a second pass changes."""

    sample: Sample
    group: str
    before: Likeness
    after: Likeness
    second_pass_db: float  # PSNR of the second result to the first

    is_untouched: bool  # the result is the picture, bit for bit

    @property
    def gain_db(self) -> float:
        """PSNR after - before."""
        return self.after.psnr_db - self.before.psnr_db


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanFigures:
    """What is done to a picture that needs nothing."""

    sample: Sample
    kept_db: float  # PSNR of the result to the photo
    second_pass_db: float
    painted_px: int  # as scratches, on the same picture in colour and in grey


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchFigures:
    """What is found on an old print."""

    sample: Sample
    auto: Match
    strong: Match
    auto_length: Match
    strong_length: Match
    second_pass_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that was measured."""

    degraded: tuple[DegradedFigures, ...]
    clean: tuple[CleanFigures, ...]
    scratched: tuple[ScratchFigures, ...]


def measure(samples: Sequence[Sample], restorer: Restorer, progress: Progress) -> Figures:
    """All figures of all samples, at the pictures' own size with default options."""
    degraded: list[DegradedFigures] = []
    clean: list[CleanFigures] = []
    scratched: list[ScratchFigures] = []
    for index, sample in enumerate(samples):
        progress(sample.name, index / len(samples))
        degraded += measure_degraded(sample, restorer)
        progress(sample.name, (index + 0.5) / len(samples))
        clean.append(measure_clean(sample, restorer))
        scratched.append(measure_scratches(sample, restorer))
    return Figures(degraded=tuple(degraded), clean=tuple(clean), scratched=tuple(scratched))


def measure_degraded(sample: Sample, restorer: Restorer) -> list[DegradedFigures]:
    """One entry a group."""
    truth = sample.truth()
    figures = []
    for group, photo in sample.degraded().items():
        result = _restored(restorer, photo).image
        figures.append(
            DegradedFigures(
                sample=sample,
                group=group,
                before=Likeness.of(photo.pixels, truth),
                after=Likeness.of(result, truth),
                second_pass_db=_second_pass_db(restorer, result),
                is_untouched=np.array_equal(result, photo.pixels),
            )
        )
    return figures


def measure_clean(sample: Sample, restorer: Restorer) -> CleanFigures:
    """The whole photo; and its cut-out in grey, because prints without colour are searched for scratches."""
    photo = sample.clean()
    done = _restored(restorer, photo)
    grey = _restored(restorer, SourcePhoto(pixels=in_grey(sample.truth())))
    return CleanFigures(
        sample=sample,
        kept_db=psnr_db(done.image, photo.pixels),
        second_pass_db=_second_pass_db(restorer, done.image),
        painted_px=int(_marked(done).sum() + _marked(grey).sum()),
    )


def measure_scratches(sample: Sample, restorer: Restorer) -> ScratchFigures:
    """The old print, with both strengths of looking."""
    photo, damage = SourcePhoto(pixels=sample.scratched()), sample.damage()
    auto, strong = _restored(restorer, photo), _restored(restorer, photo, "strong")
    return ScratchFigures(
        sample=sample,
        auto=match(_marked(auto), damage),
        strong=match(_marked(strong), damage),
        auto_length=match_by_length(_marked(auto), damage),
        strong_length=match_by_length(_marked(strong), damage),
        second_pass_db=_second_pass_db(restorer, auto.image),
    )


def _restored(restorer: Restorer, photo: SourcePhoto, scratches: Scratches = "auto") -> Restoration:
    return restorer.restore(photo, RestoreOptions(upscale="1", scratches=scratches), no_checkpoint)


def _second_pass_db(restorer: Restorer, first: RgbImage) -> float:
    """PSNR of the result's own restoration to the result."""
    return psnr_db(_restored(restorer, SourcePhoto(pixels=first)).image, first)


def _marked(done: Restoration) -> BoolMask:
    if done.scratch_mask is None:
        return np.zeros(done.image.shape[:2], np.bool_)
    return np.asarray(done.scratch_mask > 0.5, np.bool_)
