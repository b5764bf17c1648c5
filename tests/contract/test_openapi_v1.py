"""Version 1 of the API only grows: the document of today against the one that programs were written for.

`tests/contract/openapi-v1.json` is kept. After a change that only adds, write it anew with
`EVOKE_KEEP_DOCUMENT=yes pytest tests/contract/test_openapi_v1.py`.
"""

import copy
import json
import os
from collections.abc import Callable
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
    assert set(kept["paths"]) == set(document["paths"]), "something was added: keep the document anew"


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


Break = Callable[[dict[str, Any]], object]
SESSIONS, READ = "/api/v1/sessions", "/api/v1/sessions/{session_id}"
LINK, PROGRESS, NEW = "SessionLink", "Progress", "SentMessage"


def _schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def _answers(document: dict[str, Any], path: str, method: str = "get") -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][path][method]["responses"]
    return found


BROKEN: dict[str, Break] = {
    "a path goes": lambda made: made["paths"].pop(READ),
    "a method goes": lambda made: made["paths"][SESSIONS].pop("post"),
    "an operation is called otherwise": lambda made: made["paths"][READ]["get"].update(operationId="other"),
    "a field of an answer goes": lambda made: _schema(made, PROGRESS)["properties"].pop("progress"),
    "a field of an answer can be missing": lambda made: _schema(made, PROGRESS)["required"].remove("stage"),
    "a field of an answer changes its type": lambda made: _schema(made, PROGRESS)["properties"].update(
        progress={"type": "string"}
    ),
    "a field of an answer can be null": lambda made: _schema(made, PROGRESS)["properties"].update(
        progress={"anyOf": [{"type": "integer"}, {"type": "null"}]}
    ),
    "a value goes": lambda made: _schema(made, PROGRESS)["properties"]["stage"]["enum"].remove("stopped"),
    "a status goes": lambda made: _answers(made, READ).pop("404"),
    "a code goes": lambda made: _answers(made, READ)["409"]["x-codes"].remove("coded_blind"),
    "a header goes": lambda made: _answers(made, READ)["200"]["headers"].pop("ETag"),
    "a media type goes": lambda made: _answers(made, READ)["404"].update(content={"text/plain": {}}),
    "a way to sign in goes": lambda made: made["components"]["securitySchemes"].pop(CLIENT),
    "a route asks for another token": lambda made: made["paths"][SESSIONS]["post"].update(security=[]),
    "a field of a request is needed": lambda made: _schema(made, NEW)["required"].append("client_id"),
    "a new field of a request is needed": lambda made: (
        _schema(made, NEW)["properties"].update(mood={"type": "string"}), _schema(made, NEW)["required"].append("mood")
    ),
    "a field of a request is shorter": lambda made: _schema(made, NEW)["properties"]["words"].update(maxLength=3),
    "a field of a request has values": lambda made: _schema(made, NEW)["properties"]["words"].update(enum=["yes"]),
    "a field of a request has a pattern": lambda made: _schema(made, NEW)["properties"]["words"].update(pattern="a"),
    "a parameter goes": lambda made: made["paths"][SESSIONS]["get"].update(parameters=[]),
    "a parameter is needed": lambda made: made["paths"][SESSIONS]["get"]["parameters"][0].update(required=True),
    "a body is not taken": lambda made: made["paths"][SESSIONS]["post"]["requestBody"]["content"].pop(
        "application/json"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_what_breaks_is_found(what: str, document: dict[str, Any]) -> None:
    broken = copy.deepcopy(document)
    BROKEN[what](broken)
    assert breaking_changes(document, broken)


def test_what_only_adds_breaks_nothing(document: dict[str, Any]) -> None:
    grown = copy.deepcopy(document)
    grown["paths"]["/api/v1/more"] = grown["paths"][SESSIONS]
    _schema(grown, PROGRESS)["properties"]["more"] = {"type": "string"}
    _schema(grown, PROGRESS)["required"].append("more")
    _schema(grown, NEW)["properties"]["more"] = {"type": "string"}
    _answers(grown, READ)["409"]["x-codes"].append("another")
    _answers(grown, READ)["418"] = _answers(grown, READ)["409"]
    assert breaking_changes(document, grown) == []
