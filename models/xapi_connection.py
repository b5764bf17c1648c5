"""An organisation's learning record store set, paused, taken up again, and forgotten."""

import json
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import Session, col

from models.audit import record_audit
from models.columns import new_id, utc_now
from models.errors import EvokeError
from models.outgoing import AddressWrong, check_address
from models.permissions import Actor
from models.queue import enqueue
from models.sealed_secret import forget_secret, open_secret, seal_secret
from models.settings import Settings
from models.xapi import JOB, xapi_connection_of
from models.xapi_kept import ActorForm, StatementState, XapiConnection, XapiStatement


class ConnectionWrong(EvokeError):
    code = "xapi_connection_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class ConnectionDetails:
    """As an administrator enters them. An empty `secret` keeps the one there is, at the same endpoint and key only."""

    endpoint: str
    key: str
    secret: str
    actor_form: str = ActorForm.PSEUDONYM
    home_page: str = ""
    sends_scores: bool = False


@dataclass(frozen=True)
class Secrets:
    """`secret` lets into the store; `names` is the key of pseudonyms."""

    secret: str
    names: bytes


def secrets_of(session: Session, row: XapiConnection) -> Secrets:
    kept = json.loads(open_secret(session, row.sealed, record_id=row.id))
    return Secrets(kept["secret"], bytes.fromhex(kept["names"]))


def set_connection(
    session: Session, *, details: ConnectionDetails, settings: Settings, by: Actor
) -> XapiConnection:  # fmt: skip
    """The caller has checked that `by` may. Pseudonyms stay the same whatever else changes. Raises ConnectionWrong."""
    row = xapi_connection_of(session, by.organisation_id)
    endpoint, key = details.endpoint.strip().rstrip("/").removesuffix("/statements"), details.key.strip()
    same = row is not None and (row.endpoint, row.key) == (endpoint, key)
    if wrong := _wrong(details, endpoint, key, settings, keeps_secret=same):
        raise ConnectionWrong(wrong)
    row = row or XapiConnection(id=new_id(), organisation_id=by.organisation_id, endpoint=endpoint, key=key)
    before = secrets_of(session, row) if row.sealed else Secrets("", secrets.token_bytes(32))
    told_before = _told(row)
    row.endpoint, row.key, row.actor_form = endpoint, key, ActorForm(details.actor_form)
    row.home_page, row.sends_scores = details.home_page.strip().rstrip("/"), details.sends_scores
    if _told(row) != told_before:
        _make_anew(session, row)
    row.changed_at, row.failures, row.next_try_at, row.problem = utc_now(), 0, None, ""
    kept = json.dumps({"secret": details.secret or before.secret, "names": before.names.hex()})
    row.sealed = seal_secret(session, kept, organisation_id=by.organisation_id, record_id=row.id)
    session.add(row)
    session.flush()
    record_audit(
        session, action="xapi_connection_set", subject=row, organisation_id=by.organisation_id, by=by.person_id,
        address=row.endpoint, people_as=row.actor_form.value, scores="yes" if row.sends_scores else "no",
    )  # fmt: skip
    _send_soon(session, row)
    return row


def pause_connection(session: Session, *, row: XapiConnection, paused: bool, by: Actor) -> None:
    """While it is paused statements gather; then they go. Doing it twice changes nothing."""
    if row.paused == paused:
        return
    row.paused, row.next_try_at = paused, None
    session.add(row)
    action = "xapi_connection_paused" if paused else "xapi_connection_resumed"
    record_audit(session, action=action, subject=row, organisation_id=row.organisation_id, by=by.person_id)
    _send_soon(session, row)


def send_refused_again(session: Session, *, row: XapiConnection, by: Actor) -> int:
    """What the store refused waits once more; how many."""
    refused = (
        update(XapiStatement)
        .where(
            col(XapiStatement.organisation_id) == row.organisation_id,
            col(XapiStatement.state) == StatementState.REFUSED,
        )
        .values(state=StatementState.WAITING, problem="", changed_at=utc_now())
    )  # fmt: skip
    many = session.connection().execute(refused).rowcount
    row.next_try_at = None
    session.add(row)
    record_audit(
        session, action="statements_sent_again", subject=row, organisation_id=row.organisation_id, by=by.person_id,
        statements=str(many),
    )  # fmt: skip
    _send_soon(session, row)
    return many


def end_connection(session: Session, *, by: Actor) -> None:
    """Its address, its secret, the key of pseudonyms and what waited are forgotten; None is not an error. What arrived
    stays where it is: whoever keeps the store deletes it there."""
    row = xapi_connection_of(session, by.organisation_id)
    if row is None:
        return
    record_audit(session, action="xapi_connection_ended", subject=row, organisation_id=row.organisation_id,
                 by=by.person_id)  # fmt: skip
    session.exec(delete(XapiStatement).where(
        col(XapiStatement.organisation_id) == row.organisation_id
    ))  # fmt: skip
    forget_secret(session, record_id=row.id)
    session.delete(row)
    session.flush()


def _told(row: XapiConnection) -> tuple[ActorForm, str, bool]:
    return row.actor_form, row.home_page, row.sends_scores


def _make_anew(session: Session, row: XapiConnection) -> None:
    """What has not arrived says no more than what is chosen now."""
    unsent = (
        update(XapiStatement)
        .where(
            col(XapiStatement.organisation_id) == row.organisation_id,
            col(XapiStatement.state) != StatementState.SENT,
        )
        .values(statement=None)
    )  # fmt: skip
    session.connection().execute(unsent)


def _send_soon(session: Session, row: XapiConnection) -> None:
    enqueue(session, JOB, organisation_id=row.organisation_id, for_organisation_id=row.organisation_id)


def _wrong(
    details: ConnectionDetails, endpoint: str, key: str, settings: Settings, *, keeps_secret: bool
) -> dict[str, str]:
    wrong = {}
    try:
        check_address(endpoint, settings=settings)
        if "?" in endpoint:
            raise AddressWrong("Take the question mark and what follows it out of the address.")
    except AddressWrong as error:
        wrong["endpoint"] = error.message
    if not key or len(key) > 200 or ":" in key or not key.isprintable():
        wrong["key"] = "Enter the key (or user name) that the store gave you for Evoke."
    secret = details.secret
    if (not secret and not keeps_secret) or len(secret) > 500 or not secret.isprintable():
        wrong["secret"] = "Enter the secret (or password) that belongs to the key."  # noqa: S105
    if details.actor_form not in list(ActorForm):
        wrong["actor_form"] = "Choose how the store hears who somebody is."
    if details.actor_form == ActorForm.ACCOUNT and not details.home_page.strip().startswith(("https://", "http://")):
        wrong["home_page"] = "Enter the address of your learning system, which begins with https://."
    elif len(details.home_page) > 500:
        wrong["home_page"] = "Shorten the address to 500 characters or fewer."
    return wrong
