"""What every handler may reach: the services and the configuration of the application it runs in."""

from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import cast

from flask import Flask, current_app
from flask_limiter import Limiter

from backend.services.bundle import Services
from backend.web.config import WebConfig

MOST_WAITING = 24
_KEY = "jiuying"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebContext:
    """One application's parts."""

    services: Services
    config: WebConfig
    limiter: Limiter
    # For callers that wait for their job. The server has 32 threads: the others serve everybody else.
    waiting_places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_WAITING))


def attach(app: Flask, context: WebContext) -> None:
    """Give the application its parts."""
    app.extensions[_KEY] = context


def services() -> Services:
    """The services of the application that handles this request."""
    return cast(WebContext, current_app.extensions[_KEY]).services


def config() -> WebConfig:
    """The configuration of the application that handles this request."""
    return cast(WebContext, current_app.extensions[_KEY]).config


def limiter() -> Limiter:
    """The counters of what one address may do in a minute."""
    return cast(WebContext, current_app.extensions[_KEY]).limiter


def waiting_places() -> BoundedSemaphore:
    """One for each caller that waits for a job."""
    return cast(WebContext, current_app.extensions[_KEY]).waiting_places
