"""For the operator's tools: is it alive, can it work, what has it counted."""

import hmac

from flask import Blueprint, Response, request

from backend.domain.errors import Forbidden
from backend.web import metrics
from backend.web.answers import json_answer
from backend.web.context import config, services
from backend.web.failures import NotReady
from backend.web.origin import is_local_caller

routes = Blueprint("health", __name__)


@routes.get("/healthz")
def show_health() -> Response:
    """200 as long as the process answers."""
    return json_answer({"status": "ok", "checks": {}})


@routes.get("/readyz")
def show_readiness() -> Response:
    """200 when database, storage and worker work; weights are not asked for."""
    checks = services().health.ready()
    if not all(checks.values()):
        raise NotReady(checks)
    return json_answer({"status": "ready", "checks": checks})


@routes.get("/metrics")
def show_metrics() -> Response:
    """Counters for Prometheus, for this machine or with the operator's token only."""
    if not is_local_caller() and not _has_token():
        raise Forbidden("metrics are for this machine or with the token")
    return Response(metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _has_token() -> bool:
    token = config().metrics_token
    sent = request.headers.get("Authorization", "").encode("utf-8", "replace")
    return token is not None and hmac.compare_digest(sent, f"Bearer {token}".encode())
