"""Where the audit trail cannot be written, nothing is done: asked of every route that changes something.

The routes are those of the application, so a new one is asked too: it fails here until its change writes an audit row
in the same transaction, or until somebody says below why it needs none, or why nothing of it is tried here.
"""

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, update
from sqlmodel import col, select

from api.house import House
from coding.feedback.contests import take_back_contest
from coding.feedback.lines import signed_lines
from coding.feedback.write import take_back_feedback
from coding.hold import place_hold
from coding.review.sign_off import signed_off
from coding.stop_action import stop_working
from models.audit import AuditEvent
from models.columns import utc_now
from models.consent import Participant, Who
from models.job import Job, JobState
from models.organisation import Team
from models.people.leaving import mark_as_left
from models.people.places import join_team
from models.people.teams import close_team
from models.permissions import Actor
from models.person import Person, Role, TeamMembership
from models.practice import PracticeSession
from models.webhook_kept import Webhook, WebhookState
from tests.conftest import CONVERSATION, PASSWORD
from tests.contract.conftest import Everybody
from tests.contract.routes import RULES
from tests.contract.rule import ADMINISTRATOR, AGREED, COACH, OWNER, Rule
from tests.contract.test_who_may import address, ask, rows
from tests.web.conftest import Client, PageClient
from training.data_copies import ask_participants_copy
from training.workbook.headings import Heading
from training.workbook.kept import save_note
from training.workbook.material import conversation_of
from web.guard import AnswerBrokenOff

