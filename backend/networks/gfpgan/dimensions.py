"""How wide and how deep a GFPGAN is, read from the shapes of its tensors.

Kept apart because every release has other widths and the file itself is the only place that says which.
"""

from dataclasses import dataclass

from backend.domain.errors import WeightsRefused
from backend.networks.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimensions:
    """Sizes of one GFPGAN. Levels go from the full side down to 4 px, each half the one before.

    unet:       channels of the degradation remover, a level each: (32, 64, ..., 256) for v1.4
    decoder:    channels of StyleGAN2, a level each: (64, 128, ..., 512) for v1.4
    modulated:  channels of the decoder that the spatial conditions change, from the full side down to 8 px;
                half of `decoder` in all official files
    style:      length of one latent
    latents:    latents predicted from the face: one for each use in the decoder, or 1 for all
    mlp_layers: of the mapping network, which is in the file but takes no part in restoring
    """

    unet: tuple[int, ...]
    decoder: tuple[int, ...]
    modulated: tuple[int, ...]
    style: int
    latents: int
    mlp_layers: int

    @property
    def steps(self) -> int:
        """How often the side doubles, from 4 px."""
        return len(self.unet) - 1

    @property
    def side(self) -> int:
        """Of the square input and output, in pixels."""
        return int(4 * 2**self.steps)

    @property
    def uses(self) -> int:
        """How many places of the decoder take a latent: two for the start, two for each doubling."""
        return 2 * self.steps + 2


def dimensions_of(state: State) -> Dimensions:
    """state: a clean GFPGAN's.

    raises: WeightsRefused (architecture), where it is nothing of the kind
    """
    try:
        return _read(state)
    except (KeyError, IndexError, ZeroDivisionError) as error:
        raise WeightsRefused(
            f"this is not a GFPGAN: {error} does not fit", params={"reason": "architecture"}
        ) from error


def _read(state: State) -> Dimensions:
    steps = sum(key.startswith("conv_body_down.") and key.endswith(".conv2.weight") for key in state)
    rising = range(steps)  # the decoder's blocks start at 8 px; levels here start at the full side
    style = state["stylegan_decoder.style_conv1.modulated_conv.modulation.weight"].shape[1]
    decoder = [state[f"stylegan_decoder.style_convs.{2 * i}.modulated_conv.weight"].shape[1] for i in rising]
    return Dimensions(
        unet=(
            state["conv_body_first.weight"].shape[0],
            *(state[f"conv_body_down.{i}.conv2.weight"].shape[0] for i in rising),
        ),
        decoder=(*reversed(decoder), state["stylegan_decoder.constant_input.weight"].shape[1]),
        modulated=tuple(state[f"condition_scale.{i}.2.weight"].shape[0] for i in reversed(rising)),
        style=style,
        latents=state["final_linear.weight"].shape[0] // style,
        mlp_layers=sum("style_mlp." in key and key.endswith(".weight") for key in state),
    )
