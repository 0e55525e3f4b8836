"""Which options the engines take: one that would do nothing is refused by name, never ignored.

An option at its default says nothing and is taken by all.
"""

from collections.abc import Sequence
from typing import Final

from backend.domain.errors import InvalidOption
from backend.engines.animation_api import MOTION_OPTIONS, AnimateOptions
from backend.engines.api import NETWORK_OPTIONS, RestoreOptions
from backend.services.requests import AnimateRequest, RestoreRequest

_UNSAID: Final = RestoreOptions()
_UNSAID_OF_FILMS: Final = AnimateOptions()


def require_taken(request: RestoreRequest, engine: str) -> None:
    """Raise InvalidOption for an option that the engine which will restore does not take."""
    options = request.options
    if engine == "builtin":
        _require_unsaid(options, _UNSAID, NETWORK_OPTIONS)
        if options.colour == "model":
            raise InvalidOption("the engine builtin does not take colour=model", option="colour")
    if options.scope == "faces" and options.background == "realesrgan":
        raise InvalidOption("scope=faces restores no background", option="background")
    if options.mode == "parity" and options.scratches == "strong":
        raise InvalidOption("the official pipeline repairs no scratches", option="scratches")
    if options.mode == "parity" and options.colour in ("keep", "neutral"):
        raise InvalidOption("the official pipeline cares for no colours", option="colour")


def require_film_options_taken(request: AnimateRequest, engine: str) -> None:
    """Raise InvalidOption for an option that the engine which will animate does not take."""
    if engine == "builtin":
        _require_unsaid(request.options, _UNSAID_OF_FILMS, MOTION_OPTIONS)


def _require_unsaid(
    options: RestoreOptions | AnimateOptions,
    unsaid: RestoreOptions | AnimateOptions,
    names: Sequence[str],
) -> None:
    for name in names:
        if getattr(options, name) != getattr(unsaid, name):
            raise InvalidOption(f"the engine builtin does not take {name}", option=name)
