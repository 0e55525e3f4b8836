"""`migrate` and `purge-expired`: what an operator does to the data without the server."""

import click

from backend.logs import configure_logging
from backend.settings import load_settings
from backend.wiring import build_services, prepare_data


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database up to date. `serve` does this by itself."""
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    prepare_data(settings)
    click.echo("the database is up to date")


@click.command()
def purge_expired() -> None:
    """Delete guests whose time is over, and all that is theirs. The worker does this every hour."""
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    prepare_data(settings)
    count = build_services(settings).retention.purge_expired()
    click.echo(f"{count} deleted")
