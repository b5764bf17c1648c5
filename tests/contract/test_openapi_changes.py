"""Every break of the API's document is found, and what only adds to it is none."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.document.tell import CLIENT
from tests.contract.openapi_changes import breaking_changes

Break = Callable[[dict[str, Any]], object]
SESSIONS, READ, PEOPLE = "/api/v1/sessions", "/api/v1/sessions/{session_id}", "/api/v1/people"
UPLOADS, UPLOAD = "/api/v1/uploads", "/api/v1/uploads/{resumable_id}"
PROGRESS, NEW = "Progress", "SentMessage"


def schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def answers(document: dict[str, Any], path: str, method: str = "get") -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][path][method]["responses"]
    return found


def field(document: dict[str, Any], name: str, *path: str | int) -> dict[str, Any]:
    """A field of that schema, or what lies there in it."""
    found: Any = schema(document, name)["properties"]
    for part in path:
        found = found[part]
    return found  # type: ignore[no-any-return]


def parameter(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Its first branch, of the list of people."""
    made = document["paths"][PEOPLE]["get"]["parameters"]
    (found,) = [one["schema"]["anyOf"][0] for one in made if one.get("name") == name]
    return found  # type: ignore[no-any-return]


BROKEN: dict[str, Break] = {
    "a path goes": lambda made: made["paths"].pop(READ),
    "a method goes": lambda made: made["paths"][SESSIONS].pop("post"),
    "an operation is called otherwise": lambda made: made["paths"][READ]["get"].update(operationId="other"),
    "a field of an answer goes": lambda made: schema(made, PROGRESS)["properties"].pop("progress"),
    "a field of an answer can be missing": lambda made: schema(made, PROGRESS)["required"].remove("stage"),
    "a field of an answer changes its type": lambda made: schema(made, PROGRESS)["properties"].update(
        progress={"type": "string"}
    ),
    "a field of an answer can be null": lambda made: schema(made, PROGRESS)["properties"].update(
        progress={"anyOf": [{"type": "integer"}, {"type": "null"}]}
    ),
    "a value goes": lambda made: schema(made, PROGRESS)["properties"]["stage"]["enum"].remove("stopped"),
    "a status goes": lambda made: answers(made, READ).pop("404"),
    "a code goes": lambda made: answers(made, READ)["409"]["x-codes"].remove("coded_blind"),
    "a header goes": lambda made: answers(made, READ)["200"]["headers"].pop("ETag"),
    "a media type goes": lambda made: answers(made, READ)["404"].update(content={"text/plain": {}}),
    "a way to sign in goes": lambda made: made["components"]["securitySchemes"].pop(CLIENT),
    "a route asks for another token": lambda made: made["paths"][SESSIONS]["post"].update(security=[]),
    "a field of a request is needed": lambda made: schema(made, NEW)["required"].append("client_id"),
    "a new field of a request is needed": lambda made: (
        schema(made, NEW)["properties"].update(mood={"type": "string"}), schema(made, NEW)["required"].append("mood")
    ),
    "a field of a request is shorter": lambda made: schema(made, NEW)["properties"]["words"].update(maxLength=3),
    "a field of a request has values": lambda made: schema(made, NEW)["properties"]["words"].update(enum=["yes"]),
    "a field of a request has a pattern": lambda made: schema(made, NEW)["properties"]["words"].update(pattern="a"),
    "a parameter goes": lambda made: made["paths"][SESSIONS]["get"].update(parameters=[]),
    "a parameter is needed": lambda made: made["paths"][SESSIONS]["get"]["parameters"][0].update(required=True),
    "a body is not taken": lambda made: made["paths"][SESSIONS]["post"]["requestBody"]["content"].pop(
        "application/json"
    ),
    "a HEAD goes": lambda made: made["paths"][UPLOAD].pop("head"),
    "an OPTIONS goes": lambda made: made["paths"][UPLOADS].pop("options"),
    "a status of a HEAD goes": lambda made: answers(made, UPLOAD, "head").pop("200"),
    "a route asks for a token": lambda made: made["paths"]["/api/v1/oauth/token"]["post"].update(
        security=[{CLIENT: []}]
    ),
    "a field of an answer can have another value": lambda made: field(made, PROGRESS, "stage", "enum").append("lost"),
    "a field of an answer can have any value": lambda made: field(made, PROGRESS, "stage").pop("enum"),
    "a constant of an answer is another": lambda made: field(made, "TakenBack", "state").update(const="gone"),
    "a field of an answer can be anything": lambda made: field(made, PROGRESS, "progress").pop("type"),
    "a list in an answer holds another type": lambda made: field(made, "WebhookMade", "events", "items").update(
        type="integer"
    ),
    "a list in an answer can hold anything": lambda made: field(made, "DraftRead", "skipped").pop("items"),
    "a list in an answer that may be null holds another type": lambda made: field(
        made, "DraftRead", "segment", "anyOf", 0, "items"
    ).update(type="integer"),
    "a place in a list of an answer has another type": lambda made: field(
        made, "UtteranceView", "probabilities", "items", "prefixItems", 1
    ).update(type="string"),
    "a list in an answer is longer": lambda made: field(made, "UtteranceView", "probabilities", "items").pop(
        "maxItems"
    ),
    "a map in an answer can hold null": lambda made: field(made, "DraftRead", "speakers").update(
        additionalProperties={"type": ["string", "null"]}
    ),
    "a date of an answer is any text": lambda made: field(made, "AgreementView", "given_on").pop("format"),
    "a date of an answer that may be null is a time": lambda made: field(
        made, "AgreementView", "expires_on", "anyOf", 0
    ).update(format="date-time"),
    "an object of an answer that may be null is none": lambda made: field(made, "FeedbackView", "to_try").update(
        anyOf=[{"type": "null"}]
    ),
    "an object of an answer that may be null is another": lambda made: field(
        made, "FeedbackView", "to_try", "anyOf", 0
    ).update({"$ref": f"#/components/schemas/{PROGRESS}"}),
    "a header is no text": lambda made: made["components"]["headers"]["ETag"]["schema"].update(type="integer"),
    "a branch of a request goes": lambda made: field(made, "NewSession", "names", "anyOf").pop(),
    "a branch of a request has a lower limit": lambda made: field(made, "NewSession", "speakers", "anyOf", 0).update(
        maximum=3
    ),
    "a value of a branch of a request goes": lambda made: field(
        made, "NewParticipant", "how", "anyOf", 0, "enum"
    ).remove("said"),
    "a branch of a request has values": lambda made: field(made, NEW, "client_id", "anyOf", 0).update(enum=["1"]),
    "a list in a branch of a request is shorter": lambda made: field(
        made, "NewSession", "participants", "anyOf", 0
    ).update(maxItems=1),
    "a list in a branch of a request holds another type": lambda made: field(
        made, "NewSession", "names", "anyOf", 1, "items"
    ).update(type="integer"),
    "a field of a request has a format": lambda made: field(made, NEW, "words").update(format="email"),
    "a branch of a request has another format": lambda made: field(made, NEW, "client_id", "anyOf", 0).update(
        format="uri"
    ),
    "a field of a request that is left out is another": lambda made: field(made, "NewSession", "kind").update(
        default="simulated"
    ),
    "a request takes no other fields": lambda made: schema(made, NEW).update(additionalProperties=False),
    "a value of a parameter goes": lambda made: parameter(made, "role")["enum"].remove("lead"),
    "a parameter has a lower limit": lambda made: parameter(made, "limit").update(maximum=50),
    "a parameter is shorter": lambda made: parameter(made, "cursor").update(maxLength=20),
    "a parameter has another format": lambda made: parameter(made, "team").update(format="uri"),
    "a body is needed": lambda made: made["paths"][f"{UPLOAD}/finish"]["post"]["requestBody"].update(required=True),
}  # fmt: skip


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """No less a document than the one of today, and made already."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("openapi-v1.json").read_text())
    return found


@pytest.mark.parametrize("what", BROKEN)
def test_what_breaks_is_found(what: str, kept: dict[str, Any]) -> None:
    broken = copy.deepcopy(kept)
    BROKEN[what](broken)
    assert breaking_changes(kept, broken)


def test_what_only_adds_breaks_nothing(kept: dict[str, Any]) -> None:
    grown = copy.deepcopy(kept)
    grown["paths"]["/api/v1/more"] = grown["paths"][SESSIONS]
    schema(grown, PROGRESS)["properties"]["more"] = {"type": "string"}
    schema(grown, PROGRESS)["required"].append("more")
    schema(grown, NEW)["properties"]["more"] = {"type": "string"}
    answers(grown, READ)["409"]["x-codes"].append("another")
    answers(grown, READ)["418"] = answers(grown, READ)["409"]
    field(grown, "FeedbackView", "read_at")["anyOf"].pop()
    field(grown, "AgreementView", "heard_at")["anyOf"][0]["type"] = "integer"
    field(grown, "NewSession", "speakers")["anyOf"][0]["maximum"] = 8
    field(grown, "NewSession", "title").pop("maxLength")
    field(grown, "NewSession", "lawful_basis")["anyOf"].append({"type": "integer"})
    field(grown, "NewParticipant", "how")["anyOf"][0]["enum"].append("letter")
    field(grown, NEW, "client_id")["anyOf"][0].pop("format")
    assert breaking_changes(kept, grown) == []
