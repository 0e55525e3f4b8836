"""The networks' tensors and the engine's arrays, turned into each other; the only such place.

Apart from the networks' loops, which then speak of frames and not of axes.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from backend.domain.errors import WeightsRefused
from backend.engines.first_order.seams import KeypointArrays, MovedFace
from backend.media.types import RgbImage
from backend.networks.first_order.dense_motion import Motion
from backend.networks.first_order.keypoints import Keypoints


def to_tensor(frames: Sequence[RgbImage], device: torch.device) -> Tensor:
    """uint8 (S, S, 3) RGB each -> float32 (N, 3, S, S) in [0, 1]."""
    stacked = torch.from_numpy(np.stack(frames)).to(device)
    return stacked.permute(0, 3, 1, 2).contiguous().float() / 255


def to_keypoints(arrays: KeypointArrays, device: torch.device) -> Keypoints:
    """The same numbers on a device."""
    value = torch.from_numpy(np.ascontiguousarray(arrays.value, np.float32))
    jacobian = torch.from_numpy(np.ascontiguousarray(arrays.jacobian, np.float32))
    return Keypoints(value.to(device), jacobian.to(device))


def to_arrays(points: Keypoints) -> KeypointArrays:
    """The same numbers in memory of the processor.

    raises: WeightsRefused, where they are no numbers
    """
    arrays = KeypointArrays(points.value.cpu().numpy(), points.jacobian.cpu().numpy())
    if not (np.isfinite(arrays.value).all() and np.isfinite(arrays.jacobian).all()):
        raise WeightsRefused("the network finds no points in this picture", params={"reason": "unreadable"})
    return arrays


def to_faces(pictures: Tensor, motion: Motion) -> Iterator[MovedFace]:
    """N frames, from pictures (N, 3, S, S) and their motion.

    raises: WeightsRefused, where a picture is no numbers, which would be a black face; or its motion, of
            which a warp may make a picture of nothing
    """
    shown = pictures.permute(0, 2, 3, 1).float().cpu().contiguous().numpy()
    flow = motion.deformation.cpu().contiguous().numpy()
    occlusion = motion.occlusion[:, 0].cpu().contiguous().numpy()
    if not all(np.isfinite(numbers).all() for numbers in (shown, flow, occlusion)):
        raise WeightsRefused("the network gives no numbers for this face", params={"reason": "unreadable"})
    for number, picture in enumerate(shown):
        yield MovedFace(picture, flow[number], occlusion[number])
