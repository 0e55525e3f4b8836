"""Settings: every `JIUYING_*` variable, its default and its limits. The only reader of the environment.

Read once by an entry point (`load_settings`); each part then receives the values it needs. A setting that is
unknown, impossible or not supported by this version is an error that says what to do, never ignored.
"""

import difflib
import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from backend.domain.errors import SettingsError

PREFIX = "JIUYING_"
TEST_PREFIX = "JIUYING_TEST_"  # the tests' own switches; nothing of ours
SHORTEST_SECRET = 16
FEWEST_DIFFERENT = 8  # characters in a secret; stops "aaaaaaaaaaaaaaaa" and "1234123412341234"
WEAK_WORDS = ("changeme", "change-me", "change_me", "password", "default", "example", "your-secret")

Megabytes = Annotated[int, Field(ge=1, le=2048)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Pixels = Annotated[int, Field(ge=1, le=65_535)]


class Settings(BaseSettings):
    """What an operator can set. The field `data_dir` is the variable `JIUYING_DATA_DIR`."""

    model_config = SettingsConfigDict(
        frozen=True, env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    host: str = Field(
        default="127.0.0.1", description="address the server listens on; `0.0.0.0` = every network"
    )
    port: int = Field(default=8000, ge=1, le=65_535, description="port the server listens on")
    data_dir: Path = Field(
        default=Path("var"), description="where photos, results, keys and database are kept"
    )
    database_url: str = Field(
        default="",
        repr=False,
        description="`sqlite:///…` or `mysql+pymysql://…`; unset = SQLite in the data directory",
    )
    driving_videos_dir: Path = Field(
        default=Path("driving_videos"), description="the presets: catalogue and clips"
    )
    weights_dir: Path = Field(default=Path("weights"), description="model files, and the list of them")
    weights_mirror: str = Field(
        default="",
        description="asked for model files first: an address to which `/FILE` is added, or with `{file}` or "
        "`{url}` in it",
    )
    weights_from_page: Literal["local", "everyone", "off"] = Field(
        default="local",
        description="who may download model files by the page: `local` = this machine, `everyone`, `off`",
    )
    device: Literal["auto", "cpu", "cuda", "mps", "openvino"] = Field(
        default="auto",
        description=(
            "what networks run on: `auto` (a graphics card where there is one), `cpu`, `cuda`, `mps`, "
            "`openvino`"
        ),
    )
    precision: Literal["auto", "fp32", "bf16"] = Field(
        default="auto",
        description="how networks compute: `auto` (bf16 where the machine is made for it), `fp32`, `bf16`",
    )
    page_dir: Path = Field(default=Path("frontend/dist"), description="the built page")
    media_url: str = Field(
        default="", description="directory of photos and results; unset = `media` in the data directory"
    )
    master_key_file: Path | None = Field(
        default=None,
        description="key that encrypts photos, made at the start; unset = `master.key` in the data directory",
    )
    secret_key: str | None = Field(
        default=None,
        repr=False,
        description="signs tokens, 16 characters or more; unset = made once, kept in the data directory",
    )
    job_engine: Literal["embedded"] = Field(
        default="embedded", description="what runs jobs: a worker beside the server"
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="other sites that may call the API, separated by commas"
    )
    allow_http_lan: bool = Field(
        default=False, description="`1` = serve other machines by plain HTTP, at your own risk"
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=8,
        description="reverse proxies in front, whose `X-Forwarded-*` headers are believed",
    )
    metrics_token: str | None = Field(
        default=None,
        repr=False,
        description="`/metrics` answers whoever sends it as a Bearer token; unset = this machine only",
    )
    sync_timeout_s: float = Field(
        default=120.0,
        ge=1,
        le=3600,
        description="seconds `POST /restore` and `/animate` wait before they answer 202",
    )
    max_upload_mb: Megabytes = Field(default=20, description="largest photo, megabytes")
    max_megapixels: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=40, description="largest photo, megapixels"
    )
    max_side_px: Pixels = Field(default=12_000, description="longest side of a photo, pixels")
    min_side_px: Pixels = Field(default=16, description="shortest side of a photo, pixels")
    max_clip_mb: Megabytes = Field(default=50, description="largest driving clip, megabytes")
    max_clip_s: Annotated[float, Field(gt=0, le=3600)] = Field(
        default=60.0, description="longest driving clip, seconds"
    )
    max_queued_guest: Count = Field(default=40, description="jobs that one guest may have waiting")
    max_queued_user: Count = Field(default=200, description="jobs that one user may have waiting")
    max_queued_total: Count = Field(default=1000, description="jobs that may be waiting altogether")
    guests_per_minute: Count = Field(default=60, description="new guests from one address in a minute")
    guest_hours: Annotated[float, Field(gt=0, le=24 * 365)] = Field(
        default=24.0, description="hours that guests and what they made are kept"
    )
    stage_limit_s: Annotated[float, Field(ge=5, le=86_400)] = Field(
        default=300.0, description="seconds a job may run without a sign of progress before it is ended"
    )
    worker_threads: int = Field(
        default=0, ge=0, le=256, description="processor threads of the worker; `0` = one a core"
    )
    log_format: Literal["auto", "console", "json"] = Field(
        default="auto", description="`auto` = console on a terminal, JSON otherwise"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="least that is logged"
    )

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        origins = (origin.strip().rstrip("/") for origin in value.split(","))
        return tuple(origin for origin in origins if origin)

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            scheme, separator, host = origin.partition("://")
            if scheme not in ("http", "https") or not separator or not host or set(host) & set("/?#@"):
                raise ValueError(f"{origin!r} is not an origin like https://photos.example.org")
        return origins

    @field_validator("weights_mirror")
    @classmethod
    def _is_web_address(cls, mirror: str) -> str:
        scheme, separator, rest = mirror.partition("://")
        if mirror and (scheme not in ("http", "https") or not separator or not rest):
            raise ValueError("is not an address like https://mirror.example.org/weights")
        return mirror

    @field_validator("database_url")
    @classmethod
    def _names_a_database(cls, url: str) -> str:
        if not url:
            return url
        from sqlalchemy.engine import make_url  # slow to load, and most installations do without
        from sqlalchemy.exc import ArgumentError

        try:
            database = make_url(url).database
        except (ArgumentError, ValueError):
            raise ValueError("is not an address like mysql+pymysql://user:password@host:3306/name") from None
        if database in (None, "", ":memory:"):  # memory is one process's own, and there are two
            raise ValueError("names no database: mysql+pymysql://user:password@host/name, sqlite:////file")
        return url

    @field_validator("secret_key")
    @classmethod
    def _is_strong(cls, secret: str | None) -> str | None:
        if secret is None:
            return None
        is_known = any(word in secret.lower() for word in WEAK_WORDS)
        if len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_DIFFERENT or is_known:
            raise ValueError(f"too weak: use {SHORTEST_SECRET} or more random characters, or leave it unset")
        return secret

    @model_validator(mode="after")
    def _sides_fit(self) -> Self:
        if self.min_side_px > self.max_side_px:
            raise ValueError(f"{PREFIX}MIN_SIDE_PX is larger than {PREFIX}MAX_SIDE_PX")
        return self

    @property
    def database(self) -> str:
        """The database's URL with the default filled in. May hold a password: never log it."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'jiuying.sqlite3').absolute()}"

    @property
    def media_dir(self) -> Path:
        """Where encrypted photos and results lie."""
        return Path(self.media_url.removeprefix("file://")) if self.media_url else self.data_dir / "media"

    @property
    def templates_dir(self) -> Path:
        """Where the motions of presets are kept as keypoints, once a network has worked them out."""
        return self.data_dir / "templates"

    @property
    def master_key_path(self) -> Path:
        """The file with the key that wraps every photo's own key."""
        return self.master_key_file or self.data_dir / "master.key"


def load_settings(*, env_file: Path | None = Path(".env")) -> Settings:
    """The settings of this process's environment, over those of `env_file`.

    Relative paths among them are relative to the current directory. Raises SettingsError.
    """
    in_file = {} if env_file is None else dotenv_values(env_file)
    ours = {
        name: value
        for name, value in (in_file | dict(os.environ)).items()
        if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX) and value
    }
    _refuse_unsupported(ours)
    _refuse_unknown(ours)
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]  # known to pydantic-settings only
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None  # the chain would show values


