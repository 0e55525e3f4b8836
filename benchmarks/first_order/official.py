"""The official First Order Motion code, timed: run by a Python that has torch, numpy, scipy and OpenCV.

Reads one JSON object a line and answers with one: see `main`. The code comes from a checkout of the official
repository. One departure, at its edge: `grid_sample` takes `align_corners=True`, which was torch's only way
when the model was trained.
"""

import importlib
import importlib.util
import json
import os
import sys
import types
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import imageio_ffmpeg
import numpy as np
import torch

from benchmarks.reference.measuring import measured

SIDE_PX = 256
_COMMON = {"num_kp": 10, "num_channels": 3, "estimate_jacobian": True}
# config/vox-256.yaml of the repository
_DETECTOR = {
    "temperature": 0.1,
    "block_expansion": 32,
    "max_features": 1024,
    "scale_factor": 0.25,
    "num_blocks": 5,
}
_GENERATOR = {
    "block_expansion": 64,
    "max_features": 512,
    "num_down_blocks": 2,
    "num_bottleneck_blocks": 6,
    "estimate_occlusion_map": True,
    "dense_motion_params": {
        "block_expansion": 64,
        "max_features": 1024,
        "num_blocks": 5,
        "scale_factor": 0.25,
    },
}
_NOT_NEEDED = ("frames_dataset", "logger")  # what its training imports
_PERHAPS_MISSING = ("tqdm", "imageio")


class Official:
    """Both networks, and the loop of its demo: detector and whole generator for every driving frame."""

    def __init__(self, checkout: Path, weights: Path, device: str) -> None:
        sys.path.insert(0, str(checkout))
        for name in _NOT_NEEDED:
            sys.modules[name] = _Anything(name)
        for name in _PERHAPS_MISSING:
            if importlib.util.find_spec(name) is None:
                sys.modules[name] = _Anything(name)
        torch.nn.functional.grid_sample = partial(torch.nn.functional.grid_sample, align_corners=True)
        generator = importlib.import_module("modules.generator").OcclusionAwareGenerator
        detector = importlib.import_module("modules.keypoint_detector").KPDetector
        self._normalised = importlib.import_module("animate").normalize_kp
        self._device = torch.device(device)
        states = torch.load(weights, map_location="cpu", weights_only=True)
        self._generator, self._detector = generator(**_GENERATOR, **_COMMON), detector(**_DETECTOR, **_COMMON)
        self._generator.load_state_dict(states["generator"])
        self._detector.load_state_dict(states["kp_detector"])
        for network in (self._generator, self._detector):
            network.eval().to(self._device)

    @torch.no_grad()
    def loop(self, photo: np.ndarray, frames: list[np.ndarray]) -> list[np.ndarray]:
        """photo, frames: uint8 (256, 256, 3) RGB -> float32 (256, 256, 3) RGB in [0, 1]."""
        source = self._tensor(photo)
        at, first = self._detector(source), self._detector(self._tensor(frames[0]))
        made = []
        for frame in frames:
            now = self._detector(self._tensor(frame))
            to = self._normalised(
                kp_source=at,
                kp_driving=now,
                kp_driving_initial=first,
                use_relative_movement=True,
                use_relative_jacobian=True,
                adapt_movement_scale=True,
            )
            out = self._generator(source, kp_source=at, kp_driving=to)
            made.append(out["prediction"][0].cpu().numpy().transpose(1, 2, 0))
        return made

    def film(self, photo: np.ndarray, clip: Path, count: int, path: Path) -> None:
        """Decode, resize, the loop, and 256 px frames to H.264 as imageio writes them."""
        made = self.loop(photo, _read(clip, count))
        writer = imageio_ffmpeg.write_frames(
            str(path), (SIDE_PX, SIDE_PX), fps=25, codec="libx264", quality=5, macro_block_size=16
        )
        writer.send(None)
        for picture in made:
            writer.send(np.ascontiguousarray(np.rint(picture * 255).astype(np.uint8)))
        writer.close()

    def _tensor(self, picture: np.ndarray) -> torch.Tensor:
        return torch.tensor(picture[None].astype(np.float32) / 255).permute(0, 3, 1, 2).to(self._device)


class _Anything(types.ModuleType):
    """Stands for a module that the official files import and this does not use."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return object


def _read(clip: Path, count: int) -> list[np.ndarray]:
    """The first frames, and again from the start where there are fewer."""
    film = cv2.VideoCapture(str(clip))
    frames: list[np.ndarray] = []
    while len(frames) < count:
        is_read, frame = film.read()
        if not is_read:
            break
        frames.append(cv2.resize(frame, (SIDE_PX, SIDE_PX))[..., ::-1])
    return [frames[number % len(frames)] for number in range(count)]


def main() -> None:
    """`python -m benchmarks.first_order.official FOLDER THREADS CHECKOUT DEVICE`; FOLDER has the weights.

    {"do": "frames", "photo": NPY, "frames": NPY, "keep": NPY or absent}
    {"do": "film", "photo": NPY, "clip": MP4, "count": 100, "path": MP4}
    """
    folder, threads, checkout, device = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    official = Official(checkout.resolve(), folder / "vox-cpk.pth.tar", device)
    answers.write('{"ready": true}\n')
    answers.flush()
    for line in sys.stdin:
        order = json.loads(line)
        photo = np.load(order["photo"])
        if order["do"] == "film":
            clip, count, path = Path(order["clip"]), order["count"], Path(order["path"])
            taken, _ = measured(lambda: official.film(photo, clip, count, path))  # noqa: B023
        else:
            frames = list(np.load(order["frames"]))
            taken, made = measured(lambda: official.loop(photo, frames))  # noqa: B023
            if "keep" in order:
                np.save(order["keep"], np.stack(made))
        answers.write(json.dumps(taken) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
