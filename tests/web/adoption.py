"""A made-up programme: sessions with their counts, as codings would have left them."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from sqlmodel import Session

from api.house import House
from models.coding import CodedBy, Coding, Score
from models.figures import COUNTS, SessionFigure
from models.organisation import Organisation, Team
from models.people.evaluation import set_evaluation_opt_in
from models.person import Discipline, Person
from models.practice import Picked, PracticeSession, SessionKind, Stage
from models.review import RATED
from models.transcript import TranscriptSource, TranscriptVersion
from tests.conftest import add_person


@dataclass
class Made:
    teams: list[UUID] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)
    sessions: list[UUID] = field(default_factory=list)


def opt_in(house: House, organisation_id: UUID, *, by: UUID | None = None, on: bool = True) -> None:
    with house.database.write() as session:
        set_evaluation_opt_in(session, organisation=session.get_one(Organisation, organisation_id), opt_in=on, by=by)


def make_authority(
    session: Session, organisation: Organisation, *, people: int, months: list[date], seed: int = 1
) -> Made:
    """Of each person a role play a month, coded by the machine, every second one by a coach too. The first three people
    are a team of their own; every fourth is a recovery worker, and one is a probation officer."""
    draw, made = random.Random(seed), Made()
    for name in ("Small", "One", "Two"):
        team = Team(organisation_id=organisation.id, name=f"{name} {seed}")
        session.add(team)
        session.flush()
        made.teams.append(team.id)
    for number in range(people):
        at = 0 if number < 3 else 1 + number % 2
        who = add_person(session, organisation, f"Worker {seed} {number}", team=session.get_one(Team, made.teams[at]))
        person = session.get_one(Person, who.person_id)
        person.discipline = Discipline.RECOVERY_WORKER if number % 4 == 0 else Discipline.CHILDRENS_SOCIAL_WORKER
        if number == 1:
            person.discipline = Discipline.PROBATION_OFFICER
        made.people.append(person.id)
        for month in months:
            practice = add_practice(session, person, made.teams[at], month)
            made.sessions.append(practice.id)
            add_figure(session, practice, month, CodedBy.MACHINE, draw)
            if len(made.sessions) % 2:
                add_figure(session, practice, month, CodedBy.PERSON, draw)
    return made


def add_practice(
    session: Session, person: Person, team_id: UUID, month: date, kind: SessionKind = SessionKind.ROLE_PLAY
) -> PracticeSession:
    practice = PracticeSession(
        organisation_id=person.organisation_id, team_id=team_id, practitioner_id=person.id, added_by_id=person.id,
        kind=kind, held_on=month, agreement_confirmed=True, stage=Stage.READY, progress=100,
    )  # fmt: skip
    session.add(practice)
    session.flush()
    return practice


def add_figure(
    session: Session, practice: PracticeSession, month: date, coded_by: CodedBy, draw: random.Random
) -> SessionFigure:
    is_machine = coded_by is CodedBy.MACHINE
    version = TranscriptVersion(
        session_id=practice.id, version=1 if is_machine else 2, source=TranscriptSource.FILE, method="import",
        utterances_given=True,
    )  # fmt: skip
    session.add(version)
    session.flush()
    at = datetime(month.year, month.month, 12, tzinfo=UTC)
    coding = Coding(
        transcript_id=version.id, coded_by=coded_by, model_version="test-1" if is_machine else None,
        person_id=None if is_machine else practice.practitioner_id, created_at=at,
    )  # fmt: skip
    session.add(coding)
    session.flush()
    numbers = {name: draw.randint(0, 9) for name in COUNTS}
    numbers["open_questions"] = draw.randint(0, numbers["q"])
    numbers["closed_questions"] = numbers["q"] - numbers["open_questions"]
    if is_machine:
        session.add(Score(coding_id=coding.id, name="percent_change_talk", value=40.0, low=30.0, high=55.0))
    else:
        numbers |= {name: draw.randint(1, 5) for name in RATED}
    row = SessionFigure(
        session_id=practice.id, coded_by=coded_by, coding_id=coding.id, organisation_id=practice.organisation_id,
        team_id=practice.team_id, practitioner_id=practice.practitioner_id, kind=practice.kind, picked=Picked.CHOSEN,
        model_version=coding.model_version, held_on=month, counted_on=month.replace(day=12), **numbers,
    )  # fmt: skip
    session.add(row)
    return row
