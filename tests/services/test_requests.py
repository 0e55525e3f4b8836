"""What was asked for survives its job's row, also where the row was written before an option was there."""

import json

import pytest

from backend.domain.errors import InvalidOption
from backend.engines.animation_api import AnimateOptions
from backend.engines.api import NETWORK_OPTIONS, RestoreOptions
from backend.services.requests import AnimateRequest, RestoreRequest


@pytest.mark.parametrize(
    "options",
    [
        RestoreOptions(),
        RestoreOptions(face_ids=(0, 2), fidelity=0.5, model="v1.3", mode="fast"),
        RestoreOptions(face_ids=()),
        RestoreOptions(face_ids="centre", scope="faces", background="none"),
    ],
    ids=str,
)
def test_a_restoration_comes_back_from_its_row(options: RestoreOptions) -> None:
    request = RestoreRequest(engine="gfpgan", format="png", options=options)

    row = json.loads(json.dumps(request.to_json()))

    assert RestoreRequest.from_json(row) == request


def test_a_row_of_an_earlier_version_is_readable() -> None:
    row = RestoreRequest(engine="builtin", options=RestoreOptions(colour="keep")).to_json()
    old = {
        **row,
        "options": {"upscale": "auto", "scratches": "auto", "colour": "keep"},
    }

    request = RestoreRequest.from_json(old)

    assert request.options.colour == "keep"
    assert all(getattr(request.options, name) == getattr(RestoreOptions(), name) for name in NETWORK_OPTIONS)


def test_absolute_motion_has_no_scale_to_leave_out() -> None:
    with pytest.raises(InvalidOption) as refused:
        AnimateRequest(preset="nod", options=AnimateOptions(relative=False, adapt_scale=False))

    assert refused.value.option == "adapt_scale"
