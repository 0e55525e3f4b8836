"""The Flask application, built from values. Nothing exists before `create_app` runs."""

from typing import Final

from flask import Flask
from flask_cors import CORS
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from backend.services.bundle import Services
from backend.web import errors, headers, metrics
from backend.web.config import WebConfig
from backend.web.context import WebContext, attach
from backend.web.openapi import ApiDocument, Routes, document_text, start_document
from backend.web.present import API
from backend.web.routes import (
    animate,
    auth,
    catalogue,
    expressions,
    health,
    jobs,
    media,
    page,
    prints,
    prototype,
    restore,
    uploads,
    weights,
)

_BODY_BYTES: Final = 65_536  # of a request without a file; the handlers that take files say how much more
_RESOURCES: Final[tuple[Routes, ...]] = (
    restore.routes,
    animate.routes,
    prints.routes,
    auth.routes,
    jobs.routes,
    media.routes,
    uploads.routes,
    expressions.routes,
    catalogue.routes,
    weights.routes,
)


def create_app(services: Services, config: WebConfig) -> Flask:
    """The page and the API over these services."""
    app = Flask("jiuying", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _BODY_BYTES
    app.config["RATELIMIT_STORAGE_URI"] = "memory://"
    limiter = Limiter(get_remote_address, app=app)
    attach(app, WebContext(services=services, config=config, limiter=limiter))
    metrics.attach(app)
    headers.register(app)
    errors.register(app)
    _register_routes(app)
    if config.cors_origins:
        _allow_other_sites(app, config.cors_origins)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way
    return app


def openapi_text() -> str:
    """The API's description as it is committed in docs/openapi.json."""
    app = Flask("jiuying", static_folder=None)
    _register_documented(start_document(app))
    return document_text(app)


def _register_routes(app: Flask) -> None:
    _register_documented(start_document(app))
    for resource in (restore.routes, animate.routes):
        app.register_blueprint(resource.blueprint, name=f"root-{resource.blueprint.name}")
    app.register_blueprint(health.routes)
    app.register_blueprint(prototype.routes)
    app.register_error_handler(NotFound, page.answer_not_found)


def _register_documented(document: ApiDocument) -> None:
    for resource in _RESOURCES:
        document.register_blueprint(resource.blueprint, url_prefix=API)


def _allow_other_sites(app: Flask, origins: tuple[str, ...]) -> None:
    CORS(
        app,
        origins=list(origins),
        supports_credentials=True,
        allow_headers=["Content-Type", "X-CSRF-Token", "Prefer", "If-None-Match", "Range", "Accept-Language"],
        expose_headers=[
            "Location",
            "Retry-After",
            "ETag",
            "X-Request-ID",
            "Content-Disposition",
            "Content-Range",
        ],
        max_age=600,
    )
