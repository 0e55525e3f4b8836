"""A folder of parity fixtures of a tiny network of ours: for tests of what judges it, not of the network."""

import json
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import torch

from backend.evaluation.parity.seeded_weights import ManifestEntry, seeded_state, state_sha256
from backend.networks.srvgg import SRVGGNetCompact, SRVGGSize

SEED = 3
TINY = SRVGGSize(features=4, inner_convs=1, scale=2)


def manifest() -> list[ManifestEntry]:
    shapes = {key: list(tensor.shape) for key, tensor in SRVGGNetCompact(TINY).state_dict().items()}
    return [
        {"key": key, "shape": shape, "dtype": "float32", "role": "conv" if len(shape) == 4 else "bias"}
        for key, shape in shapes.items()
    ]


def write_fixture(folder: Path, *, more: Mapping[str, object] | None = None, wrong_by: float = 0.0) -> Path:
    """A folder with one right fixture, `small`, or one whose stored image is off; returns the folder.

    more: other entries of the index
    """
    (folder / "manifests").mkdir(parents=True)
    (folder / "manifests/small.json").write_text(json.dumps({"entries": manifest()}))
    state = seeded_state(manifest(), SEED)
    picture = np.random.default_rng(1).integers(0, 256, (6, 5, 3), np.uint8)
    cv2.imwrite(str(folder / "in.png"), picture[..., ::-1])
    x = torch.from_numpy(picture.astype(np.float32).transpose(2, 0, 1)[None].copy()) / 255
    image = SRVGGNetCompact.from_state(state)(x).numpy()
    np.savez(folder / "small.npz", image=image + np.float32(wrong_by))
    info = {"shape": list(image.shape), "dtype": "float32", "tolerance": 1e-5, "stored": "full"}
    entry = {
        "network": "realesrgan.archs.srvgg_arch.SRVGGNetCompact",
        "manifest": "manifests/small.json",
        "seed": SEED,
        "state_sha256": state_sha256(state),
        "file": "small.npz",
        "images": {"input_0": {"file": "in.png"}},
        "arrays": {"image": info},
    }
    (folder / "index.json").write_text(json.dumps({"small": entry, **(more or {})}))
    return folder
