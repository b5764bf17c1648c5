"""The page of an organisation's learning record store: how it stands, what went and what waits."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.columns import new_id, utc_now
from models.person import Person
from models.settings import Settings
from models.xapi import xapi_connection_of
from models.xapi_connection import secrets_of
from models.xapi_kept import StatementKind, StatementState, XapiConnection, XapiStatement
from training.xapi import actors
from training.xapi.lrs import Answer, Store, basic
from training.xapi.names import Names
from training.xapi.statements import Happened, connection_test

LOG_ROWS = 50
KIND_SHOWN = {
    StatementKind.MODULE_PROGRESSED: "Did a step of a module",
    StatementKind.MODULE_COMPLETED: "Completed a module",
    StatementKind.EXERCISE_ANSWERED: "Answered an exercise",
    StatementKind.SESSION_REVIEWED: "A coach reviewed a session",
    StatementKind.PARENT_FINISHED: "Finished a simulated parent",
}


@dataclass(frozen=True)
class LogLine:
    id: UUID
    what: str
    at: datetime
    state: StatementState
    problem: str


@dataclass(frozen=True)
class ConnectionView:
    """`log` has the newest first and names nobody: administrators see that something went, not of whom."""

    row: XapiConnection | None
    waiting: int
    sent: int
    refused: int
    log: list[LogLine]


@dataclass(frozen=True)
class Tried:
    """What a test of the connection came to, in sentences."""

    works: bool
    sentences: tuple[str, ...]


def connection_view(session: Session, organisation_id: UUID) -> ConnectionView:
    ours = col(XapiStatement.organisation_id) == organisation_id
    counted = select(XapiStatement.state, func.count()).where(ours).group_by(col(XapiStatement.state))
    count = dict(session.exec(counted).all())
    newest = select(XapiStatement).where(ours).order_by(col(XapiStatement.at).desc(), col(XapiStatement.id))
    log = [
        LogLine(one.id, KIND_SHOWN[one.kind], one.at, one.state, one.problem)
        for one in session.exec(newest.limit(LOG_ROWS))
    ]
    return ConnectionView(
        xapi_connection_of(session, organisation_id), count.get(StatementState.WAITING, 0),
        count.get(StatementState.SENT, 0), count.get(StatementState.REFUSED, 0), log,
    )  # fmt: skip


def store_of(session: Session, row: XapiConnection, settings: Settings) -> Store:
    return Store(row.endpoint, basic(row.key, secrets_of(session, row).secret), settings)


def try_out(store: Store, row: XapiConnection, settings: Settings) -> Tried:
    """Asks the store what it is, then sends it a statement about nobody. Takes as long as two answers."""
    versions, why = store.about()
    fits = any(one == "1.0.3" or one.startswith("1.0") for one in versions)
    if not versions:
        first = f"It did not say what it is: {why}."
    elif fits:
        first = f"It answers, and knows xAPI {', '.join(versions)}."
    else:
        first = f"It answers, but knows only xAPI {', '.join(versions)}. Evoke speaks 1.0.3."
    happened = Happened(new_id(), actors.account(settings.site, "connection-test"), utc_now())
    said = store.send([connection_test(happened, Names(settings.site), row.id)])
    if said.answer is Answer.TAKEN:
        return Tried(True, (first, "It took a test statement, which is about nobody. The connection works."))
    second = f"It did not take a test statement: {said.why}. Check the address, the key and the secret."
    return Tried(False, (first, second))


def statements_about(session: Session, person: Person) -> list[dict[str, str | None]]:
    """For the copy of their own data: what went outside, or is about to."""
    rows = select(XapiStatement).where(col(XapiStatement.person_id) == person.id)
    return [
        {"what": KIND_SHOWN[one.kind], "at": one.at.isoformat(), "state": one.state.value, "statement": str(one.id)}
        for one in session.exec(rows.order_by(col(XapiStatement.at), col(XapiStatement.id)))
    ]
