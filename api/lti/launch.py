"""A launch from its beginning to the page it opens: what `web.pages.lti` calls, one step after the other.

The platform answers for who somebody is; it gives nobody a role. A launch signs in only whoever sees nothing of others
(`models.lti_links.may_be_signed_in`); all others are led to the page, and sign in as they always do.
"""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from sqlmodel import Session, col, select

from api.house import House
from api.lti.id_token import CHOOSE, Expected, Said, key_named, read_launch
from api.lti.reasons import LaunchRefused, Reason
from api.lti.targets import CUSTOM, HOME, path_of, title_of
from models.columns import utc_now
from models.learning import ModuleProgress
from models.lti import LtiCourse, LtiLogin, LtiOutcome, LtiPlatform, LtiTicket
from models.lti_grades import module_target, open_column, target_done
from models.lti_launches import (
    Begun,
    TicketOver,
    begin_login,
    browser_key,
    login_of,
    make_ticket,
    note_launch,
    ticket_of,
    use_login,
    use_ticket,
)
from models.lti_links import link_by_sign_in, linked_person, match_by_email, may_be_signed_in
from models.lti_platforms import hash_of, platform_that_says
from models.organisation import Organisation
from models.person import Person

LOGIN, LAUNCH = "/lti/login", "/lti/launch"
_HINTS = ("login_hint", "lti_message_hint")


@dataclass(frozen=True)
class LoginAnswer:
    """`address` is where the browser goes. `stored` is the frame of the platform that keeps things for tools whose
    cookies are blocked; empty where the platform offers none."""

    begun: Begun
    address: str
    stored: str
    origin: str


@dataclass(frozen=True)
class Ready:
    """A launch that was found good. `straight`: the browser is the one that began and shows the page by itself, so it
    may be signed in without another press. `ticket` is good once. `choosing`: content is to be chosen."""

    ticket: str
    straight: bool
    choosing: bool
    stored: str
    key: str
    origin: str
    who: str
    known: bool
    platform: str
    title: str
    framed_by: tuple[str, ...]
    told: str


@dataclass(frozen=True)
class Opened:
    """`person` is signed in by it; None for who signs in first, or must link their account (`to_link`)."""

    path: str
    person: Person | None
    to_link: bool = False


def begin(house: House, sent: dict[str, str]) -> LoginAnswer:
    """The platform sends somebody (third-party initiated login). Raises LaunchRefused."""
    target = sent.get("target_link_uri", "")
    if target and urlsplit(target)[:2] != urlsplit(house.settings.site)[:2]:
        raise LaunchRefused(Reason.NOT_OUR_PAGE)
    with house.database.write() as session:
        platform = platform_that_says(session, issuer=sent.get("iss", ""), client_id=sent.get("client_id", ""))
        if platform is None or not sent.get("login_hint"):
            raise LaunchRefused(Reason.UNKNOWN_PLATFORM)
        begun = begin_login(session, platform=platform, stored=sent.get("lti_storage_target", ""))
        asked = {
            "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
            "client_id": platform.client_id, "redirect_uri": f"{house.settings.site}{LAUNCH}", "state": begun.state,
            "nonce": begun.nonce, **{name: sent[name] for name in _HINTS if sent.get(name)},
        }  # fmt: skip
        endpoint = platform.authorization_endpoint
    address = f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"
    return LoginAnswer(begun, address, sent.get("lti_storage_target", "")[:100], origin_of(endpoint))


def origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def arrive(house: House, *, state: str, token: str, error: str, browser: str, framed: bool | None) -> Ready:
    """The platform's message is back. `browser` is the cookie's secret, empty without one; `framed` says whether the
    page is shown in another, None where the browser does not tell. Raises LaunchRefused, which is in the log."""
    with house.database.write() as session:
        login = login_of(session, state)
        if login is None:
            raise LaunchRefused(Reason.STATE_UNKNOWN)
        used, platform = use_login(session, login), session.get_one(LtiPlatform, login.platform_id)
    try:
        if not used:
            raise LaunchRefused(Reason.STATE_USED if login.used_at is not None else Reason.STATE_OLD)
        said = _checked(house, platform, login, token=token, error=error)
        bound = bool(browser) and hash_of(browser) == login.browser_hash
        if not bound and (browser or framed is False):
            # A page of its own has its cookie, whatever a browser does with those of frames.
            raise LaunchRefused(Reason.ANOTHER_BROWSER, deployment=said.deployment)
        with house.database.write() as session:
            return _ready(session, house, login, said, bound=bound, framed=framed, state=state)
    except LaunchRefused as refused:
        with house.database.write() as session:
            note_launch(
                session, platform=platform, outcome=LtiOutcome.REFUSED, reason=refused.reason.value,
                deployment=refused.deployment,
            )  # fmt: skip
        raise


def _checked(house: House, platform: LtiPlatform, login: LtiLogin, *, token: str, error: str) -> Said:
    if error:
        raise LaunchRefused(Reason.PLATFORM_ERROR)
    keys = house.platform_keys.key_set(platform.jwks_uri, kid=key_named(token))
    expected = Expected(platform.issuer, platform.client_id, platform.deployments, login.nonce)
    return read_launch(token, keys, expected=expected, now=time.time())


def _ready(
    session: Session, house: House, login: LtiLogin, said: Said, *, bound: bool, framed: bool | None, state: str
) -> Ready:
    platform = session.get_one(LtiPlatform, login.platform_id)
    organisation = session.get_one(Organisation, platform.organisation_id)
    choosing = said.kind == CHOOSE
    if choosing and not said.teacher and said.learner:
        raise LaunchRefused(Reason.MAY_NOT_CHOOSE, deployment=said.deployment)
    target = HOME if choosing else said.custom.get(CUSTOM, HOME)
    title = title_of(session, organisation, target)
    person = None
    if not choosing:
        person = linked_person(session, platform=platform, subject=said.subject)
        person = person or match_by_email(session, platform=platform, subject=said.subject, email=said.email)
        _note_course(session, platform, said)
    scores_go = said.line_item if said.learner and target != HOME and not target.startswith("exercise:") else ""
    ticket = make_ticket(
        session, platform=platform, subject=said.subject, who=said.name, person_id=person.id if person else None,
        target=target, browser_hash="" if bound else login.browser_hash, deployment=said.deployment,
        line_item=scores_go, deep_link=said.settings if choosing else None,
    )  # fmt: skip
    returns = [str(said.settings.get("deep_link_return_url", "")), said.return_url]
    framed_by = {origin_of(one) for one in (platform.issuer, platform.authorization_endpoint, *returns) if one}
    return Ready(
        ticket=ticket, straight=bound and framed is False, choosing=choosing,
        stored="" if bound else login.stored, key=browser_key(state), origin=origin_of(platform.authorization_endpoint),
        who=person.name if person is not None else said.name, known=person is not None, platform=platform.name,
        title=title, framed_by=tuple(sorted(one for one in framed_by if is_origin(one))),
        told=platform.scores.value if scores_go else "",
    )  # fmt: skip


def is_origin(text: str) -> bool:
    """Nothing that could end a directive of a security policy."""
    return text.startswith(("https://", "http://")) and text.isascii() and not set("; ,'\"@*") & set(text)


def _note_course(session: Session, platform: LtiPlatform, said: Said) -> None:
    if not said.memberships or not said.context:
        return
    course = session.exec(
        select(LtiCourse).where(col(LtiCourse.platform_id) == platform.id, col(LtiCourse.context) == said.context)
    ).first()
    course = course or LtiCourse(platform_id=platform.id, context=said.context, memberships=said.memberships)
    course.title, course.memberships, course.seen_at = said.course, said.memberships, utc_now()
    session.add(course)
    session.flush()


