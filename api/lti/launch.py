"""The platform's message of a launch: checked, and made a ticket for the page that it opens (`api.lti.entry`)."""

import time
from dataclasses import dataclass

from sqlmodel import Session, col, select

from api.house import House
from api.lti.id_token import CHOOSE, Expected, Said, key_named, read_launch
from api.lti.login import frames_of, origin_of
from api.lti.reasons import LaunchRefused, Reason
from api.lti.targets import CUSTOM, HOME, title_of
from models.columns import utc_now
from models.lock import hold_lock
from models.lti import LtiCourse, LtiLogin, LtiOutcome, LtiPlatform
from models.lti_launches import browser_key, forget_login, login_of, make_ticket, note_launch, use_login
from models.lti_links import linked_person, match_by_email
from models.lti_platforms import hash_of
from models.organisation import Organisation


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


def arrive(house: House, *, state: str, token: str, error: str, browser: str, framed: bool | None) -> Ready:
    """The platform's message is back. `browser` is the cookie's secret, empty without one; `framed` says whether the
    page is shown in another, None where the browser does not tell. Raises LaunchRefused, which is in the log."""
    with house.database.write() as session:
        login = login_of(session, state)
        if login is None:
            raise LaunchRefused(Reason.STATE_UNKNOWN)
        used, platform = use_login(session, login), session.get_one(LtiPlatform, login.platform_id)
        if not used:  # the log hears of it once, however often it is sent: from now on it is unknown
            forget_login(session, login)
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
    to_prove = not bound and bool(login.stored)  # without a cookie: by what the platform offered to keep
    ticket = make_ticket(
        session, platform=platform, subject=said.subject, who=said.name, person_id=person.id if person else None,
        target=target, browser_hash=login.browser_hash if to_prove else "", deployment=said.deployment,
        line_item=scores_go, deep_link=said.settings if choosing else None,
    )  # fmt: skip
    return Ready(
        ticket=ticket, straight=bound and framed is False, choosing=choosing,
        stored=login.stored if to_prove else "", key=browser_key(state),
        origin=origin_of(platform.authorization_endpoint),
        who=person.name if person is not None else said.name, known=person is not None, platform=platform.name,
        title=title,
        framed_by=frames_of(platform, str(said.settings.get("deep_link_return_url", "")), said.return_url),
        told=platform.scores.value if scores_go else "",
    )  # fmt: skip


def _note_course(session: Session, platform: LtiPlatform, said: Said) -> None:
    if not said.memberships or not said.context:
        return
    hold_lock(session, f"lti course {platform.id} {said.context}")  # a class opens an activity at once
    course = session.exec(
        select(LtiCourse).where(col(LtiCourse.platform_id) == platform.id, col(LtiCourse.context) == said.context)
    ).first()
    course = course or LtiCourse(platform_id=platform.id, context=said.context, memberships=said.memberships)
    course.title, course.memberships, course.seen_at = said.course, said.memberships, utc_now()
    session.add(course)
    session.flush()
