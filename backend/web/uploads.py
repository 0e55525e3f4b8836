"""Photos and clips on their way in: from a form or from JSON, limited in size before they are read.

No decoding here, and no address is ever fetched: a photo comes with the request or is here already.
"""

import base64
import binascii
import io
import re
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict

from backend.domain.errors import ImageTooLarge, MalformedRequest, VideoTooLong
from backend.domain.media import SENT_ALONE, UploadKind
from backend.services.limits import MAX_MASK_BYTES
from backend.services.requests import NewFile, PhotoSource, StoredSource
from backend.web.context import config
from backend.web.failures import InvalidOptions, UnsupportedContentType, pointer_to

Extra = Literal["driving", "mask"]

FORM_TYPES: Final = ("multipart/form-data", "application/x-www-form-urlencoded")
_FORM_OVERHEAD_BYTES = 131_072  # boundaries, part headers and the options
# Werkzeug counts its read buffer in: 64 KiB a read plus what may be the start of a boundary, so more.
_FIELD_BYTES = 131_072
_DRAIN_BYTES = 256 * 1024 * 1024
# RFC 2397, base64 only
_DATA_URI_HEAD = re.compile(r"data:[\w.+-]*/?[\w.+-]*(;[\w.+-]+=[\w.+-]+)*;base64,", re.ASCII)
_JSON_FILE_NAME = "photo"  # JSON has no file name


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a main call brought: the photo, perhaps a clip or a mask, and the options as they were sent."""

    source: PhotoSource
    driving: NewFile | None
    mask: NewFile | None
    options: dict[str, object]


def read_order(extra: Extra | None = None) -> Order:
    """The body of POST /restore, /animate or /prints/find in any of its forms.

    extra: what may come beside the photo; a clip as a form's file only, a mask in JSON too; None = nothing
    raises: MalformedRequest, InvalidOption, ImageTooLarge, VideoTooLong, UnsupportedContentType
    """
    if request.mimetype in FORM_TYPES:
        return _order_from_form(extra)
    if request.mimetype == "application/json":
        return _order_from_json(extra)
    raise UnsupportedContentType(f"not {request.mimetype}")


def read_upload() -> tuple[NewFile, UploadKind]:
    """The form of POST /uploads: a `file`, and what `kind` it is."""
    if request.mimetype != FORM_TYPES[0]:
        raise UnsupportedContentType(f"not {request.mimetype}")
    limits = config().limits
    _limit_form(max(limits.max_photo_bytes, limits.max_clip_bytes), ImageTooLarge())
    fields = _fields_of(request.form)
    files = _files_of(request.files)
    unknown = [name for name in (*fields, *files) if name not in ("file", "kind")]
    if unknown:
        raise InvalidOptions("unknown fields", pointers=[pointer_to(name) for name in unknown])
    kind = fields.get("kind", UploadKind.PHOTO.value)
    if kind not in SENT_ALONE:
        raise InvalidOptions("kind is photo or clip", pointers=["/kind"])
    if "file" not in files:
        raise MalformedRequest("the form has no `file`")
    return files["file"], UploadKind(str(kind))


def read_form_fields() -> dict[str, object]:
    """The fields of a form that brings no file. Raises InvalidOption."""
    unknown = [pointer_to(name) for name in _files_of(request.files)]
    if unknown:
        raise InvalidOptions("unknown files", pointers=unknown)
    return _fields_of(request.form)


def drain() -> None:
    """Read what the client is still sending, up to a limit, so that it gets to read our refusal.

    A server that closes with unread data makes the network drop the answer that says why.
    """
    left_bytes = min(request.content_length or 0, _DRAIN_BYTES)
    stream = request.environ.get("wsgi.input")
    while stream is not None and left_bytes > 0:
        piece = stream.read(min(left_bytes, 1 << 20))
        if not piece:
            break
        left_bytes -= len(piece)


def _order_from_form(extra: Extra | None) -> Order:
    limits = config().limits
    max_extra_bytes = {None: 0, "driving": limits.max_clip_bytes, "mask": MAX_MASK_BYTES}[extra]
    too_large = VideoTooLong if extra == "driving" else ImageTooLarge
    _limit_form(limits.max_photo_bytes + max_extra_bytes, too_large("the request is over the limits"))
    options = _fields_of(request.form)
    files = _files_of(request.files)
    unknown = [name for name in files if name not in ("file", extra)]
    if unknown:
        raise InvalidOptions("unknown files", pointers=[pointer_to(name) for name in unknown])
    source_id = options.pop("source", None)
    return Order(
        source=_one_photo(files.get("file"), None if source_id is None else _stored(source_id)),
        driving=files.get("driving"),
        mask=files.get("mask"),
        options=options,
    )


def _order_from_json(extra: Extra | None) -> Order:
    if (request.content_length or 0) > config().max_json_bytes:
        drain()
        raise ImageTooLarge("the JSON body is larger than a photo may be")
    request.max_content_length = config().max_json_bytes
    if len(request.get_data()) >= config().max_json_bytes:  # sent in chunks, and cut off there
        raise ImageTooLarge("the JSON body is larger than a photo may be")
    options = read_json_object()
    image = options.pop("image", None)
    source_id = options.pop("source", None)
    mask = options.pop("mask", None) if extra == "mask" else None
    return Order(
        source=_one_photo(
            None if image is None else _file_from_data_uri(image, "image"),
            None if source_id is None else _stored(source_id),
        ),
        driving=None,
        mask=None if mask is None else _file_from_data_uri(mask, "mask"),
        options=options,
    )


def read_json_object() -> dict[str, object]:
    """The body as a JSON object. Raises MalformedRequest."""
    try:
        body = request.get_json()
    except RecursionError as error:  # brackets nested without end
        raise MalformedRequest("the JSON is nested too deeply") from error
    if not isinstance(body, dict):
        raise MalformedRequest("the JSON body must be an object")
    return body


def _one_photo(*candidates: PhotoSource | None) -> PhotoSource:
    given = [candidate for candidate in candidates if candidate is not None]
    if len(given) != 1:
        raise MalformedRequest("exactly one photo is needed: file, image or source")
    return given[0]


def _file_from_data_uri(address: object, member: str) -> NewFile:
    head = _DATA_URI_HEAD.match(address) if isinstance(address, str) else None
    if not isinstance(address, str) or head is None:
        raise InvalidOptions(f"`{member}` takes base64 data: addresses only", pointers=[f"/{member}"])
    try:
        content = base64.b64decode(address[head.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidOptions(f"`{member}` is not valid base64", pointers=[f"/{member}"]) from error
    return NewFile(content=io.BytesIO(content), name=_JSON_FILE_NAME)


def _stored(source_id: object) -> StoredSource:
    try:
        return StoredSource(id=str(UUID(str(source_id))))
    except ValueError as error:
        raise InvalidOptions("`source` is the id of an upload or a job", pointers=["/source"]) from error


def _limit_form(max_file_bytes: int, too_large: ImageTooLarge | VideoTooLong) -> None:
    max_bytes = max_file_bytes + _FORM_OVERHEAD_BYTES
    if (request.content_length or 0) > max_bytes:
        drain()
        raise too_large
    request.max_content_length = max_bytes
    request.max_form_memory_size = _FIELD_BYTES  # a photo belongs into a file part, not into a field
    request.max_form_parts = 64


def _fields_of(form: MultiDict[str, str]) -> dict[str, object]:
    repeated = [name for name, values in form.lists() if len(values) > 1]
    if repeated:
        raise InvalidOptions("a field is given twice", pointers=[pointer_to(name) for name in repeated])
    return dict(form.items())


def _files_of(files: MultiDict[str, FileStorage]) -> dict[str, NewFile]:
    """By field. A browser sends a part without a name for a field that was left empty: that is no file."""
    repeated = [name for name, parts in files.lists() if len(parts) > 1]
    if repeated:
        raise InvalidOptions("a file is given twice", pointers=[pointer_to(name) for name in repeated])
    return {
        name: NewFile(content=part.stream, name=part.filename)  # type: ignore[arg-type]  # IO[bytes] is a BinaryIO
        for name, part in files.items()
        if part.filename
    }
