"""The end of a launch, in a window of Evoke's own: the page that it opens, or the two accounts linked first.

The platform answers for who somebody is; it gives nobody a role. A launch signs in only whoever sees nothing of others
(`models.lti_links.may_be_signed_in`); all others are led to the page, and sign in as they always do.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from api.house import House
from api.lti.reasons import LaunchRefused, Reason
from api.lti.targets import path_of
from models.errors import NotAllowed
from models.learning import ModuleProgress
from models.lti import LtiOutcome, LtiPlatform, LtiTicket
from models.lti_grades import module_target, open_column, target_done
from models.lti_launches import TicketOver, note_launch, ticket_of, use_ticket
from models.lti_links import link_by_sign_in, may_be_signed_in
from models.lti_platforms import hash_of
from models.person import Person


@dataclass(frozen=True)
class Opened:
    """`person` is signed in by it; None for who signs in first, or must link their account (`to_link`)."""

    path: str
    person: Person | None
    to_link: bool = False


def enter(house: House, *, secret: str, stored: str, signed_in: UUID | None) -> Opened:
    """The button was pressed, in a window of its own. `stored` is what the platform kept for this browser, and must be
    right where it offered to keep it; `signed_in` who is signed in to Evoke there. Raises TicketOver, LaunchRefused."""
    with house.database.write() as session:
        ticket = _to_open(session, secret)
        platform = session.get_one(LtiPlatform, ticket.platform_id)
        if ticket.browser_hash and hash_of(stored) != ticket.browser_hash:
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


def _to_open(session: Session, secret: str, *, locked: bool = True) -> LtiTicket:
    """Raises TicketOver, also for the ticket of who chooses content: it opens nothing, and may name nobody."""
    ticket = ticket_of(session, secret, locked=locked)
    if ticket.deep_link is not None:
        raise TicketOver
    return ticket


def _enter(session: Session, platform: LtiPlatform, ticket: LtiTicket, signed_in: UUID | None) -> Opened:
    person = session.get(Person, ticket.person_id) if ticket.person_id is not None else None
    if person is None or person.left_at is not None:
        return Opened("/lti/link", None, to_link=True)
    enters = may_be_signed_in(session, person) and signed_in != person.id
    return Opened(_opened(session, platform, ticket, person), person if enters else None)


def _opened(session: Session, platform: LtiPlatform, ticket: LtiTicket, person: Person) -> str:
    """The path of the page. Raises TicketOver."""
    path = path_of(ticket.target)
    _begin_column(session, platform, ticket, person)
    note_launch(
        session, platform=platform, outcome=LtiOutcome.OPENED, target=ticket.target, deployment=ticket.deployment
    )
    use_ticket(session, ticket)
    return path


def whose(house: House, secret: str) -> tuple[str, str]:
    """For the page that links two accounts: what the platform is called, and whom it names. Raises TicketOver."""
    with house.database.read() as session:
        ticket = _to_open(session, secret, locked=False)
        return session.get_one(LtiPlatform, ticket.platform_id).name, ticket.who


def link(house: House, *, secret: str, person_id: UUID) -> str:
    """The page to go on to, once the signed-in person said that this is them. Raises TicketOver, NotAllowed."""
    with house.database.write() as session:
        ticket, person = _to_open(session, secret), session.get_one(Person, person_id)
        platform = session.get_one(LtiPlatform, ticket.platform_id)
        if person.organisation_id != platform.organisation_id:
            raise NotAllowed(
                "This course belongs to another authority than your account here. Sign in with your account there."
            )
        link_by_sign_in(session, platform=platform, subject=ticket.subject, person=person)
        return _opened(session, platform, ticket, person)


def _begin_column(session: Session, platform: LtiPlatform, ticket: LtiTicket, person: Person) -> None:
    """A module that was completed before the course asked for it counts as well."""
    if not ticket.line_item:
        return
    open_column(
        session, platform=platform, address=ticket.line_item, target=ticket.target, person_id=person.id,
        subject=ticket.subject,
    )  # fmt: skip
    done = select(ModuleProgress.module).where(
        col(ModuleProgress.person_id) == person.id, col(ModuleProgress.completed_at).is_not(None)
    )
    if ticket.target in {module_target(slug) for slug in session.exec(done)}:
        target_done(session, target=ticket.target, person_id=person.id)
