"""Fixtures of the First Order Motion Model: keypoints, their normalising, dense motion, pictures, crops.

Apart from the single networks, because two of them and the arithmetic between are compared. Every stage is
given the official result of the one before, so that a difference is its own; the pictures of relative motion
alone are made from beginning to end.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from backend.engines.first_order.official_boxes import crops_to_animate, official_crops, paste_disc
from backend.engines.first_order.relative import normalised
from backend.engines.first_order.seams import KeypointArrays
from backend.evaluation.parity.comparing import Finding, compare_arrays, missed, within
from backend.evaluation.parity.fixtures import Array, Fixture, Picture
from backend.networks.first_order.border import Border, border_weight
from backend.networks.first_order.keypoints import Keypoints
from backend.networks.first_order.model import FirstOrderModel

_RELATIVE, _ABSOLUTE = "relative_adapt", "absolute"  # of the five ways to normalise, those with pictures
_BORDERS: Sequence[tuple[str, Border]] = (("", "official"), ("freeze_", "frozen"))  # by beginnings of names
_CPU = torch.device("cpu")


@torch.inference_mode()
def check_first_order(fixture: Fixture) -> Iterator[Finding]:
    """Every array of the index, by its own tolerance."""
    model = FirstOrderModel.from_states(_states(fixture))
    source = _picture(fixture, "source")
    frames = [_picture(fixture, f"driving_{place}") for place in range(len(_driving(fixture)))]
    found_source = _arrays_of([model.detector(source)])
    found_driving = _arrays_of([model.detector(frame) for frame in frames])
    results: dict[str, Array] = {
        "source_value": found_source.value,
        "source_jacobian": found_source.jacobian,
        "driving_value": found_driving.value,
        "driving_jacobian": found_driving.jacobian,
    }
    at, driving = _stored(fixture, "source_"), _stored(fixture, "driving_")
    results |= _normalised_each_way(fixture, at, driving)
    to = _by_combination(fixture, _RELATIVE, found_source, found_driving)
    for beginning, border in _BORDERS:
        results |= _stages(fixture, model, source, beginning, border)
        pictures = [
            model.generator(source, _points(found_source), _points(to.part(i, i + 1)), border=border)
            for i in range(len(to))
        ]
        results[f"{beginning}prediction"] = torch.cat(pictures).numpy()
    results |= _border_weights(fixture)
    yield from compare_arrays(fixture, results)
    for name in fixture.array_infos.keys() - results.keys():
        yield missed(fixture, name, "our networks show no such stage")


def check_boxes(fixture: Fixture) -> Iterator[Finding]:
    """PaddleGAN's crops and discs, case by case, exactly. The fixture is a table beside the index."""
    table = json.loads((fixture.folder / f"{fixture.name}.json").read_text(encoding="utf-8"))
    for place, case in enumerate(table["cases"]):
        boxes = [cast(tuple[int, int, int, int], tuple(box)) for box in case["detections"]]
        crops = official_crops(boxes, case["width"], case["height"])
        wrong = int([list(crop) for crop in crops] != case["crops"])
        wrong += int(crops_to_animate(crops, multi_person=False) != crops[:1])
        discs = [
            {"center": list(paste_disc(crop, 1.0)[:2]), "radius": _radii(crop, expected["radius"])}
            for crop, expected in zip(crops, case["paste_circles"], strict=False)
        ]
        wrong += int(discs != case["paste_circles"])
        yield within(fixture, f"case {place}", float(wrong), 0.0, f"{len(boxes)} detections")


@torch.inference_mode()
def moved_stages(model: FirstOrderModel, photo: Picture, driving: Picture) -> dict[str, Array]:
    """Everything that the networks make of one driving frame in absolute motion, by the fixtures' names.

    photo, driving: uint8 (S, S, 3) RGB
    """
    source, frame = _unit_tensor(photo), _unit_tensor(driving)
    at, to = model.detector(source), model.detector(frame)
    stages = model.generator.stages(source, at, to, border="official")
    stages["deformation"] = stages["deformation"].permute(0, 3, 1, 2)  # as the fixtures have it
    stages |= {"source_value": at.value, "source_jacobian": at.jacobian}
    stages |= {"driving_value": to.value, "driving_jacobian": to.jacobian}
    return {name: tensor.numpy() for name, tensor in stages.items()}


