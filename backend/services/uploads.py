"""Photos and clips as they come in: checked by content, kept byte for byte, encrypted.

Only headers are read here; decoding is the worker's. A clip is looked at by ffmpeg, a process of its own.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from backend.domain.clock import Clock
from backend.domain.errors import ImageTooLarge, VideoTooLong
from backend.domain.ids import new_id
from backend.domain.media import Upload, UploadKind
from backend.media.masks import probe_mask
from backend.media.names import clean_name
from backend.media.probe import probe_image
from backend.media.video import probe_clip
from backend.services.limits import MAX_MASK_BYTES, ServiceLimits
from backend.services.requests import NewFile
from backend.storage.files import MediaFiles
from backend.storage.uploads import UploadStore

_READ_BYTES = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    mime: str
    width_px: int
    height_px: int


class Uploads:
    """Takes files in and shows what is there."""

    def __init__(self, uploads: UploadStore, files: MediaFiles, clock: Clock, limits: ServiceLimits) -> None:
        self._uploads = uploads
        self._files = files
        self._clock = clock
        self._limits = limits

    def add(self, owner_id: str, file: NewFile, kind: UploadKind) -> Upload:
        """Check and keep a photo or a clip.

        Raises UnsupportedMedia, UnreadableImage, ImageTooLarge, ImageTooSmall, UnreadableVideo, VideoTooLong,
        StorageFull; nothing is kept then.
        """
        if kind is UploadKind.PHOTO:
            return self._add_photo(owner_id, file)
        return self._add_clip(owner_id, file)

    @contextmanager
    def mask_for_job(self, owner_id: str, file: NewFile, photo_size_px: tuple[int, int]) -> Iterator[Upload]:
        """Check and keep a mask of what to repair; it goes again when the block, which queues the job, fails.

        photo_size_px: width and height of the upright photo
        raises:        InvalidOption where it cannot be this photo's mask, ImageTooLarge, StorageFull
        """
        content = _in_memory(file.content, MAX_MASK_BYTES)
        facts = probe_mask(content, photo_size_px)
        content.seek(0)
        kept = _Facts(mime=facts.mime, width_px=facts.width_px, height_px=facts.height_px)
        mask = self._keep(owner_id, UploadKind.MASK, file.name, content, kept)
        with self._removed_on_failure(mask):
            yield mask

    def show(self, owner_id: str, upload_id: str) -> Upload:
        """The owner's upload, or NotFound."""
        return self._uploads.get(owner_id, upload_id)

    @contextmanager
    def added_for_job(self, owner_id: str, file: NewFile, kind: UploadKind) -> Iterator[Upload]:
        """As `add`, but the upload goes again when the block, which queues the job, fails."""
        with self._removed_on_failure(self.add(owner_id, file, kind)) as upload:
            yield upload

    @contextmanager
    def _removed_on_failure(self, upload: Upload) -> Iterator[Upload]:
        try:
            yield upload
        except BaseException:
            self._uploads.remove(upload)
            self._files.delete(upload.storage_key)
            raise

    def _add_photo(self, owner_id: str, file: NewFile) -> Upload:
        content = _in_memory(file.content, self._limits.max_photo_bytes)
        facts = probe_image(content, self._limits.picture)
        content.seek(0)
        return self._keep(
            owner_id,
            UploadKind.PHOTO,
            file.name,
            content,
            _Facts(mime=facts.mime, width_px=facts.width_px, height_px=facts.height_px),
        )

    def _add_clip(self, owner_id: str, file: NewFile) -> Upload:
        with self._files.scratch_folder() as folder:
            path = folder / "clip"
            self._copy(file.content, path)
            facts = probe_clip(path, self._limits.clip)
            with path.open("rb") as content:
                return self._keep(
                    owner_id,
                    UploadKind.CLIP,
                    file.name,
                    content,
                    _Facts(mime=facts.mime, width_px=facts.width_px, height_px=facts.height_px),
                )

    def _copy(self, content: BinaryIO, path: Path) -> None:
        with path.open("xb") as target:
            for block in _blocks(content, self._limits.max_clip_bytes, VideoTooLong):
                target.write(block)

    def _keep(self, owner_id: str, kind: UploadKind, name: str, content: BinaryIO, facts: _Facts) -> Upload:
        with self._files.writer() as writer:
            while block := content.read(_READ_BYTES):
                writer.write(block)
        upload = Upload(
            id=new_id(),
            owner_id=owner_id,
            kind=kind,
            name=clean_name(name),
            mime=facts.mime,
            size_bytes=writer.size_bytes,
            sha256=writer.sha256,
            storage_key=writer.key,
            created_at=self._clock.now(),
            width_px=facts.width_px,
            height_px=facts.height_px,
        )
        try:
            self._uploads.add(upload)
        except BaseException:
            self._files.delete(writer.key)
            raise
        return upload


def _in_memory(content: BinaryIO, max_bytes: int) -> io.BytesIO:
    """All of a picture's file. Raises ImageTooLarge."""
    return io.BytesIO(b"".join(_blocks(content, max_bytes, ImageTooLarge)))


def _blocks(
    content: BinaryIO, max_bytes: int, too_large: type[ImageTooLarge] | type[VideoTooLong]
) -> Iterator[bytes]:
    """The content in blocks, until it turns out to be more than `max_bytes`."""
    size_bytes = 0
    while block := content.read(_READ_BYTES):
        size_bytes += len(block)
        if size_bytes > max_bytes:
            raise too_large(f"the file is larger than {max_bytes} bytes", params={"max_bytes": max_bytes})
        yield block
