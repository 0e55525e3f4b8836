"""What the HTTP side needs to know of the settings: values only, so that a test can build any of it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from backend.services.limits import MAX_MASK_BYTES, ServiceLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfig:
    """One server's HTTP side. What an operator can change comes from the settings and has no default here."""

    secret_key: str = field(repr=False)  # signs the one-job tokens
    page_dir: Path  # the built page; may be missing
    sync_timeout_s: float  # how long /restore and /animate wait before they answer 202
    cors_origins: tuple[str, ...]  # other sites that may call the API, e.g. https://photos.example.org
    allow_http_lan: bool  # sessions over plain HTTP from other machines
    trusted_proxies: int  # reverse proxies in front, whose X-Forwarded headers are believed
    guests_per_minute: int  # new guests from one address
    limits: ServiceLimits
    weights_from_page: Literal["local", "everyone", "off"]  # who may download model files
    metrics_token: str | None = field(repr=False)  # None = /metrics answers loopback only
    version: str

    @property
    def max_json_bytes(self) -> int:
        """The largest JSON body: photo and mask as base64 are 4/3 their size, the options need some room."""
        return round((self.limits.max_photo_bytes + MAX_MASK_BYTES) * 1.37) + 16_384
