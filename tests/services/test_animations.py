import hashlib
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.domain.errors import InvalidOption, JobCancelled, NoFaceFound
from backend.domain.films import ClipCheck, FilmQuality
from backend.domain.jobs import Job, JobState, Stage
from backend.domain.media import Variant
from backend.domain.users import User
from backend.engines.animation_api import MOTION_OPTIONS, AnimateOptions, Animation, Driving, FaceCurves
from backend.engines.api import Checkpoint
from backend.engines.fakes import FakeAnimator, motion_colour
from backend.media.film import FilmWriter
from backend.media.types import RgbImage
from backend.media.video import probe_clip, read_frames
from backend.services.bundle import Services
from backend.services.driving_videos import Presets
from backend.services.requests import AnimateRequest, FilmFormat, NewFile, RestoreRequest, StoredSource
from tests.fakes import RecordingCheckpoint
from tests.presets import FRAME_COUNT, SMILES, write_catalogue
from tests.services.studio import Worker, a_file, a_photo_file

Files = Callable[[], list[Path]]
FILM_TOLERANCE = 6  # of 255: H.264 at our quality, one flat colour
NOD = AnimateRequest(preset="nod")


def content(services: Services, owner: User, media_id: str | None, variant: Variant | None = None) -> bytes:
    assert media_id is not None
    file = services.media.open(owner.id, media_id, variant)
    return b"".join(file.read(0, file.size_bytes))


def mean_colour(pixels: RgbImage) -> list[float]:
    return [float(channel) for channel in pixels.reshape(-1, 3).mean(axis=0)]


def first_frame(film: bytes, tmp_path: Path) -> RgbImage:
    path = tmp_path / "film"
    path.write_bytes(film)
    return next(iter(read_frames(path, fps=10)))


def a_clip(tmp_path: Path, frame_count: int = 6) -> NewFile:
    """A gray clip, as a person would send it."""
    path = tmp_path / "sent.mp4"
    with FilmWriter(path, 32, 32, 10.0) as film:
        for _ in range(frame_count):
            film.write(np.full((32, 32, 3), 90, np.uint8))
    return a_file(path.read_bytes(), "我.mp4")


def test_a_film_has_its_poster_and_preview(
    services: Services, guest: User, worker: Worker, tmp_path: Path
) -> None:
    services.animations.submit(guest.id, a_photo_file(), NOD)

    job = worker.run_next()

    assert job.state is JobState.SUCCEEDED
    assert job.outcome is not None
    assert (job.outcome.preset, job.outcome.frames, job.outcome.fps) == ("nod", FRAME_COUNT, 10.0)
    assert (job.outcome.width_px, job.outcome.height_px, job.outcome.mime) == (64, 42, "video/mp4")
    assert [face.used for face in job.outcome.faces] == [True]
    (tmp_path / "film.mp4").write_bytes(content(services, guest, job.media_id))
    assert probe_clip(tmp_path / "film.mp4").frame_count_estimate == FRAME_COUNT
    with Image.open(io.BytesIO(content(services, guest, job.media_id, Variant.POSTER))) as poster:
        assert (poster.format, poster.size) == ("JPEG", (64, 42))
    with Image.open(io.BytesIO(content(services, guest, job.media_id, Variant.PREVIEW))) as preview:
        assert (preview.format, preview.size) == ("WEBP", (96, 64))


def test_twenty_requests_at_once_each_get_their_own_presets_film(
    services: Services, guest: User, worker: Worker, tmp_path: Path
) -> None:
    wanted = [list(SMILES)[index % len(SMILES)] for index in range(20)]

    def submit(preset: str) -> Job:
        return services.animations.submit(guest.id, a_photo_file(), AnimateRequest(preset=preset))

    with ThreadPoolExecutor(8) as requests:
        submitted = list(requests.map(submit, wanted))
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda _: worker.run_next(), wanted))

    for job, preset in zip(submitted, wanted, strict=True):
        done = services.jobs.show(guest.id, job.id)
        assert done.outcome is not None
        assert done.outcome.preset == preset
        frame = first_frame(content(services, guest, done.media_id), tmp_path)
        curve = services.presets.find(preset).curve
        assert curve is not None
        assert mean_colour(frame) == pytest.approx(motion_colour(curve), abs=FILM_TOLERANCE)


