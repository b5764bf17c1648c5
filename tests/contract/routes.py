"""Every route, and who may use it. A route that is not named here fails the matrix test."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

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
BEGUN = {"details": AGREED, "media_type": "audio/webm", "microphones": 1}
CHUNK = {"params": {"seconds": "1"}, "content": b"sound"}
SENT = {"json": {"chunks": 0, "details": AGREED}}
PERIODS = {"recording_days": "20", "transcript_months": "6", "score_months": "12"}
ACCEPTED = {"client_id": "0199aaaa-0000-7000-8000-000000000001", "step": {"kind": "accept", "key": "0"}}
STEPS = {"json": {"expected": 0, "steps": [ACCEPTED]}}
FEEDBACK = {"well_1": "Good.", "to_try": "Try it.", "send": "yes"}
SENT_FEEDBACK = {"json": {"well": [{"text": "Good."}], "to_try": {"text": "Try it."}, "send": True}}
SAID = {"words": "Hello", "client_id": "0199aaaa-0000-7000-8000-000000000001"}
CONTESTED = {"line": 1, "code": "AF", "reason": "I think so."}
NOTE = {"agreed": "We talk again on Friday.", "next": "I will listen for longer."}
KEPT = {"choice": "keep", "reason": "It fits."}
CHECKED = {f"question-{number}": "1" for number in range(1, 7)}
ANSWERED = {"answer": "You have had enough of this.", "client_id": "0199aaaa-0000-7000-8000-000000000002"}
CALL_OUTS = "month,outcome,count\n2026-01,repeat police call-outs,7\n"
HOOK = {"address": "https://hooks.invalid/evoke", "events": "session.ready"}
HOOKS = (*ADMINISTRATORS, CLIENT)
OF_EXERCISE = "/learn/{module}/exercises/{exercise}"
LEARNED = {"what": "A talk", "on": "2026-03-02", "minutes": "20", "learned": "To wait."}
OF_SESSION, OF_API = "/sessions/{session_id}", "/api/v1/sessions/{session_id}"
LRS = {"endpoint": "https://lrs.example.org/xapi", "key": "k", "secret": "s", "actor_form": "pseudonym"}
RECORDINGS = "/api/v1/recordings-in-progress"
SCIM = "/scim/v2"
NEW_USER = {"userName": "nia.scim@example.org", "displayName": "Nia Scim"}
LEFT = {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
RENAMED = {"Operations": [{"op": "replace", "value": {"displayName": "Renamed by SCIM"}}]}


def scim(sent: dict[str, Any] | None = None, refused: int | None = None) -> Rule:
    """For programs; a person hears that it is not for them."""
    return Rule((CLIENT,), sends={"json": sent} if sent else {}, refused=refused, forbidden=PEOPLE)


RULES: dict[str, Rule] = {
    **{
        f"GET {SCIM}{path}": scim()
        for path in ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/Users", "/Groups")
    },
    f"GET {SCIM}/ResourceTypes/{{name}}": scim(refused=404),
    f"GET {SCIM}/Schemas/{{urn}}": scim(refused=404),
    f"POST {SCIM}/Bulk": scim({"Operations": []}, refused=501),
    f"POST {SCIM}/.search": scim({"count": 1}, refused=501),
    f"POST {SCIM}/Users/.search": scim({"count": 1}),
    f"POST {SCIM}/Users": scim(NEW_USER),
    f"GET {SCIM}/Users/{{user_id}}": scim(),
    f"PUT {SCIM}/Users/{{user_id}}": scim({**NEW_USER, "userName": "nia.put@example.org"}),
    f"PATCH {SCIM}/Users/{{user_id}}": scim(LEFT),
    f"DELETE {SCIM}/Users/{{user_id}}": scim(),
    f"POST {SCIM}/Groups/.search": scim({"count": 1}),
    f"POST {SCIM}/Groups": scim({"displayName": "Made by SCIM"}),
    f"GET {SCIM}/Groups/{{group_id}}": scim(),
    f"PUT {SCIM}/Groups/{{group_id}}": scim({"displayName": "Put by SCIM"}),
    f"PATCH {SCIM}/Groups/{{group_id}}": scim(RENAMED),
    f"DELETE {SCIM}/Groups/{{group_id}}": scim(),
    "GET /connections/scim": Rule(ADMINISTRATORS),
    "POST /connections/scim/token": Rule(ADMINISTRATORS, {"days": "365"}),
    "POST /connections/scim/older-tokens/end": Rule(ADMINISTRATORS),
    "POST /connections/scim/end": Rule(ADMINISTRATORS),
    "POST /connections/scim/test": Rule(ADMINISTRATORS, {"user_name": "olu.owner@example.org"}),
    "POST /connections/scim/groups": Rule(ADMINISTRATORS, {"group": "Evoke leads", "role": "lead"}),
    "POST /connections/scim/groups/remove": Rule(ADMINISTRATORS, {"group_id": NO_ID}, refused=404),
    "GET /health": Rule(EVERYBODY),
    "GET /api/v1/openapi.json": Rule(EVERYBODY),
    "GET /sign-in": Rule(EVERYBODY),
    "POST /sign-in": Rule(EVERYBODY, {"email": "x@example.org", "password": "not the password"}, refused=401),
    "POST /sign-out": Rule(EVERYBODY),
    "GET /first-administrator": Rule(EVERYBODY),
    "POST /first-administrator": Rule(EVERYBODY, {"authority": "A", "name": "B", "email": "c@example.org"}),
    "GET /forgotten-password": Rule(EVERYBODY),
    "POST /forgotten-password": Rule(EVERYBODY, {"email": "x@example.org"}),
    "GET /reset-password/{secret}": Rule(EVERYBODY, refused=410),
    "POST /reset-password/{secret}": Rule(EVERYBODY, {"password": "three other words"}, refused=410),
    "GET /administration": Rule((ADMINISTRATOR, ELSEWHERE[2])),
    "GET /signing-in": Rule((ADMINISTRATOR, ELSEWHERE[2])),
    "POST /signing-in": Rule((ADMINISTRATOR, ELSEWHERE[2]), {"second_step": "yes"}),
    "POST /people/{person_id}/unlock": Rule((ADMINISTRATOR,)),
    "POST /people/{person_id}/second-step/end": Rule((ADMINISTRATOR,)),
    "POST /signing-in/single-sign-on": Rule((ADMINISTRATOR, ELSEWHERE[2]), {"issuer": "no address"}),
    "POST /signing-in/single-sign-on/end": Rule((ADMINISTRATOR, ELSEWHERE[2])),
    "POST /sign-in/authority": Rule(EVERYBODY, {"email": "x@example.org"}),
    "GET /sign-in/callback": Rule(EVERYBODY, refused=401),
    "GET /second-step": Rule(PEOPLE),
    "POST /second-step": Rule(PEOPLE, {"code": "123456"}),
    "GET /second-step/set-up": Rule(PEOPLE, refused=409),
    "POST /second-step/set-up": Rule(PEOPLE, {"code": "123456"}, refused=409),
    "GET /account/second-step": Rule(PEOPLE),
    "POST /account/second-step/begin": Rule(PEOPLE, {"password": "not the password"}),
    "POST /account/second-step/end": Rule(PEOPLE, {"password": "not the password"}),
    "GET /api/v1/webhooks": Rule(HOOKS),
    "POST /api/v1/webhooks": Rule(HOOKS, sends={"json": HOOK | {"events": ["session.ready"]}}),
    "DELETE /api/v1/webhooks/{webhook_id}": Rule((ADMINISTRATOR, CLIENT)),
    "GET /api/v1/webhooks/{webhook_id}/deliveries": Rule((ADMINISTRATOR, CLIENT)),
    "POST /api/v1/webhooks/{webhook_id}/redeliver": Rule((ADMINISTRATOR, CLIENT), sends={"json": {}}),
    "GET /connections": Rule(ADMINISTRATORS),
    "GET /connections/webhooks": Rule(ADMINISTRATORS),
    "GET /connections/webhooks/new": Rule(ADMINISTRATORS),
    "POST /connections/webhooks": Rule(ADMINISTRATORS, HOOK),
    "GET /connections/webhooks/{webhook_id}": Rule((ADMINISTRATOR,)),
    "POST /connections/webhooks/{webhook_id}": Rule((ADMINISTRATOR,), HOOK),
    "POST /connections/webhooks/{webhook_id}/test": Rule((ADMINISTRATOR,)),
    "POST /connections/webhooks/{webhook_id}/redeliver": Rule((ADMINISTRATOR,), {"hours": "1"}),
    "POST /connections/webhooks/{webhook_id}/secret": Rule((ADMINISTRATOR,)),
    "POST /connections/webhooks/{webhook_id}/old-secret/end": Rule((ADMINISTRATOR,)),
    "POST /connections/webhooks/{webhook_id}/pause": Rule((ADMINISTRATOR,)),
    "POST /connections/webhooks/{webhook_id}/resume": Rule((ADMINISTRATOR,)),
    "POST /connections/webhooks/{webhook_id}/remove": Rule((ADMINISTRATOR,)),
    "GET /api-clients": Rule(ADMINISTRATORS),
    "GET /api-clients/new": Rule(ADMINISTRATORS),
    "POST /api-clients": Rule(ADMINISTRATORS, {"name": "Portal", "scopes": "add_session", "days": "90"}),
    "POST /api-clients/{client_id}/renew": Rule((ADMINISTRATOR,), {"days": "90"}),
    "POST /api-clients/{client_id}/revoke": Rule((ADMINISTRATOR,)),
    "POST /api/v1/oauth/token": Rule(EVERYBODY, {"grant_type": "client_credentials"}, refused=401),
    "GET /api/v1/practitioners": Rule((COACH, CLIENT), sends={"params": {"email": "olu.owner@example.org"}}),
    "GET /api/v1/figures": Rule(SIGNED_IN),
    "GET /api/v1/figures/authority": Rule((LEAD, CLIENT)),
    "GET /api/v1/figures/authority/{slice_name}": Rule((LEAD, CLIENT), refused=404),
    "GET /account": Rule(PEOPLE),
    "GET /account/details": Rule(PEOPLE),
    "POST /account/details": Rule(PEOPLE, {"name": "Nia New", "discipline": "trainer"}),
    "GET /your-data": Rule(PEOPLE),
    "POST /your-data": Rule(PEOPLE),
    "GET /your-data/progress": Rule(PEOPLE),
    "GET /your-data/copy.{form}": Rule(PEOPLE, refused=404),
    "POST /your-data/end": Rule(PEOPLE),
    "POST /your-data/answers/delete": Rule(PEOPLE),
    "GET /account/password": Rule(PEOPLE),
    "POST /account/password": Rule(PEOPLE, {"current": "not the password", "new": "three other words"}),
    "POST /account/sign-ins/{sign_in_id}/end": Rule((OWNER,)),
    "POST /account/sign-ins/end-others": Rule(PEOPLE),
    "GET /account/tokens/new": Rule(PEOPLE),
    "POST /account/tokens": Rule(PEOPLE, {"name": "script"}),
    "POST /account/tokens/{token_id}/revoke": Rule((OWNER,)),
    "GET /about-the-scores": Rule((*PEOPLE, NOBODY)),
    **{f"GET /audit{ending}": Rule(ADMINISTRATORS) for ending in ("", ".csv", ".json")},
    "GET /join/{secret}": Rule(EVERYBODY),
    "POST /join/{secret}": Rule(EVERYBODY, {"name": "Nia New", "password": "a long password"}),
    "GET /people": Rule(ADMINISTRATORS),
    "GET /people/invite": Rule(ADMINISTRATORS),
    "POST /people/invite": Rule(ADMINISTRATORS, {"name": "Nia New"}),
    "GET /people/import": Rule(ADMINISTRATORS),
    "POST /people/import": Rule(ADMINISTRATORS, {"text": "name,email\nNia,nia@example.org"}),
    "POST /people/import/confirm": Rule(ADMINISTRATORS, {"text": "name,email\nNia,nia@example.org"}),
    "GET /people/teams": Rule(ADMINISTRATORS),
    "POST /people/teams": Rule(ADMINISTRATORS, {"team_name": "South"}),
    "GET /authority": Rule((LEAD,)),
    "POST /authority/figures": Rule((LEAD,)),
    "GET /authority/figures.csv": Rule((LEAD,), refused=404),
    "GET /authority/figures.xlsx": Rule((LEAD,), refused=404),
    "GET /authority/report": Rule((LEAD,)),
    "POST /authority/report": Rule((LEAD,)),
    "GET /authority/report.pdf": Rule((LEAD,), refused=404),
    "GET /authority/teams/{team_id}": Rule((LEAD,)),
    "GET /authority/teams/{team_id}/sessions": Rule(
        (COACH,), sends={"params": {"of": "role_play.chosen.machine", "month": "2026-10"}}
    ),
    "GET /authority/teams/{team_id}/report": Rule((COACH, LEAD)),
    "POST /authority/teams/{team_id}/report": Rule((COACH, LEAD)),
    "GET /authority/teams/{team_id}/report.pdf": Rule((COACH, LEAD), refused=404),
    "GET /evaluation": Rule((EVALUATOR,)),
    "GET /evaluation.csv": Rule((EVALUATOR,)),
    "GET /adoption": Rule((LEAD, EVALUATOR, *ADMINISTRATORS)),
    "GET /adoption/authorities/{authority_id}": Rule((LEAD, ADMINISTRATOR, EVALUATOR)),
    "GET /adoption/data": Rule(CONTENT),
    "POST /adoption/data/wave": Rule(CONTENT, {"wave": "Wave 2", "live_on": "2026-03-31"}),
    "GET /adoption/data/{file_kind}": Rule(CONTENT),
    "GET /adoption/data/{file_kind}/template.csv": Rule(CONTENT),
    "POST /adoption/data/{file_kind}": Rule(CONTENT, {"text": CALL_OUTS}),
    "POST /adoption/data/{file_kind}/confirm": Rule(CONTENT, {"text": CALL_OUTS}),
    "POST /adoption/data/uploads/{upload_id}": Rule((LEAD, ADMINISTRATOR)),
    "GET /adoption/export": Rule((EVALUATOR,)),
    "POST /adoption/export": Rule((EVALUATOR,)),
    "GET /adoption/export/progress": Rule((EVALUATOR,)),
    "GET /adoption/export/evoke-evaluation.zip": Rule((EVALUATOR,), refused=404),
    "POST /adoption/export/end": Rule((EVALUATOR,)),
    "GET /people/teams/evaluation": Rule(ADMINISTRATORS),
    "POST /people/teams/evaluation/rows": Rule(ADMINISTRATORS, {"allowed": "yes"}),
    "POST /people/teams/evaluation": Rule(ADMINISTRATORS, {"opt_in": "yes"}),
    "POST /people/teams/{team_id}/rename": Rule((ADMINISTRATOR,), {"team_name": "West"}),
    "POST /people/teams/{team_id}/close": Rule((ADMINISTRATOR,)),
    "POST /people/teams/{team_id}/reopen": Rule((ADMINISTRATOR,)),
    "GET /people/{person_id}": Rule((ADMINISTRATOR,)),
    "POST /people/{person_id}/details": Rule((ADMINISTRATOR,), {"name": "Nia", "email": "nia@example.org"}),
    "POST /people/{person_id}/teams": Rule((ADMINISTRATOR,), {"team": "x"}),
    "POST /people/{person_id}/move": Rule((ADMINISTRATOR,), {"to": "x"}),
    "POST /people/{person_id}/places/end": Rule((ADMINISTRATOR,), {"place": "x"}),
    "POST /people/{person_id}/roles": Rule((ADMINISTRATOR,), {"roles": "lead"}),
    "POST /people/{person_id}/invitation": Rule((ADMINISTRATOR,)),
    "POST /people/{person_id}/leave": Rule((ADMINISTRATOR,)),
    "POST /people/{person_id}/return": Rule((ADMINISTRATOR,)),
    "POST /sessions/{session_id}/requests": Rule((OWNER,), {"kind": "correction", "words": "No."}, forbidden=(COACH,)),
    "POST /requests/{request_id}": Rule((COACH,), {"words": "Yes."}, forbidden=(OWNER,)),
    "GET /cohorts": Rule(TRAINERS),
    "POST /cohorts": Rule((COACH, LEAD), {"pathway_id": NO_ID, "team_id": NO_ID}, refused=404),
    "GET /cohorts/pathways/new": Rule(TRAINERS),
    "POST /cohorts/pathways/new": Rule(TRAINERS, {"name": "First weeks", "place-reflections": "1"}),
    "POST /cohorts/pathways/{pathway_id}/put-away": Rule((COACH, LEAD)),
    "GET /cohorts/{cohort_id}": Rule((OWNER, COACH, TEAMMATE, LEAD)),
    "POST /cohorts/{cohort_id}/remind": Rule((COACH, LEAD), forbidden=(OWNER, TEAMMATE)),
    "POST /cohorts/{cohort_id}/end": Rule((COACH, LEAD), forbidden=(OWNER, TEAMMATE)),
    "GET /live": Rule(EVERYBODY),
    "POST /live": Rule(EVERYBODY, {"code": "BCDFGH"}),
    "GET /live/{code}": Rule(EVERYBODY),
    "POST /live/{live_id}/answer": Rule(EVERYBODY, {"words": "You worry.", "number": "1"}),
    "GET /live/{live_id}/phone": Rule(EVERYBODY),
    "GET /live/new": Rule(TRAINERS),
    "POST /live/new": Rule(TRAINERS, {"parent": "Why me?"}),
    "GET /live/{live_id}/next": Rule((COACH,)),
    "POST /live/{live_id}/next": Rule((COACH,), {"parent": "Why me?"}),
    "GET /live/{live_id}/screen": Rule((COACH,)),
    "GET /live/{live_id}/screen/state": Rule((COACH,)),
    "GET /live/{live_id}/answers": Rule((COACH,)),
    "POST /live/{live_id}/answers/{answer_id}": Rule((COACH,), {"choice": "hide"}),
    **{f"POST /live/{{live_id}}/{what}": Rule((COACH,)) for what in ("show", "models", "code-again", "end", "delete")},
    f"GET {OF_SESSION}/feedback": Rule(THEIR_COACH),
    f"POST {OF_SESSION}/feedback": Rule((COACH,), FEEDBACK, forbidden=(OWNER,)),
    f"POST {OF_SESSION}/feedback/take-back": Rule((COACH,), forbidden=(OWNER,)),
    f"POST {OF_SESSION}/feedback/messages": Rule(THEIR_COACH, SAID),
    f"POST {OF_SESSION}/feedback/messages/{{message_id}}/take-back": Rule((OWNER,)),
    f"GET {OF_SESSION}/contests/new": Rule((OWNER,), sends={"params": {"line": 1}}, forbidden=(COACH,)),
    f"POST {OF_SESSION}/contests": Rule((OWNER,), CONTESTED, forbidden=(COACH,)),
    f"GET {OF_SESSION}/contests/{{contest_id}}": Rule((COACH,), forbidden=(OWNER,)),
    f"POST {OF_SESSION}/contests/{{contest_id}}": Rule((COACH,), KEPT, forbidden=(OWNER,)),
    f"POST {OF_SESSION}/contests/{{contest_id}}/take-back": Rule((OWNER,), forbidden=(COACH,)),
    f"GET {OF_API}/feedback": Rule(THEIR_COACH),
    f"POST {OF_API}/feedback": Rule((COACH,), sends=SENT_FEEDBACK, forbidden=(OWNER,)),
    f"POST {OF_API}/feedback/take-back": Rule((COACH,), forbidden=(OWNER,)),
    f"POST {OF_API}/feedback/messages": Rule(THEIR_COACH, sends={"json": SAID}),
    f"DELETE {OF_API}/feedback/messages/{{message_id}}": Rule((OWNER,)),
    f"POST {OF_API}/feedback/contests": Rule((OWNER,), sends={"json": CONTESTED}, forbidden=(COACH,)),
    f"POST {OF_API}/feedback/contests/{{contest_id}}": Rule(
        (COACH,), sends={"json": {"change": False, "reason": "It fits."}}, forbidden=(OWNER,)
    ),
    f"DELETE {OF_API}/feedback/contests/{{contest_id}}": Rule((OWNER,), forbidden=(COACH,)),
    f"GET {OF_SESSION}/workbook": Rule(THEIR_COACH),
    f"POST {OF_SESSION}/workbook": Rule((OWNER,), NOTE, forbidden=(COACH,)),
    f"POST {OF_SESSION}/workbook/delete": Rule((OWNER,), forbidden=(COACH,)),
    f"GET {OF_SESSION}/workbook/note.{{form}}": Rule((OWNER,), forbidden=(COACH,)),
    f"GET {OF_API}/workbook-note": Rule((OWNER,), forbidden=(COACH,)),
    "GET /plan/note": Rule(PEOPLE),
    "POST /plan/note": Rule(PEOPLE, {"skill": "Open questions", "then": "json"}),
    "GET /data-protection": Rule(ADMINISTRATORS),
    "GET /": Rule(PEOPLE),
    "GET /sessions/new": Rule(PEOPLE),
    "GET /sessions/record": Rule(PEOPLE),
    "POST /sessions": Rule(PEOPLE, AGREED),
    "GET /progress": Rule(PEOPLE),
    "POST /progress/certificates": Rule(PEOPLE, {"module": "no-such-module"}, refused=404),
    "GET /progress/certificates/{certificate_id}": Rule((OWNER,)),
    "GET /progress/certificates/{certificate_id}/badge.svg": Rule((OWNER,)),
    "GET /progress/certificates/{certificate_id}/badge.jwt": Rule((OWNER,)),
    "POST /progress/certificates/{certificate_id}/take-back": Rule((OWNER,)),
    "GET /certificates/{certificate_id}": Rule(EVERYBODY),
    "POST /certificates/{certificate_id}": Rule(EVERYBODY, {"email": "x@example.org"}),
    "GET /badges/issuers/{organisation_id}": Rule(EVERYBODY, refused=404),
    "GET /badges/issuers/{organisation_id}/revoked": Rule(EVERYBODY),
    "GET /badges/keys/{key_id}": Rule(EVERYBODY),
    "GET /progress/record": Rule(PEOPLE),
    "POST /progress/record": Rule(PEOPLE, LEARNED),
    "GET /progress/record/new": Rule(PEOPLE),
    "GET /progress/record/{entry_id}": Rule((OWNER,)),
    "POST /progress/record/{entry_id}": Rule((OWNER,), LEARNED),
    "POST /progress/record/{entry_id}/delete": Rule((OWNER,)),
    "POST /progress/record/paper": Rule(PEOPLE, {"since": "2026-01-01", "until": "2026-02-01"}),
    "GET /progress/record/paper.pdf": Rule(PEOPLE, refused=404),
    "GET /learn": Rule(PEOPLE),
    "GET /learn/{module}": Rule(PEOPLE),
    "GET /learn/{module}/whole": Rule(PEOPLE),
    "GET /learn/{module}/parts/{at}": Rule(PEOPLE),
    "POST /learn/{module}/parts/{at}": Rule(PEOPLE),
    "POST /learn/{module}/read": Rule(PEOPLE),
    "GET /learn/{module}/check": Rule(PEOPLE),
    "POST /learn/{module}/check": Rule(PEOPLE, CHECKED),
    f"GET {OF_EXERCISE}": Rule(PEOPLE),
    f"POST {OF_EXERCISE}": Rule(PEOPLE, ANSWERED),
    f"POST {OF_EXERCISE}/draft": Rule(PEOPLE, {"answer": "You have"}),
    f"GET {OF_EXERCISE}/answers/{{attempt_id}}": Rule((OWNER,)),
    f"POST {OF_EXERCISE}/answers/{{attempt_id}}/not-fair": Rule((OWNER,), {"reason": "I meant the other thing."}),
    "GET /learn/objections": Rule((COACH, "coach elsewhere")),
    "GET /learn/objections/{objection_id}": Rule((COACH,), forbidden=(OWNER,)),
    "POST /learn/objections/{objection_id}": Rule(
        (COACH,), {"choice": "keep", "answer": "It fits."}, forbidden=(OWNER,)
    ),
    "GET /learn/items": Rule((COACH, LEAD, "coach elsewhere")),
    "GET /content": Rule(CONTENT),
    "POST /content": Rule(CONTENT, {"name": "asking"}, refused=422),
    "GET /content/{module}": Rule(CONTENT),
    "POST /content/{module}": Rule(CONTENT, refused=422),
    "GET /content/{module}/files/{file}": Rule(CONTENT),
    "GET /content/{module}/versions/{version}": Rule(CONTENT, refused=404),
    "GET /content/{module}/versions/{version}/files/{file}": Rule(CONTENT, refused=404),
    "POST /content/{module}/versions/{version}/publish": Rule(CONTENT, refused=404),
    "POST /content/{module}/versions/{version}/throw-away": Rule(CONTENT, refused=404),
    "POST /content/{module}/shipped": Rule(CONTENT),
    "POST /content/{module}/hidden": Rule(CONTENT),
    "GET /search": Rule(PEOPLE, sends={"params": {"q": "drinking"}}),
    "GET /api/v1/search": Rule(SIGNED_IN, sends={"params": {"q": "drinking"}}),
    "GET /sessions/{session_id}": Rule(THEIR_COACH),
    "GET /sessions/{session_id}/progress": Rule(THEIR_COACH),
    "GET /sessions/{session_id}/codes.csv": Rule(THEIR_COACH),
    "GET /sessions": Rule(PEOPLE),
    "GET /queue": Rule((COACH, LEAD, *ADMINISTRATORS, ELSEWHERE[1])),
    "POST /queue/next": Rule((COACH, ELSEWHERE[1])),
    "POST /queue/days": Rule(ADMINISTRATORS, {"days": "21"}),
    "GET /sessions/{session_id}/take": Rule((COACH,), forbidden=(OWNER,)),
    "POST /sessions/{session_id}/take": Rule((COACH,), forbidden=(OWNER,)),
    "POST /sessions/{session_id}/hand-back": Rule((COACH,), forbidden=(OWNER,)),
    "GET /sessions/coded": Rule((COACH, ELSEWHERE[1])),
    "POST /sessions/coded": Rule((COACH, ELSEWHERE[1]), AGREED),
    "POST /api/v1/sessions/coded": Rule((COACH, ELSEWHERE[1]), AGREED),
    "GET /sessions/{session_id}/export": Rule(THEIR_COACH),
    "GET /sessions/{session_id}/export/{form}": Rule(THEIR_COACH),
    "POST /sessions/{session_id}/retry": Rule(THEIR_COACH),
    "POST /sessions/{session_id}/stop": Rule(THEIR_COACH),
    "POST /sessions/{session_id}/practitioner": Rule(THEIR_COACH, {"label": "Parent"}),
    "POST /sessions/{session_id}/picked": Rule(THEIR_COACH, {"picked": "drawn"}),
    "GET /sessions/{session_id}/consent": Rule(THEIR_COACH),
    "POST /sessions/{session_id}/consent": Rule(THEIR_COACH, {"new-who": "staff", "new-supervision": "yes"}),
    "POST /sessions/{session_id}/consent/basis": Rule(THEIR_COACH, {"lawful_basis": "public_task"}),
    "POST /sessions/{session_id}/consent/{position}": Rule(THEIR_COACH, {"p1-supervision": "yes"}),
    "GET /sessions/{session_id}/withdraw": Rule((OWNER, COACH, ADMINISTRATOR)),
    "POST /sessions/{session_id}/withdraw": Rule((OWNER, COACH, ADMINISTRATOR), {"what": "all", "why": "asked"}),
    "GET /withdrawals/{withdrawal_id}": Rule((OWNER, ADMINISTRATOR)),
    "GET /withdrawals/{withdrawal_id}/proof.json": Rule((OWNER, ADMINISTRATOR), refused=404),
    "GET /retention": Rule((ADMINISTRATOR, "administrator elsewhere")),
    "POST /retention/real-practice": Rule((ADMINISTRATOR, "administrator elsewhere"), {"on": "yes"}),
    "POST /retention/periods/{kind}": Rule((ADMINISTRATOR, "administrator elsewhere"), PERIODS),
    "GET /sessions/{session_id}/hold": Rule((ADMINISTRATOR,)),
    "POST /sessions/{session_id}/hold": Rule((ADMINISTRATOR,), {"reason": "A complaint"}),
    "POST /sessions/{session_id}/hold/lift": Rule((ADMINISTRATOR,), refused=409),
    "GET /sessions/{session_id}/copies": Rule((ADMINISTRATOR,)),
    "POST /sessions/{session_id}/copies/{position}": Rule((ADMINISTRATOR,), refused=404),
    "GET /sessions/{session_id}/copies/{position}/progress": Rule((ADMINISTRATOR,), refused=404),
    "GET /sessions/{session_id}/copies/{position}/copy.{form}": Rule((ADMINISTRATOR,), refused=404),
    "POST /sessions/{session_id}/copies/{position}/end": Rule((ADMINISTRATOR,), refused=404),
    "GET /plan": Rule(PEOPLE),
    "GET /plan/next": Rule(PEOPLE),
    "POST /plan/skill": Rule(PEOPLE, {"skill": "affirming"}),
    "POST /plan/skill/undo": Rule(PEOPLE),
    "POST /plan/pause": Rule(PEOPLE, {"paused": "yes"}),
    "POST /plan/reminders": Rule(PEOPLE, {"reminders": "yes", "days": "0", "hour": "9"}),
    "GET /plan/stop-mails/{token}": Rule(EVERYBODY, refused=404),
    "POST /plan/stop-mails/{token}": Rule(EVERYBODY, refused=404),
    "GET /plan/team": Rule((COACH, "coach elsewhere")),
    "GET /plan/team/{person_id}": Rule((COACH,)),
    "POST /plan/team/{person_id}": Rule((COACH,), {"skill": "affirming", "note": "You do it with children."}),
    "POST /plan/team/{person_id}/undo": Rule((COACH,)),
    "GET /team": Rule((COACH, "coach elsewhere")),
    "GET /team/{team_id}": Rule((COACH,)),
    "GET /team/{team_id}/pack": Rule((COACH,)),
    "POST /team/{team_id}/pack": Rule((COACH,), {"without_1": "Tuesday"}),
    "POST /sessions/{session_id}/team-reads": Rule((OWNER,), {"agreed": "yes"}, forbidden=(COACH,)),
    "GET /plan/rule": Rule(ADMINISTRATORS),
    "POST /plan/rule": Rule(ADMINISTRATORS, {"feedback_days": "60", "gap_days": "14", "time_zone": "Europe/London"}),
    "GET /double-coding": Rule((LEAD, *ADMINISTRATORS)),
    "POST /double-coding": Rule((LEAD, *ADMINISTRATORS), {"percent": "20"}),
    "POST /double-codings/{double_id}/take": Rule((COACH,), forbidden=(OWNER,)),
    "POST /double-codings/{double_id}/hand-back": Rule((COACH,), forbidden=(OWNER,)),
    "GET /agreement/drift/{coach_id}": Rule((COACH, LEAD)),
    "GET /calibration": Rule((COACH, "coach elsewhere")),
    "GET /calibration/{conversation}": Rule((COACH, "coach elsewhere")),
    "POST /calibration/{conversation}": Rule((COACH, "coach elsewhere"), {"line-0": "NC"}),
    "GET /agreement": Rule((COACH, LEAD, "coach elsewhere")),
    "GET /sessions/{session_id}/agreement": Rule((COACH,), refused=404, forbidden=(OWNER,)),
    "POST /sessions/{session_id}/agreement": Rule((COACH,), {"place": "f0"}, refused=404, forbidden=(OWNER,)),
    "GET /coder": Rule((LEAD, *ADMINISTRATORS)),
    "GET /api/v1/machine-agreement": Rule((LEAD, *ADMINISTRATORS)),
    "GET /api/v1/agreement": Rule((COACH, LEAD, "coach elsewhere")),
    "GET /check-a-proof": Rule(EVERYBODY),
    "POST /check-a-proof": Rule(EVERYBODY, {"proof": "{}"}),
    "GET /sessions/{session_id}/names": Rule(THEIR_COACH),
    "POST /sessions/{session_id}/names": Rule(THEIR_COACH),
    "POST /sessions/{session_id}/bleep": Rule(THEIR_COACH),
    "GET /api/v1/sessions": Rule(SIGNED_IN),
    "POST /api/v1/sessions": Rule(SIGNED_IN, AGREED),
    "GET /api/v1/sessions/{session_id}": Rule(THEIR_COACH),
    "GET /api/v1/sessions/{session_id}/export": Rule(THEIR_COACH),
    "GET /api/v1/sessions/{session_id}/progress": Rule((*THEIR_COACH, CLIENT)),
    **{
        f"GET /api/v1/sessions/{{session_id}}/{part}": Rule(THEIR_COACH)
        for part in ("codes", "scores", "reviews", "exports")
    },
    "GET /api/v1/plan": Rule(PEOPLE, forbidden=(CLIENT,)),
    "GET /api/v1/modules": Rule(PEOPLE, forbidden=(CLIENT,)),
    "GET /api/v1/modules/{name}/progress": Rule(PEOPLE, forbidden=(CLIENT,)),
    "POST /api/v1/sessions/{session_id}/retry": Rule(THEIR_COACH),
    "POST /api/v1/sessions/{session_id}/stop": Rule(THEIR_COACH),
    "POST /api/v1/sessions/{session_id}/practitioner": Rule(THEIR_COACH, sends={"params": {"label": "Parent"}}),
    "POST /api/v1/sessions/{session_id}/picked": Rule(THEIR_COACH, sends={"params": {"picked": "drawn"}}),
    "GET /sessions/{session_id}/bench": Rule((COACH,), forbidden=(OWNER,)),
    "POST /sessions/{session_id}/bench": Rule((COACH,), refused=409, forbidden=(OWNER,)),
    "POST /sessions/{session_id}/bench/put-away": Rule((COACH,), forbidden=(OWNER,)),
    "GET /sessions/{session_id}/cacti": Rule((COACH,), forbidden=(OWNER,)),
    "POST /sessions/{session_id}/cacti": Rule((COACH,), refused=422, forbidden=(OWNER,)),
    "POST /api/v1/sessions/{session_id}/listening": Rule(THEIR_COACH, refused=404),
    "GET /api/v1/sessions/{session_id}/peaks": Rule(THEIR_COACH, refused=404),
    "GET /api/v1/sessions/{session_id}/sound": Rule(THEIR_COACH, refused=404),
    "POST /api/v1/sessions/{session_id}/reviews": Rule((COACH,), refused=409, forbidden=(OWNER,)),
    "GET /api/v1/reviews/{review_id}": Rule((COACH,), forbidden=(OWNER,)),
    "POST /api/v1/reviews/{review_id}/steps": Rule((COACH,), sends=STEPS, forbidden=(OWNER,)),
    "POST /api/v1/reviews/{review_id}/undo": Rule((COACH,), sends={"json": {"number": 1}}, forbidden=(OWNER,)),
    "POST /api/v1/reviews/{review_id}/redo": Rule((COACH,), sends={"json": {"number": 1}}, forbidden=(OWNER,)),
    "POST /api/v1/reviews/{review_id}/sign-off": Rule((COACH,), sends={"json": {"expected": 0}}, forbidden=(OWNER,)),
    "POST /api/v1/reviews/{review_id}/put-away": Rule((COACH,), forbidden=(OWNER,)),
    "GET /connections/xapi": Rule(ADMINISTRATORS),
    "POST /connections/xapi": Rule(ADMINISTRATORS, LRS),
    "POST /connections/xapi/test": Rule(ADMINISTRATORS),
    "POST /connections/xapi/pause": Rule(ADMINISTRATORS, {"paused": "yes"}, refused=409),
    "POST /connections/xapi/again": Rule(ADMINISTRATORS, refused=409),
    "POST /connections/xapi/end": Rule(ADMINISTRATORS),
    "GET /connections/scorm": Rule(CONTENT),
    "POST /connections/scorm/{module}": Rule(CONTENT, {"form": "scorm-1.2"}),
    "POST /connections/scorm-end": Rule(CONTENT),
    "GET /courses/open": Rule(PEOPLE, refused=404),
    "POST /courses/open": Rule(PEOPLE, {"package": "p", "launch": "l"}, refused=404),
    "GET /courses/launches/{secret}": Rule(EVERYBODY, refused=404),
    "GET /xapi/profile": Rule(EVERYBODY),
    "GET /xapi/profile/{part:path}": Rule(EVERYBODY),
    "GET /parent-writer": Rule(ADMINISTRATORS),
    "POST /parent-writer/test": Rule(ADMINISTRATORS),
    "POST /parent-writer": Rule(ADMINISTRATORS, {"address": "https://models.example.org/v1", "model": "m"}),
    "POST /parent-writer/end": Rule(ADMINISTRATORS),
    "GET /practice/parents": Rule(PEOPLE),
    "GET /practice/parents/{slug}": Rule(PEOPLE),
    "POST /practice/parents/{slug}": Rule(PEOPLE),
    "GET /practice/conversations/{conversation_id}": Rule((OWNER,)),
    "POST /practice/conversations/{conversation_id}": Rule((OWNER,), {"said": "It is hard for you.", "position": "2"}),
    "POST /practice/conversations/{conversation_id}/take-back": Rule((OWNER,), {"position": "1"}),
    "POST /practice/conversations/{conversation_id}/finish": Rule((OWNER,)),
    "POST /practice/conversations/{conversation_id}/throw-away": Rule((OWNER,)),
    "POST /spoken-answers": Rule(PEOPLE, sends={"content": b"sound"}),
    "GET /spoken-answers/{spoken_id}": Rule((OWNER,)),
    "DELETE /spoken-answers/{spoken_id}": Rule((OWNER,)),
    f"GET {RECORDINGS}": Rule(SIGNED_IN),
    f"POST {RECORDINGS}": Rule(SIGNED_IN, sends={"json": BEGUN}),
    f"GET {RECORDINGS}/{{recording_id}}": Rule((OWNER,), forbidden=(COACH,)),
    f"PUT {RECORDINGS}/{{recording_id}}/chunks/{{number}}": Rule((OWNER,), sends=CHUNK, forbidden=(COACH,)),
    f"GET {RECORDINGS}/{{recording_id}}/parts/{{part}}": Rule((OWNER,), refused=404, forbidden=(COACH,)),
    f"POST {RECORDINGS}/{{recording_id}}/send": Rule((OWNER,), sends=SENT, forbidden=(COACH,)),
    f"DELETE {RECORDINGS}/{{recording_id}}": Rule((OWNER,), forbidden=(COACH,)),
}


def routes_of(app: FastAPI) -> list[str]:
    """As the keys of RULES."""
    return sorted({f"{method} {path}" for path, methods in _walk(app.routes, "") for method in methods - {"HEAD"}})


def _walk(routes: Any, prefix: str) -> Iterator[tuple[str, set[str]]]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _walk(included.routes, prefix)
        elif isinstance(route, APIRoute) or getattr(route, "methods", None):
            yield prefix + route.path, set(route.methods)
