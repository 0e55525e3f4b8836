"""`serve`: the page, the API and one worker, each in a process of its own under this one.

This process only watches: when it ends, even by SIGKILL, the others notice and end too.
"""

import logging
import signal
import socket
import threading
from types import FrameType
from typing import TYPE_CHECKING

import click

from backend.cli.web_process import STOP_WITHIN_S, run_web_server
from backend.domain.errors import SettingsError
from backend.logs import configure_logging
from backend.settings import Settings, load_settings
from backend.worker.lifeline import Lifeline
from backend.worker.supervisor import ChildProcess, Supervisor, module_command

if TYPE_CHECKING:
    from flask import Flask

logger = logging.getLogger(__name__)


@click.command()
@click.option("--host", metavar="ADDRESS", help="Address to listen on.  [default: JIUYING_HOST, 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(1, 65_535), help="Port to listen on.  [default: JIUYING_PORT, 8000]"
)
@click.option("--no-worker", is_flag=True, help="Only the page and the API; workers run elsewhere.")
@click.option("--web-only-supervised", is_flag=True, hidden=True)
def serve(host: str | None, port: int | None, no_worker: bool, web_only_supervised: bool) -> None:
    """Serve the page and the API, with one worker.

    Brings the database up to date first.
    """
    lifeline = Lifeline.take_over() if web_only_supervised else None
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    host, port = host or settings.host, port or settings.port
    if lifeline is not None:
        _serve_web(host, port, lifeline)
        return
    _prepare(settings)
    _require_free(host, port)
    click.echo(f"Jiuying 旧影 starts on http://{_shown(host)}:{port}  (Ctrl-C stops it)")
    if no_worker:
        _serve_web(host, port, None)
    else:
        _serve_with_worker(host, port)


def _prepare(settings: Settings) -> None:
    from backend.wiring import prepare_data  # not in the process that forks: it would carry it for nothing

    prepare_data(settings)


def _serve_web(host: str, port: int, lifeline: Lifeline | None) -> None:
    def make_app() -> "Flask":
        from backend.wsgi import app  # Flask and its friends are only needed here

        return app()

    run_web_server(make_app, host, port, lifeline)


def _serve_with_worker(host: str, port: int) -> None:
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    supervisor = Supervisor(module_command("worker", "--supervised"))
    address = ("--host", host, "--port", str(port))
    web = ChildProcess(module_command("serve", *address, "--web-only-supervised"))
    supervisor.start()
    try:
        while web.exit_code() is None and not stopping.wait(0.2):
            pass
    finally:
        supervisor.ask_to_stop()
        code = web.stop(STOP_WITHIN_S + 5)
        supervisor.stop()
    if not stopping.is_set():
        raise click.ClickException(f"the web server ended (exit code {code}); the reason stands above")


def _require_free(host: str, port: int) -> None:
    """Say so at once when the address cannot be had, instead of from a process that has just been started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"cannot listen on {host} port {port}: {error.strerror}; choose another --port"
            ) from error


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104  # what to open in a browser on this machine
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
