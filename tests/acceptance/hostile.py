"""The hostile set beside a developer's checkout: its entries, and requests as an attacker writes them."""

import json
from dataclasses import dataclass
from pathlib import Path

BOUNDARY = "----hostile7f3a"


@dataclass(frozen=True)
class HostileFile:
    """One entry of expected.json."""

    id: str
    path: Path
    upload_filename: str
    content_type: str
    accepted_statuses: frozenset[int]
    must_work: bool


def entries(folder: Path, kind: str) -> list[HostileFile]:
    """All entries of a kind, "image" or "video"; empty where the set is absent."""
    if not (folder / "expected.json").is_file():
        return []
    items = json.loads((folder / "expected.json").read_text())["items"]
    return [
        HostileFile(
            id=item["id"],
            path=folder / item["file"],
            upload_filename=item["upload_filename"],
            content_type=item["content_type"],
            accepted_statuses=frozenset(item["expect"]["status"]),
            must_work=item["expect"]["accept"] is True,
        )
        for item in items
        if item["kind"] == kind
    ]


def multipart(
    fields: dict[str, str], files: list[tuple[str, str, str, bytes]]
) -> tuple[bytes, dict[str, str]]:
    """A multipart body with the file names raw, as no well-behaved client would send them.

    files: (field, claimed file name, claimed type, content)
    """
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for field, file_name, content_type, content in files:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{file_name}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n"
        )
        parts.append(head.encode() + content + b"\r\n")
    parts.append(f"--{BOUNDARY}--\r\n".encode())
    return b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
