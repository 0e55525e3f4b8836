"""Opens photos and films for their owner, under the name that a person would give them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.domain.errors import NotFound, StorageCorrupt
from backend.domain.jobs import Job, JobKind
from backend.domain.media import Result, Upload, Variant
from backend.media.names import result_name
from backend.services.driving_videos import Presets
from backend.storage.files import FileReader, MediaFiles
from backend.storage.jobs import JobStore
from backend.storage.results import ResultStore
from backend.storage.uploads import UploadStore

_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "video/mp4": "mp4",
    "video/webm": "webm",
}
# what the file is, in Chinese and in English
_SUFFIXES = {
    Variant.PREVIEW: ("预览", "preview"),
    Variant.POSTER: ("封面", "poster"),
    Variant.MASK: ("修补处", "mask"),
    Variant.LAYERS: ("人脸图层", "faces"),
}
_RESTORED = ("修复", "restored")
_ANIMATED = ("动起来", "animated")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """A file that can be sent, whole or in parts."""

    mime: str
    size_bytes: int
    sha256: str
    download_name: str
    is_original: bool
    _reader: FileReader = field(repr=False)

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Bytes `start` up to, not including, `stop`. Raises StorageCorrupt."""
        return self._reader.read(start, stop)


class MediaLibrary:
    """Finds the file behind a media id. Every query names the owner."""

    def __init__(
        self, uploads: UploadStore, results: ResultStore, jobs: JobStore, files: MediaFiles, presets: Presets
    ) -> None:
        self._uploads = uploads
        self._results = results
        self._jobs = jobs
        self._files = files
        self._presets = presets

    def open(
        self, owner_id: str, media_id: str, variant: Variant | None = None, *, locale: str = "zh-CN"
    ) -> MediaFile:
        """The file of a result (its job's variants and original) or of an upload (original, preview).

        variant: None = the result of a result's id, the original of an upload's id
        raises:  NotFound, StorageCorrupt
        """
        is_chinese = locale.lower().startswith("zh")
        result = self._results.find(owner_id, media_id)
        if result is not None:
            return self._of_result(result, variant or Variant.RESULT, is_chinese)
        upload = self._uploads.get(owner_id, media_id)
        if variant in (None, Variant.ORIGINAL):
            return self._opened(upload, upload.name)
        preview = self._results.preview_of_upload(owner_id, media_id) if variant is Variant.PREVIEW else None
        if preview is None and variant is Variant.PREVIEW and upload.cut_from_upload_id is not None:
            return self._opened(upload, upload.name)  # of our own making: any browser can show it
        if preview is None:
            raise NotFound(f"this upload has no {variant}")
        return self._opened(
            preview, _named(upload.name, _SUFFIXES[Variant.PREVIEW], preview.mime, is_chinese)
        )

    def _of_result(self, result: Result, variant: Variant, is_chinese: bool) -> MediaFile:
        owner_id = result.owner_id
        job = self._jobs.get(owner_id, result.job_id)
        upload = None if job.upload_id is None else self._uploads.find(owner_id, job.upload_id)
        if variant is Variant.ORIGINAL:
            if upload is None:
                raise NotFound("the original is gone")
            return self._opened(upload, upload.name)
        wanted = result if variant is result.variant else self._results.of_job(owner_id, job.id, variant)
        if wanted is None:
            raise NotFound(f"this result has no {variant}")
        suffixes = self._suffixes(job) if variant is Variant.RESULT else _SUFFIXES[variant]
        name = "" if upload is None else upload.name
        return self._opened(wanted, _named(name, suffixes, wanted.mime, is_chinese))

    def _suffixes(self, job: Job) -> tuple[str, str]:
        if job.kind is JobKind.RESTORE:
            return _RESTORED
        slug = job.outcome.preset if job.outcome is not None else None
        preset = next((preset for preset in self._presets.list() if preset.slug == slug), None)
        return _ANIMATED if preset is None else (preset.name_zh, preset.name_en)

    def _opened(self, stored: Upload | Result, download_name: str) -> MediaFile:
        reader = self._files.open(stored.storage_key)
        if reader.size_bytes != stored.size_bytes:
            raise StorageCorrupt("a stored file was cut short")
        return MediaFile(
            mime=stored.mime,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
            download_name=download_name,
            is_original=isinstance(stored, Upload),
            _reader=reader,
        )


def _named(name: str, suffixes: tuple[str, str], mime: str, is_chinese: bool) -> str:
    return result_name(name, suffixes[0 if is_chinese else 1], _EXTENSIONS[mime])
