"""The audit trail of an organisation, to look through: filtered, a page at a time, and whole for an export."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from models.audit import AuditEvent
from models.errors import EvokeError
from models.organisation import Team
from models.origin import Channel
from models.person import Person
from training.audit_details import details_shown
from training.audit_words import ACTIONS

PAGE_ROWS = 50
CHANNELS = {
    Channel.PAGE: "Website",
    Channel.API_TOKEN: "A program",
    Channel.COMMAND: "Command line",
    Channel.WORKER: "Evoke itself",
    Channel.NOT_KNOWN: "Not kept then",
}
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class AuditFilterWrong(EvokeError):
    code = "audit_filter_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class AuditFilter:
    """What is wanted; nothing set means all. `since` and `until` are days in UTC, both included."""

    person: UUID | None = None
    session: UUID | None = None
    action: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class AuditRow:
    """`who` is empty for Evoke itself. `details` are names and values."""

    sequence: int
    at: datetime
    who: str
    action: str
    subject: str
    subject_id: UUID
    details: tuple[tuple[str, str], ...]
    place: str


@dataclass(frozen=True)
class AuditPage:
    """The newest first. `older` is the sequence number that the next page comes before; None on the last."""

    rows: list[AuditRow]
    older: int | None


def read_filter(fields: dict[str, str]) -> AuditFilter:
    """Of a form's text. `session` may be a session's address. Raises AuditFilterWrong."""
    wrong: dict[str, str] = {}

    def read_id(name: str, sentence: str) -> UUID | None:
        given = fields.get(name, "").strip()
        found = _UUID.search(given)
        if given and found is None:
            wrong[name] = sentence
        return UUID(found[0]) if found else None

    def read_day(name: str) -> date | None:
        given = fields.get(name, "").strip()
        try:
            return date.fromisoformat(given) if given else None
        except ValueError:
            wrong[name] = "Enter the date as year-month-day, like 2026-03-27."
            return None

    wanted = AuditFilter(
        person=read_id("person", "Choose a person from the list."),
        session=read_id("session", "Paste the session’s address, or the number at its end."),
        action=fields.get("action", "").strip(), since=read_day("since"), until=read_day("until"),
    )  # fmt: skip
    if wanted.since and wanted.until and wanted.since > wanted.until:
        wrong["until"] = "The last day is before the first. Change one of them."
    if wrong:
        raise AuditFilterWrong(wrong)
    return wanted


def audit_page(session: Session, organisation_id: UUID, wanted: AuditFilter, *, before: int | None = None) -> AuditPage:
    """At most PAGE_ROWS rows of the organisation, those before the sequence number `before`."""
    events = select(AuditEvent).where(*_conditions(organisation_id, wanted))
    if before is not None:
        events = events.where(col(AuditEvent.sequence) < before)
    found = list(session.exec(events.order_by(col(AuditEvent.sequence).desc()).limit(PAGE_ROWS + 1)))
    names = _names(session, organisation_id)
    teams = _teams(session, organisation_id)
    rows = [_shown(event, names, teams) for event in found[:PAGE_ROWS]]
    return AuditPage(rows, rows[-1].sequence if len(found) > PAGE_ROWS else None)


def latest_changes(session: Session, organisation_id: UUID, by: Collection[UUID], *, most: int) -> list[AuditRow]:
    """The last things that these programs did, the newest first, but for getting tokens."""
    events = select(AuditEvent).where(
        col(AuditEvent.chain) == organisation_id, col(AuditEvent.actor_id).in_(by),
        col(AuditEvent.action) != "api_client_token_issued",
    )  # fmt: skip
    found = list(session.exec(events.order_by(col(AuditEvent.sequence).desc()).limit(most)))
    names, teams = _names(session, organisation_id), _teams(session, organisation_id)
    return [_shown(event, names, teams) for event in found]


def audit_export(session: Session, organisation_id: UUID, wanted: AuditFilter) -> Iterator[dict[str, object]]:
    """Every row wanted, the oldest first, as values that check against the chain, with the `actor` by name."""
    names = _names(session, organisation_id)
    events = select(AuditEvent).where(*_conditions(organisation_id, wanted)).order_by(col(AuditEvent.sequence))
    for piece in session.exec(events.execution_options(yield_per=1000)).partitions():
        for event in piece:
            yield {"actor": names.get(event.actor_id, ""), **event.as_values()}
            session.expunge(event)


def audit_choices(session: Session, organisation_id: UUID) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """People and actions there are to choose from, each with its value and words."""
    people = sorted(_names(session, organisation_id).items(), key=lambda one: one[1].casefold())
    actions = session.exec(select(AuditEvent.action).where(col(AuditEvent.chain) == organisation_id).distinct()).all()
    return [(str(one), name) for one, name in people], sorted(((one, action_shown(one)) for one in actions), key=_words)


def _words(choice: tuple[str, str]) -> str:
    return choice[1]


def _conditions(organisation_id: UUID, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [col(AuditEvent.chain) == organisation_id]
    if wanted.person:
        conditions.append(col(AuditEvent.actor_id) == wanted.person)
    if wanted.session:
        conditions.append(col(AuditEvent.subject_id) == wanted.session)
    if wanted.action:
        conditions.append(col(AuditEvent.action) == wanted.action)
    if wanted.since:
        conditions.append(col(AuditEvent.at) >= _midnight(wanted.since))
    if wanted.until:
        conditions.append(col(AuditEvent.at) < _midnight(wanted.until) + timedelta(days=1))
    return conditions


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _names(session: Session, organisation_id: UUID) -> dict[UUID | None, str]:
    people = select(Person.id, Person.name).where(col(Person.organisation_id) == organisation_id)
    return dict(session.exec(people).all())


def _teams(session: Session, organisation_id: UUID) -> dict[str, str]:
    teams = select(Team.id, Team.name).where(col(Team.organisation_id) == organisation_id)
    return {str(one): name for one, name in session.exec(teams)}


def _shown(event: AuditEvent, names: dict[UUID | None, str], teams: dict[str, str]) -> AuditRow:
    outside = f"Somebody of {event.details['centre']}" if "centre" in event.details else "Somebody no longer here"
    who = names.get(event.actor_id, outside) if event.actor_id else ""
    place = CHANNELS[event.channel] + (f", {event.address}" if event.address else "")
    return AuditRow(
        sequence=event.sequence, at=event.at, who=who, action=action_shown(event.action),
        subject=_subject_shown(event, names), subject_id=event.subject_id,
        details=details_shown(event.details, teams), place=place,
    )  # fmt: skip


def _subject_shown(event: AuditEvent, names: dict[UUID | None, str]) -> str:
    """Never a session's title: that is what somebody said about it."""
    if event.subject_type == Person.__name__ and event.subject_id in names:
        return names[event.subject_id]
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", event.subject_type).lower().replace("practice session", "session")
    return f"{kind} {str(event.subject_id)[-6:]}"


def action_shown(action: str) -> str:
    return ACTIONS.get(action) or action.replace("_", " ").capitalize()
