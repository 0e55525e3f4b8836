"""The measuring data: a folder with `degraded` (pictures, what was done to them, the truth) and `clean`.

degraded/params.json  {"items": {NAME: {"ffhq": bool, ...}}}
degraded/{gt,mild,medium,severe,old,old_mask}/NAME.png
clean/NAME.jpg
"""

import io
import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from backend.domain.errors import InvalidInput
from backend.engines.api import SourcePhoto
from backend.evaluation.thinning import BoolMask
from backend.media.images import decode_photo
from backend.media.types import RgbImage

STORED_GROUPS = ("mild", "medium", "severe")
NOISE_SIGMA = 12.0
JPEG_QUALITIES = {"jpeg 75": 75, "jpeg": 30, "jpeg 10": 10}
_HELD_OUT = ("c03", "c06", "09", "10", "11", "12")  # nothing was tuned on these


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One person's picture, in all its states."""

    name: str
    is_ffhq: bool  # of the set that face networks were trained on: their figures are too good
    folder: Path

    @property
    def is_held_out(self) -> bool:
        """True where nothing was tuned on the picture."""
        return self.name.startswith(_HELD_OUT)

    def truth(self) -> RgbImage:
        """The picture before anything was done to it."""
        return self._stored("gt")

    def degraded(self) -> dict[str, SourcePhoto]:
        """Group -> the picture as it comes in; all of the size of the truth."""
        truth = self.truth()
        pictures = {group: self._stored(group) for group in STORED_GROUPS}
        pictures["noise"] = noisy(truth, self.name)
        files = {group: compressed(truth, quality) for group, quality in JPEG_QUALITIES.items()}
        return {group: SourcePhoto(pixels=pixels) for group, pixels in pictures.items()} | files

    def scratched(self) -> RgbImage:
        """The picture as an old print: faded, grainy, scratched, dusty."""
        return self._stored("old")

    def damage(self) -> BoolMask:
        """Where `scratched` is."""
        return np.asarray(self._stored("old_mask")[..., 0] > 127, np.bool_)

    def clean(self) -> SourcePhoto:
        """The whole photo, untouched, as its file says it was coded."""
        return _opened((self.folder / "clean" / f"{self.name}.jpg").read_bytes())

    def _stored(self, group: str) -> RgbImage:
        return _opened((self.folder / "degraded" / group / f"{self.name}.png").read_bytes()).pixels


def find_samples(folder: Path) -> list[Sample]:
    """Every picture that `degraded/params.json` lists, those that are not FFHQ first.

    raises: InvalidInput where the list says something else than expected; OSError where it is absent
    """
    try:
        items = json.loads((folder / "degraded" / "params.json").read_text("utf-8"))["items"]
        samples = [
            Sample(name=name, is_ffhq=bool(facts["ffhq"]), folder=folder) for name, facts in items.items()
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(f"{folder / 'degraded' / 'params.json'} is not a list of pictures") from error
    if not samples:
        raise InvalidInput(f"{folder / 'degraded' / 'params.json'} lists no picture")
    return sorted(samples, key=lambda sample: (sample.is_ffhq, sample.name))


def noisy(picture: RgbImage, name: str) -> RgbImage:
    """The picture with grain of NOISE_SIGMA in every channel; the same for the same name."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    return np.clip(np.rint(picture + random.normal(0.0, NOISE_SIGMA, picture.shape)), 0, 255).astype(np.uint8)


def compressed(picture: RgbImage, quality: int) -> SourcePhoto:
    """The picture after a JPEG with halved colour; the same with the same libjpeg."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality, subsampling="4:2:0")
    return _opened(file.getvalue())


def in_grey(picture: RgbImage) -> RgbImage:
    """uint8 (H, W, 3), the three channels equal."""
    return np.asarray(Image.fromarray(picture).convert("L").convert("RGB"))


def _opened(data: bytes) -> SourcePhoto:
    """As a user's upload is opened."""
    photo = decode_photo(data)
    return SourcePhoto(pixels=photo.pixels, jpeg=photo.jpeg)


def read_photo(path: Path) -> RgbImage:
    """A picture as the product would open it, uint8 (H, W, 3) RGB."""
    return decode_photo(path.read_bytes()).pixels
