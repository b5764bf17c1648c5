"""Learning platforms that open Evoke (LTI 1.3): for an authority's administrators."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session, col, func, select

from api.house import House, TheHouse
from api.lti.launch import LAUNCH, LOGIN
from api.lti.platform_keys import KeysUnreachable
from api.lti.public import configuration_address, keys_address
from api.lti.reasons import SHOWN
from api.lti.registration import RegistrationFailed, register
from api.lti.services import ServiceFailed, asking, members, try_token
from coding.transcript.encoding import without_control_characters
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError, NotFound
from models.lti import LtiCourse, LtiGrade, LtiLineItem, LtiLink, LtiMatch, LtiPlatform, LtiScores
from models.lti_grades import send_given_up_anew
from models.lti_keys import keys_of, rotate_keys
from models.lti_launches import launches_of
from models.lti_platforms import (
    PlatformDetails,
    PlatformWrong,
    allow_deployment,
    end_platform,
    invitation_of,
    keep_platform,
    make_invitation,
    platforms_of,
    require_platform,
)
from models.permissions import Permission, require
from models.person import Person
from web.pages.lti import ANYBODY, framed_page
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, Visitor, see_other

router = APIRouter(prefix="/connections/lti", include_in_schema=False)
registering = APIRouter(prefix="/lti/register", include_in_schema=False)
FIELDS = tuple(PlatformDetails.__dataclass_fields__)
DONE = {
    "saved": "Saved.", "allowed": "The deployment may open Evoke now. Open the activity again.",
    "ended": "The platform is taken out. It opens nothing any more.",
    "key": "A new key is shown now, and signs from tomorrow.", "anew": "What was not taken is sent again.",
}  # fmt: skip
SHOWN_LAUNCHES = 30


def _keeper(member: SignedInMember) -> Member:
    require(member.actor, Permission.MANAGE_SETTINGS)
    return member


Keeper = Annotated[Member, Depends(_keeper)]


async def _sent(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: without_control_characters(str(form.get(name, ""))).strip() for name in FIELDS}


Sent = Annotated[dict[str, str], Depends(_sent)]


def _values(house: House, keeper: Member) -> list[tuple[str, str]]:
    """What a platform wants to be told of Evoke, by the names that most give it."""
    site, home = house.settings.site, keeper.actor.organisation_id
    return [
        ("Tool URL, target link URI", f"{site}{LAUNCH}"),
        ("Initiate login URL, OIDC login URL", f"{site}{LOGIN}"),
        ("Redirection URI", f"{site}{LAUNCH}"),
        ("Public keyset URL, JWKS URL", keys_address(site, home)),
        ("Content selection URL, deep linking URL", f"{site}{LAUNCH}"),
        ("All of it as JSON (Canvas)", configuration_address(site, home)),
    ]


def _list(house: House, keeper: Member, *, done: str = "", address: str = "", status: int = 200) -> Response:
    with house.database.read() as session:
        rows = platforms_of(session, keeper.actor.organisation_id)
        keys = keys_of(session, keeper.actor.organisation_id)
    return keeper.page(
        "connections_lti.html", status=status, rows=rows, values=_values(house, keeper), address=address, done=done,
        keys=keys, now=utc_now(),
    )  # fmt: skip


@router.get("")
def platforms_page(house: TheHouse, keeper: Keeper, done: str = "") -> Response:
    return _list(house, keeper, done=DONE.get(done, ""))


@router.post("/invite")
def invite(house: TheHouse, keeper: Keeper) -> Response:
    """The one answer that shows the address."""
    with house.database.write() as session:
        secret = make_invitation(session, by=keeper.actor)
    return _list(house, keeper, address=f"{house.settings.site}/lti/register/{secret}", status=201)


@router.post("/key")
def change_key(house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        rotate_keys(session, by=keeper.actor)
    return see_other("/connections/lti?done=key")


def _form(house: House, keeper: Member, values: dict[str, Any], errors: dict[str, str], at: str) -> Response:
    return keeper.page(
        "connections_lti_form.html", status=422 if errors else 200, values=values, errors=errors, at=at,
        fields=list(FIELDS), tool=_values(house, keeper), matches=list(LtiMatch), kinds=list(LtiScores),
    )  # fmt: skip


@router.get("/new")
def new_page(house: TheHouse, keeper: Keeper) -> Response:
    usual = dict.fromkeys(FIELDS, "") | {"match": LtiMatch.SIGN_IN.value, "scores": LtiScores.COMPLETION.value}
    return _form(house, keeper, usual, {}, "/connections/lti")


@router.post("")
def make(house: TheHouse, keeper: Keeper, sent: Sent) -> Response:
    try:
        with house.database.write() as session:
            row = keep_platform(session, details=PlatformDetails(**sent), settings=house.settings, by=keeper.actor)
    except PlatformWrong as error:
        return _form(house, keeper, sent, error.fields, "/connections/lti")
    return see_other(f"/connections/lti/{row.id}?done=saved")


@router.get("/{platform_id}")
def platform_page(platform_id: UUID, house: TheHouse, keeper: Keeper, done: str = "") -> Response:
    return _platform(house, keeper, platform_id, done=DONE.get(done, ""))


def _platform(house: House, keeper: Member, platform_id: UUID, *, done: str = "", **shown: Any) -> Response:
    with house.database.read() as session:
        row = require_platform(session, platform_id, by=keeper.actor)
        launches = launches_of(session, row.id, most=SHOWN_LAUNCHES)
        courses = session.exec(select(LtiCourse).where(col(LtiCourse.platform_id) == row.id)).all()
        linked = session.exec(select(func.count()).select_from(LtiLink).where(col(LtiLink.platform_id) == row.id)).one()
        grades = _grades(session, row.id)
    context: dict[str, Any] = {"tested": None, "course": None, "found": None} | shown
    return keeper.page(
        "connections_lti_platform.html", platform=row, launches=launches, courses=courses, linked=linked,
        grades=grades, reasons=SHOWN, done=done, values=_values(house, keeper), **context,
    )  # fmt: skip


def _grades(session: Session, platform_id: UUID) -> dict[str, int]:
    rows = select(LtiGrade.state, func.count()).join(LtiLineItem, col(LtiLineItem.id) == col(LtiGrade.line_item_id))
    rows = rows.where(col(LtiLineItem.platform_id) == platform_id).group_by(col(LtiGrade.state))
    return dict(session.exec(rows).all())


@router.get("/{platform_id}/change")
def change_page(platform_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.read() as session:
        row = require_platform(session, platform_id, by=keeper.actor)
        values = {name: getattr(row, name) for name in FIELDS}
    values |= {name: "\n".join(values[name]) for name in ("deployments", "domains")}
    return _form(house, keeper, values, {}, f"/connections/lti/{platform_id}/change")


@router.post("/{platform_id}/change")
def change(platform_id: UUID, house: TheHouse, keeper: Keeper, sent: Sent) -> Response:
    try:
        with house.database.write() as session:
            row = require_platform(session, platform_id, by=keeper.actor)
            details = PlatformDetails(**sent)
            keep_platform(session, details=details, settings=house.settings, by=keeper.actor, platform=row)
    except PlatformWrong as error:
        return _form(house, keeper, sent, error.fields, f"/connections/lti/{platform_id}/change")
    return see_other(f"/connections/lti/{platform_id}?done=saved")


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


@registering.get("/{secret}")
def register_page(
    secret: str, request: Request, house: TheHouse, openid_configuration: str = "", registration_token: str = ""
) -> Response:
    """Opened by the platform within its own page, where nobody is signed in: the address's secret is the invitation."""
    try:
        with house.database.read() as session:
            invitation_of(session, secret, locked=False)
    except NotFound as error:
        return _registered(request, error)
    return framed_page(
        Visitor(request, None), "lti_register.html", by=ANYBODY, secret=secret, registered="", error="",
        configuration=openid_configuration, token=registration_token,
    )  # fmt: skip


@registering.post("/{secret}")
def register_here(
    secret: str, request: Request, house: TheHouse, configuration: Text = "", token: Text = ""
) -> Response:  # fmt: skip
    try:
        row = register(house, secret=secret, configuration=configuration, token=token)
    except (NotFound, RegistrationFailed, PlatformWrong) as error:
        return _registered(request, error)
    return _registered(request, None, name=row.name)


def _registered(request: Request, error: EvokeError | None, *, name: str = "") -> Response:
    return framed_page(
        Visitor(request, None), "lti_register.html", by=ANYBODY, status=error.status if error else 200, secret="",
        registered=name, error=error.message if error else "", configuration="", token="",
    )  # fmt: skip
