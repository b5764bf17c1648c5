"""The job that mails an invitation."""

from uuid import UUID

from sqlmodel import Session

from coding.context import JobContext
from models.columns import utc_now
from models.errors import EvokeError
from models.invitation import Invitation
from models.mail import Mail, send_mail
from models.organisation import Organisation
from models.people.inviting import link_of
from models.person import Person

WORDS = """\
Hello {name},

{by}{authority} invites you to Evoke, where people practise Motivational Interviewing and get feedback on it.

Open this link to choose a password and begin:

{link}

It works once, until {until}. It is yours alone, so please do not pass this mail on.
If you did not expect it, do nothing.
"""


def send_invitation(context: JobContext, *, invitation_id: str) -> None:
    """The same mail with the same link each time it runs; nothing for an invitation that is over."""
    settings = context.workshop.settings
    with context.workshop.database.read() as session:
        invitation = session.get_one(Invitation, UUID(invitation_id))
        mail = _mail(session, invitation, link_of(invitation, settings)) if invitation.is_open else None
    if mail is not None:
        send_mail(mail, settings)
    with context.write() as session:
        if mail is not None:
            sent = session.get_one(Invitation, UUID(invitation_id))
            sent.sent_at, sent.problem = utc_now(), None
            session.add(sent)
        context.finish(session)


def sending_stopped(session: Session, error: EvokeError, *, invitation_id: str) -> None:
    invitation = session.get_one(Invitation, UUID(invitation_id))
    refused = error.code == "mail_refused"
    invitation.problem = error.message if refused else (
        "The mail server could not be reached or would not take the mail, several times. "
        "Ask whoever runs Evoke to look at the mail settings, then send the invitation again."
    )  # fmt: skip
    session.add(invitation)


def _mail(session: Session, invitation: Invitation, link: str) -> Mail | None:
    """None where the link cannot be made any more, after the master key was changed."""
    if not link:
        return None
    person = session.get_one(Person, invitation.person_id)
    organisation = session.get_one(Organisation, person.organisation_id)
    inviter = session.get(Person, invitation.by_id) if invitation.by_id else None
    until = invitation.expires_at
    text = WORDS.format(
        name=person.name, by=f"{inviter.name} of " if inviter else "", authority=organisation.name, link=link,
        until=f"{until.day} {until:%B %Y}",
    )  # fmt: skip
    return Mail(f"invitation-{invitation.id}", person.email, f"Your invitation to Evoke from {organisation.name}", text)
