"""Clips as people send them to a running server: a film, or a refusal by name, by both engines."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backend.media.video import probe_clip
from tests.acceptance.conftest import REPOSITORY, guest_of
from tests.acceptance.filming import finished, ordered, server_with_motion
from tests.clips import a_clip, a_tone_clip, moving_frames, run_ffmpeg

NOD = REPOSITORY / "driving_videos" / "nod.mp4"
ENGINES = ("builtin", "first_order")
FOLLOWED = "succeeded"
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")

# file -> what it comes to, and the note that is due (None: it need not be told of anything)
ENDS: dict[str, tuple[str, str | None]] = {
    "minute.mp4": (FOLLOWED, "clip_trimmed"),
    "cut.mp4": (FOLLOWED, "clip_cut_used_later_shot"),
    "several.mp4": (FOLLOWED, "clip_several_faces"),
    "odd.mp4": (FOLLOWED, None),
    "uneven.mp4": (FOLLOWED, None),
    "turned.mp4": (FOLLOWED, None),
    "alpha.webm": (FOLLOWED, None),
    "one.mp4": ("no_motion_found", None),
    "nobody.mp4": ("no_face_found", None),
    "dark.mp4": ("no_face_found", None),
    "sound.mp4": ("unreadable_video", None),
    "long.mp4": ("video_too_long", None),
    "text.mp4": ("unsupported_media", None),
    "empty.mp4": ("unsupported_media", None),
    "photo.mp4": ("unsupported_media", None),
}

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every clip of ENDS."""
    folder = tmp_path_factory.mktemp("clips")
    nod = ("-ss", "0.4", "-t", "1.6", "-i", str(NOD))
    again = ("-stream_loop", "59", "-i", str(NOD))

    def made(name: str, *arguments: str) -> None:
        run_ffmpeg(*arguments, str(folder / name))

    made("minute.mp4", *again, "-t", "59.9", *H264, "-r", "5")
    made("long.mp4", *again, "-t", "62", *H264, "-r", "5")
    made("several.mp4", *nod, "-vf", "split[a][b];[b]hflip[c];[a][c]hstack", *H264)
    made("odd.mp4", *nod, "-vf", "scale=251:247", "-c:v", "libx264", "-pix_fmt", "yuv444p")
    made("uneven.mp4", *nod, "-vf", "select='mod(n,7)'", "-fps_mode", "vfr", *H264)
    made("alpha.webm", *nod, "-vf", "format=yuva420p", "-c:v", "libvpx-vp9", "-cpu-used", "8")
    made("one.mp4", *nod, "-frames:v", "1", "-r", "30", *H264)
    made("dark.mp4", *nod, "-vf", "lutyuv=y=16", *H264)
    made("on_its_side.mp4", *nod, "-vf", "transpose=cclock", *H264)
    side = str(folder / "on_its_side.mp4")
    made("turned.mp4", "-display_rotation", "-90", "-i", side, "-c", "copy")
    nobody = str(a_clip(folder / "nobody.mp4", moving_frames(25, 128, 128)))
    joined = "[0:v]scale=256:256,setsar=1[a];[1:v]scale=256:256,setsar=1[b];[a][b]concat"
    made("cut.mp4", "-i", nobody, *nod, "-filter_complex", joined, *H264)
    made("sound.mp4", "-i", str(a_tone_clip(folder / "tone.mp4")), "-vn", "-c:a", "copy")
    (folder / "text.mp4").write_text("not a film", "utf-8")
    (folder / "empty.mp4").touch()
    (folder / "photo.mp4").write_bytes((NOD.parent / "nod.jpg").read_bytes())
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with server_with_motion(tmp_path_factory.mktemp("odd")) as live, guest_of(live) as client:
        yield client


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ENDS)
def test_a_clip_drives_a_film_or_is_refused_by_name(
    name: str, engine: str, clips: Path, browser: httpx.Client, tmp_path: Path
) -> None:
    wanted, note = ENDS[name]

    answer = ordered(browser, clips / name, engine=engine)
    if answer.status_code != 202:
        assert (answer.json()["code"], answer.status_code < 500) == (wanted, True)
        return
    job = finished(browser, answer.json())

    if wanted != FOLLOWED:
        assert (job["state"], job["error"]["code"]) == ("failed", wanted)
        return
    assert job["state"] == "succeeded", job["error"]
    film = tmp_path / "film.mp4"
    film.write_bytes(browser.get(job["links"]["result"]).content)
    assert probe_clip(film).frame_count_estimate == job["result"]["frames"] > 20
    assert note is None or note in job["result"]["notes"]
