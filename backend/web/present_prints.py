"""Found prints and cut-out photos as the JSON of `print_schemas.py`. Pure, as `present.py`."""

from backend.domain.jobs import CutPhoto, Job, Outcome, PrintOutcome

Json = dict[str, object]


def found_prints_json(job: Job, outcome: Outcome) -> Json:
    """A `FindPrintsAnswer`."""
    return _prints_facts(job, outcome) | {
        "source": job.source_job_id or job.upload_id,
        "width": outcome.width_px,
        "height": outcome.height_px,
        "prints": [found_print_json(found) for found in outcome.prints],
    }


def cut_photos_json(job: Job, outcome: Outcome) -> Json:
    """A `CutPrintsAnswer`."""
    return _prints_facts(job, outcome) | {"photos": [cut_photo_json(photo) for photo in outcome.photos]}


def found_print_json(found: PrintOutcome) -> Json:
    """A `FoundPrint`."""
    return {"corners": [list(point) for point in found.corners], "score": found.score}


def cut_photo_json(photo: CutPhoto) -> Json:
    """A `CutPhoto`."""
    return {
        "upload_id": photo.upload_id,
        "width": photo.width_px,
        "height": photo.height_px,
        "name": photo.name,
        "notes": list(photo.notes),
    }


def _prints_facts(job: Job, outcome: Outcome) -> Json:
    return {
        "upload_id": job.upload_id,
        "job_id": job.id,
        "elapsed_ms": outcome.elapsed_ms,
        "notes": list(outcome.notes),
    }
