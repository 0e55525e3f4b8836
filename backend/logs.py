"""How log lines look: JSON for machines, colours for a person. Set once, by an entry point.

Code logs through the standard library (`logging.getLogger(__name__)`, values in `extra`); this module only
shapes what comes out, and is the last guard against a secret in it.
"""

import logging
import sys
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
SECRET_WORDS = ("token", "password", "secret", "cookie", "authorization", "csrf", "base64", "api_key")


def configure_logging(
    log_format: Literal["auto", "console", "json"], level: str, *, stream: TextIO | None = None
) -> None:
    """Send every log line of this process to `stream` (default: stderr), shaped by `log_format`."""
    stream = sys.stderr if stream is None else stream
    as_console = log_format == "console" or (log_format == "auto" and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    ending: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=stream.isatty())]
        if as_console
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it reports its own start, plugin by plugin
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The same line without what is named like a secret, and without pictures as text."""
    for name, value in event.items():
        looks_secret = any(word in name.lower() for word in SECRET_WORDS)
        if looks_secret or (isinstance(value, str) and ";base64," in value):
            event[name] = HIDDEN
    return event
