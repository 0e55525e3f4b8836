"""Settings in, a working set of services out. The one place that knows which part needs which.

Free of torch and OpenCV: the web process is built from here. The worker adds its engines itself.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from backend.checkpoints.download import Downloader
from backend.checkpoints.folder import WeightsFolder, open_weights_folder
from backend.checkpoints.rules import DownloadRules
from backend.domain.clock import Clock, SystemClock
from backend.domain.errors import SettingsError
from backend.key_files import load_or_make_key
from backend.media.opening import ImageLimits
from backend.media.video import ClipLimits
from backend.services.bundle import Services, assemble_services
from backend.services.driving_videos import Presets
from backend.services.engine_catalogue import EngineCatalogue
from backend.services.limits import ServiceLimits
from backend.services.weights import Weights
from backend.settings import Settings
from backend.storage.database import Database, migrate
from backend.storage.files import MediaFiles
from backend.storage.jobs import JobStore, QueueCaps
from backend.storage.workers import WorkerStore
from backend.version import VERSION
from backend.web.config import WebConfig

# What the engines say of themselves; a test compares, as they cannot be loaded here.
BUILTIN_VERSION = "2"
GFPGAN_VERSION = "1"
FIRST_ORDER_VERSION = "1"
LEASE_S = 30.0  # a worker's job is done again when nothing was heard of it for so long
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The services, and the stores beneath them that a worker uses itself."""

    services: Services
    jobs: JobStore
    workers: WorkerStore
    database: Database
    clock: Clock


def prepare_data(settings: Settings) -> None:
    """Make the data directory, its keys and the database's tables; whatever is there already stays."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    _master_key(settings)
    _secret_key(settings)
    settings.media_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    _make_sqlite_folder(settings.database)
    try:
        migrate(settings.database)
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or type(error).__name__  # never the URL: it holds a password
        raise SettingsError(f"the database cannot be prepared: {reason}") from error


def build_services(settings: Settings) -> Services:
    """Everything that requests and commands are made of."""
    return build_parts(settings).services


def build_parts(settings: Settings) -> Parts:
    """Everything, for a process of its own. `prepare_data` has run before, here or elsewhere."""
    clock, database = SystemClock(), Database(settings.database)
    jobs = JobStore(database, clock, lease_s=LEASE_S)
    weights = build_weights_folder(settings)
    services = assemble_services(
        database=database,
        files=MediaFiles(settings.media_dir, _master_key(settings)),
        clock=clock,
        jobs=jobs,
        presets=Presets(settings.driving_videos_dir),
        engines=build_engine_catalogue(weights),
        weights=Weights(weights, build_downloader(settings, weights)),
        limits=service_limits(settings),
    )
    return Parts(
        services=services,
        jobs=jobs,
        workers=WorkerStore(database),
        database=database,
        clock=clock,
    )


def build_web_config(settings: Settings) -> WebConfig:
    """What the HTTP side needs of the settings."""
    return WebConfig(
        secret_key=_secret_key(settings),
        page_dir=settings.page_dir,
        sync_timeout_s=settings.sync_timeout_s,
        cors_origins=settings.cors_origins,
        allow_http_lan=settings.allow_http_lan,
        trusted_proxies=settings.trusted_proxies,
        guests_per_minute=settings.guests_per_minute,
        limits=service_limits(settings),
        metrics_token=settings.metrics_token,
        weights_from_page=settings.weights_from_page,
        version=VERSION,
    )


def build_weights_folder(settings: Settings) -> WeightsFolder:
    """Where model files lie. Raises SettingsError where the operator's own list of them is wrong."""
    return open_weights_folder(settings.weights_dir)


def build_downloader(settings: Settings, folder: WeightsFolder) -> Downloader:
    """What fetches them."""
    return Downloader(folder, DownloadRules(mirror=settings.weights_mirror))


def build_engine_catalogue(weights: WeightsFolder) -> EngineCatalogue:
    """Which engines there are; needs no database."""
    return EngineCatalogue(
        builtin_version=BUILTIN_VERSION,
        gfpgan_version=GFPGAN_VERSION,
        first_order_version=FIRST_ORDER_VERSION,
        weights=weights,
    )


def service_limits(settings: Settings) -> ServiceLimits:
    """What is taken and how much of it."""
    return ServiceLimits(
        max_photo_bytes=settings.max_upload_mb * MEGABYTE,
        max_clip_bytes=settings.max_clip_mb * MEGABYTE,
        picture=picture_limits(settings),
        clip=clip_limits(settings),
        queue=QueueCaps(
            guest=settings.max_queued_guest, user=settings.max_queued_user, total=settings.max_queued_total
        ),
        guest_hours=settings.guest_hours,
    )


def picture_limits(settings: Settings) -> ImageLimits:
    """Which sizes of photos are taken."""
    return ImageLimits(
        max_pixels=settings.max_megapixels * 1_000_000,
        max_side_px=settings.max_side_px,
        min_side_px=settings.min_side_px,
    )


def clip_limits(settings: Settings) -> ClipLimits:
    """Which driving clips are taken."""
    return ClipLimits(max_seconds=settings.max_clip_s)


def _master_key(settings: Settings) -> bytes:
    may_make = not settings.media_dir.exists() or not any(settings.media_dir.iterdir())
    return load_or_make_key(settings.master_key_path, may_make=may_make)


def _secret_key(settings: Settings) -> str:
    return settings.secret_key or load_or_make_key(settings.data_dir / "secret.key").hex()


def _make_sqlite_folder(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        assert parsed.database is not None, "the settings refuse a database without a file"
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
