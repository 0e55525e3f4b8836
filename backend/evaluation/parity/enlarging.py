"""Fixtures of the official enlarger, `RealESRGANer.enhance`: whole, in tiles, and every kind of picture.

Apart from the networks' fixtures: what is compared here are pictures, after padding, cutting and rounding.
"""

from collections.abc import Iterator, Mapping
from typing import TypedDict, cast

import torch

from backend.engines.gfpgan.official_enlarger import OfficialTiles, enlarge_officially
from backend.engines.gfpgan.torch_enlarger import TorchEnlarger
from backend.evaluation.parity.comparing import SHARE_AFTER_NETWORK, Finding, compare_pictures
from backend.evaluation.parity.fixtures import Fixture
from backend.networks.srvgg import mixed
from backend.networks.state import State

_TILED = {"whole": 0, "tile_64": 64}  # picture of the fixture -> side of a tile
_CPU = torch.device("cpu")


class _Options(TypedDict):
    tile: int
    tile_pad: int
    pre_pad: int


class _Case(TypedDict, total=False):
    manifest: str
    seed: int
    seeds: list[int]
    dni_weight: list[float]  # shares of two networks
    input: str
    constructor: _Options
    enhance: Mapping[str, object]


def check_tiles(fixture: Fixture) -> Iterator[Finding]:
    """One picture whole and in tiles."""
    enlarger = TorchEnlarger.from_state(fixture.state(), model=fixture.name, device=_CPU)
    photo = fixture.picture("input_0")
    for name, tile_px in _TILED.items():
        made = enlarge_officially(photo, enlarger, tiles=OfficialTiles(tile_px=tile_px))
        yield compare_pictures(fixture, name, made, fixture.picture(name), most=SHARE_AFTER_NETWORK)


def check_modes(fixture: Fixture) -> Iterator[Finding]:
    """Gray, transparent and deep pictures, other scales, paddings, tiles, two networks mixed."""
    for name, table in fixture.table("cases").items():
        case = cast(_Case, table)
        enlarger = TorchEnlarger.from_state(_state(fixture, case), model=name, device=_CPU)
        options, asked = case["constructor"], case["enhance"]
        made = enlarge_officially(
            fixture.picture(f"input_{case['input']}"),
            enlarger,
            outscale=cast(float | None, asked.get("outscale")),
            tiles=OfficialTiles(
                tile_px=options["tile"], pad_px=options["tile_pad"], pre_pad_px=options["pre_pad"]
            ),
            alpha="resize" if asked.get("alpha_upsampler") == "cv2" else "network",
        )
        yield compare_pictures(fixture, name, made, fixture.picture(name), most=SHARE_AFTER_NETWORK)


def _state(fixture: Fixture, case: _Case) -> State:
    manifest = f"manifests/{case['manifest']}.json"
    if "seeds" not in case:
        return fixture.seeded(manifest, case["seed"])
    general, other = (fixture.seeded(manifest, seed) for seed in case["seeds"])
    return mixed(general, other, case["dni_weight"][0])