def test_every_preset_of_this_test_has_a_colour_of_its_own(services: Services) -> None:
    colours = [motion_colour(preset.curve) for preset in services.presets.list() if preset.curve]

    gaps = [
        max(abs(a - b) for a, b in zip(one, other, strict=True))
        for index, one in enumerate(colours)
        for other in colours[:index]
    ]
    assert len(colours) == len(SMILES)
    assert min(gaps) > 2 * FILM_TOLERANCE


@pytest.mark.parametrize(
    ("number", "slug"), [("3", "smile_blink"), ("6", "puzzled"), ("9", "nod"), ("12", "shake")]
)
def test_the_first_prototypes_numbers_are_understood(
    services: Services, guest: User, number: str, slug: str
) -> None:
    job = services.animations.submit(guest.id, a_photo_file(), AnimateRequest(preset=number))

    assert job.options["preset"] == slug


@pytest.mark.parametrize(
    ("film_format", "mime"), [("mp4", "video/mp4"), ("webm", "video/webm"), ("gif", "image/gif")]
)
def test_the_film_comes_in_the_format_asked_for(
    services: Services, guest: User, worker: Worker, film_format: str, mime: str
) -> None:
    request = AnimateRequest(preset="nod", format=film_format)  # type: ignore[arg-type]  # from a table
    services.animations.submit(guest.id, a_photo_file(), request)

    job = worker.run_next()

    assert job.outcome is not None
    assert job.outcome.mime == mime
    assert job.media_id is not None
    assert services.media.open(guest.id, job.media_id).mime == mime


class PortraitKeeper(FakeAnimator):
    """Remembers the portrait it was given."""

    portrait: RgbImage

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        self.portrait = portrait
        return super().animate(portrait, driving, options, checkpoint)


@pytest.mark.parametrize(("restore_first", "brighter"), [(True, 16), (False, 0)])
def test_the_photo_is_restored_first_where_that_is_wanted(
    services: Services, guest: User, worker: Worker, restore_first: bool, brighter: int
) -> None:
    photo = np.full((40, 40, 3), 100, np.uint8)
    worker.animator = animator = PortraitKeeper()
    request = AnimateRequest(preset="nod", restore_first=restore_first)
    services.animations.submit(guest.id, a_photo_file(photo), request)

    worker.run_next()

    assert np.array_equal(animator.portrait, photo + brighter)


def test_a_restored_photo_is_not_restored_again(services: Services, guest: User, worker: Worker) -> None:
    photo = np.full((40, 40, 3), 100, np.uint8)
    worker.animator = animator = PortraitKeeper()
    services.restorations.submit(guest.id, a_photo_file(photo), RestoreRequest())
    restored = worker.run_next()

    services.animations.submit(guest.id, StoredSource(id=restored.id), NOD)
    film = worker.run_next()

    assert film.state is JobState.SUCCEEDED
    assert animator.portrait.shape == (80, 80, 3)
    assert int(animator.portrait.max()) == 116


def test_a_persons_own_clip_drives(services: Services, guest: User, worker: Worker, tmp_path: Path) -> None:
    services.animations.submit(guest.id, a_photo_file(), AnimateRequest(), a_clip(tmp_path))

    job = worker.run_next()

    assert job.outcome is not None
    assert (job.outcome.preset, job.outcome.frames) == (None, 6)
    frame = first_frame(content(services, guest, job.media_id), tmp_path)
    assert mean_colour(frame) == pytest.approx([128, 128, 128], abs=FILM_TOLERANCE)


