"""A person's own expressions: clips that drove a film once, kept under a name to drive more."""

from collections.abc import Sequence

from backend.domain.clock import Clock
from backend.domain.errors import Conflict, InvalidOption
from backend.domain.expressions import MOST_EXPRESSIONS, Expression, expression_name
from backend.domain.ids import new_id
from backend.domain.jobs import JobState
from backend.media.video import ClipLimits, probe_clip
from backend.services.driving_clips import clip_in
from backend.storage.expressions import ExpressionStore
from backend.storage.files import MediaFiles
from backend.storage.jobs import JobStore
from backend.storage.uploads import UploadStore


class Expressions:
    """Keeps, shows, renames and forgets. Every call names the owner."""

    def __init__(
        self,
        expressions: ExpressionStore,
        jobs: JobStore,
        uploads: UploadStore,
        files: MediaFiles,
        clock: Clock,
        limits: ClipLimits,
        *,
        most: int = MOST_EXPRESSIONS,
    ) -> None:
        self._expressions = expressions
        self._jobs = jobs
        self._uploads = uploads
        self._files = files
        self._clock = clock
        self._limits = limits
        self._most = most

    def keep(self, owner_id: str, job_id: str, name: str) -> Expression:
        """Keep the clip that drove a film.

        Raises NotFound, InvalidOption for a bad name or a film that no own clip drove, Conflict while there
        is no film or where the clip is kept already, TooManyExpressions.
        """
        name = expression_name(name)
        job = self._jobs.get(owner_id, job_id)
        if job.driving_upload_id is None:
            raise InvalidOption("no clip of one's own drove this job", option="job_id")
        if job.state is not JobState.SUCCEEDED:
            raise Conflict(f"a job that is {job.state} has made no film")
        expression = Expression(
            id=new_id(),
            owner_id=owner_id,
            clip_upload_id=job.driving_upload_id,
            name=name,
            duration_s=self._duration_s(owner_id, job.driving_upload_id),
            created_at=self._clock.now(),
        )
        self._expressions.add(expression, most=self._most)
        return expression

    def list(self, owner_id: str) -> Sequence[Expression]:
        """The owner's, newest first."""
        return self._expressions.list(owner_id)

    def show(self, owner_id: str, expression_id: str) -> Expression:
        """The owner's expression, or NotFound."""
        return self._expressions.get(owner_id, expression_id)

    def rename(self, owner_id: str, expression_id: str, name: str) -> Expression:
        """Give it another name. Raises NotFound, InvalidOption."""
        return self._expressions.rename(owner_id, expression_id, expression_name(name))

    def remove(self, owner_id: str, expression_id: str) -> None:
        """Forget it; its clip goes as well, unless a job is driven by it. Raises NotFound."""
        key = self._expressions.remove(owner_id, expression_id)
        if key is not None:  # the file after its row: one that is left over is swept later
            self._files.delete(key)

    def _duration_s(self, owner_id: str, clip_id: str) -> float:
        clip = self._uploads.get(owner_id, clip_id)
        with self._files.scratch_folder() as folder:
            return probe_clip(clip_in(folder, self._files, clip), self._limits).duration_s
