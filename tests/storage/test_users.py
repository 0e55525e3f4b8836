from datetime import timedelta

from sqlalchemy import func, select

from backend.domain.media import Variant
from backend.storage.database import Database
from backend.storage.jobs import JobStore, QueueCaps
from backend.storage.results import ResultStore
from backend.storage.tables import metadata
from backend.storage.uploads import UploadStore
from backend.storage.users import UserStore
from tests.storage.rows import NOON, OUTCOME, a_job, a_result, add_upload, add_user

CAPS = QueueCaps()


def row_counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }


def test_a_session_leads_to_its_user_until_it_ends(database: Database) -> None:
    users = UserStore(database)
    user_id = add_user(database)
    ends_at = NOON + timedelta(hours=24)

    found = users.by_session(user_id, now=NOON)

    assert found is not None
    assert (found[0].id, found[0].created_at, found[1]) == (user_id, NOON, ends_at)
    assert users.by_session(user_id, now=ends_at) is None
    assert users.by_session("another", now=NOON) is None


def test_an_expired_user_has_no_session(database: Database) -> None:
    user_id = add_user(database, expires_at=NOON + timedelta(hours=1))

    assert UserStore(database).by_session(user_id, now=NOON + timedelta(hours=1)) is None


def test_ending_a_session_ends_it_alone(database: Database) -> None:
    users = UserStore(database)
    user_id, other_id = add_user(database), add_user(database)

    users.end_session(user_id)

    assert users.by_session(user_id, now=NOON) is None
    assert users.by_session(other_id, now=NOON) is not None


def test_ended_sessions_are_forgotten(database: Database) -> None:
    add_user(database)

    UserStore(database).end_expired_sessions(NOON + timedelta(hours=24))

    assert row_counts(database)["auth_sessions"] == 0
    assert row_counts(database)["users"] == 1


def test_removing_a_user_removes_everything_of_theirs_and_nothing_else(
    database: Database, jobs: JobStore
) -> None:
    kept_id = add_user(database)
    add_upload(database, kept_id)
    jobs.add(a_job(kept_id), CAPS)
    before = row_counts(database)
    user_id = add_user(database, expires_at=NOON)
    photo = add_upload(database, user_id)
    first = a_job(user_id, upload_id=photo.id)
    jobs.add(first, CAPS, priority=1)
    claimed = jobs.claim_next(kinds=[first.kind])
    while claimed is not None and claimed[0].id != first.id:
        claimed = jobs.claim_next()
    assert claimed is not None
    result = a_result(first)
    jobs.finish(claimed[1], OUTCOME, [result], result.id)
    jobs.add(a_job(user_id, upload_id=photo.id, source_job_id=first.id), CAPS)

    keys = UserStore(database).remove(user_id)

    assert keys is not None
    assert set(keys) == {photo.storage_key, result.storage_key}
    assert row_counts(database) == before


def test_a_user_whose_job_runs_stays(database: Database, jobs: JobStore) -> None:
    user_id = add_user(database, expires_at=NOON)
    jobs.add(a_job(user_id), CAPS)
    jobs.claim_next()

    assert UserStore(database).expired(NOON) == [user_id]
    assert UserStore(database).remove(user_id) is None
    assert row_counts(database)["users"] == 1


def test_anothers_upload_is_not_there(database: Database) -> None:
    owner_id, stranger_id = add_user(database), add_user(database)
    upload = add_upload(database, owner_id)

    assert UploadStore(database).get(owner_id, upload.id) == upload
    assert UploadStore(database).find(stranger_id, upload.id) is None


def test_anothers_result_is_not_there(database: Database, jobs: JobStore) -> None:
    owner_id, stranger_id = add_user(database), add_user(database)
    photo = add_upload(database, owner_id)
    job = a_job(owner_id, upload_id=photo.id)
    jobs.add(job, CAPS)
    claimed = jobs.claim_next()
    assert claimed is not None
    preview = a_result(job, Variant.PREVIEW)
    jobs.finish(claimed[1], OUTCOME, [preview], preview.id)
    results = ResultStore(database)

    assert results.find(owner_id, preview.id) == preview
    assert results.preview_of_upload(owner_id, photo.id) == preview
    assert results.find(stranger_id, preview.id) is None
    assert results.of_job(stranger_id, job.id, Variant.PREVIEW) is None
    assert results.preview_of_upload(stranger_id, photo.id) is None


def test_keys_in_use_are_told_from_others(database: Database) -> None:
    upload = add_upload(database, add_user(database))

    assert ResultStore(database).keys_in_use([upload.storage_key, "another"]) == {upload.storage_key}
