"""Saved expressions: the limit under parallel requests, and which clips go with them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.domain.errors import NotFound, TooManyExpressions
from backend.domain.ids import new_id
from backend.domain.media import Upload
from backend.storage.database import Database
from backend.storage.expressions import ExpressionStore
from backend.storage.jobs import JobStore, QueueCaps
from backend.storage.uploads import UploadStore
from tests.storage.rows import a_job, add_clip, add_upload, add_user, an_expression


def test_the_limit_holds_when_many_are_kept_at_once(database: Database) -> None:
    store, owner_id = ExpressionStore(database), add_user(database)
    other = add_clip(database, add_user(database))
    clips = [add_clip(database, owner_id) for _ in range(8)]
    store.add(an_expression(other), most=3)  # another's do not count

    def keep(clip: Upload) -> bool:
        try:
            store.add(an_expression(clip), most=3)
        except TooManyExpressions as full:
            assert full.params == {"limit": 3}
            return False
        return True

    with ThreadPoolExecutor(len(clips)) as requests:
        kept = list(requests.map(keep, clips))

    assert sum(kept) == 3
    assert len(store.list(owner_id)) == 3


def test_a_photo_is_no_expression(database: Database) -> None:
    owner_id = add_user(database)

    with pytest.raises(NotFound):
        ExpressionStore(database).add(an_expression(add_upload(database, owner_id)), most=3)


def test_a_clip_that_nothing_needs_goes_with_its_expression(database: Database) -> None:
    store, clip = ExpressionStore(database), add_clip(database, add_user(database))
    kept = an_expression(clip)
    store.add(kept, most=3)

    assert store.remove(clip.owner_id, kept.id) == clip.storage_key
    assert UploadStore(database).find(clip.owner_id, clip.id) is None
    with pytest.raises(NotFound):
        store.remove(clip.owner_id, kept.id)


def test_a_clip_that_drives_a_job_stays(database: Database, jobs: JobStore) -> None:
    store, clip = ExpressionStore(database), add_clip(database, add_user(database))
    kept = an_expression(clip)
    store.add(kept, most=3)
    jobs.add(a_job(clip.owner_id, driving_upload_id=clip.id), QueueCaps())

    assert store.remove(clip.owner_id, kept.id) is None
    assert UploadStore(database).find(clip.owner_id, clip.id) == clip


def test_a_job_whose_clip_has_just_gone_is_not_queued(database: Database, jobs: JobStore) -> None:
    owner_id = add_user(database)

    with pytest.raises(NotFound):
        jobs.add(a_job(owner_id, driving_upload_id=new_id()), QueueCaps())


def test_a_name_of_sixty_characters_beyond_the_basic_plane_is_kept(database: Database) -> None:
    clip = add_clip(database, add_user(database))
    kept = an_expression(clip, name=60 * "😀")
    store = ExpressionStore(database)

    store.add(kept, most=3)

    assert store.list(clip.owner_id) == [kept]
    assert store.rename(clip.owner_id, kept.id, kept.name) == kept
