"""That no router is left out for an address that it answers, and few are asked."""

import re

import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute

from models.settings import Settings
from web.app import create_app
from web.signpost import Signpost, firsts_of


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("data"))  # type: ignore[call-arg]
    return create_app(settings)


def _routes(app: FastAPI) -> list[tuple[BaseRoute, str]]:
    """Each included router, or route by itself, with each of the addresses that it answers."""
    return [
        (included, re.sub(r"{[^}]+}", "0199aaaa-0000-7000-8000-000000000001", getattr(route, "path", "/")))
        for included in app.routes
        for route in getattr(getattr(included, "original_router", None), "routes", [included])
    ]


def test_every_address_leads_to_the_router_that_has_it(app: FastAPI) -> None:
    signpost = app.router.middleware_stack
    assert isinstance(signpost, Signpost)
    routes = _routes(app)
    assert len(routes) > 400
    order = {id(one): number for number, one in enumerate(app.routes)}
    for included, path in routes:
        for asked in (path, path + "/"):
            chosen = [order[id(one)] for one in signpost.choose({"type": "http", "path": asked}).routes]  # type: ignore[attr-defined]
            assert order[id(included)] in chosen, asked
            assert chosen == sorted(chosen), asked
    few = signpost.choose({"type": "http", "path": "/team/0199aaaa-0000-7000-8000-000000000001"})
    assert len(few.routes) < 5  # type: ignore[attr-defined]


def test_what_nobody_has_is_asked_of_nobody(app: FastAPI) -> None:
    signpost = app.router.middleware_stack
    assert isinstance(signpost, Signpost)
    assert signpost.choose({"type": "http", "path": "/nothing"}).routes == []  # type: ignore[attr-defined]
    assert signpost.choose({"type": "http", "path": "/team", "root_path": "/evoke"}) == app.router.app
    anything = FastAPI()
    anything.add_api_route("/{code}/more", lambda: "")
    assert [firsts_of(one) for one in anything.routes][-1] is None
