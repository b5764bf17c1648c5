"""Which systems talk to Evoke, and whether they work: the hub of an authority's connections, for its administrators."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session, col, func, select

from api.house import TheHouse
from models.api_client import api_clients_of
from models.cmi5 import Cmi5Session, Cmi5State
from models.cmi5_systems import systems_of
from models.course_package import packages_of
from models.lti import LtiOutcome
from models.lti_launches import launches_of
from models.lti_platforms import platforms_of
from models.parent_writer import parent_writer_of
from models.permissions import Permission, require
from models.scim import connection_of, tokens_of_provider
from models.single_sign_on_kept import SingleSignOn
from models.webhook_actions import webhooks_of
from models.webhook_kept import WebhookState
from models.xapi import xapi_connection_of
from models.xapi_kept import StatementState, XapiStatement
from web.pages.visitor import SignedInMember

router = APIRouter(prefix="/connections", include_in_schema=False)


@dataclass(frozen=True)
class Standing:
    """`tag` is one or two words; `trouble` whether somebody should look; `is_used` whether there is anything at all."""

    tag: str
    words: str
    trouble: bool = False
    is_used: bool = True


@dataclass(frozen=True)
class Kind:
    """One kind of connection; `standing` reads how those of an authority are."""

    href: str
    name: str
    what: str
    standing: Callable[[Session, UUID], Standing]


NONE = Standing("None", "None is set up.", is_used=False)


def _which(some: int, counted: str) -> str:
    """The beginning of a sentence about `some` of what was `counted`."""
    return f"{counted}, which" if counted.startswith("1 ") else f"{counted}, {some} of which"


def _nothing_to_set_up(_: Session, __: UUID) -> Standing:
    """It is there by itself, and no system of the authority's has to be looked after."""
    return NONE


def _webhooks(session: Session, organisation_id: UUID) -> Standing:
    rows = webhooks_of(session, organisation_id)
    if not rows:
        return NONE
    stopped = sum(one.state is WebhookState.FAILING for one in rows)
    failing = sum(one.state is WebhookState.ACTIVE and one.failing_since is not None for one in rows)
    paused = sum(one.state is WebhookState.PAUSED for one in rows)
    counted = f"{len(rows)} webhook{'s' if len(rows) > 1 else ''}"
    if stopped:
        return Standing("Stopped", f"{_which(stopped, counted)} stopped because nothing arrived.", trouble=True)
    if failing:
        return Standing("Failing", f"{_which(failing, counted)} did not work at the last try.", trouble=True)
    if paused == len(rows):
        return Standing("Paused", f"{counted}, paused.")
    worked = any(one.worked_at for one in rows)
    return Standing(
        "Working" if worked else "Not used yet", f"{counted}." if worked else f"{counted}, nothing sent yet."
    )


def _programs(session: Session, organisation_id: UUID) -> Standing:
    rows = api_clients_of(session, organisation_id)
    if not rows:
        return NONE
    over = sum(one.is_over for one in rows)
    counted = f"{len(rows)} program{'s' if len(rows) > 1 else ''}"
    if over:
        return Standing("Ended", f"{counted}; the secret of {over} has ended, so it is refused.", trouble=True)
    used = any(one.client.used_at for one in rows)
    return Standing("Working" if used else "Not used yet", f"{counted}." if used else f"{counted}, none used yet.")


def _sign_on(session: Session, organisation_id: UUID) -> Standing:
    row = session.exec(select(SingleSignOn).where(col(SingleSignOn.organisation_id) == organisation_id)).first()
    return NONE if row is None else Standing("On", "People sign in with your authority’s own accounts.")


def _writer(session: Session, organisation_id: UUID) -> Standing:
    row = parent_writer_of(session, organisation_id)
    if row is None or not row.is_on:
        return Standing("Off", "Simulated parents say written lines only.", is_used=False)
    return Standing("On", f"{row.host} puts simulated parents’ lines in words.")


def _directory(session: Session, organisation_id: UUID) -> Standing:
    connection = connection_of(session, organisation_id)
    if connection is None:
        return NONE
    tokens = tokens_of_provider(session, connection)
    if not tokens:
        return Standing("Ended", "No token works any more, so your directory is refused.", trouble=True)
    used = [one.used_at for one in tokens if one.used_at is not None]
    if not used:
        return Standing("Not used yet", "Your directory has a token and has not called with it yet.")
    return Standing("Working", f"Your directory called last on {max(used):%-d %B %Y}.")


