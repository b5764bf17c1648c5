"""One learning platform that opens Evoke (LTI 1.3): whether it works, what became of launches, and who of a course has
an account."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session, col, func, select

from api.house import House, TheHouse
from api.lti.platform_keys import KeysUnreachable
from api.lti.reasons import SHOWN
from api.lti.services import ServiceFailed, asking, members, try_token
from models.audit import record_audit
from models.errors import NotFound
from models.lti import LtiCourse, LtiGrade, LtiLineItem, LtiLink, LtiPlatform
from models.lti_grades import send_given_up_anew, why_given_up
from models.lti_launches import launches_of
from models.lti_platforms import allow_deployment, end_platform, require_platform
from models.person import Person
from web.pages.connections_lti import DONE, Keeper
from web.pages.people_forms import Text
from web.pages.visitor import Member, see_other

router = APIRouter(prefix="/connections/lti", include_in_schema=False)
SHOWN_LAUNCHES, SHOWN_COURSES = 30, 50


@router.get("/{platform_id}")
def platform_page(platform_id: UUID, house: TheHouse, keeper: Keeper, done: str = "") -> Response:
    return _platform(house, keeper, platform_id, done=DONE.get(done, ""))


def _platform(house: House, keeper: Member, platform_id: UUID, *, done: str = "", **shown: Any) -> Response:
    with house.database.read() as session:
        row = require_platform(session, platform_id, by=keeper.actor)
        launches = launches_of(session, row.id, most=SHOWN_LAUNCHES)
        courses = session.exec(
            select(LtiCourse)
            .where(col(LtiCourse.platform_id) == row.id)
            .order_by(col(LtiCourse.seen_at).desc())
            .limit(SHOWN_COURSES)
        ).all()
        linked = session.exec(select(func.count()).select_from(LtiLink).where(col(LtiLink.platform_id) == row.id)).one()
        grades, why = _grades(session, row.id), why_given_up(session, row.id)
    context: dict[str, Any] = {"tested": None, "course": None, "found": None} | shown
    return keeper.page(
        "connections_lti_platform.html", platform=row, launches=launches, courses=courses, linked=linked,
        grades=grades, why=why, reasons=SHOWN, done=done, **context,
    )  # fmt: skip


def _grades(session: Session, platform_id: UUID) -> dict[str, int]:
    rows = select(LtiGrade.state, func.count()).join(LtiLineItem, col(LtiLineItem.id) == col(LtiGrade.line_item_id))
    rows = rows.where(col(LtiLineItem.platform_id) == platform_id).group_by(col(LtiGrade.state))
    return dict(session.exec(rows).all())


@router.post("/{platform_id}/test")
def test(platform_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    """Asks for the platform's keys and for a token, and says in words what happened."""
    with house.database.write() as session:
        row = require_platform(session, platform_id, by=keeper.actor)
        ask, jwks = asking(session, row, house.settings), row.jwks_uri
    said = []
    try:
        count = len(house.platform_keys.fetch(jwks).keys)
        said.append((True, f"The platform’s key set was read: {count} {'key' if count == 1 else 'keys'}."))
    except KeysUnreachable as error:
        said.append((False, f"The platform’s key set could not be read: {error.why}. Check its address."))
    try:
        try_token(ask)
        said.append((True, "The platform knows Evoke’s key and gave a token: scores and lists of people can be asked."))
    except ServiceFailed as error:
        said.append(
            (False, f"The platform gave no token: {error.why}. Check the token address, the client ID, and that the "
             "platform has Evoke’s keyset URL.")
        )  # fmt: skip
    return _platform(house, keeper, platform_id, tested=said)


@router.post("/{platform_id}/allow")
def allow(platform_id: UUID, house: TheHouse, keeper: Keeper, deployment: Text = "") -> Response:
    with house.database.write() as session:
        row = require_platform(session, platform_id, by=keeper.actor)
        allow_deployment(session, platform=row, deployment=deployment, by=keeper.actor)
    return see_other(f"/connections/lti/{platform_id}?done=allowed")


@router.post("/{platform_id}/send-anew")
def send_anew(platform_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        row = require_platform(session, platform_id, by=keeper.actor)
        send_given_up_anew(session, row.id)
        record_audit(
            session, action="lti_grades_sent_anew", subject=row, organisation_id=row.organisation_id,
            by=keeper.actor.person_id,
        )  # fmt: skip
    return see_other(f"/connections/lti/{platform_id}?done=anew")


@router.post("/{platform_id}/end")
def end(platform_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        end_platform(session, platform=require_platform(session, platform_id, by=keeper.actor), by=keeper.actor)
    return see_other("/connections/lti?done=ended")


@router.post("/{platform_id}/courses/{course_id}")
def course(platform_id: UUID, course_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    """Who of the course has an account here. What the platform answers is shown and not kept."""
    with house.database.write() as session:
        row = require_platform(session, platform_id, by=keeper.actor)
        found = session.get(LtiCourse, course_id)
        if found is None or found.platform_id != row.id:
            raise NotFound("There is no such course. Perhaps the platform was taken out and entered anew.")
        ask = asking(session, row, house.settings)
        record_audit(
            session, action="lti_course_seen", subject=row, organisation_id=row.organisation_id,
            by=keeper.actor.person_id,
        )  # fmt: skip
    try:
        people = members(ask, address=found.memberships)
    except ServiceFailed as error:
        said = [(False, f"The platform did not tell who is in the course: {error.why}.")]
        return _platform(house, keeper, platform_id, tested=said)
    with house.database.read() as session:
        known = _known(session, row)
    return _platform(
        house, keeper, platform_id, course=found,
        found=[(one, one.subject in known or (one.email and one.email in known)) for one in people],
    )  # fmt: skip


def _known(session: Session, platform: LtiPlatform) -> set[str]:
    """Subjects that are linked, and addresses of who is here."""
    linked = session.exec(select(LtiLink.subject).where(col(LtiLink.platform_id) == platform.id)).all()
    here = col(Person.organisation_id) == platform.organisation_id, col(Person.left_at).is_(None)
    return {*linked, *session.exec(select(Person.email).where(*here)).all()}
