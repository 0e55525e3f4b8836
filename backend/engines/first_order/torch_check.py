"""Whether a fast form still draws what the plain network draws: tried once, when it is loaded.

Apart from the network because it is about trust in numbers, not about films.
"""

import logging

import numpy as np
import torch
from torch import Tensor

from backend.engines.first_order.torch_values import to_tensor
from backend.engines.gfpgan.sample_face import draw_sample_face
from backend.networks.first_order.generator import Generator
from backend.networks.first_order.keypoints import KeypointDetector, Keypoints
from backend.networks.first_order.swift import SwiftGenerator

logger = logging.getLogger(__name__)

LEAST_DB = 40.0  # bfloat16 against float32; seeded weights have 52


def is_close_to(generator: Generator, detector: KeypointDetector, fast: SwiftGenerator, side_px: int) -> bool:
    """One drawn face, its points moved as far as in a lively clip, by both."""
    with torch.inference_mode():
        face = to_tensor([draw_sample_face(side_px)], torch.device("cpu"))
        at: Keypoints = detector(face)
        to = _moved(at)
        expected = generator(face, at, to, border="frozen")
        source = fast.encode(face, at)
        motion = fast.motion(source, to, border="frozen")
        decibels = psnr(expected, fast.drawn(fast.refined(fast.moved(source, motion))))
    if decibels < LEAST_DB:
        logger.warning(
            "bfloat16 is too coarse for these weights, using float32", extra={"decibels": round(decibels, 1)}
        )
    return decibels >= LEAST_DB


def psnr(one: Tensor, other: Tensor) -> float:
    """Decibels between pictures in [0, 1]; not a number is endless error."""
    error = float((one.double() - other.double()).square().mean())
    return float(-10 * np.log10(max(error, 1e-20))) if np.isfinite(error) else -np.inf


def _moved(at: Keypoints) -> Keypoints:
    """Every point an eighth of the face away, each in another direction, and stretched by a tenth."""
    angle = torch.arange(at.value.shape[1]) * 2.4  # the golden angle, in radians: no two alike
    away = 0.1 * torch.stack((angle.cos(), angle.sin()), dim=-1)
    return Keypoints(at.value + away, at.jacobian * 1.1)
