"""Model files that are small and quick, in the official layouts: what a server downloads in the tests.

The GFPGAN in them is a real one of 512 px with few channels. Its numbers are seeded, but for three channels
that carry the photo from the first convolution to the last: what comes out is the face, softened and
brightened, with a pattern that tells one model from another.
"""

import io
from collections.abc import Mapping

import torch
from torch import Tensor

from backend.networks.gfpgan.dimensions import Dimensions
from backend.networks.gfpgan.network import Gfpgan
from backend.networks.gfpgan.resampling import Bilinear
from backend.networks.rrdbnet import RRDBNet, RRDBNetSize
from backend.networks.srvgg import SRVGGNetCompact, SRVGGSize

NARROW = Dimensions(
    unet=(4, 4, 4, 4, 6, 6, 8, 8),
    decoder=(8, 8, 8, 8, 8, 8, 8, 8),
    modulated=(4, 4, 4, 4, 4, 4, 4),
    style=8,
    latents=16,
    mlp_layers=2,
)
_POSITIVE = 2.0  # added to the photo, which is in [-1, 1]: leaky activations then change nothing
_BRIGHTER = 0.25  # of the whole range: 32 levels
_PATTERN = 0.3  # strength of the seeded pictures of all levels
_NOISE = 0.02  # of the last convolution, which would else hide the face


def gfpgan_file(seed: int = 4) -> bytes:
    """A file of GFPGANv1Clean, about 120 kB. Another seed is another model: another pattern on the face."""
    with torch.device("meta"):
        shapes = {key: value.shape for key, value in Gfpgan(NARROW, Bilinear()).state_dict().items()}
    state = _seeded(shapes, seed)
    _carry_the_photo(state)
    return as_file({"params_ema": state})


def background_file(seed: int = 5) -> bytes:
    """A file of realesr-general-x4v3's kind: nearest neighbours plus a little of its own."""
    with torch.device("meta"):
        shapes = {key: value.shape for key, value in SRVGGNetCompact(SRVGGSize(6, 1, 4)).state_dict().items()}
    state = _seeded(shapes, seed)
    last = max((key for key in state if key.endswith(".weight")), key=lambda key: int(key.split(".")[1]))
    state[last] *= 0.1
    return as_file({"params": state})


def official_background_file(seed: int = 6) -> bytes:
    """A file of RealESRGAN_x2plus's kind; its picture has nothing of the photo's."""
    with torch.device("meta"):
        shapes = {key: value.shape for key, value in RRDBNet(RRDBNetSize(4, 2, 1, 2)).state_dict().items()}
    return as_file({"params_ema": _seeded(shapes, seed)})


def as_file(content: object) -> bytes:
    """What `torch.save` writes of it."""
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def _seeded(shapes: Mapping[str, torch.Size], seed: int) -> dict[str, Tensor]:
    random = torch.Generator().manual_seed(seed)
    state = {}
    for key, shape in shapes.items():
        is_free = "noises" in key or "constant" in key
        spread = 1.0 if is_free else 0.7 * max(1, shape[1:].numel()) ** -0.5
        middle = 1.0 if key.endswith("modulation.bias") else 0.0
        state[key] = torch.randn(shape, generator=random) * spread + middle
    return state


def _carry_the_photo(state: dict[str, Tensor]) -> None:
    """Channels 0 to 2 of the U-Net's first level become the photo, and the last picture shows them."""
    last = NARROW.steps - 1
    _pass_on(state, "conv_body_first", into=_POSITIVE)
    for block in ("conv_body_down.0", f"conv_body_up.{last}"):
        state[f"{block}.conv2.weight"][:3] = 0.0
        state[f"{block}.conv2.bias"][:3] = 0.0
        _pass_on(state, f"{block}.skip")
    # What comes from below joins the same channels: it has to be nothing.
    state[f"conv_body_up.{last - 1}.conv2.weight"][:3] = 0.0
    state[f"conv_body_up.{last - 1}.conv2.bias"][:3] = 0.0
    state[f"conv_body_up.{last - 1}.skip.weight"][:3] = 0.0
    _pass_on(state, f"condition_shift.{last}.0")
    _pass_on(state, f"condition_shift.{last}.2")
    state[f"condition_scale.{last}.2.weight"][:3] = 0.0
    state[f"condition_scale.{last}.2.bias"][:3] = 0.0

    # The modulated channels are the last of the decoder's.
    conv, wired = f"stylegan_decoder.style_convs.{2 * last + 1}", slice(4, 7)
    state[f"{conv}.modulated_conv.weight"][0, wired] = 0.0
    for channel in range(4, 7):
        state[f"{conv}.modulated_conv.weight"][0, channel, channel, 1, 1] = 1.0
    state[f"{conv}.bias"][0, wired] = 0.0
    picture = f"stylegan_decoder.to_rgbs.{last}"
    state[f"{picture}.modulated_conv.modulation.weight"][wired] = 0.0
    state[f"{picture}.modulated_conv.modulation.bias"][wired] = 1.0
    # Demodulation has brought each wired channel to sqrt(2) times its value, whatever the style.
    weight = state[f"{picture}.modulated_conv.weight"]
    weight *= _PATTERN
    weight[0, :, wired] = 0.0
    for channel in range(3):
        weight[0, channel, 4 + channel] = 2**-0.5
    state[f"{picture}.bias"][:] = _BRIGHTER - _POSITIVE
    state[f"{conv}.weight"][:] = _NOISE
    for lower in ("to_rgb1", *(f"to_rgbs.{level}" for level in range(last))):
        state[f"stylegan_decoder.{lower}.modulated_conv.weight"] *= _PATTERN
        state[f"stylegan_decoder.{lower}.bias"][:] = 0.0


def _pass_on(state: dict[str, Tensor], conv: str, into: float = 0.0) -> None:
    """Outputs 0 to 2 become inputs 0 to 2 plus `into`."""
    weight = state[f"{conv}.weight"]
    weight[:3] = 0.0
    middle = weight.shape[-1] // 2
    for channel in range(3):
        weight[channel, channel, middle, middle] = 1.0
    if f"{conv}.bias" in state:
        state[f"{conv}.bias"][:3] = into
