"""Version 1 of the API only grows: the document of today against the one that programs were written for.

`tests/contract/openapi-v1.json` is kept. After a change that only adds, write it anew with
`EVOKE_KEEP_DOCUMENT=yes pytest tests/contract/test_openapi_v1.py`.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from api.document.tell import CLIENT
from models.settings import Settings
from tests.contract.openapi_changes import breaking_changes
from tests.contract.routes import NOT_IN_IT, RULES
from web.app import create_app

KEPT = Path(__file__).with_name("openapi-v1.json")
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def document(settings: Settings) -> dict[str, Any]:
    app = create_app(settings)
    app.state.house.database.close()
    made: dict[str, Any] = json.loads(json.dumps(app.openapi()))
    return made


def test_nothing_breaks(document: dict[str, Any]) -> None:
    if os.environ.get("EVOKE_KEEP_DOCUMENT"):
        KEPT.write_text(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    kept = json.loads(KEPT.read_text())
    assert breaking_changes(kept, document) == []
    assert breaking_changes(document, kept) == [], "something was added: keep the document anew, or it can go unseen"


def test_every_route_is_described(document: dict[str, Any]) -> None:
    described = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert described == {route for route in RULES if " /api/v1/" in route and route not in NOT_IN_IT}
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            about = f"{method} {path}"
            assert one["operationId"].isidentifier(), about
            assert one.get("description"), about
            for status, answer in one["responses"].items():
                if not status.startswith("2"):
                    continue
                schemas = [part.get("schema") for part in answer.get("content", {}).values()]
                assert status == "204" or status == "206" or all(schemas), about
                assert schemas or status in ("204", "206") or method == "head", about
                assert all("$ref" in one.get("items", one) or "contentMediaType" in one for one in schemas), about
            if "oauth" not in path:
                codes = {code for answer in one["responses"].values() for code in answer.get("x-codes", [])}
                assert {"sign_in_needed", "not_found", "too_many"} <= codes, about


def test_scopes_are_those_that_the_routes_ask_for(document: dict[str, Any]) -> None:
    """A program's token is asked for the scope that the document names, and for no other."""
    app_rules = {route for route, rule in RULES.items() if " /api/v1/" in route and "API client" in rule.may}
    named = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method, one in methods.items()
        if any(CLIENT in way for way in one.get("security", []))
    }
    whatever = {"GET /api/v1/sessions", "GET /api/v1/search", "POST /api/v1/oauth/token", *NOT_IN_IT}
    recordings = {route for route in RULES if "recordings-in-progress" in route or "/uploads/{" in route}
    assert app_rules - whatever - recordings == named - recordings
