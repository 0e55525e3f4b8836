"""Where a model file and what belongs to it lie: one name a purpose, so that every process finds the same."""

from dataclasses import dataclass
from pathlib import Path

from backend.checkpoints.manifest import WeightsFile

STATE = ".state"


@dataclass(frozen=True, slots=True)
class Places:
    """The paths of one file of the manifest in one folder."""

    folder: Path
    file: WeightsFile

    @property
    def final(self) -> Path:
        """The file itself. It takes this name only when it is whole."""
        return self.folder / self.file.file

    @property
    def part(self) -> Path:
        """As much of it as has arrived."""
        return self.folder / f"{self.file.file}.part"

    @property
    def record(self) -> Path:
        """Checksum of the first copy, where none is published."""
        return self.folder / f"{self.file.file}.sha256"

    @property
    def lock(self) -> Path:
        """Held by whoever fetches or imports it."""
        return self._state("lock")

    @property
    def stop(self) -> Path:
        """Made by whoever wants the download to end."""
        return self._state("stop")

    @property
    def journal(self) -> Path:
        """Where the part came from, so that only the same file is continued."""
        return self._state("source")

    @property
    def failure(self) -> Path:
        """Why the last download ended."""
        return self._state("failed")

    @property
    def stamp(self) -> Path:
        """Checksum of the file as it lies there, computed once."""
        return self._state("checked")

    def _state(self, suffix: str) -> Path:
        return self.folder / STATE / f"{self.file.file}.{suffix}"
