"""Our side of the First Order Motion benchmark: takes the orders that the official side takes, and some more.

On a clip of one's own the detector runs for every frame; a preset's keypoints are kept (`is_known`).
"""

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from backend.checkpoints.load import load_states
from backend.engines.animation_api import AnimateMode
from backend.engines.device import pick_device
from backend.engines.first_order.drawing import Hold, Pace, motions, whole_frames
from backend.engines.first_order.engine import FirstOrderAnimator
from backend.engines.first_order.openvino_network import OpenVinoMotionNetwork
from backend.engines.first_order.relative import normalised
from backend.engines.first_order.seams import KeypointArrays, MovedFace
from backend.engines.first_order.torch_network import TorchMotionNetwork
from backend.engines.first_order.torch_values import to_keypoints
from backend.media.film import FilmWriter
from backend.media.types import RgbImage
from backend.networks.first_order.model import FirstOrderModel
from backend.networks.first_order.swift import SwiftGenerator
from benchmarks.first_order.fast_motion import clip_frames
from benchmarks.first_order.whole_engine import engine_on, film
from benchmarks.reference.measuring import measured

SIDE_PX = 256
FPS = 25.0
Order = dict[str, Any]


class Ours:
    """Networks by how they were asked for; each is loaded on its first order."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        self._folder, self._device = folder, device
        self._networks: dict[tuple[str, bool], TorchMotionNetwork] = {}
        self._known: dict[str, KeypointArrays] = {}
        self._engine: FirstOrderAnimator | None = None

    def frames(self, photo: RgbImage, driving: KeypointArrays, order: Order) -> Iterator[MovedFace]:
        """The photo moved as the driver moves; encoded anew."""
        network = self.network(order)
        source = network.encode(photo)
        to = normalised(
            source.keypoints,
            driving,
            driving.part(0, 1),
            relative_value=True,
            relative_jacobian=True,
            adapt_scale=True,
        )
        if "at_once" in order:
            encoded, points = source.encoded, to_keypoints(to, self._device)
            pace = Pace(order["at_once"], order["at_once"])
            return whole_frames(self.generator(order), encoded, points, Hold("official"), pace)
        mode: AnimateMode = order.get("mode", "best")
        return network.move(source, to, border="official", mode=mode)

    def film(self, photo: RgbImage, order: Order) -> None:
        """Decode, keypoints unless the clip is known, the film at 256 px."""
        driving = self._keypoints(order)
        with FilmWriter(Path(order["path"]), SIDE_PX, SIDE_PX, FPS) as writer:
            for face in self.frames(photo, driving, order):
                writer.write(np.rint(face.picture * 255).astype(np.uint8))

    def keypoints(self, frames: list[RgbImage], order: Order) -> KeypointArrays:
        """Of the driving frames."""
        return self.network(order).keypoints(frames)

    def _keypoints(self, order: Order) -> KeypointArrays:
        key = f"{order['clip']} {order['count']}"
        if not order.get("is_known"):
            return self.keypoints(clip_frames(Path(order["clip"]), order["count"]), order)
        if key not in self._known:
            self._known[key] = self.keypoints(clip_frames(Path(order["clip"]), order["count"]), order)
        return self._known[key]

    def engine(self) -> FirstOrderAnimator:
        """The whole engine, loaded on its first order."""
        if self._engine is None:
            self._engine = engine_on(self._folder)
        return self._engine

    def generator(self, order: Order) -> SwiftGenerator:
        """The fast form that a network runs; for its parts."""
        return self.network(order)._places[0][0].generator

    def network(self, order: Order) -> TorchMotionNetwork:
        """As the order asks for it."""
        precision, by_openvino = order.get("precision", "bf16"), bool(order.get("openvino"))
        if (precision, by_openvino) not in self._networks:
            model = FirstOrderModel.from_states(load_states(self._folder / "vox-cpk.pth.tar"))
            dtype = torch.float32 if precision == "fp32" else torch.bfloat16
            made = self._by_openvino(model, dtype) if by_openvino else self._by_torch(model, dtype)
            self._networks[precision, by_openvino] = made
        return self._networks[precision, by_openvino]

    def _by_torch(self, model: FirstOrderModel, dtype: torch.dtype) -> TorchMotionNetwork:
        return TorchMotionNetwork(
            model.generator,
            model.detector,
            model="seeded",
            fingerprint="seeded",
            device=self._device,
            precision=dtype,
        )

    def _by_openvino(self, model: FirstOrderModel, dtype: torch.dtype) -> TorchMotionNetwork:
        return OpenVinoMotionNetwork(
            model.generator,
            model.detector,
            model="seeded",
            fingerprint="seeded",
            precision=dtype,
            cache=self._folder / "openvino",
        )


def steps(ours: Ours, photo: RgbImage, frames: list[RgbImage], order: Order) -> dict[str, float]:
    """Seconds for each step, a frame (encode: a photo); of the processor, or on the wall for a card."""
    network, generator = ours.network(order), ours.generator(order)
    source = network.encode(photo)
    device = source.encoded.grid.device
    to = to_keypoints(network.keypoints(frames), device)
    taken: dict[str, float] = {}

    def finished(work: Callable[[], Any]) -> Any:
        made = work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return made

    def timed(name: str, work: Callable[[], Any], count: int) -> Any:
        spent, made = measured(lambda: finished(work))
        taken[name] = spent["cpu_s" if device.type == "cpu" else "wall_s"] / count
        return made

    count = len(frames)
    timed("keypoints", lambda: network.keypoints(frames), count)
    timed("encode", lambda: network.encode(photo), 1)
    with torch.inference_mode():
        [motion] = timed(
            "dense motion",
            lambda: list(motions(generator, source.encoded, to, Hold("official"), at_once=count)),
            count,
        )
        moved = timed("warp", lambda: generator.moved(source.encoded, motion), count)
        singles = torch.split(moved, 1)
        refined = timed("residual blocks", lambda: [generator.refined(one) for one in singles], count)
        timed("draw", lambda: [generator.drawn(one) for one in refined], count)
    return taken


def main() -> None:
    """`python -m benchmarks.first_order.ours FOLDER THREADS DEVICE`: as `official.py`, and of each order.

    {"precision": "fp32" or "bf16", "openvino": true, "mode": "fast", "is_known": true}; {"do": "steps", ...};
    {"do": "engine", "preset": "nod", "mode": "best", "path": MP4}
    """
    folder, device = Path(sys.argv[1]).resolve(), pick_device(sys.argv[3])
    torch.set_num_threads(int(sys.argv[2]))
    cv2.setNumThreads(int(sys.argv[2]))
    ours = Ours(folder, device)
    print('{"ready": true}', flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        photo = np.load(order["photo"])
        ours.generator(order)  # loaded beforehand, as the official side's is
        if order["do"] == "film":
            taken, _ = measured(lambda: ours.film(photo, order))  # noqa: B023
        elif order["do"] == "engine":
            work = partial(film, ours.engine(), photo, order["preset"], order["mode"], Path(order["path"]))
            taken, count = measured(work)
            taken["frames"] = count
        elif order["do"] == "steps":
            taken = steps(ours, photo, list(np.load(order["frames"])), order)
        else:
            driving = ours.keypoints(list(np.load(order["frames"])), order)
            taken, made = measured(lambda: list(ours.frames(photo, driving, order)))  # noqa: B023
            if "keep" in order:
                np.save(order["keep"], np.stack([face.picture for face in made]))
        print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    main()
