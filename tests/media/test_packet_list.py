from fractions import Fraction

import pytest

from backend.media.packet_list import PacketList, parse_packet_list

HEADER = "#tb 0: {tick}\n#media_type 0: video\n#codec_id 0: h264\n#dimensions 0: 320x240\n#sar 0: {sar}\n"


def listing(times: list[int], gap: int, tick: str = "1/12800", sar: str = "0/1") -> PacketList:
    lines = [f"0, {time}, {time}, {gap}, 100, 0xabc" for time in times]
    packets = parse_packet_list(HEADER.format(tick=tick, sar=sar) + "\n".join(lines))
    assert packets is not None
    return packets


def test_a_constant_clip_says_its_rate_and_length() -> None:
    packets = listing([512 * index for index in range(75)], 512)

    assert (packets.fps, packets.duration_s, packets.is_constant_rate) == (25.0, 3.0, True)
    assert (packets.width_px, packets.height_px, packets.has_audio) == (320, 240, False)


def test_frames_are_put_in_order_of_showing() -> None:
    packets = listing([0, 2048, 512, 1024, 1536], 512)

    assert packets.times == (0, 512, 1024, 1536, 2048)


def test_a_clip_that_does_not_start_at_0_is_no_longer_for_it() -> None:
    assert listing([5120, 5632, 6144], 512).duration_s == 0.12


@pytest.mark.parametrize(
    ("rate", "expected"), [(30.0, 30.0), (30000 / 1001, 29.97), (25.0, 25.0), (12.0, 12.0)]
)
def test_a_clock_of_milliseconds_does_not_hide_the_rate(rate: float, expected: float) -> None:
    packets = listing([round(1000 * index / rate) for index in range(90)], 33, tick="1/1000")

    assert packets.is_constant_rate
    assert packets.fps == pytest.approx(expected, abs=0.002)


def test_a_variable_clip_has_the_rate_of_its_moving_parts() -> None:
    packets = listing([0, 512, 1024, 3072, 3584, 5632, 6144], 512, tick="1/15360")

    assert not packets.is_constant_rate
    assert packets.fps == 30.0


def test_frames_that_are_all_shown_at_once_have_a_rate_all_the_same() -> None:
    assert listing([0, 0, 0], 512).fps == 25.0


def test_pixels_may_be_wider_than_high() -> None:
    assert listing([0], 512, sar="16/15").pixel_aspect == Fraction(16, 15)


def test_sound_is_noticed() -> None:
    text = (
        HEADER.format(tick="1/25", sar="0/1")
        + "#tb 1: 1/44100\n#media_type 1: audio\n0, 0, 0, 1, 9, 0x1\n1, 0, 0, 1024, 9, 0x1\n"
    )

    packets = parse_packet_list(text)

    assert packets is not None
    assert packets.has_audio
    assert packets.times == (0,)


@pytest.mark.parametrize("text", ["", HEADER.format(tick="1/25", sar="0/1")])
def test_a_listing_without_frames_is_none(text: str) -> None:
    assert parse_packet_list(text) is None
