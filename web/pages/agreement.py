"""How far coders agree: the figures of an authority, and the lines on which two coaches differ."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.double.agree import NotAgreed, agree, both_codings, pairs_to_agree
from coding.transcript.encoding import without_control_characters
from models.permissions import Permission, may, may_in_some_team, require_in_some_team
from models.person import Role
from models.practice import PracticeSession
from models.seen import note_seen
from training.agreement_view import NEEDED, NEEDED_FOR_SCORES, build_agreement_view
from training.blind_list import build_blind_list, build_pair_list
from training.differences_view import build_differences_view
from training.drift_view import build_drift_view, coaches_to_show
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(include_in_schema=False)


@router.get("/agreement")
def agreement_page(house: TheHouse, member: SignedInMember) -> Response:
    require_in_some_team(member.actor, Permission.SEE_AGREEMENT)
    with house.database.read() as session:
        view = build_agreement_view(session, member.actor)
        pairs = build_pair_list(session, pairs_to_agree(session, member.actor), member.actor)
        blind = build_blind_list(session, member.actor)
        coaches = coaches_to_show(session, member.actor)
    home = member.actor.organisation_id
    return member.page(
        "agreement.html", view=view, pairs=pairs, blind=blind, needed=NEEDED, needed_for_scores=NEEDED_FOR_SCORES,
        coaches=coaches, is_coach=member.actor.has_role(Role.COACH),
        may_set=may(member.actor, Permission.MANAGE_DOUBLE_CODING, organisation_id=home),
        may_see_coder=may_in_some_team(member.actor, Permission.SEE_MACHINE_AGREEMENT),
    )  # fmt: skip


@router.get("/agreement/drift/{coach_id}")
def drift_page(coach_id: UUID, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        view = build_drift_view(session, member.actor, coach_id)
    return member.page("drift.html", view=view)


@router.get("/sessions/{session_id}/agreement")
def differences_page(session_id: UUID, house: TheHouse, member: SignedInMember, at: str = "") -> Response:
    return _page(house, member, session_id, at=at)


def _page(
    house: House, member: Member, session_id: UUID, *, at: str, error: NotAgreed | None = None,
    sent: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    with house.database.read() as session:
        view = build_differences_view(session, both_codings(session, member.actor, session_id), reader=member.actor)
        practice = session.get_one(PracticeSession, session_id)
    note_seen(house.database, practice, by=member.actor)
    difference = view.at(at)
    kept = {"choice": difference.choice, "code": difference.code, "reason": difference.reason} if difference else {}
    return member.page(
        "differences.html", status=error.status if error else 200, view=view, difference=difference,
        values=sent or kept, errors=error.fields if error else {},
    )  # fmt: skip


@router.post("/sessions/{session_id}/agreement")
def agree_on_one(
    session_id: UUID, house: TheHouse, member: SignedInMember, place: Text = "", choice: Text = "", code: Text = "",
    reason: Text = "",
) -> Response:  # fmt: skip
    said = without_control_characters(reason)
    try:
        with house.database.write() as session:
            agree(session, session_id=session_id, place=place, choice=choice, code=code, reason=said, by=member.actor)
    except NotAgreed as error:
        sent = {"choice": choice, "code": code, "reason": said}
        return _page(house, member, session_id, at=place, error=error, sent=sent)
    return see_other(f"/sessions/{session_id}/agreement")
