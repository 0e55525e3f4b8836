"""File names as people give them: safe to show and to send back, never used as a path.

Chinese, emoji and every other script stay; only what can deceive or break a header goes.
"""

import re
import unicodedata
from urllib.parse import quote

MAX_NAME_CHARS = 120
_FALLBACK = "photo"
_JOINERS = "\u200c\u200d"  # inside emoji and Persian words; other invisible characters go
_EXTENSION = re.compile(r"\.[0-9A-Za-z]{1,8}$")
# RFC 8187 attr-char beyond letters and digits
_ATTR_CHARS = "!#$&+-.^_`|~"


def clean_name(claimed: str) -> str:
    """A client's file name made fit for display and download.

    returns: NFC, 1 to 120 characters, no path, no control, bidirectional or line-breaking characters
    """
    last_part = re.split(r"[/\\]", claimed)[-1]
    visible = "".join(character for character in last_part if _is_visible(character))
    name = " ".join(unicodedata.normalize("NFC", visible).split())
    stem, extension = _split(name)
    stem = stem.strip(" ." + _JOINERS)[: MAX_NAME_CHARS - len(extension)].rstrip(" ." + _JOINERS)
    return (stem or _FALLBACK) + extension


def result_name(original_name: str, suffix: str, extension: str) -> str:
    """`外婆 1962.jpg`, `修复`, `png` -> `外婆 1962_修复.png`."""
    stem, _ = _split(clean_name(original_name))
    ending = f"_{suffix}.{extension}"
    return stem[: MAX_NAME_CHARS - len(ending)] + ending


def content_disposition(name: str, *, attachment: bool) -> str:
    """The header's value for `name`: an ASCII form for old clients and the exact one (RFC 6266, RFC 8187)."""
    name = clean_name(name)
    stem, extension = _split(name)
    ascii_stem = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    ascii_stem = re.sub(r"[^\w .,()+=@!-]", "_", ascii_stem).strip(" ._")
    fallback = (ascii_stem or _FALLBACK) + extension
    kind = "attachment" if attachment else "inline"
    return f"{kind}; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHARS)}"


def _split(name: str) -> tuple[str, str]:
    found = _EXTENSION.search(name)
    return (name[: found.start()], found.group()) if found else (name, "")


def _is_visible(character: str) -> bool:
    if character in _JOINERS:
        return True
    is_noncharacter = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return not is_noncharacter and unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
