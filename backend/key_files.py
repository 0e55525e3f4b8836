"""Keys that this installation makes for itself: random, made once, readable by their owner only.

Kept apart from the settings because reading a setting must not write a file.
"""

import os
import secrets
from pathlib import Path

from backend.domain.errors import SettingsError

KEY_BYTES = 32


def load_or_make_key(path: Path, *, may_make: bool = True) -> bytes:
    """The key in `path` (64 hexadecimal digits), made there first where there is none.

    may_make: False where things exist already that only the lost key opens; a new one would hide that.
    returns:  32 bytes
    """
    if not path.exists():
        if not may_make:
            raise SettingsError(f"the key {path} is missing, and photos that need it exist: put it back")
        _make_key(path)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"the key {path} cannot be read: it must hold {2 * KEY_BYTES} hex digits"
        ) from error
    if len(key) != KEY_BYTES:
        raise SettingsError(f"the key {path} must hold {2 * KEY_BYTES} hex digits")
    return key


def _make_key(path: Path) -> None:
    """Write a new key whole or not at all; where another process was first, its key stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # unlike a rename, this never replaces a key
        except FileExistsError:
            return
        except OSError:  # a file system without hard links
            if not path.exists():
                temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)
