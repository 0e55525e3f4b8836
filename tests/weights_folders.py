"""Weights folders with a manifest of the test's own: small files, addresses on this machine."""

import hashlib
from pathlib import Path

from backend.checkpoints.folder import WeightsFolder, open_weights_folder
from backend.checkpoints.manifest import MANIFEST_NAME

CONTENT = bytes(range(256)) * 400  # 102,400 bytes: many pieces, and no two halves alike


def an_entry(
    name: str = "v1.4",
    file: str = "GFPGANv1.4.pth",
    urls: tuple[str, ...] = (),
    *,
    content: bytes | None = CONTENT,
    size: bool = True,
    engine: str = "gfpgan",
    role: str = "face",
    **more: object,
) -> str:
    """One entry of a manifest. content: what its checksum and size are taken of; None = unknown."""
    lines = [
        "[[weights]]",
        f'name = "{name}"',
        f'file = "{file}"',
        f"urls = [{', '.join(_toml(url) for url in urls)}]",
        f'engine = "{engine}"',
        f'role = "{role}"',
        'licence = "Apache-2.0"',
        'licence_note.zh = "无"',
        'licence_note.en = "none"',
        f'purpose.zh = "{name} 的用途"',
        f'purpose.en = "what {name} is for"',
    ]
    if content is not None:
        lines.append(f'sha256 = "{hashlib.sha256(content).hexdigest()}"')
        if size:
            lines.append(f"bytes = {len(content)}")
    fields = {"commercial_use": True} | more
    lines += [f"{key} = {_toml(value)}" for key, value in fields.items()]
    return "\n".join(lines) + "\n"


def a_folder(directory: Path, *entries: str) -> WeightsFolder:
    """A folder with a manifest of these entries, v1.4 unless others are given, and nothing else in it."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MANIFEST_NAME).write_text("\n".join(entries or [an_entry()]), "utf-8")
    return open_weights_folder(directory)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'