def _store(session: Session, organisation_id: UUID) -> Standing:
    row = xapi_connection_of(session, organisation_id)
    if row is None:
        return NONE
    if row.paused:
        return Standing("Paused", f"What happens gathers here and goes to {row.host} later.")
    if row.problem:
        return Standing("Failing", f"{row.host}: {row.problem}. Evoke tries again by itself.", trouble=True)
    refused = col(XapiStatement.organisation_id) == organisation_id, col(XapiStatement.state) == StatementState.REFUSED
    if many := session.exec(select(func.count()).where(*refused)).one():
        return Standing("Refused", f"{row.host} refused {many} statement{'s' if many > 1 else ''}.", trouble=True)
    return Standing("On", f"{row.host} hears what people completed.")


def _packages(session: Session, organisation_id: UUID) -> Standing:
    many = sum(one.ended_at is None for one in packages_of(session, organisation_id))
    return Standing("In use", f"{many} package{'s' if many > 1 else ''} taken.") if many else NONE


def _launchers(session: Session, organisation_id: UUID) -> Standing:
    rows = systems_of(session, organisation_id)
    if not rows:
        return NONE
    counted = f"{len(rows)} learning system{'s' if len(rows) > 1 else ''}"
    ours = col(Cmi5Session.system_id).in_([one.id for one in rows])
    last = session.exec(select(Cmi5Session).where(ours).order_by(col(Cmi5Session.at).desc()).limit(1)).first()
    if last is None:
        return Standing("Not used yet", f"{counted}, nobody has come from there yet.")
    if last.state is Cmi5State.REFUSED:
        return Standing("Refused", f"{counted}; the last launch was refused.", trouble=True)
    if last.problem:
        return Standing("Failing", f"{counted}; what the last launch had to tell did not arrive.", trouble=True)
    return Standing("Working", f"{counted}.")


def _platforms(session: Session, organisation_id: UUID) -> Standing:
    rows = platforms_of(session, organisation_id)
    if not rows:
        return NONE
    counted = f"{len(rows)} platform{'s' if len(rows) > 1 else ''}"
    last = [one for row in rows for one in launches_of(session, row.id, most=1)]
    if not last:
        return Standing("Not used yet", f"{counted}, nobody has come from there yet.")
    refused = sum(one.outcome is LtiOutcome.REFUSED for one in last)
    if refused:
        whose = "its last launch was" if len(rows) == 1 else f"the last launch of {refused} of them was"
        return Standing("Refused", f"{counted}; {whose} refused.", trouble=True)
    return Standing("Working", f"{counted}.")


KINDS = [
    Kind("/connections/lti", "Learning platforms",
         "Moodle, Totara and others open Evoke from a course, and hear what was done (LTI 1.3).", _platforms),
    Kind("/connections/webhooks", "Webhooks",
         "Another system is told as something happens here, such as a module completed.", _webhooks),
    Kind("/connections/xapi", "Learning record store", "A store hears, by xAPI, what people completed.", _store),
    Kind("/connections/scorm", "Packages",
         "Modules as cmi5 or SCORM packages, for a learning system that does not know LTI.", _packages),
    Kind("/connections/cmi5", "Launched modules",
         "A learning system that knows cmi5 opens modules here, and hears what was completed.", _launchers),
    Kind("/connections/badges", "Badges", "Certificates that other systems can check (Open Badges).",
         _nothing_to_set_up),
    Kind("/api-clients", "Programs", "Other systems that send sessions or fetch figures with the API.", _programs),
    Kind("/signing-in", "Single sign-on", "Sign in with your authority’s own accounts.", _sign_on),
    Kind("/connections/scim", "Joiners and leavers",
         "Your directory, such as Entra ID or Okta, keeps people and teams here (SCIM).", _directory),
    Kind("/parent-writer", "Simulated parents",
         "A language model of your authority may put their lines in words. Usually off.", _writer),
]  # fmt: skip
"""In the order of the page. A new kind of connection is a line here."""


@router.get("")
def connections_page(house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.read() as session:
        rows = [(one, one.standing(session, member.actor.organisation_id)) for one in KINDS]
    used = sorted((row for row in rows if row[1].is_used), key=lambda row: not row[1].trouble)
    unused = [kind for kind, standing in rows if not standing.is_used]
    return member.page("connections.html", used=used, unused=unused, answer=_answer([one for _, one in used]))


def _answer(used: list[Standing]) -> str:
    """To the question of the page, in a sentence."""
    troubled = sum(one.trouble for one in used)
    if not used:
        return "Nothing is connected yet. Choose what you need: each page says what to paste where."
    if troubled:
        return f"{troubled} of {len(used)} {'needs' if troubled == 1 else 'need'} you to look."
    if len(used) == 1:
        return "One thing is connected, and nothing is wrong with it."
    return f"{len(used)} things are connected, and nothing is wrong with any of them."
