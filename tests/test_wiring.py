"""The services put together from settings: values arrive where they belong, and data is kept."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.domain.errors import ImageTooLarge, QueueFull, WeightsMissing
from backend.domain.jobs import JobKind
from backend.engines.animation_api import AnimateMode
from backend.engines.builtin.animation.engine import BuiltinAnimator
from backend.engines.builtin.restoration.engine import BuiltinRestorer
from backend.engines.faces.detector import find_faces
from backend.engines.first_order.engine import FirstOrderAnimator
from backend.engines.first_order.seams import MotionNetwork
from backend.engines.first_order.templates import TemplateShelf
from backend.services.bundle import Services
from backend.services.requests import NewFile, RestoreRequest
from backend.settings import Settings
from backend.wiring import (
    build_downloader,
    build_engine_catalogue,
    build_parts,
    build_web_config,
    prepare_data,
    service_limits,
)
from tests.builders import a_portrait_png
from tests.checkpoints.file_server import serving
from tests.presets import write_catalogue
from tests.weights_folders import CONTENT, a_folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "var",
        driving_videos_dir=write_catalogue(tmp_path / "presets"),
        weights_dir=tmp_path / "weights",
    )


@contextmanager
def _opened(settings: Settings) -> Iterator[Services]:
    prepare_data(settings)
    parts = build_parts(settings)
    try:
        yield parts.services
    finally:
        parts.database.close()


def _photo() -> NewFile:
    return NewFile(content=io.BytesIO(a_portrait_png(64)), name="a.png")


def test_services_work_together_on_prepared_data(settings: Settings) -> None:
    prepare_data(settings)
    parts = build_parts(settings)
    guest = parts.services.accounts.open_guest(user_agent="a test").user

    job = parts.services.restorations.submit(guest.id, _photo(), RestoreRequest())
    claimed = parts.jobs.claim_next()
    parts.database.close()

    assert claimed is not None
    assert claimed[0].id == job.id


def test_photos_outlive_the_process(settings: Settings) -> None:
    with _opened(settings) as services:
        guest = services.accounts.open_guest(user_agent="a test").user
        job = services.restorations.submit(guest.id, _photo(), RestoreRequest())

    with _opened(settings) as services:
        assert job.upload_id is not None
        original = services.media.open(guest.id, job.upload_id, None)
        content = b"".join(original.read(0, original.size_bytes))

    assert content == a_portrait_png(64)


def test_limits_are_the_settings(settings: Settings) -> None:
    chosen = settings.model_copy(
        update={
            "max_upload_mb": 3,
            "max_megapixels": 2,
            "max_clip_s": 5.0,
            "max_queued_guest": 7,
            "guest_hours": 1.5,
        }
    )

    limits = service_limits(chosen)

    assert limits.max_photo_bytes == 3_000_000
    assert limits.picture.max_pixels == 2_000_000
    assert limits.clip.max_seconds == 5.0
    assert limits.queue.guest == 7
    assert limits.guest_hours == 1.5


def test_limits_reach_the_services(settings: Settings) -> None:
    with _opened(settings.model_copy(update={"max_side_px": 50})) as services:
        guest = services.accounts.open_guest(user_agent="a test").user

        with pytest.raises(ImageTooLarge):
            services.restorations.submit(guest.id, _photo(), RestoreRequest())


def test_the_cap_of_a_guest_is_the_setting(settings: Settings) -> None:
    with _opened(settings.model_copy(update={"max_queued_guest": 1})) as services:
        guest = services.accounts.open_guest(user_agent="a test").user
        services.restorations.submit(guest.id, _photo(), RestoreRequest())

        with pytest.raises(QueueFull):
            services.restorations.submit(guest.id, _photo(), RestoreRequest())


def test_the_secret_key_is_made_once_unless_it_is_set(settings: Settings) -> None:
    made = build_web_config(settings).secret_key
    chosen = settings.model_copy(update={"secret_key": "9f2c-not-a-weak-one"})

    assert build_web_config(settings).secret_key == made
    assert len(made) == 64
    assert build_web_config(chosen).secret_key == "9f2c-not-a-weak-one"


def test_the_catalogue_says_the_versions_that_the_engines_say(tmp_path: Path) -> None:
    catalogue = build_engine_catalogue(a_folder(tmp_path))

    stated = {(status.name, status.version) for status in catalogue.list() if status.name != "gfpgan"}

    animators = (BuiltinAnimator(), FirstOrderAnimator(NoNetworks(), find_faces, TemplateShelf(None)))
    assert stated == {(animator.name, animator.version) for animator in animators}
    assert ("builtin", BuiltinRestorer().version) in stated


class NoNetworks:
    """Nothing is installed; nobody asks."""

    def network(self, mode: AnimateMode) -> MotionNetwork:
        raise WeightsMissing(mode)


def test_weights_are_where_the_settings_say_and_count_at_once(settings: Settings, tmp_path: Path) -> None:
    a_folder(tmp_path / "models")
    chosen = settings.model_copy(update={"weights_dir": tmp_path / "models"})
    with _opened(chosen) as services:
        before = services.engines.resolve(JobKind.RESTORE, "auto")

        (tmp_path / "models" / "GFPGANv1.4.pth").write_bytes(CONTENT)

        assert [before, services.engines.resolve(JobKind.RESTORE, "auto")] == ["builtin", "gfpgan"]
        assert [status.state.value for status in services.weights.list()] == ["installed"]


@pytest.mark.parametrize("allowed", ["local", "everyone", "off"])
def test_who_may_download_reaches_the_web(settings: Settings, allowed: str) -> None:
    chosen = settings.model_copy(update={"weights_from_page": allowed})
    prepare_data(chosen)

    assert build_web_config(chosen).weights_from_page == allowed


def test_the_mirror_is_asked_first(settings: Settings, tmp_path: Path) -> None:
    with serving(files={"mirror/GFPGANv1.4.pth": CONTENT}) as server:
        chosen = settings.model_copy(update={"weights_mirror": server.url("mirror")})

        installed = build_downloader(chosen, a_folder(tmp_path / "models")).download("v1.4")

    assert installed.path.read_bytes() == CONTENT
