"""What is sent, and what must be there before, so that a route that changes something has something to do."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from api.house import House
from coding.feedback.contests import take_back_contest
from coding.feedback.lines import signed_lines
from coding.feedback.write import take_back_feedback
from coding.hold import place_hold
from coding.review.sign_off import signed_off
from coding.stop_action import stop_working
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
from tests.contract.rule import ADMINISTRATOR, AGREED, COACH, OWNER, Rule
from training.data_copies import ask_participants_copy
from training.workbook.headings import Heading
from training.workbook.kept import save_note
from training.workbook.material import conversation_of

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
