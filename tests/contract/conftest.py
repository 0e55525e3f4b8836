"""The server that the contract is held against."""

from tests.web.conftest import guest, stranger, studio

__all__ = ["guest", "stranger", "studio"]
