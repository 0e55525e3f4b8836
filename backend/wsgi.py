"""The web application as a WSGI server wants it: environment in, Flask application out."""

from flask import Flask

from backend.logs import configure_logging
from backend.settings import load_settings
from backend.web.app import create_app
from backend.wiring import build_services, build_web_config


def app() -> Flask:
    """A new application with the settings of this process's environment (`gunicorn 'backend.wsgi:app()'`)."""
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    return create_app(build_services(settings), build_web_config(settings))