def enter(house: House, *, secret: str, stored: str, signed_in: UUID | None) -> Opened:
    """The button was pressed, in a window of its own. `stored` is what the platform kept for this browser, if it did;
    `signed_in` who is signed in to Evoke there. Raises TicketOver, LaunchRefused."""
    with house.database.write() as session:
        ticket = ticket_of(session, secret)
        platform = session.get_one(LtiPlatform, ticket.platform_id)
        if stored and ticket.browser_hash and hash_of(stored) != ticket.browser_hash:
            use_ticket(session, ticket)
            note_launch(
                session, platform=platform, outcome=LtiOutcome.REFUSED, reason=Reason.ANOTHER_BROWSER.value,
                deployment=ticket.deployment,
            )  # fmt: skip
            refused = True
        else:
            refused = False
            opened = _enter(session, platform, ticket, signed_in)
    if refused:
        raise LaunchRefused(Reason.ANOTHER_BROWSER)
    return opened


def _enter(session: Session, platform: LtiPlatform, ticket: LtiTicket, signed_in: UUID | None) -> Opened:
    path = path_of(ticket.target)
    person = session.get(Person, ticket.person_id) if ticket.person_id is not None else None
    if person is None or person.left_at is not None:
        return Opened("/lti/link", None, to_link=True)
    _begin_column(session, platform, ticket, person)
    note_launch(
        session, platform=platform, outcome=LtiOutcome.OPENED, target=ticket.target, deployment=ticket.deployment
    )
    enters = may_be_signed_in(session, person) and signed_in != person.id
    use_ticket(session, ticket)
    return Opened(path, person if enters else None)


def whose(house: House, secret: str) -> tuple[str, str]:
    """For the page that links two accounts: what the platform is called, and whom it names. Raises TicketOver."""
    with house.database.read() as session:
        ticket = ticket_of(session, secret, locked=False)
        return session.get_one(LtiPlatform, ticket.platform_id).name, ticket.who


def link(house: House, *, secret: str, person_id: UUID) -> str:
    """The page to go on to, once the signed-in person said that this is them. Raises TicketOver."""
    with house.database.write() as session:
        ticket, person = ticket_of(session, secret), session.get_one(Person, person_id)
        platform = session.get_one(LtiPlatform, ticket.platform_id)
        if person.organisation_id != platform.organisation_id:
            raise LaunchRefused(Reason.NOBODY_NAMED)
        link_by_sign_in(session, platform=platform, subject=ticket.subject, person=person)
        _begin_column(session, platform, ticket, person)
        note_launch(
            session, platform=platform, outcome=LtiOutcome.OPENED, target=ticket.target, deployment=ticket.deployment
        )
        path = path_of(ticket.target)
        use_ticket(session, ticket)
        return path


def _begin_column(session: Session, platform: LtiPlatform, ticket: LtiTicket, person: Person) -> None:
    """What was completed before the course asked for it counts as well."""
    if not ticket.line_item:
        return
    open_column(
        session, platform=platform, address=ticket.line_item, target=ticket.target, person_id=person.id,
        subject=ticket.subject,
    )  # fmt: skip
    done = select(ModuleProgress).where(
        col(ModuleProgress.person_id) == person.id, col(ModuleProgress.completed_at).is_not(None)
    )
    if any(module_target(one.module) == ticket.target for one in session.exec(done)):
        target_done(session, target=ticket.target, person_id=person.id)


def choosing(session: Session, secret: str, *, locked: bool) -> tuple[LtiTicket, LtiPlatform, dict[str, Any]]:
    """What is being chosen for. Raises TicketOver."""
    ticket = ticket_of(session, secret, locked=locked)
    if ticket.deep_link is None:
        raise TicketOver
    return ticket, session.get_one(LtiPlatform, ticket.platform_id), ticket.deep_link
