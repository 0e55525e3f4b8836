"""Counts and durations of requests for Prometheus. One registry an application: tests build many."""

from typing import cast

from flask import Flask, current_app
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

_KEY = "jiuying-metrics"
_KNOWN_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class Metrics:
    """What one application counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "jiuying_http_requests",
            "Requests answered",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.durations_s = Histogram(
            "jiuying_http_request_duration_seconds",
            "Seconds until the answer was ready to send",
            ("route",),
            buckets=(0.005, 0.02, 0.1, 0.5, 1, 2, 5, 15, 60, 120),
            registry=self.registry,
        )


def attach(app: Flask) -> None:
    """Give the application its counters."""
    app.extensions[_KEY] = Metrics()


def count_request(method: str, route: str, status: int, elapsed_s: float) -> None:
    """Count one answer."""
    counters = cast(Metrics, current_app.extensions[_KEY])
    shown_method = method if method in _KNOWN_METHODS else "other"  # a caller's word must not grow the table
    counters.requests.labels(shown_method, route, str(status)).inc()
    counters.durations_s.labels(route).observe(elapsed_s)


def exposition() -> bytes:
    """All counters in Prometheus' text format."""
    return generate_latest(cast(Metrics, current_app.extensions[_KEY]).registry)
