"""How a kept file looks on disk: AES-256-GCM in chunks, so that any part of it can be read alone.

A file is a header and chunks. The header holds the file's own random key, wrapped by the master key and bound
to the file's storage key, so that one file can never be put in the place of another. Each chunk is bound to
the header, to its index and to whether it is the last: chunks swapped, repeated or cut off stay shut.
"""

import hashlib
import os
import struct
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.domain.errors import StorageCorrupt

MASTER_KEY_BYTES = 32
CHUNK_BYTES = 1 << 20  # of plain content
TAG_BYTES = 16
_MAGIC = b"JIUYING1"
_NONCE_BYTES = 12
_WRAPPED_BYTES = 32 + TAG_BYTES
_KEY_ID_BYTES = 8
HEADER_BYTES = len(_MAGIC) + _KEY_ID_BYTES + _NONCE_BYTES + _WRAPPED_BYTES


@dataclass(frozen=True, slots=True)
class FileCipher:
    """Seals and opens the chunks of one file."""

    header: bytes
    _aead: AESGCM

    @classmethod
    def create(cls, master_key: bytes, storage_key: str) -> Self:
        """A fresh key for a new file."""
        data_key, nonce = AESGCM.generate_key(bit_length=256), os.urandom(_NONCE_BYTES)
        prefix = _MAGIC + _key_id(master_key)
        wrapped = AESGCM(master_key).encrypt(nonce, data_key, prefix + storage_key.encode())
        return cls(prefix + nonce + wrapped, AESGCM(data_key))

    @classmethod
    def from_header(cls, header: bytes, master_key: bytes, storage_key: str) -> Self:
        """The key of a file that is there; StorageCorrupt where the header is damaged or another file's."""
        prefix, rest = header[: len(_MAGIC) + _KEY_ID_BYTES], header[len(_MAGIC) + _KEY_ID_BYTES :]
        if len(header) != HEADER_BYTES or not prefix.startswith(_MAGIC):
            raise StorageCorrupt("a stored file has no valid header")
        if prefix != _MAGIC + _key_id(master_key):
            raise StorageCorrupt("a stored file was encrypted with another master key")
        nonce, wrapped = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
        try:
            data_key = AESGCM(master_key).decrypt(nonce, wrapped, prefix + storage_key.encode())
        except InvalidTag as error:
            raise StorageCorrupt("a stored file's header was changed") from error
        return cls(header, AESGCM(data_key))

    def seal(self, index: int, content: bytes, *, is_last: bool) -> bytes:
        """content: at most CHUNK_BYTES; returns it encrypted, TAG_BYTES longer."""
        return self._aead.encrypt(_nonce(index), content, self._bound_to(index, is_last))

    def open(self, index: int, sealed: bytes, *, is_last: bool) -> bytes:
        """What `seal` was given; StorageCorrupt where anything differs."""
        try:
            return self._aead.decrypt(_nonce(index), sealed, self._bound_to(index, is_last))
        except InvalidTag as error:
            raise StorageCorrupt("a stored file was changed") from error

    def _bound_to(self, index: int, is_last: bool) -> bytes:
        return self.header + struct.pack(">QB", index, is_last)


def plain_size(stored_bytes: int) -> int:
    """Bytes of content in a file of this size on disk; StorageCorrupt where no file can have it."""
    body = stored_bytes - HEADER_BYTES
    chunks = -(-body // (CHUNK_BYTES + TAG_BYTES))
    size_bytes = body - chunks * TAG_BYTES
    if body < TAG_BYTES or size_bytes < (chunks - 1) * CHUNK_BYTES:
        raise StorageCorrupt("a stored file was cut short")
    return size_bytes


def _nonce(index: int) -> bytes:
    # A counter is safe here: every file has a key of its own, and no chunk is ever written twice.
    return index.to_bytes(_NONCE_BYTES, "big")


def _key_id(master_key: bytes) -> bytes:
    """Says which master key a file needs, without saying anything about the key."""
    return hashlib.sha256(b"jiuying master key id" + master_key).digest()[:_KEY_ID_BYTES]
