"""The official packages as they ship, timed; run by a Python that has them (`make reference`).

Reads one JSON object a line and answers with one: see `main`. Its weights are random but fixed, made by the
official classes themselves on the first start and kept as the official files are, for both sides to load.
"""

import json
import os
import sys
import types
from pathlib import Path

import cv2
import numpy as np
import torch
import torchvision.transforms.functional as torchvision_functional

# basicsr 1.4.2 imports a name that torchvision 0.17 has moved.
_moved = types.ModuleType("torchvision.transforms.functional_tensor")
_moved.rgb_to_grayscale = torchvision_functional.rgb_to_grayscale  # type: ignore[attr-defined]
sys.modules[_moved.__name__] = _moved

from facexlib.detection.retinaface import RetinaFace  # noqa: E402
from facexlib.parsing.parsenet import ParseNet  # noqa: E402
from gfpgan import GFPGANer  # noqa: E402
from gfpgan.archs.gfpganv1_clean_arch import GFPGANv1Clean  # noqa: E402

from benchmarks.reference.measuring import measured  # noqa: E402

SEED = 0
NOISE_STRENGTH = 0.05  # a fresh network has 0, which would hide the noise from the comparison


def make_weights(folder: Path) -> None:
    """Three official files with random numbers, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "GFPGANv1.4.pth").exists():
        return
    torch.manual_seed(SEED)
    restorer = GFPGANv1Clean(512, channel_multiplier=2, input_is_latent=True, different_w=True, sft_half=True)
    for name, strength in restorer.named_parameters():
        if name.startswith("stylegan_decoder.style_conv") and strength.shape == (1,):
            torch.nn.init.constant_(strength, NOISE_STRENGTH)
    detector = RetinaFace(network_name="resnet50", device="cpu").state_dict()
    for level in range(3):  # nobody anywhere: random scores would find a face at every other place
        detector[f"ClassHead.{level}.conv1x1.weight"].zero_()
        detector[f"ClassHead.{level}.conv1x1.bias"] = torch.tensor([8.0, -8.0, 8.0, -8.0])
    parser = ParseNet(in_size=512, out_size=512, parsing_ch=19).state_dict()
    prefixed = {f"module.{key}": value for key, value in detector.items()}
    torch.save(prefixed, folder / "detection_Resnet50_Final.pth")
    torch.save(parser, folder / "parsing_parsenet.pth")
    torch.save({"params_ema": restorer.state_dict()}, folder / "GFPGANv1.4.pth")


class Official:
    """GFPGANer, given its detections after the detector has run: random weights find nothing."""

    def __init__(self, weights: Path) -> None:
        os.chdir(weights.parent.parent)  # the packages look for gfpgan/weights here
        self._restorers: dict[float, GFPGANer] = {}
        self._weights = weights

    def _restorer(self, upscale: float) -> GFPGANer:
        if upscale not in self._restorers:
            self._restorers.clear()
            made = GFPGANer(str(self._weights / "GFPGANv1.4.pth"), upscale=upscale)
            forward = made.gfpgan.forward
            # the stored noise instead of fresh: the same photo, the same pixels
            made.gfpgan.forward = lambda x, **options: forward(x, **{**options, "randomize_noise": False})
            self._restorers[upscale] = made
        return self._restorers[upscale]

    def restore(self, photo: np.ndarray, rows: list[list[float]], upscale: float) -> np.ndarray:
        """uint8 RGB in, uint8 RGB out."""
        restorer = self.given(rows, upscale)
        return np.asarray(restorer.enhance(photo[..., ::-1].copy())[2])[..., ::-1]

    def given(self, rows: list[list[float]], upscale: float) -> GFPGANer:
        """The restorer, which runs its detector and then takes these faces."""
        restorer = self._restorer(upscale)
        detector = restorer.face_helper.face_det
        detect = type(detector).detect_faces

        def given(image: np.ndarray, threshold: float) -> np.ndarray:
            detect(detector, image, threshold)  # its time counts
            return np.array(rows, np.float32)

        detector.detect_faces = given
        return restorer

    def network(self, faces: int) -> None:
        """The restoring network alone, face after face as the package does it."""
        network = self._restorer(2.0).gfpgan
        with torch.no_grad():
            for _ in range(faces):
                network(torch.zeros(1, 3, 512, 512), return_rgb=False)


def main() -> None:
    """`python -m benchmarks.reference.official FOLDER THREADS`: weights are in FOLDER/gfpgan/weights.

    {"do": "restore", "photo": NPY, "rows": [[x1, y1, x2, y2, score, ten landmark values], ...], "upscale": 2}
    {"do": "network", "faces": 1}
    """
    weights = Path(sys.argv[1]).resolve() / "gfpgan" / "weights"
    torch.set_num_threads(int(sys.argv[2]))
    cv2.setNumThreads(int(sys.argv[2]))
    answers = os.fdopen(os.dup(1), "w")  # the packages print to stdout
    os.dup2(2, 1)
    make_weights(weights)
    official = Official(weights)
    answers.write('{"ready": true}\n')
    answers.flush()
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "restore":
            photo, rows, upscale = np.load(order["photo"]), order["rows"], order["upscale"]
            official.restore(photo[:64, :64], [], upscale)  # loads what is loaded once
            taken, _ = measured(lambda: official.restore(photo, rows, upscale))  # noqa: B023
        else:
            taken, _ = measured(lambda: official.network(order["faces"]))  # noqa: B023
        answers.write(json.dumps(taken) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
