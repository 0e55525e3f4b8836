"""A result as JSON: the same text, however the file comes off the disk."""

import base64
import json
import os

import pytest
from flask import Flask

from backend.domain.jobs import Job, JobKind, JobState, Outcome
from backend.services.media import MediaFile
from backend.storage.encryption import CHUNK_BYTES
from backend.storage.files import MediaFiles
from backend.web.result_answers import result_answer
from tests.fakes import FakeClock

MADE = Outcome(engine="builtin", engine_version="1", width_px=3, height_px=2, mime="image/png")


def a_finished_job() -> Job:
    return Job(
        id="j",
        owner_id="o",
        kind=JobKind.RESTORE,
        state=JobState.SUCCEEDED,
        options={},
        upload_id=None,
        driving_upload_id=None,
        mask_upload_id=None,
        source_job_id=None,
        attempts=1,
        created_at=FakeClock().now(),
    )


@pytest.mark.parametrize("size_bytes", [0, 1, 2, 3, CHUNK_BYTES, 2 * CHUNK_BYTES + 1])
def test_the_file_is_in_the_answer_byte_for_byte(files: MediaFiles, size_bytes: int) -> None:
    content = os.urandom(size_bytes)
    with files.writer() as writer:
        writer.write(content)
    file = MediaFile(
        mime="image/png",
        size_bytes=size_bytes,
        sha256=writer.sha256,
        download_name="a.png",
        is_original=False,
        _reader=files.open(writer.key),
    )

    with Flask("test").app_context():
        answer = result_answer(a_finished_job(), "m", MADE, file)
        sent = answer.get_data()

    body = json.loads(sent)
    head, _, encoded = body["result_base64"].partition(",")
    assert (head, base64.b64decode(encoded)) == ("data:image/png;base64", content)
    assert (body["job_id"], body["media_id"], body["width"]) == ("j", "m", 3)
    assert answer.content_length == len(sent)
