"""What a job has made, as JSON with the file in it. Streamed: a large picture is never a text in memory."""

import base64
from collections.abc import Iterator

from flask import Response, current_app

from backend.domain.jobs import Job, JobKind, Outcome
from backend.services.media import MediaFile
from backend.web import present
from backend.web.present_films import clip_check_json, quality_json


def result_answer(job: Job, media_id: str, made: Outcome, file: MediaFile) -> Response:
    """A `RestoreAnswer` or an `AnimateAnswer`."""
    facts = current_app.json.dumps(_facts(job, media_id, made))
    head = f'{{"result_base64": "data:{file.mime};base64,'.encode()
    tail = f'", {facts.removeprefix("{")}'.encode()

    def pieces() -> Iterator[bytes]:
        yield head
        yield from _in_base64(file.read(0, file.size_bytes))
        yield tail

    answer = Response(pieces(), mimetype="application/json")
    answer.content_length = len(head) + 4 * -(-file.size_bytes // 3) + len(tail)
    return answer


def _facts(job: Job, media_id: str, made: Outcome) -> present.Json:
    facts: present.Json = {
        "engine": made.engine,
        "engine_version": made.engine_version,
        "model": made.model,
        "width": made.width_px,
        "height": made.height_px,
        "job_id": job.id,
        "media_id": media_id,
        "elapsed_ms": made.elapsed_ms,
        "notes": list(made.notes),
    }
    if job.kind is JobKind.RESTORE:
        faces = [present.restored_face_json(face) for face in made.faces]
        return facts | {"faces": faces, "mask_share": made.mask_share}
    return facts | {
        "preset": made.preset,
        "fps": made.fps,
        "frames": made.frames,
        "faces": [present.animated_face_json(face) for face in made.faces],
        "quality": quality_json(made.quality),
        "clip_checks": [clip_check_json(check) for check in made.clip_checks],
    }


def _in_base64(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks as one base64 text: three bytes are four characters, so what is over waits for the next."""
    over = b""
    for block in blocks:
        content = over + block
        whole = len(content) - len(content) % 3
        yield base64.b64encode(content[:whole])
        over = content[whole:]
    yield base64.b64encode(over)
