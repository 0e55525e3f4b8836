"""One-job tokens: let a script without cookies fetch what it made, and nothing else.

A token names its owner and its job and proves both, so that every query still carries the owner.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Self

from backend.domain.errors import NotFound

_PURPOSE = b"jiuying one-job token 1\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobToken:
    """Whose job, and which."""

    owner_id: str
    job_id: str

    def sign(self, secret_key: str) -> str:
        """The token's text, safe in a URL."""
        return f"{self.owner_id}.{self.job_id}.{self._proof(secret_key)}"

    @classmethod
    def read(cls, text: str, secret_key: str) -> Self:
        """The token that `sign` wrote. Raises NotFound for anything else."""
        parts = text.split(".")
        if len(parts) == 3:
            token = cls(owner_id=parts[0], job_id=parts[1])
            if hmac.compare_digest(token._proof(secret_key).encode(), parts[2].encode("utf-8", "replace")):
                return token
        raise NotFound("no such token")

    def _proof(self, secret_key: str) -> str:
        message = _PURPOSE + f"{self.owner_id}\x00{self.job_id}".encode("utf-8", "replace")
        digest = hmac.digest(secret_key.encode(), message, hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
