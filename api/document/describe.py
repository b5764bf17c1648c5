"""The document itself: OpenAPI 3.1, made from the routes when it is first asked for."""

import json
import threading
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.document.bodies import BODIES
from api.document.tell import CLIENT, PERSONAL
from api.python_client.write import write_client
from models.api_client import SCOPES
from models.permissions import Permission

ABOUT = """\
Sessions of practice, how they were coded and scored, reviews, feedback, plans, learning and figures, for programs.

A program acts for a person, with a token of theirs from *Your account*, or for itself, as an API client of an authority
(OAuth 2.0 client credentials). Errors are `application/problem+json` (RFC 9457) with a stable `code`. Version 1 grows:
new routes, new fields in answers and new codes of errors may come, so read past what you do not know. Nothing that is
here goes away or changes its meaning. A typed client for Python, made from this description, is at
`/api/v1/evoke_client.py`.
"""
TAGS = {
    "tokens": "Tokens for API clients.",
    "sessions": "Add a conversation, follow it, read its lines, codes and scores, take it away as a file.",
    "recordings in progress": "Sound that comes while a conversation is still going on.",
    "uploads in pieces": "Large recordings whose sending may break off and go on: tus 1.0.0 (https://tus.io) with the "
    "extensions creation, expiration, checksum and termination, then `finish`.",
    "reviews": "What a coach changes and signs off.",
    "feedback": "What a coach writes on a signed-off session, and what is said about it.",
    "search": "Lines that hold certain words.",
    "plan and learning": "What the token's person practises next, and how far they are with the modules.",
    "people and figures": "Whose practice it is, and figures of groups.",
    "agreement": "How far coders say the same.",
    "webhooks": "What other systems are told as it happens.",
}
SCOPE_WORDS = {
    Permission.ADD_SESSION: "add sessions for anybody in the authority",
    Permission.FOLLOW_SESSION: "how far a session is; nothing that was said",
    Permission.SEE_TEAM_FIGURES: "figures of groups",
    Permission.MANAGE_WEBHOOKS: "webhooks, and what was sent by them",
    Permission.MANAGE_PEOPLE: "people and teams, by SCIM",
    Permission.READ_PEOPLE: "who is in the authority and in which team, with e-mail addresses",
}
HEADERS = {
    "RateLimit": ("How much is left, and in how many seconds all of it is back.", '"requests";r=599;t=1'),
    "RateLimit-Policy": ("How much one may ask in how many seconds.", '"requests";q=600;w=60'),
    "Retry-After": ("Seconds to wait.", "17"),
    "ETag": ("Changes with the answer: send it as `If-None-Match` to get 304 where nothing changed.", '"x"'),
    "Location": ("The address of what was made.", "/api/v1/sessions/0199aaaa-0000-7000-8000-000000000001"),
    "Link": ("`rel=\"next\"`: the next page.", '</api/v1/sessions?limit=50&cursor=abc>; rel="next"'),
    "Tus-Resumable": ("The version of tus.", "1.0.0"),
    "Tus-Version": ("The versions of tus that are spoken.", "1.0.0"),
    "Tus-Extension": ("The extensions of tus that are spoken.", "creation,expiration,checksum,termination"),
    "Tus-Max-Size": ("The most bytes of an upload.", "2048000000"),
    "Tus-Checksum-Algorithm": ("What a piece's checksum may be.", "sha1,sha256"),
    "Upload-Offset": ("How many bytes have come: the next that is waited for.", "4000000"),
    "Upload-Length": ("How many bytes the upload has.", "209715200"),
    "Upload-Expires": ("When it goes if nothing more comes.", "Fri, 27 Mar 2026 10:00:00 GMT"),
    "Idempotency-Replayed": ("`true` where this key was answered before, and this is that answer again.", "true"),
}  # fmt: skip


class Problem(BaseModel):
    """RFC 9457. `code` is stable, `detail` a sentence for people, `fields` what is wrong with which field. Some have
    members of their own beside these."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: dict[str, str] | None = None
    retry_after: int | None = None


class Described(FastAPI):
    """With the document below in the place of FastAPI's own. Making it takes a second or more: not in the event
    loop."""

    _bytes = _client = b""
    _making = threading.Lock()

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            self.openapi_schema = _describe(self)
        return self.openapi_schema

    def document(self) -> bytes:
        """As it is sent, made once."""
        with self._making:
            self._bytes = self._bytes or json.dumps(self.openapi(), ensure_ascii=False, separators=(",", ":")).encode()
        return self._bytes

    def python_client(self) -> bytes:
        """A module for integrators, made once."""
        with self._making:
            self._client = self._client or write_client(self.openapi()).encode()
        return self._client


def _describe(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title="Evoke", version="1", summary="Practice in Motivational Interviewing, coded and scored",
        description=ABOUT, routes=app.routes,
        tags=[{"name": name, "description": words} for name, words in TAGS.items()],
    )  # fmt: skip
    components = made.setdefault("components", {})
    schemas: dict[str, Any] = components.setdefault("schemas", {})
    models: tuple[type[BaseModel], ...] = (Problem, *BODIES)
    for model in models:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[model.__name__] = schema
    schemas["Problem"]["additionalProperties"] = True
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["schemas"] = dict(sorted(schemas.items()))
    components["headers"] = {
        name: {"description": words, "schema": {"type": "string"}, "example": example}
        for name, (words, example) in HEADERS.items()
    }
    components["parameters"] = {
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": False,
            "description": "Your own name for this request, such as a UUID. Sent again with the same request within 24 "
            "hours it is answered as the first time, and nothing is made twice.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
        },
        "IfNoneMatch": {
            "name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"},
            "description": "The `ETag` of the answer you have: where it still holds you get 304 without a body.",
        },
        "IfMatch": {
            "name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"},
            "description": "The `ETag` of what you read and want to change: where it is another by now you get 412.",
        },
    }  # fmt: skip
    components["securitySchemes"] = {
        PERSONAL: {
            "type": "http", "scheme": "bearer", "bearerFormat": "evoke_…",
            "description": "A token of a person, from *Your account*. It may do what they may, but for their account.",
        },
        CLIENT: {
            "type": "oauth2",
            "description": "A program of the authority. Its tokens are good for an hour.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/api/v1/oauth/token",
                    "scopes": {one.value: SCOPE_WORDS.get(one, one.value) for one in SCOPES},
                }
            },
        },
    }  # fmt: skip
    return made
