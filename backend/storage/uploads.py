"""Uploads as rows. Every query names the owner."""

from dataclasses import asdict

from sqlalchemy import delete, insert, select

from backend.domain.errors import NotFound
from backend.domain.media import Upload
from backend.storage.database import Database
from backend.storage.rows import upload_from
from backend.storage.tables import uploads


class UploadStore:
    """The table `uploads`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, upload: Upload) -> None:
        """A new row; its file must be in place."""
        with self._database.session() as session:
            session.execute(insert(uploads).values(asdict(upload)))

    def find(self, owner_id: str, upload_id: str) -> Upload | None:
        """The owner's upload of this id, if there is one."""
        query = select(uploads).where(uploads.c.id == upload_id, uploads.c.owner_id == owner_id)
        with self._database.reading() as session:
            row = session.execute(query).mappings().one_or_none()
        return None if row is None else upload_from(row)

    def get(self, owner_id: str, upload_id: str) -> Upload:
        """The owner's upload of this id, or NotFound."""
        upload = self.find(owner_id, upload_id)
        if upload is None:
            raise NotFound("no such upload")
        return upload

    def remove(self, upload: Upload) -> None:
        """Delete the row of an upload that no job uses."""
        with self._database.session() as session:
            session.execute(delete(uploads).where(uploads.c.id == upload.id))
