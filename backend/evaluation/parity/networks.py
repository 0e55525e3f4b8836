"""Fixtures of single networks: pictures in, every stage that the official network passes through out.

Apart from whole pipelines, which have their own files: here nothing but a network runs.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol, cast, runtime_checkable

import numpy as np
import torch
from torch import Tensor, nn

from backend.engines.gfpgan.face_pixels import to_batch, to_pixels
from backend.evaluation.parity.comparing import Finding, compare_arrays, missed, within
from backend.evaluation.parity.fixtures import Array, Fixture, Picture
from backend.media.types import FloatImage, RgbImage
from backend.networks import restoreformer
from backend.networks.recognise import NetworkKind, build

# By the official class, because two of them have equal names of tensors.
KINDS = {
    "gfpgan.archs.gfpganv1_clean_arch.GFPGANv1Clean": NetworkKind.GFPGAN_CLEAN,
    "gfpgan.archs.gfpganv1_arch.GFPGANv1": NetworkKind.GFPGAN_ORIGINAL,
    "gfpgan.archs.gfpgan_bilinear_arch.GFPGANBilinear": NetworkKind.GFPGAN_BILINEAR,
    "gfpgan.archs.restoreformer_arch.RestoreFormer": NetworkKind.RESTOREFORMER,
    "facexlib.parsing.parsenet.ParseNet": NetworkKind.PARSENET,
    "basicsr.archs.rrdbnet_arch.RRDBNet": NetworkKind.RRDBNET,
    "realesrgan.archs.srvgg_arch.SRVGGNetCompact": NetworkKind.SRVGG,
}

FROM_ZERO = (NetworkKind.RRDBNET, NetworkKind.SRVGG)  # these take [0, 1], the others [-1, 1]
_RANDOM_NOISE, _SEED_OF_NOISE = "image_random_noise", 5  # of the fixtures' README


@runtime_checkable
class Staged(Protocol):
    """A network that shows what it passes through, by the names of the fixtures."""

    def stages(self, x: Tensor) -> dict[str, Tensor]: ...


@torch.inference_mode()
def stages_of(kind: NetworkKind, network: nn.Module, pictures: Sequence[Picture]) -> dict[str, Array]:
    """Everything a network makes of one batch.

    pictures: uint8 (H, W, 3) RGB, of one size
    """
    assert isinstance(network, Staged)
    return {name: tensor.numpy() for name, tensor in network.stages(network_input(kind, pictures)).items()}


def network_input(kind: NetworkKind, pictures: Sequence[Picture]) -> Tensor:
    """uint8 (H, W, 3) RGB each -> float32 (N, 3, H, W), in the range that the network was trained on."""
    x = torch.from_numpy(np.stack(pictures).astype(np.float32)).permute(0, 3, 1, 2).contiguous() / 255
    return x if kind in FROM_ZERO else (x - 0.5) / 0.5


def check_network(fixture: Fixture) -> Iterator[Finding]:
    """Every array of the index, by its own tolerance."""
    kind = KINDS[str(fixture.meta["network"])]
    network = _built(fixture, kind)
    inputs = [fixture.picture(name) for name in sorted(fixture.table("images")) if name.startswith("input_")]
    results: dict[str, Array] = {}
    if kind is NetworkKind.PARSENET:  # pictures of several sizes, one after the other
        for place, picture in enumerate(inputs):
            for name, array in stages_of(kind, network, [picture]).items():
                results[f"{name}_{place}"] = array
            yield _compare_classes(fixture, place, results[f"logits_{place}"])
    else:
        results = stages_of(kind, network, inputs)
    if _RANDOM_NOISE in fixture.array_infos:
        results[_RANDOM_NOISE] = _with_random_noise(network, network_input(kind, inputs))
    yield from compare_arrays(fixture, results)
    for name in fixture.array_infos.keys() - results.keys():
        yield missed(fixture, name, "our network shows no such stage")


def _built(fixture: Fixture, kind: NetworkKind) -> nn.Module:
    if kind is not NetworkKind.RESTOREFORMER:
        return build(fixture.state(), kind)
    heads = cast(int, fixture.table("arguments").get("head_size", restoreformer.HEADS))
    return restoreformer.from_state(fixture.state(), heads=heads)  # no shape tells how many


def _compare_classes(fixture: Fixture, place: int, logits: Array) -> Finding:
    """Classes are equal wherever the best two logits differ by more than the logits may be wrong."""
    name = f"classes_{place}"
    surest = np.sort(logits[0].astype(np.float64), axis=0)
    is_sure = surest[-1] - surest[-2] > 2 * fixture.array_infos[f"logits_{place}"]["tolerance"]
    differs = logits[0].astype(np.float64).argmax(axis=0) != fixture.picture(name)
    note = f"pixels; {int((~is_sure).sum())} are too close to call"
    return within(fixture, name, float((differs & is_sure).sum()), 0.0, note)


@torch.inference_mode()
def restored_face(network: nn.Module, face: RgbImage | FloatImage) -> RgbImage:
    """One aligned face as the official code feeds a restoring network and rounds what comes out.

    face: (S, S, 3) RGB in [0, 255], uint8 or float
    """
    restored: Tensor = network(torch.from_numpy(to_batch([face])))
    return to_pixels(restored.numpy())[0]


@torch.inference_mode()
def _with_random_noise(network: nn.Module, x: Tensor) -> Array:
    """With noise drawn as the official network draws it: a normal map for each style convolution."""
    torch.manual_seed(_SEED_OF_NOISE)
    sides, side = [4], 8
    while side <= x.shape[-1]:
        sides += [side, side]
        side *= 2
    noise = [torch.empty(len(x), 1, side_px, side_px).normal_() for side_px in sides]
    restored: Tensor = network(x, noise)
    return restored.numpy()