def test_sound_that_is_not_there_is_said(
    services: Services, guest: User, worker: Worker, tmp_path: Path
) -> None:
    request = AnimateRequest(audio="driving")
    services.animations.submit(guest.id, a_photo_file(), request, a_clip(tmp_path))

    job = worker.run_next()

    assert job.outcome is not None
    assert "driving_has_no_sound" in job.outcome.notes


def test_a_gif_cannot_keep_sound() -> None:
    with pytest.raises(InvalidOption) as refused:
        AnimateRequest(format="gif", audio="driving")

    assert refused.value.option == "audio"


def test_exactly_one_of_preset_and_clip_is_needed(services: Services, guest: User, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption):
        services.animations.submit(guest.id, a_photo_file(), AnimateRequest())
    with pytest.raises(InvalidOption):
        services.animations.submit(guest.id, a_photo_file(), NOD, a_clip(tmp_path))


def test_an_unknown_preset_is_refused_before_anything_is_stored(
    services: Services, guest: User, stored_files: Files
) -> None:
    with pytest.raises(InvalidOption) as refused:
        services.animations.submit(guest.id, a_photo_file(), AnimateRequest(preset="fly"))

    assert refused.value.option == "preset"
    assert stored_files() == []


class Faceless(FakeAnimator):
    """Finds nobody."""

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        raise NoFaceFound


def test_a_photo_without_a_face_fails_by_name_and_keeps_nothing(
    services: Services, guest: User, worker: Worker, stored_files: Files
) -> None:
    worker.animator = Faceless()
    services.animations.submit(guest.id, a_photo_file(), NOD)
    before = stored_files()

    job = worker.run_next()

    assert job.error is not None
    assert job.error.code == "no_face_found"
    assert stored_files() == before


@pytest.mark.parametrize("stage", [Stage.FACES, Stage.RENDER, Stage.STORE])
def test_a_film_cancelled_at_any_stage_keeps_nothing(
    services: Services, guest: User, worker: Worker, stored_files: Files, tmp_path: Path, stage: Stage
) -> None:
    services.animations.submit(guest.id, a_photo_file(), AnimateRequest(), a_clip(tmp_path))
    before = stored_files()

    def cancel(reached: Stage) -> None:
        if reached is stage:
            raise JobCancelled

    job = worker.run_next(RecordingCheckpoint(cancel))

    assert job.state is JobState.CANCELLED
    assert stored_files() == before


def test_intensity_reaches_the_engine(
    services: Services, guest: User, worker: Worker, tmp_path: Path
) -> None:
    request = AnimateRequest(preset="nod", options=AnimateOptions(intensity=0.0))
    services.animations.submit(guest.id, a_photo_file(), request)

    job = worker.run_next()

    frame = first_frame(content(services, guest, job.media_id), tmp_path)
    assert mean_colour(frame) == pytest.approx([0, 0, 0], abs=FILM_TOLERANCE)


BY_FACE = AnimateRequest(face_presets={0: "nod", 2: "smile_blink"})


class MotionKeeper(FakeAnimator):
    """Remembers what it was asked to play, and by whom."""

    driving: Driving
    options: AnimateOptions

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        self.driving, self.options = driving, options
        return super().animate(portrait, driving, options, checkpoint)


def test_each_face_gets_the_curve_of_its_own_preset(services: Services, guest: User, worker: Worker) -> None:
    worker.animator = animator = MotionKeeper()
    services.animations.submit(guest.id, a_photo_file(), BY_FACE)

    job = worker.run_next()

    assert isinstance(animator.driving, FaceCurves)
    assert animator.driving.curves == {
        0: services.presets.find("nod").curve,
        2: services.presets.find("smile_blink").curve,
    }
    assert animator.options.faces == (0, 2)
    assert job.outcome is not None
    assert job.outcome.preset is None


def test_presets_of_faces_survive_the_jobs_row(services: Services, guest: User) -> None:
    job = services.animations.submit(guest.id, a_photo_file(), BY_FACE)

    stored = services.jobs.show(guest.id, job.id)
    assert stored.options == job.options
    assert AnimateRequest.from_json(stored.options).face_presets == BY_FACE.face_presets


