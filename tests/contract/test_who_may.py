"""Every route × every role × own, a colleague's and another authority's: nothing leaks, and who may not hears 404."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import inspect, text

from api.house import House
from models.settings import Settings
from tests.contract.conftest import PLANTED, Everybody, written_exercise
from tests.contract.routes import RULES, routes_of
from tests.contract.rule import COACH, NO_ID, NOBODY, OWNER, THEIR_COACH, Rule
from tests.web.conftest import Client, PageClient
from web.app import create_app

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
Record = Callable[[str, object], None]
OF_SIGNING_IN = {"sign_in", "audit_event", "audit_head", "counted_try", "alembic_version"}
"""Tables that change because somebody looks or tries."""
WHERE = {"api_token": "WHERE scopes IS NULL"}
"""An API client's own tokens change too."""


def test_every_route_has_a_rule_and_every_rule_a_route(settings: Settings, house: House) -> None:
    app = create_app(settings)
    assert routes_of(app) == sorted(RULES)
    app.state.house.database.close()


def address(route: str, everybody: Everybody, *, fresh: bool) -> str:
    """`fresh`: of things that may be spoilt."""
    made: dict[str, Callable[[], object]] = {
        "session_id": everybody.new_session if fresh else lambda: everybody.session_id,
        "recording_id": everybody.new_recording,
        "resumable_id": everybody.new_resumable,
        "sign_in_id": everybody.new_sign_in,
        "token_id": everybody.new_token,
        "number": lambda: 0,
        "part": lambda: 0,
        "person_id": lambda: everybody.new_person()[0],
        "secret": lambda: everybody.new_person()[1],
        "team_id": everybody.new_team,
        "position": lambda: 1,
        "kind": lambda: "simulated",
        "slice_name": lambda: "role_play.chosen.machine",
        "form": lambda: "json",
        "withdrawal_id": everybody.new_withdrawal,
        "request_id": everybody.new_request,
        "client_id": everybody.new_client,
        "review_id": everybody.new_review,
        "double_id": everybody.new_double,
        "conversation": lambda: "f01",
        "at": lambda: 1,
        "token": lambda: "not-a-token",
        "slug": lambda: "wine-at-night",
        "conversation_id": everybody.new_conversation,
        "spoken_id": everybody.new_spoken,
        "module": lambda: written_exercise().module.slug,
        "name": lambda: written_exercise().module.slug,
        "exercise": lambda: written_exercise().exercise.id,
        "attempt_id": everybody.new_attempt,
        "objection_id": everybody.new_objection,
        "version": lambda: 1,
        "file": lambda: "module.md",
        "certificate_id": everybody.record.certificate,
        "entry_id": everybody.record.entry,
        "key_id": everybody.record.key,
        "organisation_id": lambda: everybody.actors[OWNER].organisation_id,  # type: ignore[union-attr]
        "upload_id": everybody.new_upload,
        "webhook_id": everybody.webhook,
        "platform_id": everybody.new_platform,
        "system_id": everybody.new_system,
        "link_id": lambda: NO_ID,
        "launch_id": lambda: NO_ID,
        "course_id": lambda: NO_ID,
        "file_kind": lambda: "outcomes",
        "authority_id": lambda: everybody.actors[OWNER].organisation_id,  # type: ignore[union-attr]
        "user_id": lambda: everybody.new_person()[0],
        "group_id": everybody.new_team,
        "urn": lambda: "urn:nothing",
        "coach_id": lambda: everybody.actors[COACH].person_id,  # type: ignore[union-attr]
    }
    if "/ResourceTypes/" in route:
        made["name"] = lambda: "Nothing"
    if "/plan/team/" in route or "/api/v1/people/" in route:
        made["person_id"] = lambda: everybody.actors[OWNER].person_id  # type: ignore[union-attr]
    if " /team/" in route or " /authority/teams/" in route or " /api/v1/teams/" in route:
        made["team_id"] = lambda: everybody.actors[COACH].grants[0].team_id  # type: ignore[union-attr]
    if "/cohorts/" in route:
        made |= {"cohort_id": everybody.new_cohort, "pathway_id": everybody.new_pathway}
    if "/live/{" in route:
        live = everybody.new_live() if fresh else everybody.live
        made |= {"live_id": lambda: live.live_id, "answer_id": lambda: live.answer_id, "code": lambda: live.code}
    if any(part in route for part in ("/feedback", "/contests", "/workbook")):
        signed = everybody.new_signed() if fresh else everybody.signed
        made |= {name: partial(getattr, signed, name) for name in ("session_id", "message_id", "contest_id")}
    return re.sub(r"{(\w+)(:path)?}", lambda found: str(made[found[1]]()), route.split(" ", 1)[1])


def ask(client: PageClient, route: str, rule: Rule, path: str) -> Any:
    sent = {"data": rule.data} if rule.data else {}
    return client.request(route.split(" ", 1)[0], path, follow_redirects=False, **sent, **rule.sends)


def rows(house: House) -> dict[str, list[Any]]:
    with house.database.read() as session:
        connection = session.connection()
        tables = set(inspect(connection).get_table_names()) - OF_SIGNING_IN
        return {
            name: connection.execute(text(f'SELECT * FROM "{name}" {WHERE.get(name, "")}')).all()
            for name in sorted(tables)
        }


@pytest.mark.slow
def test_who_may_not_finds_nothing_and_changes_nothing(
    client: Client, everybody: Everybody, house: House, record_property: Record
) -> None:
    wrong, asked = [], 0
    paths = {route: address(route, everybody, fresh=False) for route in RULES}
    before = rows(house)
    for who, actor in everybody.actors.items():
        one = client(actor)
        for route, rule in RULES.items():
            if who in rule.may:
                continue
            answer, asked = ask(one, route, rule, paths[route]), asked + 1
            sent_away = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
            expected = 403 if who in rule.forbidden else 404
            if not (answer.status_code == 401 or sent_away if who == NOBODY else answer.status_code == expected):
                wrong.append((who, route, answer.status_code))
            if any(phrase in answer.text for phrase in PLANTED):
                wrong.append((who, route, "leaks"))
        if rows(house) != before:
            wrong.append((who, "something", "changes"))
    record_property("refused", asked)
    record_property("refused_wrong", len(wrong))
    assert wrong == []


@pytest.mark.slow
def test_who_may_gets_an_answer_that_holds_nothing_of_others(
    client: Client, everybody: Everybody, record_property: Record
) -> None:
    wrong, asked = [], 0
    for who, actor in everybody.actors.items():
        for route, rule in RULES.items():
            if who not in rule.may:
                continue
            one = client(actor)  # some of these sign out
            answer = ask(one, route, rule, address(route, everybody, fresh=not route.startswith("GET")))
            asked += 1
            if answer.status_code != rule.refused and answer.status_code in (401, 403, 404, *range(500, 600)):
                wrong.append((who, route, answer.status_code))
            if who not in THEIR_COACH and any(phrase in answer.text for phrase in PLANTED):
                wrong.append((who, route, "leaks"))
    record_property("answered", asked)
    record_property("answered_wrong", len(wrong))
    assert wrong == []
