"""The coach's queue: what waits for whom, until when, and what is best reviewed next."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.requests import waiting_requests
from coding.taken import DAYS, DaysWrong, hand_back, set_review_days, take_session
from coding.transcript.encoding import without_control_characters
from models.errors import NotFound
from models.permissions import Actor, Permission, may
from models.practice import PracticeSession
from models.session_permissions import require_session
from models.who_may import who_may
from training.blind_list import build_blind_list
from training.coach_load import build_load_view
from training.feedback_waiting import waiting_feedback
from training.queue_view import build_queue_view, next_to_review
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)


def may_open_queue(actor: Actor) -> bool:
    """Coaches have one; leads see how much each has to do, administrators say how soon."""
    return any(
        any(actor.teams_with(permission))
        for permission in (Permission.REVIEW_SESSION, Permission.SEE_COACH_LOAD, Permission.MANAGE_SETTINGS)
    )


def _page(house: House, member: Member, *, days: str | None = None, error: DaysWrong | None = None) -> Response:
    actor = member.actor
    if not may_open_queue(actor):
        raise NotFound("There is nothing at this address. Check it, or start from home.")
    with house.database.read() as session:
        view = build_queue_view(session, actor)
        load = build_load_view(session, actor)
        blind, feedback = build_blind_list(session, actor), waiting_feedback(session, actor)
        requests = waiting_requests(session, actor)
    return member.page(
        "queue.html", status=error.status if error else 200, errors=error.fields if error else {}, view=view, load=load,
        blind=blind, feedback=feedback, requests=requests, days=view.review_days if days is None else days, limits=DAYS,
        coaches=any(actor.teams_with(Permission.REVIEW_SESSION)),
        sets_days=may(actor, Permission.MANAGE_SETTINGS, organisation_id=actor.organisation_id),
    )  # fmt: skip


@router.get("/queue")
def queue(house: TheHouse, member: SignedInMember) -> Response:
    return _page(house, member)


@router.post("/queue/next")
def review_next(house: TheHouse, member: SignedInMember) -> Response:
    """Takes the best one for the coach, and opens it on the bench."""
    if not any(member.actor.teams_with(Permission.REVIEW_SESSION)):
        raise NotFound("There is nothing at this address. Check it, or start from home.")
    with house.database.write() as session:
        session_id = next_to_review(session, member.actor)
        if session_id is None:
            return see_other("/queue")
        practice = session.get_one(PracticeSession, session_id)
        take_session(session, practice=practice, coach_id=member.actor.person_id, by=member.actor)
    return see_other(f"/sessions/{session_id}/bench")


@router.post("/queue/days")
def review_days(house: TheHouse, member: SignedInMember, days: Annotated[str, Form()] = "") -> Response:
    try:
        with house.database.write() as session:
            set_review_days(session, days=days, by=member.actor)
    except DaysWrong as error:
        return _page(house, member, days=without_control_characters(days), error=error)
    return see_other("/queue#days")


@router.get("/sessions/{session_id}/take")
def take_page(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        practice = require_session(member.actor, Permission.REVIEW_SESSION, session.get(PracticeSession, session_id))
        coaches = [(one.id, one.name) for one in who_may(session, Permission.REVIEW_SESSION, practice)]
    return member.page("take.html", session_id=session_id, coaches=coaches, me=member.actor.person_id, errors={})


@router.post("/sessions/{session_id}/take")
def take(
    session_id: UUID, house: TheHouse, member: SignedInMember, coach: Annotated[UUID | None, Form()] = None
) -> Response:  # fmt: skip
    with house.database.write() as session:
        practice = require_session(member.actor, Permission.REVIEW_SESSION, session.get(PracticeSession, session_id))
        take_session(session, practice=practice, coach_id=coach or member.actor.person_id, by=member.actor)
    return see_other("/queue")


@router.post("/sessions/{session_id}/hand-back")
def give_back(session_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.write() as session:
        practice = require_session(member.actor, Permission.REVIEW_SESSION, session.get(PracticeSession, session_id))
        hand_back(session, practice=practice, by=member.actor)
    return see_other("/queue")