def test_a_row_from_before_faces_had_presets_is_read() -> None:
    row = NOD.to_json()
    del row["face_presets"]

    assert AnimateRequest.from_json(row) == NOD


def test_numbers_of_the_first_prototype_are_presets_of_faces_too(services: Services, guest: User) -> None:
    job = services.animations.submit(guest.id, a_photo_file(), AnimateRequest(face_presets={1: "9"}))

    assert job.options["face_presets"] == {"1": "nod"}


def test_a_clip_drives_no_single_face(services: Services, guest: User, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption) as refused:
        services.animations.submit(guest.id, a_photo_file(), BY_FACE, a_clip(tmp_path))

    assert refused.value.option == "faces"


def test_a_preset_for_all_and_one_for_each_exclude_each_other() -> None:
    with pytest.raises(InvalidOption) as refused:
        AnimateRequest(preset="nod", face_presets={0: "nod"})

    assert refused.value.option == "preset"


def test_an_unknown_preset_of_a_face_is_refused_before_anything_is_stored(
    services: Services, guest: User, stored_files: Files
) -> None:
    with pytest.raises(InvalidOption) as refused:
        services.animations.submit(guest.id, a_photo_file(), AnimateRequest(face_presets={0: "fly"}))

    assert refused.value.option == "faces"
    assert stored_files() == []


def test_sound_is_not_kept_where_faces_have_presets() -> None:
    with pytest.raises(InvalidOption) as refused:
        AnimateRequest(face_presets={0: "nod"}, audio="driving")

    assert refused.value.option == "audio"


def test_a_film_says_which_size_its_face_boxes_are_of(
    services: Services, guest: User, worker: Worker
) -> None:
    services.animations.submit(guest.id, a_photo_file(), NOD)

    job = worker.run_next()

    assert job.outcome is not None
    assert (job.outcome.photo_width_px, job.outcome.photo_height_px) == (96, 64)


def test_faces_by_number_survive_the_jobs_row(services: Services, guest: User) -> None:
    request = AnimateRequest(preset="nod", options=AnimateOptions(faces=(0, 2)))

    job = services.animations.submit(guest.id, a_photo_file(), request)

    stored = services.jobs.show(guest.id, job.id)
    assert AnimateRequest.from_json(stored.options).options.faces == (0, 2)


class MeasuredAnimator(FakeAnimator):
    """Films that come with everything that can be known of one; at rest they are white."""

    name = "first_order"

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        animation = super().animate(portrait, driving, options, checkpoint)
        self.is_read = False
        return replace(
            animation,
            frames=self._read(animation.frames),
            rest_frame=2,
            model="vox-cpk",
            clip_checks=(
                ClipCheck(
                    name="jitter",
                    passed=np.bool_(False),  # type: ignore[arg-type]  # as engines compare
                    value=float("inf"),
                    limit=np.float32(0.5),  # type: ignore[arg-type]
                    frames=(np.int64(1), 2),  # type: ignore[arg-type]
                ),
            ),
            quality=self._quality,
        )

    def _read(self, frames: Iterator[RgbImage]) -> Iterator[RgbImage]:
        for frame_index, frame in enumerate(frames):
            yield np.full_like(frame, 255) if frame_index == 2 else frame
        self.is_read = True

    def _quality(self) -> FilmQuality:
        assert self.is_read, "asked before the film was made"
        return FilmQuality(
            identity_change=0.02, seam=float(np.float32(1.5)), loop=float("inf"), jitter=float("nan")
        )


def test_what_is_known_of_a_film_is_kept_with_it(services: Services, guest: User, worker: Worker) -> None:
    worker.animator = MeasuredAnimator()
    services.animations.submit(guest.id, a_photo_file(), NOD)

    job = worker.run_next()

    assert job.outcome is not None
    assert job.outcome.model == "vox-cpk"
    assert job.outcome.quality == FilmQuality(identity_change=0.02, seam=1.5)  # a number that is none is not
    assert job.outcome.clip_checks == (
        ClipCheck(name="jitter", passed=False, value=None, limit=0.5, frames=(1, 2)),
    )


