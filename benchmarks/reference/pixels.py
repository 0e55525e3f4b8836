"""The official `GFPGANer.enhance` and ours on the same photos, weights and torch, in one process: the pixels.

Run by the Python of `make reference`, where both can be imported. Detections are given, noise is the stored
one, and torch has one thread: with two, the official code differs from itself.
"""

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch

from benchmarks.reference.official import Official, make_weights  # first: it mends an import of the packages

# isort: split
from basicsr.archs.rrdbnet_arch import RRDBNet
from realesrgan import RealESRGANer

from backend.engines.faces.boxes import FoundFace
from backend.engines.gfpgan.official import Networks, enhance
from backend.engines.gfpgan.official_enlarger import OfficialBackground, OfficialTiles
from backend.engines.gfpgan.torch_enlarger import TorchEnlarger
from backend.engines.gfpgan.torch_faces import TorchFaceNetwork
from backend.engines.gfpgan.torch_parser import TorchParser
from backend.networks.gfpgan.architectures import clean_from_state
from backend.networks.gfpgan.official_order import in_official_order

Photo = npt.NDArray[Any]
"""RGB, RGBA or gray, uint8 or uint16."""

TILE_PX = 128
CPU = torch.device("cpu")


@dataclass(frozen=True)
class Case:
    """One call. rows: as the official detector writes faces."""

    name: str
    photo: Photo
    rows: list[list[float]]
    upscale: float = 2
    options: dict[str, bool] = field(default_factory=dict)
    has_background: bool = False


def cases(photo: Photo, rows: list[list[float]]) -> list[Case]:
    """photo: uint8 RGB with two faces, in `rows`."""
    deep = photo.astype(np.uint16) * 257 + np.random.default_rng(0).integers(0, 200, photo.shape).astype(
        np.uint16
    )
    gray = np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY))
    with_alpha = np.dstack([photo, gray])
    crop = photo[20:420, 60:393]
    return [
        Case("one face, same size", photo, rows[:1], 1),
        Case("one face, twice the size", photo, rows[:1]),
        Case("two faces, same size", photo, rows, 1),
        Case("two faces, twice the size", photo, rows),
        Case("one and a half times the size", photo, rows, 1.5),
        Case("only the face in the centre", photo, rows, 1, {"only_center_face": True}),
        Case(
            "aligned, 512 px",
            cv2.resize(photo[:, : photo.shape[0]], (512, 512)),
            [],
            2,
            {"has_aligned": True},
        ),
        Case("aligned, 333 x 400 px", crop, [], 2, {"has_aligned": True}),
        Case("16 bits a channel", deep, rows),
        Case("gray", gray, rows),
        Case("transparent", with_alpha, rows, 1),
        Case("Real-ESRGAN behind", photo, rows, 2, has_background=True),
    ]


class Both:
    """The two programs with the same weights."""

    def __init__(self, folder: Path) -> None:
        weights = folder / "gfpgan" / "weights"
        make_weights(weights)
        torch.manual_seed(1)
        self._rrdb = RRDBNet(num_in_ch=3, num_out_ch=3, num_feat=16, num_block=2, num_grow_ch=8, scale=2)
        torch.save({"params_ema": self._rrdb.state_dict()}, folder / "background.pth")
        self._background_file = folder / "background.pth"
        self.official = Official(weights)
        faces = torch.load(weights / "GFPGANv1.4.pth", weights_only=True)["params_ema"]
        parser = torch.load(weights / "parsing_parsenet.pth", weights_only=True)
        plain = in_official_order(clean_from_state(faces))
        self._network = TorchFaceNetwork(plain, model="v1.4", device=CPU, precision=torch.float32, plain=True)
        self._parser = TorchParser.official(parser, CPU)

    def official_result(self, case: Case) -> tuple[list[Photo], Photo | None]:
        """Restored faces and picture, RGB."""
        bgr = _swapped(case.photo)
        restorer = self.official.given(case.rows, case.upscale)
        restorer.bg_upsampler = None
        if case.has_background:
            restorer.bg_upsampler = RealESRGANer(
                2,
                str(self._background_file),
                model=self._rrdb,
                tile=TILE_PX,
                tile_pad=10,
                pre_pad=0,
                half=False,
            )
        _, faces, picture = restorer.enhance(bgr, **case.options)
        return [_swapped(face) for face in faces], None if picture is None else _swapped(picture)

    def our_result(self, case: Case) -> tuple[list[Photo], Photo | None]:
        """The same by `mode=parity`."""
        enlarger = None
        if case.has_background:
            state = torch.load(self._background_file, weights_only=True)["params_ema"]
            network = TorchEnlarger.from_state(state, model="x2", device=CPU)
            enlarger = OfficialBackground(enlarger=network, tiles=OfficialTiles(tile_px=TILE_PX))
        networks = Networks(network=self._network, parser=self._parser, enlarger=enlarger)
        found = [_face(index, row) for index, row in enumerate(case.rows)]
        made = enhance(case.photo, found, networks, upscale=case.upscale, **case.options)
        return list(made.restored), made.image


def _face(index: int, row: list[float]) -> FoundFace:
    points = [(row[at], row[at + 1]) for at in range(5, 15, 2)]
    return FoundFace(
        id=index,
        box=(row[0], row[1], row[2], row[3]),
        score=row[4],
        landmarks=(points[0], points[1], points[2], points[3], points[4]),
    )


def _swapped(picture: Photo) -> Photo:
    if picture.ndim == 2:
        return picture
    order = [2, 1, 0] if picture.shape[2] == 3 else [2, 1, 0, 3]
    return np.ascontiguousarray(picture[..., order])


def _compared(name: str, official: Photo, ours: Photo) -> dict[str, object]:
    if official.shape != ours.shape or official.dtype != ours.dtype:
        return {"case": name, "wrong": f"{official.shape} {official.dtype}, ours {ours.shape} {ours.dtype}"}
    apart = np.abs(official.astype(np.int32) - ours)
    pixels = apart if apart.ndim == 2 else apart.max(axis=2)
    within, equal = float((pixels <= 1).mean()), float((pixels == 0).mean())
    return {"case": name, "within_one_level": within, "equal": equal, "largest": int(apart.max())}


def main() -> None:
    """FOLDER has photo.npy (uint8 RGB) and rows.json; weights are made there."""
    folder = Path(sys.argv[1]).resolve()
    photo, rows = np.load(folder / "photo.npy"), json.loads((folder / "rows.json").read_text())
    torch.set_num_threads(1)
    answers = os.fdopen(os.dup(1), "w")  # the packages print to stdout
    os.dup2(2, 1)
    both = Both(folder)
    for case in cases(photo, rows):
        (faces, picture), (our_faces, our_picture) = both.official_result(case), both.our_result(case)
        if (picture is None) != (our_picture is None) or len(faces) != len(our_faces):
            answers.write(json.dumps({"case": case.name, "wrong": "one of the two made nothing"}) + "\n")
        elif picture is None or our_picture is None:
            answers.write(json.dumps(_compared(case.name, np.stack(faces)[0], np.stack(our_faces)[0])) + "\n")
        else:
            answers.write(json.dumps(_compared(case.name, picture, our_picture)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
