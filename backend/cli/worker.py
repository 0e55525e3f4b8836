"""`worker`: the process that does the jobs."""

import os
import signal
import threading
from types import FrameType

import click

from backend.logs import configure_logging
from backend.settings import load_settings
from backend.worker.lifeline import Lifeline


@click.command()
@click.option("--supervised", is_flag=True, hidden=True, help="Started by `serve`: ends with it.")
def worker(supervised: bool) -> None:
    """Do the jobs that the server takes in: in another container, or on another machine.

    It shares the database and the media directory with the server.
    """
    lifeline = Lifeline.take_over() if supervised else None
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if stopping.is_set():
            os._exit(1)  # asked twice: at once
        stopping.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    if lifeline is not None:
        lifeline.keep_beating()
        lifeline.when_cut(stopping.set)

    from backend.worker.process import run_worker  # loads the engines' libraries

    run_worker(settings, stopping)
