"""Where a model file stands: the words that the folder, the command line and the page share."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from backend.checkpoints.manifest import WeightsFile


class FileState(StrEnum):
    """Where a file stands."""

    MISSING = "missing"
    PARTIAL = "partial"  # a download was interrupted and can go on
    DOWNLOADING = "downloading"
    INSTALLED = "installed"
    REFUSED = "refused"  # it is there and is not what it should be


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStatus:
    """One file of the manifest, as it is now.

    present_bytes: of the file, or of what has arrived of it
    refusal: why an existing file is not used: "truncated", "checksum"
    failure: why the last download ended, as `DownloadFailed` says it; None after a good one
    """

    file: WeightsFile
    state: FileState
    present_bytes: int = 0
    refusal: str | None = None
    failure: str | None = None

    def facts(self) -> dict[str, object]:
        """What every listing says, in its words; those of people come in a language, and are added there."""
        file = self.file
        return {
            "name": file.name,
            "file": file.file,
            "state": self.state.value,
            "refusal": self.refusal,
            "failure": self.failure,
            "bytes": file.expected_bytes,
            "bytes_so_far": self.present_bytes,
            "engine": file.engine,
            "role": file.role,
            "model": file.model,
            "default": file.default,
            "licence": file.licence,
            "commercial_use": file.commercial_use,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledFile:
    """A file that may be loaded. sha256: what `load_state` has to find once more before it reads anything."""

    file: WeightsFile
    path: Path
    sha256: str