def _states(fixture: Fixture) -> dict[str, dict[str, Tensor]]:
    parts = {}
    for name, seed in fixture.table("seeds").items():
        digest = cast(str, fixture.table("state_sha256")[name])
        part = name.removeprefix("fomm_").removesuffix("_tiny")
        parts[part] = fixture.seeded(f"manifests/{name}.json", cast(int, seed), sha256=digest)
    return parts


def _stages(
    fixture: Fixture, model: FirstOrderModel, source: Tensor, beginning: str, border: Border
) -> dict[str, Array]:
    """Dense motion of the frames that the index has it of, and one picture of absolute motion."""
    at = _points(_stored(fixture, "source_"))
    found: dict[str, Array] = {}
    for combination, words in ((_RELATIVE, r"(?!prediction).*"), (_ABSOLUTE, "prediction_absolute")):
        to = _stored(fixture, f"{combination}__")
        names = [re.fullmatch(f"{beginning}({words})_([0-9])", name) for name in fixture.array_infos]
        for frame in {int(name[2]) for name in names if name}:
            stages = model.generator.stages(source, at, _points(to.part(frame, frame + 1)), border=border)
            stages["deformation"] = stages["deformation"].permute(0, 3, 1, 2)  # as it is stored
            stages["prediction_absolute"] = stages["prediction"]
            for name in names:
                if name and int(name[2]) == frame and name[1] in stages:
                    found[name[0]] = stages[name[1]].numpy()
    return found


def _normalised_each_way(
    fixture: Fixture, source: KeypointArrays, driving: KeypointArrays
) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for name in fixture.table("combos"):
        points = _by_combination(fixture, name, source, driving)
        found |= {f"{name}__value": points.value, f"{name}__jacobian": points.jacobian}
    return found


def _by_combination(
    fixture: Fixture, name: str, source: KeypointArrays, driving: KeypointArrays
) -> KeypointArrays:
    adapt_scale, relative_value, relative_jacobian = cast(Sequence[bool], fixture.table("combos")[name])
    return normalised(
        source,
        driving,
        driving.part(0, 1),
        relative_value=relative_value,
        relative_jacobian=relative_jacobian,
        adapt_scale=adapt_scale,
    )


def _border_weights(fixture: Fixture) -> dict[str, Array]:
    """Of each side that the index has: the top left quarter."""
    found: dict[str, Array] = {}
    for name in fixture.array_infos:
        if name.startswith("freeze_weight_"):
            side_px = int(name.removeprefix("freeze_weight_"))
            half = slice(0, side_px // 2)
            found[name] = border_weight(side_px, side_px, _CPU)[half, half].numpy()
    return found


def _driving(fixture: Fixture) -> Sequence[int]:
    return cast(Sequence[int], fixture.meta["driving_frames"])


def _picture(fixture: Fixture, name: str) -> Tensor:
    return _unit_tensor(fixture.picture(name))


def _unit_tensor(picture: Picture) -> Tensor:
    """uint8 (H, W, 3) RGB -> float32 (1, 3, H, W) in [0, 1]."""
    pixels = picture.astype(np.float32) / 255
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)[None]))


def _stored(fixture: Fixture, beginning: str) -> KeypointArrays:
    value, jacobian = (fixture.arrays[f"{beginning}{name}"] for name in ("value", "jacobian"))
    return KeypointArrays(value.astype(np.float32), jacobian.astype(np.float32))


def _points(arrays: KeypointArrays) -> Keypoints:
    return Keypoints(torch.from_numpy(arrays.value), torch.from_numpy(arrays.jacobian))


def _arrays_of(points: Sequence[Keypoints]) -> KeypointArrays:
    return KeypointArrays(
        torch.cat([each.value for each in points]).numpy(),
        torch.cat([each.jacobian for each in points]).numpy(),
    )


def _radii(crop: Any, ratios: Any) -> dict[str, int]:
    return {ratio: paste_disc(crop, float(ratio)).radius for ratio in ratios}
