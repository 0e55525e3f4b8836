"""Files: results, originals, previews."""

from uuid import UUID

from flask import Response

from backend.domain.errors import NotFound
from backend.domain.media import Variant
from backend.web.auth import Caller, signed_in_or_token
from backend.web.context import services
from backend.web.locale import wanted_locale
from backend.web.media_answers import ranged_file
from backend.web.openapi import BINARY, Routes
from backend.web.options import query_from
from backend.web.schemas import MediaQuerySchema

routes = Routes("media", "Photos and films")


@routes.route(
    "GET",
    "/media/<uuid:media_id>",
    query=MediaQuerySchema,
    answers={200: {"*/*": BINARY}, 206: {"*/*": BINARY}, 304: {}},
    problems=(401, 403, 404, 416, 422),
)
@signed_in_or_token
def show_media(caller: Caller, media_id: UUID) -> Response:
    """A file, whole or in ranges.

    By the id of a job's result, or of an upload (`original`, `preview`). An original is always an attachment.
    """
    query = query_from(MediaQuerySchema())
    _require_token_opens(caller, str(media_id))
    variant = Variant(query["variant"]) if "variant" in query else None
    file = services().media.open(caller.owner_id, str(media_id), variant, locale=wanted_locale())
    return ranged_file(file, as_attachment=query["download"])


def _require_token_opens(caller: Caller, media_id: str) -> None:
    """A one-job token opens that job's result and the files it was made from."""
    if caller.token is None:
        return
    job = services().jobs.show(caller.owner_id, caller.token.job_id)
    cut = [photo.upload_id for photo in job.outcome.photos] if job.outcome else []
    if media_id not in (job.media_id, job.upload_id, job.driving_upload_id, *cut):
        raise NotFound("not a file of the token's job")
