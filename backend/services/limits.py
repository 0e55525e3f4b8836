"""What is taken and how much of it: the operator's choices, as the services need them."""

from dataclasses import dataclass, field

from backend.media.opening import ImageLimits
from backend.media.video import ClipLimits
from backend.storage.jobs import QueueCaps

MAX_RESULT_PIXELS = 160_000_000  # a 40 megapixel photo, twice as large a side
MAX_MASK_BYTES = 5_000_000  # 40 megapixels of pure noise in black and white


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """Defaults are the documented ones."""

    max_photo_bytes: int = 20_000_000
    max_clip_bytes: int = 50_000_000
    picture: ImageLimits = field(default_factory=ImageLimits)
    clip: ClipLimits = field(default_factory=ClipLimits)
    queue: QueueCaps = field(default_factory=QueueCaps)
    guest_hours: float = 24.0

    @property
    def result(self) -> ImageLimits:
        """For pictures that we made ourselves."""
        return ImageLimits(
            max_pixels=MAX_RESULT_PIXELS, max_side_px=4 * self.picture.max_side_px, min_side_px=1
        )