def variable_names() -> tuple[str, ...]:
    """Every variable there is, in the order of the class."""
    return tuple(PREFIX + name.upper() for name in Settings.model_fields)


def _refuse_unknown(names: Mapping[str, object]) -> None:
    known = variable_names()
    for name in names:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            raise SettingsError(f"there is no setting {name}; did you mean {nearest[0]}?")


def _refuse_unsupported(ours: Mapping[str, str | None]) -> None:
    if ours.get(f"{PREFIX}JOB_ENGINE") == "celery":
        raise SettingsError(f"{PREFIX}JOB_ENGINE=celery is not supported yet in this version; use embedded")
    if f"{PREFIX}BROKER_URL" in ours:
        raise SettingsError(f"{PREFIX}BROKER_URL is not supported yet in this version; leave it unset")
    if ours.get(f"{PREFIX}DEVICE") == "openvino" and importlib.util.find_spec("openvino") is None:
        raise SettingsError(f"{PREFIX}DEVICE=openvino needs a package: pip install --group openvino")
    scheme, separator, _ = (ours.get(f"{PREFIX}MEDIA_URL") or "").partition("://")
    if separator and scheme != "file":
        raise SettingsError(
            f"{PREFIX}MEDIA_URL={scheme}://… is not supported yet in this version; use a directory"
        )
    scheme, _, _ = (ours.get(f"{PREFIX}DATABASE_URL") or "sqlite://").partition("://")
    if scheme not in ("sqlite", "mysql+pymysql", "mariadb+pymysql"):
        raise SettingsError(f"{PREFIX}DATABASE_URL must start with sqlite:// or mysql+pymysql://")


def _explain(error: ValidationError) -> str:
    """What is wrong with which variable, without the value: it may be a secret."""
    parts = []
    for fault in error.errors(include_url=False, include_input=False):
        variable = PREFIX + str(fault["loc"][0]).upper() + ": " if fault["loc"] else ""
        parts.append(variable + fault["msg"].removeprefix("Value error, "))
    return "; ".join(parts)
