"""The weights folder: what is there, what is on its way, and where an engine finds a file that may be used.

Cheap enough for every request: files are looked at, and read only when they are new or have changed.
"""

from contextlib import suppress
from pathlib import Path
from threading import Lock

from backend.checkpoints.checks import (
    Finding,
    examine,
    identity_of,
    read_record,
    read_stamp,
    write_record,
    write_stamp,
)
from backend.checkpoints.locks import FileLock, is_held
from backend.checkpoints.manifest import MANIFEST_NAME, SHIPPED, Manifest, WeightsFile, read_manifest
from backend.checkpoints.places import Places
from backend.checkpoints.status import FileState, FileStatus, InstalledFile
from backend.domain.errors import WeightsMissing, WeightsRefused


class WeightsFolder:
    """One folder of model files. Safe to share between threads; other processes may change the folder."""

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        self.directory = directory
        self.manifest = manifest
        self._findings: dict[str, tuple[list[int], str | None, Finding]] = {}
        self._checking = Lock()  # two requests must not both read the same 350 MB

    def list(self) -> tuple[FileStatus, ...]:
        """Every file of the manifest, in its order."""
        return tuple(self._status(file) for file in self.manifest)

    def status(self, name: str) -> FileStatus:
        """One file. Raises NotFound for a name that the manifest does not have."""
        return self._status(self.manifest.find(name))

    def installed(self, name: str) -> InstalledFile:
        """A file that may be loaded. Raises NotFound, WeightsMissing, WeightsRefused."""
        file = self.manifest.find(name)
        finding = self._examine(file)
        if finding is None:
            raise WeightsMissing(
                f"{file.file} is not in {self.directory}: python -m backend weights download {file.name}",
                params={"file": file.file},
            )
        if finding.refusal is not None or finding.sha256 is None:
            reason = finding.refusal or "unreadable"
            raise WeightsRefused(
                f"{file.file} is not used: {_IN_WORDS[reason]}; download it again",
                params={"file": file.file, "reason": reason},
            )
        return InstalledFile(file=file, path=self.places(file).final, sha256=finding.sha256)

    def find(self, engine: str, role: str, model: str | None = None) -> tuple[InstalledFile, ...]:
        """The files of a role that may be loaded, best first; of one model, where it is given."""
        wanted = (
            file
            for file in self.manifest
            if (file.engine, file.role) == (engine, role) and model in (None, file.model)
        )
        found = []
        for file in wanted:
            with suppress(WeightsMissing, WeightsRefused):
                found.append(self.installed(file.name))
        return tuple(found)

    def check(self, name: str) -> FileStatus:
        """Read the file anew, whatever was found before, and say how it stands."""
        file = self.manifest.find(name)
        with self._checking:
            self._findings.pop(file.name, None)
            with suppress(OSError):
                self.places(file).stamp.unlink(missing_ok=True)
        return self._status(file)

    def places(self, file: WeightsFile) -> Places:
        """The paths that belong to a file."""
        return Places(self.directory, file)

    def lock(self, file: WeightsFile) -> FileLock:
        """For whoever is going to write the file."""
        return FileLock(self.places(file).lock)

    def ask_to_stop(self, name: str) -> bool:
        """End the download of a file in whichever process it runs; False where there is none."""
        file = self.manifest.find(name)
        places = self.places(file)
        if not is_held(places.lock):
            return False
        places.stop.touch()
        return True

    def _status(self, file: WeightsFile) -> FileStatus:
        places = self.places(file)
        part_bytes = _size(places.part)
        if is_held(places.lock):
            return FileStatus(file=file, state=FileState.DOWNLOADING, present_bytes=part_bytes)
        failure = None
        with suppress(OSError, UnicodeDecodeError):
            failure = places.failure.read_text(encoding="ascii").strip() or None
        finding = self._examine(file)
        if finding is None:
            state = FileState.PARTIAL if part_bytes else FileState.MISSING
            return FileStatus(file=file, state=state, present_bytes=part_bytes, failure=failure)
        return FileStatus(
            file=file,
            state=FileState.INSTALLED if finding.refusal is None else FileState.REFUSED,
            present_bytes=_size(places.final),
            refusal=finding.refusal,
            failure=failure,
        )

    def _examine(self, file: WeightsFile) -> Finding | None:
        """None where there is no file."""
        places = self.places(file)
        if not places.final.is_file():
            return None
        with self._checking:
            try:
                identity, recorded = identity_of(places.final), read_record(places.record)
                known = self._findings.get(file.name)
                if known is not None and known[:2] == (identity, recorded):
                    return known[2]
                remembered = read_stamp(places.stamp, places.final)
                finding = examine(places.final, file, sha256=remembered, recorded=recorded)
            except FileNotFoundError:
                return None
            except OSError:
                return Finding(None, "unreadable")
            self._remember(places, finding, is_new=remembered is None, recorded=recorded)
            self._findings[file.name] = (identity, read_record(places.record), finding)
            return finding

    def _remember(self, places: Places, finding: Finding, *, is_new: bool, recorded: str | None) -> None:
        if finding.sha256 is None:
            return
        if is_new:
            write_stamp(places.stamp, places.final, finding.sha256)
        if finding.refusal is None and not places.file.is_pinned and recorded is None:
            with suppress(OSError):  # trusted at first sight, from now on only this one
                write_record(places.record, finding.sha256, places.file.file)


_IN_WORDS = {
    "truncated": "it is shorter than it should be",
    "checksum": "it is another file than the one that is known",
    "unreadable": "it cannot be read",
}


def open_weights_folder(directory: Path) -> WeightsFolder:
    """The folder with its own manifest, or with the one that comes with the product.

    The folder need not exist. Raises SettingsError.
    """
    own = directory / MANIFEST_NAME
    return WeightsFolder(directory, read_manifest(own if own.is_file() else SHIPPED))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