CHANGES = sorted(route for route in RULES if route.split(" ")[0] not in ("GET", "HEAD"))
NEEDS_NO_ROW = {
    "POST /live/{live_id}/answer": "nobody's: a trail of who answered when would name them",
    "POST /account/second-step/begin": "a secret that counts for nothing until a code confirms it",
    "POST /api/v1/oauth/token": "a token that lives for minutes",
    "POST /adoption/data/{file_kind}": "a preview",
    "POST /authority/figures": "figures of groups are worked out anew, as every night; nothing of a person changes",
    "POST /people/import": "a preview",
    "POST /team/{team_id}/pack": "a preview of what is printed: tests/web/test_team_pack.py",
    "POST /second-step": "counts tries",
    "POST /sign-in/authority": "a sign-on under way, of nobody yet",
    "PATCH /api/v1/uploads/{resumable_id}": "the upload was begun with one",
    "PUT /api/v1/recordings-in-progress/{recording_id}/chunks/{number}": "the recording was begun with one",
}
"""Routes that may write without an audit row, and why."""
NOT_TRIED = {
    **{f"POST /scim/v2{path}": "writes nothing" for path in ("/Bulk", "/.search", "/Users/.search", "/Groups/.search")},
    "POST /connections/scim/test": "writes nothing",
    "POST /connections/scim/older-tokens/end": "needs a token: tests/web/test_scim_page.py",
    "POST /connections/scim/end": "needs a connection: tests/web/test_scim_page.py",
    "POST /connections/scim/groups/remove": "needs a group: tests/web/test_scim_page.py",
    "POST /connections/lti/{platform_id}/courses/{course_id}": "asks a platform: tests/web/test_connections_lti.py",
    "POST /connections/lti/{platform_id}/test": "asks a platform, and changes nothing",
    "POST /lti/choose": "of nobody here; needs a platform: tests/web/test_lti_choosing.py",
    "POST /lti/launch": "needs a platform: tests/web/test_lti_launch.py",
    "POST /lti/link": "needs a launch: tests/web/test_lti_people.py",
    "POST /lti/login": "a login under way, of nobody yet",
    "POST /lti/login/{organisation_id}": "a login under way, of nobody yet",
    "POST /lti/open": "needs a launch: tests/web/test_lti_people.py",
    "POST /lti/register/{secret}": "needs a platform: tests/web/test_connections_lti.py",
    "POST /account/second-step/end": "tests/models/test_second_step.py",
    "POST /api/v1/recordings-in-progress/{recording_id}/send": "tests/web/test_recording_in_progress.py",
    "POST /api/v1/uploads/{resumable_id}/finish": "tests/web/test_resumable.py",
    "OPTIONS /api/v1/uploads": "writes nothing",
    "POST /api/v1/reviews/{review_id}/redo": "tests/coding/review/test_actions.py",
    "POST /api/v1/reviews/{review_id}/undo": "tests/coding/review/test_actions.py",
    "POST /api/v1/sessions/{session_id}/feedback": "the page's route does the same",
    "POST /api/v1/sessions/{session_id}/feedback/contests": "the page's route does the same",
    "POST /api/v1/sessions/{session_id}/listening": "a job for recordings: tests/web/test_listening.py",
    "POST /api/v1/sessions/{session_id}/retry": "the page's route does the same",
    "POST /api/v1/sessions/{session_id}/reviews": "tests/coding/review/test_actions.py",
    "POST /api/v1/sessions/coded": "tests/web/test_coded.py",
    "POST /certificates/{certificate_id}": "writes nothing",
    "POST /check-a-proof": "writes nothing",
    "POST /connections/cmi5/links/{link_id}/undo": "needs a link: tests/web/test_cmi5_refused.py",
    "POST /connections/cmi5/{system_id}/test": "asks a system, and changes nothing",
    "POST /cmi5/modules/{module}": "needs a system that launches: tests/web/test_cmi5.py",
    "POST /cmi5/end": "needs a launch: tests/web/test_cmi5.py",
    "POST /courses/open": "needs a package: tests/web/test_scorm.py",
    "POST /content": "tests/web/test_content.py",
    "POST /content/{module}": "tests/web/test_content.py",
    "POST /content/{module}/versions/{version}/publish": "tests/web/test_content.py",
    "POST /content/{module}/versions/{version}/throw-away": "tests/web/test_content.py",
    "POST /cohorts": "needs a pathway: the test of giving one in tests/web/test_cohorts.py",
    "POST /live": "leads to the session, writes nothing",
    "POST /plan/stop-mails/{token}": "needs a token: tests/web/test_plan_mails.py",
    "POST /double-codings/{double_id}/take": "tests/coding/double/test_second.py",
    "POST /first-administrator": "there is one",
    "POST /connections/xapi/pause": "needs a store: tests/web/test_xapi.py",
    "POST /connections/xapi/test": "writes nothing",
    "POST /parent-writer/test": "writes nothing",
    "POST /progress/certificates": "tests/web/test_progress.py",
    "POST /people/{person_id}/second-step/end": "tests/models/test_second_step.py",
    "POST /queue/next": "takes a session, as the route for that does",
    "POST /reset-password/{secret}": "tests/web/test_reset_pages.py",
    "POST /second-step/set-up": "tests/models/test_second_step.py",
    "POST /sessions/coded": "tests/web/test_coded.py",
    "POST /sessions/{session_id}/agreement": "needs two codings: tests/web/test_agreement.py",
    "POST /sessions/{session_id}/bench": "tests/coding/review/test_actions.py",
    "POST /sessions/{session_id}/bench/put-away": "tests/coding/review/test_actions.py",
    "POST /sessions/{session_id}/cacti": "tests/web/test_cacti.py",
    "POST /sessions/{session_id}/hand-back": "tests/web/test_queue.py",
    "POST /sessions/{session_id}/bleep": "tests/web/test_bleep.py",
    "POST /signing-in": "needs a second step of one's own: tests/models/test_second_step.py",
}
"""Routes that do nothing with what is sent here, and where else they are looked at."""
SIGN_ON = {
    "issuer": "https://login.example.org",
    "client_id": "c",
    "client_secret": "s",
    "domains": "elsewhere.example",
}
FILE = {"files": {"file": ("talk.txt", CONVERSATION.encode())}}
BETTER = {
    "POST /account/password": Rule((OWNER,), {"current": PASSWORD, "new": "three other words"}),
    "POST /account/second-step/begin": Rule((COACH,), {"password": PASSWORD}),
    "POST /api/v1/sessions": Rule((OWNER,), AGREED, FILE),
    "POST /forgotten-password": Rule((OWNER,), {"email": "cass.coach@example.org"}),
    "POST /people/invite": Rule((ADMINISTRATOR,), {"name": "Nia New", "email": "nia.invited@example.org"}),
    "POST /people/teams/evaluation": Rule((ADMINISTRATOR,), {"opt_in": "no"}),
    "POST /people/{person_id}/details": Rule((ADMINISTRATOR,), {"name": "Nia Neu", "email": "nia.neu@example.org"}),
    "POST /practice/parents/{slug}": Rule((COACH,)),
    "POST /sessions": Rule((OWNER,), AGREED, FILE),
    "POST /sessions/{session_id}/consent/{position}": Rule((OWNER,), {"p1-supervision": "yes", "p1-research": "yes"}),
    "POST /sign-in": Rule((COACH,), {"email": "cass.coach@example.org", "password": PASSWORD}),
    "POST /signing-in/single-sign-on": Rule((ADMINISTRATOR,), SIGN_ON),
}
"""What makes a route do something, where what the matrix test sends is refused."""


