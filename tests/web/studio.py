"""A small whole server for the tests: real services, a fresh database, instant engines; and its visitors."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from backend.domain.clock import Clock, SystemClock
from backend.domain.errors import InvalidOption, NoFaceFound, NoMotionFound
from backend.engines.animation_api import AnimateOptions, Animation, Driving, DrivingClip
from backend.engines.api import Checkpoint
from backend.engines.fake_first_order import FakeFirstOrder
from backend.engines.fake_gfpgan import FakeGfpgan
from backend.engines.fakes import FakeAnimator, FakePrintCutter, FakeRestorer
from backend.media.types import RgbImage
from backend.services.bundle import Services, assemble_services
from backend.services.driving_videos import Presets
from backend.services.engine_catalogue import EngineCatalogue
from backend.services.limits import ServiceLimits
from backend.storage.database import Database
from backend.storage.files import MediaFiles
from backend.storage.jobs import JobStore
from backend.web.app import create_app
from backend.web.config import WebConfig
from backend.worker.execution import Execution
from tests.builders import a_photo
from tests.databases import migrated_sqlite
from tests.presets import write_catalogue
from tests.weights_folders import a_folder, weights_over

ORIGIN = "http://localhost"


class Answer(TestResponse):
    """An answer whose body, where it is JSON, may be looked into without asking first."""

    @property
    def json(self) -> Any:
        return self.get_json()


class Browser(FlaskClient):
    """Flask's client, with answers that are whole and of a known type."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.response_wrapper = type("BrowserAnswer", (Answer, self.application.response_class), {})

    def open(self, *args: Any, **kwargs: Any) -> Answer:
        return cast(Answer, super().open(*args, **{"buffered": True, **kwargs}))

    def get(self, *args: Any, **kwargs: Any) -> Answer:
        return self.open(*args, **kwargs, method="GET")

    def post(self, *args: Any, **kwargs: Any) -> Answer:
        return self.open(*args, **kwargs, method="POST")


@dataclass(frozen=True, kw_only=True)
class Studio:
    """The parts of one server."""

    app: Flask
    services: Services
    execution: Execution
    database: Database

    def browser(self, *, use_cookies: bool = True) -> Browser:
        """A new one, without a session."""
        return Browser(self.app, self.app.response_class, use_cookies=use_cookies)

    def work(self) -> None:
        """Do every job that waits."""
        while self.execution.execute_next():
            pass

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A worker beside the test, for calls that wait for their answer."""
        stopping = threading.Event()

        def run() -> None:
            while not stopping.is_set():
                if not self.execution.execute_next():
                    stopping.wait(0.005)

        thread = threading.Thread(target=run, name="test-worker")
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()


class ShyAnimator(FakeAnimator):
    """Finds nobody in a black picture (which the fake restorer brightens by 16), and nowhere a face 999.

    Of clips it follows those that move: not one of a single frame.
    """

    def animate(
        self, portrait: RgbImage, driving: Driving, options: AnimateOptions, checkpoint: Checkpoint
    ) -> Animation:
        if portrait.max() <= 16:
            raise NoFaceFound
        if isinstance(driving, DrivingClip) and driving.frame_count == 1:
            raise NoMotionFound
        if isinstance(options.faces, tuple) and 999 in options.faces:
            raise InvalidOption("there is no face 999 in this photo", option="faces")
        return super().animate(portrait, driving, options, checkpoint)


def open_studio(
    folder: Path,
    *,
    limits: ServiceLimits | None = None,
    clock: Clock | None = None,
    engines: EngineCatalogue | None = None,
    weights_entries: tuple[str, ...] = (),
    **settings: Any,
) -> Studio:
    """A server over a fresh database and no weights. settings: fields of WebConfig that differ."""
    limits, clock = limits or ServiceLimits(), clock or SystemClock()
    (folder / "studio.sqlite3").write_bytes(migrated_sqlite())
    database = Database(f"sqlite:///{folder / 'studio.sqlite3'}")
    store = JobStore(database, clock)
    weights = a_folder(folder / "weights", *weights_entries)
    services = assemble_services(
        database=database,
        files=MediaFiles(folder / "media", bytes(32)),
        clock=clock,
        jobs=store,
        presets=Presets(write_catalogue(folder / "presets")),
        engines=engines or EngineCatalogue(builtin_version="test", weights=weights),
        weights=weights_over(weights),
        limits=limits,
    )
    execution = Execution(
        store=store,
        services=services,
        restorers={"builtin": FakeRestorer(), "gfpgan": FakeGfpgan()},
        animators={"builtin": ShyAnimator(), "first_order": FakeFirstOrder()},
        print_cutter=FakePrintCutter(),
        stopping=threading.Event(),
    )
    app = create_app(services, a_web_config(folder, limits=limits, **settings))
    return Studio(app=app, services=services, execution=execution, database=database)


def a_web_config(folder: Path, **changes: Any) -> WebConfig:
    """Settings of a server on this machine that waits long enough for an instant engine."""
    usual: dict[str, Any] = {
        "secret_key": "a secret of the tests",
        "page_dir": folder / "page",
        "sync_timeout_s": 30.0,
        "cors_origins": (),
        "allow_http_lan": False,
        "trusted_proxies": 0,
        "guests_per_minute": 1000,
        "limits": ServiceLimits(),
        "metrics_token": None,
        "weights_from_page": "local",
        "version": "1.2.3",
    }
    return WebConfig(**{**usual, **changes})


@dataclass(kw_only=True)
class Visitor:
    """A browser that talks to the server the way our page does."""

    client: Browser
    csrf_token: str = ""
    owner_id: str = field(default="")

    def get(self, path: str, **kwargs: Any) -> Answer:
        return self.client.get(path, **kwargs)

    def post(self, path: str, *, headers: dict[str, str] | None = None, **kwargs: Any) -> Answer:
        own = {"Origin": ORIGIN, "X-CSRF-Token": self.csrf_token}
        return self.client.post(path, headers=own | (headers or {}), **kwargs)

    def submit(self, path: str = "/restore", **form: object) -> dict[str, Any]:
        """Queue a job and return it."""
        data = {"file": a_file()} | form
        answer = self.post(path, data=data, headers={"Prefer": "respond-async"})
        assert answer.status_code == 202, answer.text
        job: dict[str, Any] = answer.json
        return job


def a_stranger(studio: Studio) -> Visitor:
    """Somebody without a session, who keeps no cookies."""
    return Visitor(client=studio.browser(use_cookies=False))


def a_guest(studio: Studio) -> Visitor:
    """A guest with a session."""
    client = studio.browser()
    answer = client.post("/api/v1/auth/guest")
    assert answer.status_code == 201, answer.text
    return Visitor(client=client, csrf_token=answer.json["csrf_token"], owner_id=answer.json["id"])


def photo_bytes(width_px: int = 64, height_px: int = 48, image_format: str = "PNG", seed: int = 0) -> bytes:
    """An encoded photo."""
    content = io.BytesIO()
    Image.fromarray(a_photo(width_px, height_px, seed)).save(content, image_format)
    return content.getvalue()


def black_photo_bytes() -> bytes:
    """A photo with nobody in it."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48)).save(content, "PNG")
    return content.getvalue()


def a_file(content: bytes | None = None, name: str = "外婆 1962.png") -> tuple[io.BytesIO, str]:
    """A form's file part."""
    return io.BytesIO(photo_bytes() if content is None else content), name


def size_px(content: bytes) -> tuple[int, int]:
    """Width and height of an encoded picture."""
    with Image.open(io.BytesIO(content)) as picture:
        return picture.size
