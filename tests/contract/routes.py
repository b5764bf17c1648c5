"""Every route, and who may use it. A route that is not named here fails the matrix test."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from tests.contract import rules_api, rules_connections, rules_learning, rules_people, rules_sessions
from tests.contract.rule import Rule

RULES: dict[str, Rule] = {
    **rules_connections.RULES,
    **rules_people.RULES,
    **rules_learning.RULES,
    **rules_sessions.RULES,
    **rules_api.RULES,
}
NOT_IN_IT = {"GET /api/v1/openapi.json", "GET /api/v1/evoke_client.py"}
"""Of the API, and not in its document: the document, and what is made from it."""


def routes_of(app: FastAPI) -> list[str]:
    """As the keys of RULES."""
    return sorted(
        {f"{method} {path}" for path, methods in _walk(app.routes, "") for method in methods - {"HEAD"} or methods}
    )


def _walk(routes: Any, prefix: str) -> Iterator[tuple[str, set[str]]]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _walk(included.routes, prefix)
        elif isinstance(route, APIRoute) or getattr(route, "methods", None):
            yield prefix + route.path, set(route.methods)
