"""GFPGAN: a U-Net that removes damage and steers a StyleGAN2 that knows faces (Wang et al., CVPR 2021).

One network for all releases; they differ in `Dimensions` and in `Resampling`, both given.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from backend.networks.gfpgan.dimensions import Dimensions
from backend.networks.gfpgan.layers import ResBlock, StyleConv, ToRgb, activate, condition
from backend.networks.gfpgan.resampling import Resampling

Conditions = list[tuple[Tensor, Tensor]]  # (scale, shift) of each level, from 8 px up


class Decoder(nn.Module):
    """StyleGAN2 with channel-split spatial feature transforms (CS-SFT), steered by latents and conditions."""

    def __init__(self, size: Dimensions, resampling: Resampling) -> None:
        super().__init__()
        wide = size.decoder[::-1]  # from 4 px up
        self.resampling = resampling
        self.style_mlp = nn.ModuleDict(  # in the file, unused: latents come from the photo
            {str(2 * i + 1): nn.Linear(size.style, size.style) for i in range(size.mlp_layers)}
        )
        self.constant_input = _Constant(wide[0])
        self.style_conv1: nn.Module = StyleConv(wide[0], wide[0], size.style, None)
        self.to_rgb1 = ToRgb(wide[0], size.style)
        self.style_convs = nn.ModuleList()
        self.to_rgbs = nn.ModuleList()
        for wide_in, wide_out in pairwise(wide):
            self.style_convs.append(StyleConv(wide_in, wide_out, size.style, resampling))
            self.style_convs.append(StyleConv(wide_out, wide_out, size.style, None))
            self.to_rgbs.append(ToRgb(wide_out, size.style))
        self.noises = nn.Module()
        for i in range(2 * size.steps + 1):
            side = 4 * 2 ** ((i + 1) // 2)
            self.noises.register_buffer(f"noise{i}", torch.empty(1, 1, side, side))

    def forward(self, styles: Tensor, conditions: Conditions, noise: Sequence[Tensor]) -> Tensor:
        """styles: float32 (N, uses, style) -> float32 (N, 3, side, side), not clipped."""
        x = self.constant_input.weight.expand(len(styles), -1, -1, -1)
        x = self.style_conv1(x, styles[:, 0], noise[0])
        picture: Tensor = self.to_rgb1(x, styles[:, 1])
        for i, (scale, shift) in enumerate(conditions):
            latent = 2 * i + 1  # the last of a level is the first of the next, as in StyleGAN2
            x = self.style_convs[2 * i](x, styles[:, latent], noise[latent])
            # CS-SFT, eq. 5 and 6 of the paper: the first channels stay the generator's own
            changed = slice(x.shape[1] - scale.shape[1], None)
            x[:, changed] = torch.addcmul(shift, x[:, changed], scale)
            x = self.style_convs[2 * i + 1](x, styles[:, latent + 1], noise[latent + 1])
            rgb: Tensor = self.to_rgbs[i](x, styles[:, latent + 2])
            picture = rgb.add_(self.resampling.double_picture(picture))
        return picture

    def stored_noise(self) -> list[Tensor]:
        """The maps that came with the weights: (1, 1, s, s) each, s = 4, 8, 8, 16, 16, ..."""
        return list(self.noises.buffers())


class _Constant(nn.Module):
    def __init__(self, wide: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, wide, 4, 4))


class Gfpgan(nn.Module):
    """Restores aligned faces.

    The official network draws new noise at each call; this one uses the maps stored with the weights, so that
    a face is restored the same way each time.

    A face's result does not depend on the batch it is in by more than 5e-6 of the output's range. It is not
    bit-equal: torch picks other convolution kernels, with another order of sums, for other batch sizes.
    """

    def __init__(self, size: Dimensions, resampling: Resampling) -> None:
        super().__init__()
        self.size = size
        unet, rising = size.unet, size.unet[::-1]
        self.conv_body_first = nn.Conv2d(3, unet[0], 1)
        self.conv_body_down = nn.ModuleList(ResBlock(a, b, resampling) for a, b in pairwise(unet))
        self.final_conv = nn.Conv2d(unet[-1], unet[-1], 3, padding=1)
        self.conv_body_up = nn.ModuleList(ResBlock(a, b, None) for a, b in pairwise(rising))
        self.toRGB = nn.ModuleList(nn.Conv2d(wide, 3, 1) for wide in rising[1:])  # seen in training only
        self.final_linear = nn.Linear(unet[-1] * 16, size.latents * size.style)
        self.stylegan_decoder = Decoder(size, resampling)
        widths = list(zip(rising[1:], size.modulated[::-1], strict=True))
        self.condition_scale = nn.ModuleList(condition(a, b) for a, b in widths)
        self.condition_shift = nn.ModuleList(condition(a, b) for a, b in widths)

    def forward(self, x: Tensor, noise: Sequence[Tensor] | None = None) -> Tensor:
        """Restored faces.

        x:       float32 (N, 3, side, side) RGB in [-1, 1]
        noise:   a map for each style convolution, (1 or N, 1, s, s), s = 4, 8, 8, 16, ...; None: the stored
        returns: float32 (N, 3, side, side) RGB, about [-1, 1], not clipped
        """
        styles, rising = self._look(x)
        return self._draw(styles, [self._condition(i, features) for i, features in enumerate(rising)], noise)

    def stages(self, x: Tensor) -> dict[str, Tensor]:
        """What `forward` passes through, by name, to compare with the official network.

        `image`; `style_code`: the latents; `rgb_0`, `rgb_1`, ...: the U-Net's own pictures, from 8 px up;
        `condition_00`, `condition_01`, ...: scale and shift of 8 px, scale and shift of 16 px, ...
        """
        styles, rising = self._look(x)
        conditions = [self._condition(i, features) for i, features in enumerate(rising)]
        flat = [tensor for pair in conditions for tensor in pair]
        found = {f"rgb_{i}": self.toRGB[i](features) for i, features in enumerate(rising)}
        found |= {f"condition_{i:02d}": tensor for i, tensor in enumerate(flat)}
        return found | {"style_code": styles.squeeze(1), "image": self._draw(styles, conditions, None)}

    def _look(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(N, 3, side, side) -> latents float32 (N, latents, style), the U-Net's features from 8 px up."""
        x = activate(self.conv_body_first(x.to(self.conv_body_first.weight.dtype)))
        falling = []
        for down in self.conv_body_down:
            x = down(x)
            falling.append(x)
        x = activate(self.final_conv(x))  # (N, unet[-1], 4, 4)
        flat = x.contiguous().flatten(1).to(self.final_linear.weight.dtype)
        styles = self.final_linear(flat).float().unflatten(1, (self.size.latents, self.size.style))
        rising = []
        for up, skip in zip(self.conv_body_up, reversed(falling), strict=True):
            x = up(x + skip)
            rising.append(x)
        return styles, rising

    def _condition(self, level: int, features: Tensor) -> tuple[Tensor, Tensor]:
        return self.condition_scale[level](features), self.condition_shift[level](features)

    def _draw(self, styles: Tensor, conditions: Conditions, noise: Sequence[Tensor] | None) -> Tensor:
        picture: Tensor = self.stylegan_decoder(
            styles.expand(-1, self.size.uses, -1) if self.size.latents == 1 else styles,
            conditions,
            self.stylegan_decoder.stored_noise() if noise is None else noise,
        )
        return picture
