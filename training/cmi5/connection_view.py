"""The administrators' page of learning systems that launch modules: which there are, who is linked, what was launched
and told. And, for a person's copy of their own data, what went out about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.cmi5 import Cmi5End, Cmi5Link, Cmi5Sending, Cmi5Session, Cmi5State, Cmi5Statement, Cmi5System, Cmi5Verb
from models.cmi5_launches import broken_off
from models.cmi5_systems import links_of, systems_of
from models.columns import utc_now
from models.person import Person
from models.settings import Settings
from training.cmi5.launch import LOGGED, Reason
from training.xapi.lrs import Store

LOG_ROWS = 50
ENDED = {
    Cmi5End.FINISHED: "Left",
    Cmi5End.IDLE: "Left: nothing was done for an hour",
    Cmi5End.REPLACED: "Left: another launch came",
    Cmi5End.CLOSED: "Ended: the system did not let Evoke in any more",
}
TOLD = {
    Cmi5Verb.INITIALIZED: "begun", Cmi5Verb.COMPLETED: "completed", Cmi5Verb.PASSED: "passed",
    Cmi5Verb.TERMINATED: "left",
}  # fmt: skip


@dataclass(frozen=True)
class LaunchLine:
    """`told` are words for what the system has heard; `waiting` how many statements have not arrived yet, `refused`
    how many will not."""

    at: datetime
    system: str
    module: str
    what: str
    refused_launch: bool
    told: tuple[str, ...]
    waiting: int
    refused: int
    problem: str


@dataclass(frozen=True)
class Cmi5View:
    """`log` has the newest first and names nobody."""

    systems: list[Cmi5System]
    links: list[tuple[Cmi5Link, Cmi5System, Person]]
    log: list[LaunchLine]


def cmi5_view(session: Session, organisation_id: UUID, titles: Mapping[str, str]) -> Cmi5View:
    systems = systems_of(session, organisation_id)
    names = {one.id: one.name for one in systems}
    rows = select(Cmi5Session).where(col(Cmi5Session.system_id).in_(names))
    newest = session.exec(rows.order_by(col(Cmi5Session.at).desc(), col(Cmi5Session.id)).limit(LOG_ROWS)).all()
    told = session.exec(select(Cmi5Statement).where(col(Cmi5Statement.launch_id).in_([one.id for one in newest])))
    of_session: dict[UUID, list[Cmi5Statement]] = {}
    for one in told:
        of_session.setdefault(one.launch_id, []).append(one)
    log = [_line(row, names[row.system_id], titles, of_session.get(row.id, [])) for row in newest]
    return Cmi5View(systems, links_of(session, organisation_id), log)


def _line(row: Cmi5Session, system: str, titles: Mapping[str, str], told: list[Cmi5Statement]) -> LaunchLine:
    if row.state is Cmi5State.REFUSED:
        what = f"Refused: {LOGGED[Reason(row.reason)]}"
    elif row.state is Cmi5State.OVER and row.ended is not None:
        what = ENDED[row.ended]
    elif broken_off(row, utc_now()):
        what = "Broken off while it was being opened"
    else:
        what = "Open now" if row.state is Cmi5State.OPEN else "Being opened"
    state = {one.verb: one.state for one in told}
    return LaunchLine(
        row.at, system, titles.get(row.module, row.module), what, row.state is Cmi5State.REFUSED,
        tuple(words for verb, words in TOLD.items() if state.get(verb) is Cmi5Sending.SENT),
        sum(one is Cmi5Sending.WAITING for one in state.values()),
        sum(one in (Cmi5Sending.REFUSED, Cmi5Sending.LOST) for one in state.values()), row.problem,
    )  # fmt: skip


def try_store(system: Cmi5System, settings: Settings) -> tuple[bool, str]:
    """Whether a store answers there, in a sentence: it says to everybody what it is. That it takes what Evoke tells
    shows only with a launch, whose token it gives."""
    versions, why = Store(system.endpoint, "", settings).about()
    if not versions:
        return False, f"It did not say what it is: {why}. Check the address of its store."
    if not any(one.startswith("1.0") for one in versions):
        return False, f"It answers, but knows only xAPI {', '.join(versions)}. Evoke speaks 1.0.3."
    return True, f"It answers, and knows xAPI {', '.join(versions)}. Now open a module from the learning system."


def known_there(session: Session, person: Person) -> list[dict[str, Any]]:
    rows = select(Cmi5Link, Cmi5System).join(Cmi5System, col(Cmi5System.id) == col(Cmi5Link.system_id))
    return [
        {"system": system.name, "home_page": one.home_page, "account": one.account, "since": one.created_at.isoformat()}
        for one, system in session.exec(rows.where(col(Cmi5Link.person_id) == person.id)).all()
    ]


def launched_there(session: Session, person: Person) -> list[dict[str, Any]]:
    rows = select(Cmi5Session, Cmi5System).join(Cmi5System, col(Cmi5System.id) == col(Cmi5Session.system_id))
    rows = rows.where(col(Cmi5Session.person_id) == person.id).order_by(col(Cmi5Session.at), col(Cmi5Session.id))
    found = session.exec(rows).all()
    told: dict[UUID, list[str]] = {}
    sent = select(Cmi5Statement).where(
        col(Cmi5Statement.launch_id).in_([one.id for one, _ in found]),
        col(Cmi5Statement.state) == Cmi5Sending.SENT,
    )  # fmt: skip
    for one in session.exec(sent):
        told.setdefault(one.launch_id, []).append(one.verb.value)
    return [
        {"system": system.name, "module": row.module, "at": row.at.isoformat(), "told": sorted(told.get(row.id, []))}
        for row, system in found
    ]
