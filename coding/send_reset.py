"""The job that mails a link for a new password."""

from uuid import UUID

from sqlmodel import Session

from coding.context import JobContext
from models.errors import EvokeError
from models.mail import Mail, send_mail
from models.person import Person
from models.reset import make_reset

WORDS = """\
Hello {name},

somebody, probably you, asked for a new password for Evoke. Open this link to choose one:

{link}

It works once, for an hour. If it was not you, do nothing: your password stays as it is.
"""


def send_reset(context: JobContext, *, person_id: str) -> None:
    """Each time it runs it makes a link of its own, and the ones before stop working: none is kept to be sent again."""
    settings = context.workshop.settings
    with context.write() as session:
        made = make_reset(session, person_id=UUID(person_id))
    if made is not None:
        words = WORDS.format(name=made.name, link=f"{settings.site}/reset-password/{made.secret}")
        send_mail(Mail(f"new-password-{made.id}", made.email, "A new password for Evoke", words), settings)
    with context.write() as session:
        context.finish(session)


def reset_stopped(session: Session, error: EvokeError, *, person_id: str) -> None:
    """Who waits for the mail asks again; why it failed is in the worker's log."""
    assert session.get(Person, UUID(person_id)) is not None
