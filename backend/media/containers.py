"""Which kind of clip a file is, by its first bytes.

Kept apart because it is the gate: ffmpeg is told the format found here and never guesses, so that a playlist,
a subtitle or a picture with a clip's name reaches no other parser.
"""

from dataclasses import dataclass

from backend.domain.errors import UnsupportedMedia

HEAD_BYTES = 4096  # of a file, enough for every test below

_MP4_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")  # QuickTime files older than `ftyp`
_STILL_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"avis", b"jxl ", b"crx ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A clip format we take."""

    demuxer: str  # ffmpeg's name
    mime: str


_MP4 = Container(demuxer="mov", mime="video/mp4")
_QUICKTIME = Container(demuxer="mov", mime="video/quicktime")
_WEBM = Container(demuxer="matroska", mime="video/webm")
_MATROSKA = Container(demuxer="matroska", mime="video/x-matroska")
_AVI = Container(demuxer="avi", mime="video/x-msvideo")


def sniff_container(head: bytes) -> Container:
    """The format of a clip from its first `HEAD_BYTES` bytes. Raises UnsupportedMedia for anything else."""
    kind, brand = head[4:8], head[8:12]
    if kind == b"ftyp" and brand not in _STILL_BRANDS:
        return _QUICKTIME if brand == b"qt  " else _MP4
    if kind in _MP4_BOXES:
        return _QUICKTIME
    if head[:4] == b"\x1a\x45\xdf\xa3":  # EBML; the document type stands within the first element
        return _WEBM if b"webm" in head[:64] else _MATROSKA
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return _AVI
    raise UnsupportedMedia("not a clip we take: MP4, MOV, WebM, MKV or AVI")
