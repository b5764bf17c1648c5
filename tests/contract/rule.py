"""Who there is, and what a rule of a route says."""

from dataclasses import dataclass, field
from typing import Any

OWNER, COACH, TEAMMATE, LEAD, ADMINISTRATOR, EVALUATOR, CLIENT = (
    "owner", "coach", "teammate", "lead", "administrator", "evaluator", "API client",
)  # fmt: skip
ADMINISTRATORS = (ADMINISTRATOR, "administrator elsewhere")
"""Each sees what is of their own authority."""
ELSEWHERE = ("stranger", "coach elsewhere", "administrator elsewhere")
NOBODY = "nobody"
HERE = (OWNER, COACH, TEAMMATE, LEAD, ADMINISTRATOR, EVALUATOR, CLIENT)
EVERYBODY = (*HERE, *ELSEWHERE, NOBODY)
SIGNED_IN = (*HERE, *ELSEWHERE)
PEOPLE = tuple(who for who in SIGNED_IN if who != CLIENT)
"""A program opens no page."""
THEIR_COACH = (OWNER, COACH)
CONTENT = (LEAD, *ADMINISTRATORS)
NO_ID = "0199aaaa-0000-7000-8000-000000000001"
TRAINERS = (COACH, LEAD, "coach elsewhere")
"""Each of their own live sessions."""


@dataclass(frozen=True)
class Rule:
    """`may` are those who get an answer; of the others who is signed in gets 404, who is not is sent to sign in.
    `data` is what a form sends, `sends` anything else that httpx takes (json, params, content). `refused` is a status
    with which the route itself answers who may. `forbidden` are those who may know of it, and hear 403."""

    may: tuple[str, ...]
    data: dict[str, Any] = field(default_factory=dict)
    sends: dict[str, Any] = field(default_factory=dict)
    refused: int | None = None
    forbidden: tuple[str, ...] = ()


AGREED = {"kind": "role_play", "agreement_confirmed": "yes"}
ACCEPTED = {"client_id": "0199aaaa-0000-7000-8000-000000000001", "step": {"kind": "accept", "key": "0"}}
SAID = {"words": "Hello", "client_id": "0199aaaa-0000-7000-8000-000000000001"}
CONTESTED = {"line": 1, "code": "AF", "reason": "I think so."}
HOOK = {"address": "https://hooks.invalid/evoke", "events": "session.ready"}
OF_SESSION, OF_API = "/sessions/{session_id}", "/api/v1/sessions/{session_id}"
