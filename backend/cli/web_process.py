"""The web server's own process: gunicorn where there is fork, waitress on Windows.

One process with many threads: limits are counted in it, and a request that waits for a job holds only a
thread.
"""

import logging
import os
import signal
import socket
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backend.worker.lifeline import Lifeline

if TYPE_CHECKING:
    from flask import Flask  # not in the process that forks

THREADS = 32
STOP_WITHIN_S = 10  # for requests in progress, when the server stops
SILENT_S = 30  # without a byte from a client, or to it, in the middle of a request


def run_web_server(make_app: Callable[[], "Flask"], host: str, port: int, lifeline: Lifeline | None) -> None:
    """Serve until a signal, or until the lifeline is cut. Returns when the last request is answered."""
    if os.name == "nt":
        _run_waitress(make_app(), host, port, lifeline)
    else:
        _run_gunicorn(make_app, host, port, lifeline)


def _run_gunicorn(make_app: Callable[[], "Flask"], host: str, port: int, lifeline: Lifeline | None) -> None:
    from gunicorn.app.base import BaseApplication  # absent on Windows

    class Server(BaseApplication):
        """Gunicorn with settings from here, and none from the command line or the environment."""

        def load_config(self) -> None:
            options: dict[str, object] = {
                "bind": [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"],
                "worker_class": "gthread",
                "workers": 1,
                "threads": THREADS,
                "graceful_timeout": STOP_WITHIN_S,
                "keepalive": 15,
                "control_socket_disable": True,  # it would write to the home directory
                "secure_scheme_headers": {},  # who may say "https" is decided in the app
                "loglevel": "warning",
                "proc_name": "jiuying-web",
                "on_starting": _log_like_the_rest,
                "when_ready": give_up_on_silent_clients,
                "post_worker_init": _stop_arbiter_with(lifeline),
            }
            assert self.cfg is not None
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return make_app()

    Server().run()


def _log_like_the_rest(_arbiter: object) -> None:
    """Gunicorn's few lines go where all lines go, in the same form."""
    gunicorn = logging.getLogger("gunicorn.error")
    gunicorn.handlers.clear()
    gunicorn.propagate = True


def give_up_on_silent_clients(arbiter: Any) -> None:
    """Set how long a read or a write may take on every connection that will be accepted.

    A request holds a thread until it has been read: without this, as many stalled uploads as there are
    threads would stop the server. By the system, because gunicorn resets what Python's sockets know of it.
    """
    limit = struct.pack("ll", SILENT_S, 0)  # a timeval: seconds, microseconds
    for listener in arbiter.LISTENERS:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, limit)


def _stop_arbiter_with(lifeline: Lifeline | None) -> Callable[[object], None]:
    def watch(_worker: object) -> None:
        # The thread lives in the forked process: one in the arbiter would be there when it forks again.
        if lifeline is not None:
            lifeline.when_cut(lambda: os.kill(os.getppid(), signal.SIGTERM))

    return watch


def _run_waitress(app: "Flask", host: str, port: int, lifeline: Lifeline | None) -> None:
    from waitress import create_server  # type: ignore[import-untyped]  # installed on Windows only

    server = create_server(app, host=host, port=port, threads=THREADS)
    if lifeline is not None:
        lifeline.when_cut(server.close)
    server.run()
