"""Reads ffmpeg's `framecrc` text: the one listing it prints that is made for programs.

Kept apart because it is text in, numbers out. imageio-ffmpeg has no ffprobe, and the log that people read
changes between versions.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

_RATE_DECIMALS = 3
_NO_TIME = str(-(2**63))  # AVI keeps only the order of decoding, which is a frame off at most


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketList:
    """The first video stream of a listing, in order of showing."""

    tick_s: Fraction  # one unit of the times below
    times: tuple[int, ...]  # when each frame is shown
    end: int  # when the last frame stops being shown
    width_px: int
    height_px: int
    pixel_aspect: Fraction  # width of a pixel / its height
    has_audio: bool

    @property
    def duration_s(self) -> float:
        """From the first frame to the end of the last one."""
        return float((self.end - self.times[0]) * self.tick_s)

    @property
    def is_constant_rate(self) -> bool:
        """True when all frames are equally far apart, as far as the file's clock can say."""
        gaps = [after - before for before, after in pairwise(self.times)]
        if not gaps:
            return True
        mean = sum(gaps) / len(gaps)
        return max(abs(gap - mean) for gap in gaps) <= max(1.0, 0.02 * mean)

    @property
    def fps(self) -> float:
        """Frames per second; of a variable clip, the rate it has where it is not waiting."""
        if self.times[0] == self.times[-1]:  # one frame, or all of them at once
            return round(1.0 / max(self.duration_s, 1e-3), _RATE_DECIMALS)
        if not self.is_constant_rate:
            gaps = Counter(after - before for before, after in pairwise(self.times) if after > before)
            return round(float(1 / (gaps.most_common(1)[0][0] * self.tick_s)), _RATE_DECIMALS)
        span_s = (self.times[-1] - self.times[0]) * self.tick_s
        return _plain_rate(len(self.times) - 1, span_s, self.tick_s)


def parse_packet_list(text: str) -> PacketList | None:
    """The listing's first video stream; None when there is no frame in it."""
    facts: dict[str, str] = {}
    shown: list[tuple[int, int]] = []
    for line in text.splitlines():
        if line.startswith("#"):
            key, _, value = line[1:].partition(": ")
            facts[key] = value
            continue
        fields = [field.strip() for field in line.split(",")]
        if fields[0] == "0" and len(fields) >= 5:
            shown_at = fields[1] if fields[2] == _NO_TIME else fields[2]
            shown.append((int(shown_at), int(fields[3])))
    if not shown or facts.get("media_type 0") != "video":
        return None
    shown.sort()
    width, _, height = facts["dimensions 0"].partition("x")
    aspect = Fraction(facts.get("sar 0", "0/1").replace("/0", "/1"))
    return PacketList(
        tick_s=Fraction(facts["tb 0"]),
        times=tuple(time for time, _ in shown),
        end=shown[-1][0] + max(shown[-1][1], 1),
        width_px=int(width),
        height_px=int(height),
        pixel_aspect=aspect if aspect > 0 else Fraction(1),
        has_audio=facts.get("media_type 1") == "audio",
    )


def _plain_rate(gap_count: int, span_s: Fraction, tick_s: Fraction) -> float:
    # Containers that count milliseconds cannot say 30 fps; take the plain rate that they must have meant.
    measured = Fraction(gap_count) / span_s
    for rate in (Fraction(round(measured)), Fraction(round(measured) * 1000, 1001)):
        if rate > 0 and abs(gap_count / rate - span_s) <= tick_s:
            return round(float(rate), _RATE_DECIMALS)
    return round(float(measured), _RATE_DECIMALS)