def test_a_film_of_which_nothing_was_measured_says_so(
    services: Services, guest: User, worker: Worker
) -> None:
    services.animations.submit(guest.id, a_photo_file(), NOD)

    job = worker.run_next()

    assert job.outcome is not None
    assert (job.outcome.quality, job.outcome.clip_checks, job.outcome.model) == (None, (), None)


@pytest.mark.parametrize("film_format", ["mp4", "gif"])
def test_the_poster_is_the_frame_at_rest(
    services: Services, guest: User, worker: Worker, film_format: FilmFormat
) -> None:
    worker.animator = MeasuredAnimator()
    services.animations.submit(guest.id, a_photo_file(), replace(NOD, format=film_format))

    job = worker.run_next()

    with Image.open(io.BytesIO(content(services, guest, job.media_id, Variant.POSTER))) as poster:
        assert (poster.format, poster.size) == ("JPEG", (64, 42))
        assert np.asarray(poster.convert("L")).min() > 250


def test_options_of_networks_survive_the_jobs_row() -> None:
    asked = AnimateRequest(
        preset="nod",
        options=AnimateOptions(mode="fast", adapt_scale=False, best_frame=12, border="official"),
    )

    assert AnimateRequest.from_json(asked.to_json()) == asked


def test_a_row_from_before_networks_animated_is_read() -> None:
    row = NOD.to_json()
    del row["expression"]
    row["options"] = {"faces": "all", "intensity": 1.0, "size": "auto"}

    assert AnimateRequest.from_json(row) == NOD


@pytest.mark.parametrize(
    "options",
    [
        AnimateOptions(mode="fast"),
        AnimateOptions(relative=False),
        AnimateOptions(adapt_scale=False),
        AnimateOptions(best_frame="first"),
        AnimateOptions(border="frozen"),
        AnimateOptions(is_face_crop=True),
    ],
)
def test_an_option_of_networks_is_refused_before_anything_is_stored(
    services: Services, guest: User, stored_files: Files, options: AnimateOptions
) -> None:
    name = next(name for name in MOTION_OPTIONS if getattr(options, name) != getattr(AnimateOptions(), name))

    with pytest.raises(InvalidOption) as refused:
        services.animations.submit(guest.id, a_photo_file(), AnimateRequest(preset="nod", options=options))

    assert refused.value.option == name
    assert stored_files() == []


@pytest.mark.parametrize(
    "late",
    [
        AnimateRequest(preset="nod", options=AnimateOptions(best_frame=FRAME_COUNT)),
        AnimateRequest(face_presets={0: "nod"}, options=AnimateOptions(best_frame=FRAME_COUNT)),
    ],
)
def test_a_rest_frame_that_the_preset_does_not_have_is_refused_at_once(
    services: Services, guest: User, stored_files: Files, late: AnimateRequest
) -> None:
    with pytest.raises(InvalidOption, match="5 frames") as refused:
        services.animations.submit(guest.id, a_photo_file(), late)

    assert refused.value.option == "best_frame"
    assert stored_files() == []


def test_a_presets_motion_can_be_had_as_a_film_too(tmp_path: Path) -> None:
    folder = write_catalogue(tmp_path / "filmed")
    with FilmWriter(tmp_path / "nod.mp4", 32, 32, 10.0) as film:
        for shade in range(0, 50 * FRAME_COUNT, 50):
            film.write(np.full((32, 32, 3), shade, np.uint8))
    (folder / "nod.mp4").write_bytes((tmp_path / "nod.mp4").read_bytes())
    curve = Presets(folder).find("nod").curve
    assert curve is not None and curve.open_clip is not None

    clip = curve.open_clip()

    assert (clip.frame_count, clip.fps) == (curve.frame_count, curve.fps)
    assert clip.sha256 == hashlib.sha256((folder / "nod.mp4").read_bytes()).hexdigest()
