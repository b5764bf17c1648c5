"""A webhook for which nothing worked is paused, and whoever looks after settings is told by e-mail."""

from uuid import UUID

from sqlmodel import Session, col, select

from coding.context import JobContext
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.mail import Mail, send_mail
from models.permissions import ROLES, Permission
from models.person import Person, Role, RoleGrant
from models.queue import enqueue
from models.webhook_kept import Webhook, WebhookState

MAIL_JOB = "mail_webhook_failing"
WORDS = """\
Hello {name},

Evoke has told {host} nothing that arrived since {since}, and has stopped trying. Nothing is lost: what happens is
kept for 30 days, and is sent once you let the webhook go on.

See what went wrong, test it, and let it go on:

{link}
"""


def pause_failing(session: Session, webhook: Webhook, *, why: str) -> None:
    webhook.state = WebhookState.FAILING
    record_audit(
        session, action="webhook_failing", subject=webhook, organisation_id=webhook.organisation_id, by=None,
        why=why, since=webhook.failing_since.isoformat() if webhook.failing_since else "",
    )  # fmt: skip
    now = utc_now()
    administrators = select(RoleGrant.person_id).where(
        col(RoleGrant.role).in_([one for one in Role if Permission.MANAGE_SETTINGS in ROLES[one]]),
        col(RoleGrant.started_at) <= now, col(RoleGrant.ended_at).is_(None) | (col(RoleGrant.ended_at) > now),
    )  # fmt: skip
    people = select(Person.id).where(
        col(Person.organisation_id) == webhook.organisation_id, col(Person.left_at).is_(None),
        col(Person.invited_at).is_(None), col(Person.id).in_(administrators),
    )  # fmt: skip
    for person_id in session.exec(people.order_by(col(Person.id))).all():
        enqueue(
            session, MAIL_JOB, organisation_id=webhook.organisation_id, webhook_id=webhook.id, person_id=person_id
        )  # fmt: skip


def mail_webhook_failing(context: JobContext, *, webhook_id: str, person_id: str) -> None:
    """Nothing where it goes on again meanwhile."""
    settings = context.workshop.settings
    with context.workshop.database.read() as session:
        webhook, person = session.get(Webhook, UUID(webhook_id)), session.get_one(Person, UUID(person_id))
        mail = None
        if webhook is not None and webhook.state is WebhookState.FAILING and webhook.failing_since is not None:
            text = WORDS.format(
                name=person.name, host=webhook.host, since=f"{webhook.failing_since:%-d %B, %H:%M} (UTC)",
                link=f"{settings.site}/connections/webhooks/{webhook.id}",
            )  # fmt: skip
            name = f"webhook-{webhook.id}-{person.id}-{int(webhook.failing_since.timestamp())}"
            mail = Mail(name, person.email, "A webhook of Evoke has stopped", text)
    if mail is not None:
        send_mail(mail, settings)
    with context.write() as session:
        context.finish(session)


def mailing_stopped(session: Session, error: EvokeError, /, *, webhook_id: str, person_id: str) -> None:
    """The page says so all the same; why the mail failed is in the worker's log."""
