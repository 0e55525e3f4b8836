"""What is kept: photos and clips as they came, and what was made of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Variant(StrEnum):
    """Which file of a thing is meant."""

    RESULT = "result"  # what the job made
    ORIGINAL = "original"  # the upload, byte for byte
    PREVIEW = "preview"  # the photo upright in sRGB as WebP, long side at most 2048 px, for any browser
    POSTER = "poster"  # the frame of a film that shows the photo at rest, JPEG
    MASK = "mask"  # what was repaired, found or marked by the owner: PNG of the photo's size
    LAYERS = "layers"  # each restored face before and after, WebP; where: `LayerPlace` of the job's faces


class UploadKind(StrEnum):
    """What was uploaded."""

    PHOTO = "photo"
    CLIP = "clip"
    MASK = "mask"  # what its owner wants repaired; comes with a restoration only


SENT_ALONE = (UploadKind.PHOTO, UploadKind.CLIP)  # before any job wants them


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as its owner sent it, or a photo that was cut out of one."""

    id: str
    owner_id: str
    kind: UploadKind
    name: str  # as sent, cleaned for display; never a path
    mime: str  # by content
    size_bytes: int
    sha256: str
    storage_key: str
    created_at: datetime
    width_px: int | None = None
    height_px: int | None = None
    cut_from_upload_id: str | None = None  # the picture of a print that we cut this photo out of


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A file that a job made. One row a file; `variant` says which of the job's files it is."""

    id: str
    job_id: str
    owner_id: str
    variant: Variant
    mime: str
    size_bytes: int
    sha256: str
    storage_key: str
    created_at: datetime
    width_px: int | None = None
    height_px: int | None = None
