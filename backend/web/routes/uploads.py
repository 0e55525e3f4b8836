"""Uploads: bring a photo once, use it often."""

from uuid import UUID

from flask import Response

from backend.web import present
from backend.web.answers import json_answer
from backend.web.auth import Caller, signed_in
from backend.web.context import services
from backend.web.openapi import Routes
from backend.web.request_schemas import UploadFormSchema
from backend.web.schemas import UploadSchema
from backend.web.uploads import read_upload

routes = Routes("uploads", "Photos and clips to work on")


@routes.route(
    "POST",
    "/uploads",
    body={"multipart/form-data": UploadFormSchema},
    answers={201: UploadSchema},
    problems=(400, 401, 403, 413, 415, 422, 507),
)
@signed_in
def add_upload(caller: Caller) -> Response:
    """Keep a photo, or a driving clip with `kind=clip`; its id is a `source` for /restore and /animate."""
    file, kind = read_upload()
    upload = services().uploads.add(caller.owner_id, file, kind)
    answer = json_answer(present.upload_json(upload), 201)
    answer.headers["Location"] = f"{present.API}/uploads/{upload.id}"
    return answer


@routes.route("GET", "/uploads/<uuid:upload_id>", answers={200: UploadSchema}, problems=(401, 403, 404))
@signed_in
def show_upload(caller: Caller, upload_id: UUID) -> Response:
    """What an upload is. The file itself: `GET /media/{id}?variant=original`."""
    return json_answer(present.upload_json(services().uploads.show(caller.owner_id, str(upload_id))))
