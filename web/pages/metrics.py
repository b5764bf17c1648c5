"""/metrics, for Prometheus: only where the operator said who may read it. For everybody else there is no such page."""

import ipaddress
import secrets

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.house import TheHouse
from models.errors import NotFound
from models.settings import Settings

router = APIRouter(include_in_schema=False)
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-real-ip", "via")


@router.get("/metrics")
def metrics(request: Request, house: TheHouse) -> Response:
    if not _may_read(request, house.settings):
        raise NotFound("There is nothing at this address. Check it, or start from home.")
    return Response(request.app.state.measured.read(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read(request: Request, settings: Settings) -> bool:
    token = settings.metrics_token.get_secret_value()
    kind, _, sent = request.headers.get("authorization", "").partition(" ")
    if token and kind.lower() == "bearer" and secrets.compare_digest(sent.strip().encode(), token.encode()):
        return True
    return settings.metrics_from_loopback and _is_from_here(request)


def _is_from_here(request: Request) -> bool:
    """Asked on this machine, and not by a proxy on it for somebody else."""
    if any(name in request.headers for name in _FORWARDED) or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