Prepare = Callable[[House, Everybody], tuple[str, dict[str, Any]]]


def _owner(everybody: Everybody) -> Actor:
    owner = everybody.actors[OWNER]
    assert owner is not None
    return owner


def _left(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    person_id = everybody.new_person()[0]
    with house.database.write() as session:
        mark_as_left(session, person=session.get_one(Person, person_id), by=None)
    return f"/people/{person_id}/return", {}


def _in_a_team(house: House, everybody: Everybody) -> tuple[str, str, str]:
    """Of somebody: their address, their place in a team, and another team."""
    person_id, here, there = everybody.new_person()[0], everybody.new_team(), everybody.new_team()
    with house.database.write() as session:
        person, team = session.get_one(Person, person_id), session.get_one(Team, here)
        join_team(session, person=person, team=team, role=Role.TRAINEE, on=date(2026, 1, 5), by=None)
        mine = select(TeamMembership.id).where(col(TeamMembership.person_id) == person_id)
        return f"/people/{person_id}", str(session.exec(mine).one()), str(there)


def _joins(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    path, _, team = _in_a_team(house, everybody)
    return f"{path}/teams", {"team": team, "role": "trainee"}


def _moves(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    path, place, team = _in_a_team(house, everybody)
    return f"{path}/move", {"place": place, "to": team, "on": "2026-03-02"}


def _ends(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    path, place, _ = _in_a_team(house, everybody)
    return f"{path}/places/end", {"place": place}


def _closed(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    team_id = everybody.new_team()
    with house.database.write() as session:
        close_team(session, team=session.get_one(Team, team_id), by=None)
    return f"/people/teams/{team_id}/reopen", {}


def _stopped(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    session_id = everybody.new_session()
    with house.database.write() as session:
        stop_working(session, practice=session.get_one(PracticeSession, session_id), by=_owner(everybody))
    return f"/sessions/{session_id}/retry", {}


def _given_up(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    with house.database.write() as session:
        session.add(
            Job(
                name="send_notice", args={}, organisation_id=_owner(everybody).organisation_id, state=JobState.FAILED,
                finished_at=utc_now(), problem="send_notice: GaveUp",
            )
        )  # fmt: skip
    return "/running/try-again", {"job": "send_notice", "error": "GaveUp"}


def _held(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    session_id, admin = everybody.new_session(), everybody.actors[ADMINISTRATOR]
    assert admin is not None
    with house.database.write() as session:
        place_hold(session, practice=session.get_one(PracticeSession, session_id), reason="A complaint", by=admin)
    return f"/sessions/{session_id}/hold/lift", {}


def _names(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    return f"/sessions/{everybody.session_id}/names", {"right": "yes"}


def _actor_took_part(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    session_id = everybody.new_session()
    with house.database.write() as session:
        others = update(Participant).where(col(Participant.session_id) == session_id, col(Participant.position) == 2)
        session.exec(others.values(who=Who.ACTOR))
    return f"/sessions/{session_id}/copies/2", {}


def _copy_made(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    path, _ = _actor_took_part(house, everybody)
    admin = everybody.actors[ADMINISTRATOR]
    assert admin is not None
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(path.split("/")[2]))
        ask_participants_copy(session, practice=practice, position=2, labels=(), by=admin)
    return f"{path}/end", {}


def _feedback(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    session_id, coach = everybody.new_signed().session_id, everybody.actors[COACH]
    assert coach is not None
    with house.database.write() as session:
        take_back_feedback(session, practice=session.get_one(PracticeSession, session_id), by=coach)
    return f"/sessions/{session_id}/feedback", {}


def _line(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    signed = everybody.new_signed()
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, signed.session_id)
        take_back_contest(session, practice=practice, contest_id=signed.contest_id, by=_owner(everybody))
        review = signed_off(session, practice.id)
        assert review is not None
        line = signed_lines(session, review)[0]
    code = "AF" if line.code != "AF" else "SR"
    return f"/sessions/{signed.session_id}/contests", {"line": str(line.id), "code": code, "reason": "I think so."}


def _noted(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    session_id = everybody.new_signed().session_id
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, session_id)
        save_note(
            session, practice=practice, conversation=conversation_of(session, practice),
            texts={Heading.AGREED: "On Friday."}, quoted=(), by=_owner(everybody),
        )  # fmt: skip
    return f"/sessions/{session_id}/workbook/delete", {}


def _webhook_paused(house: House, everybody: Everybody) -> tuple[str, dict[str, Any]]:
    webhook_id = everybody.webhook()
    with house.database.write() as session:
        session.get_one(Webhook, webhook_id).state = WebhookState.PAUSED
    return f"/connections/webhooks/{webhook_id}/resume", {}


PREPARED: dict[str, Prepare] = {
    "POST /running/try-again": _given_up,
    "POST /connections/webhooks/{webhook_id}/resume": _webhook_paused,
    "POST /people/teams/{team_id}/reopen": _closed,
    "POST /people/{person_id}/move": _moves,
    "POST /people/{person_id}/places/end": _ends,
    "POST /people/{person_id}/return": _left,
    "POST /people/{person_id}/teams": _joins,
    "POST /sessions/{session_id}/feedback": _feedback,
    "POST /sessions/{session_id}/contests": _line,
    "POST /sessions/{session_id}/copies/{position}": _actor_took_part,
    "POST /sessions/{session_id}/copies/{position}/end": _copy_made,
    "POST /sessions/{session_id}/hold/lift": _held,
    "POST /sessions/{session_id}/names": _names,
    "POST /sessions/{session_id}/retry": _stopped,
    "POST /sessions/{session_id}/workbook/delete": _noted,
}
"""What must be there before a route has something to do: gives the path and the form."""


def broken(*_: object, **__: object) -> None:
    raise RuntimeError("the audit cannot be written")


def audit_rows(house: House) -> int:
    with house.database.read() as session:
        return session.exec(select(func.count()).select_from(AuditEvent)).one()


def fails(client: PageClient, route: str, rule: Rule, path: str) -> bool:
    try:
        return bool(ask(client, route, rule, path).status_code == 500)
    except AnswerBrokenOff:  # what goes on after the answer, so that it takes equally long for everybody
        return True


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_without_its_audit_row_nothing_is_done(
    client: Client, everybody: Everybody, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is asked twice: with a trail that cannot be written, then with one that can. What writes a row the second
    time must have failed and changed nothing the first time."""
    wrong, not_tried = [], set()
    for route in CHANGES:
        rule = BETTER.get(route, RULES[route])
        if route in PREPARED:
            path, form = PREPARED[route](house, everybody)
            rule = replace(rule, data=form or rule.data)
        else:
            path = address(route, everybody, fresh=True)
        actor = next(found for name in rule.may if (found := everybody.actors.get(name)) is not None)
        one, again = client(actor), client(actor)
        before = rows(house)
        with monkeypatch.context() as patched:
            patched.setattr("models.audit._append", broken)
            failed = fails(one, route, rule, path)
        after_broken, audited = rows(house), audit_rows(house)
        ask(again, route, rule, path)
        does, audits = rows(house) != after_broken, audit_rows(house) > audited
        if audits and (not failed or after_broken != before):
            wrong.append((route, "something is done without its audit row"))
        if not audits and (does or after_broken != before) and route not in NEEDS_NO_ROW:
            wrong.append((route, "changes something and writes no audit row"))
        if not audits and not does and after_broken == before and route not in NEEDS_NO_ROW:
            not_tried.add(route)
    assert wrong == []
    assert not_tried == set(NOT_TRIED)


def test_only_the_edge_commits() -> None:
    """So whatever an action writes, its audit row included, is in one transaction."""
    commits = {
        str(path)
        for room in ("api", "coding", "models", "training", "web")
        for path in Path(room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    }
    # A request's new secret of a sign-in, a migration, and what a worker's new connection is told are transactions of
    # their own.
    own = {"api/access.py", "models/migrations/env.py", "web/delivered_worker.py"}
    assert commits == {"models/database.py", *own}
