"""Which prints to cut out of a photo, checked once when the request is built.

Apart from `requests.py`: nothing is chosen here of engines, formats or options.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast

from backend.domain.errors import InvalidOption
from backend.engines.print_api import Corners, require_quadrilateral

MAX_PRINTS = 24  # of one picture


@dataclass(frozen=True, slots=True, kw_only=True)
class CutRequest:
    """Cut these prints out: each by its four corners, from the top left clockwise as it hangs."""

    prints: tuple[Corners, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.prints) <= MAX_PRINTS:
            raise InvalidOption(f"1 to {MAX_PRINTS} prints can be cut out at once", option="prints")

    def require_within(self, width_px: int, height_px: int) -> None:
        """Raise InvalidOption where a print does not lie in a picture of this size, or is none."""
        for index, corners in enumerate(self.prints):
            try:
                require_quadrilateral(corners, width_px, height_px)
            except InvalidOption as error:
                raise InvalidOption(str(error), option="prints", place=(index, "corners")) from error

    def to_json(self) -> dict[str, object]:
        """As the job's row keeps it."""
        return {"prints": [{"corners": [list(point) for point in corners]} for corners in self.prints]}

    @classmethod
    def from_json(cls, row: Mapping[str, object]) -> Self:
        """The request that `to_json` wrote, or one that was sent in the same form."""
        prints = cast(Sequence[Mapping[str, Any]], row["prints"])
        return cls(
            prints=tuple(
                cast(Corners, tuple((float(x), float(y)) for x, y in found["corners"])) for found in prints
            )
        )
