"""A small authority by chance, with everything that may happen to a session: codings anew, blind ones, coaches who sign
off twice, sessions that are withdrawn or are being coded again. It lies in the database as the application keeps it."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, select

from coding.scheme.codes import Behaviour
from coding.scheme.counts import volley_codes
from coding.session_figures import forget_figures_of, put_figures
from models.coding import CodedBy, CodeRow, Coding, VolleyCount
from models.columns import new_id
from models.organisation import Organisation, Team
from models.person import Discipline, Person, TeamMembership
from models.practice import Picked, PracticeSession, SessionKind, Stage
from models.review import RATED, Rating, Review, ReviewState
from models.transcript import TranscriptSource, TranscriptVersion, UtteranceRow

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
PRACTITIONER = [one.value for one in Behaviour]
CLIENT = ["CT", "ST", "FN"]
DISCIPLINES = [Discipline.CHILDRENS_SOCIAL_WORKER, Discipline.RECOVERY_WORKER, None]


def add_random_programme(session: Session, dice: random.Random) -> UUID:
    """The id of the authority that is looked at; there is another beside it."""
    wanted, other = Organisation(name="Ferndale Council"), Organisation(name="Harbour Borough")
    session.add_all([wanted, other])
    session.flush()
    made = _Made(dice)
    made.authority(wanted.id, sessions=dice.randint(60, 200))
    made.authority(other.id, sessions=10)
    for table in _IN_ORDER:
        session.execute(insert(table), made.rows[table])
    session.flush()
    for practice in session.exec(select(PracticeSession).order_by(col(PracticeSession.id))):
        put_figures(session, practice)
        fate = dice.random()
        if fate < 0.05:
            practice.withdrawn_at = NOW
            forget_figures_of(session, practice)
        elif fate < 0.1:
            practice.stage, practice.progress = Stage.CODING, 50
            put_figures(session, practice)
        session.add(practice)
    session.flush()
    return wanted.id


_IN_ORDER: tuple[type[SQLModel], ...] = (
    Team, Person, TeamMembership, PracticeSession, TranscriptVersion, UtteranceRow, Coding, CodeRow, VolleyCount,
    Review, Rating,
)  # fmt: skip


class _Made:
    """Rows by table; they go in all at once."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.rows: dict[type[SQLModel], list[dict[str, Any]]] = defaultdict(list)
        self.utterance = count(1)

    def add(self, table: type[SQLModel], **values: Any) -> UUID:
        id_ = new_id()
        self.rows[table].append({"id": id_, **values})
        return id_

    def authority(self, home: UUID, *, sessions: int) -> None:
        dice = self.dice
        teams = [
            self.add(Team, organisation_id=home, name=f"Team {number}", site=dice.choice(["North", "South", ""]))
            for number in range(dice.randint(2, 5))
        ]
        people = [
            self.add(
                Person, organisation_id=home, name=f"P{number}", email=f"p{number}@{home.hex}.example",
                password_hash="", discipline=dice.choice(DISCIPLINES),
            )
            for number in range(dice.randint(14, 50))
        ]  # fmt: skip
        own: dict[UUID, UUID | None] = {}
        for person in people:
            own[person] = None if dice.random() < 0.1 else dice.choice(teams)
            for _ in range(dice.randint(0, 2)):
                started = date(dice.randint(2022, 2025), dice.randint(1, 12), 1)
                self.add(TeamMembership, person_id=person, team_id=dice.choice(teams), started_on=started)
        skill = {one: dice.gauss(0, 0.5) for one in (*people, *teams)}
        spread = dice.choice([100, 400, 900])
        for _ in range(sessions):
            person = dice.choice(people)
            team = own[person] if dice.random() < 0.9 else dice.choice(teams)
            drawn = skill[person] + (skill[team] if team else 0)
            self.session(home, person, team, drawn, NOW - timedelta(days=dice.uniform(0, spread)))

    def session(self, home: UUID, person: UUID, team: UUID | None, skill: float, at: datetime) -> None:
        dice = self.dice
        practice = self.add(
            PracticeSession, organisation_id=home, team_id=team, practitioner_id=person, added_by_id=person,
            kind=dice.choices(list(SessionKind), [0.85, 0.1, 0.05])[0], agreement_confirmed=True, held_on=at.date(),
            picked=dice.choices(list(Picked), [0.93, 0.07])[0], stage=Stage.READY, progress=100, created_at=at,
        )  # fmt: skip
        for number in range(1, 2 if dice.random() < 0.85 else 3):
            version = self.add(
                TranscriptVersion, session_id=practice, version=number, source=TranscriptSource.FILE,
                method="made up", utterances_given=True,
            )  # fmt: skip
            lines = [next(self.utterance) for _ in range(dice.randint(3, 14))]
            self.rows[UtteranceRow].extend(
                {"id": line, "transcript_id": version, "turn_position": place, "position": 0, "sequence": place}
                for place, line in enumerate(lines)
            )
            for _ in range(dice.choice([1, 1, 1, 2])):
                at += timedelta(days=dice.uniform(0, 20))
                machine = self.coding(version, lines, skill, at, by=None)
        for _ in range(dice.choice([0, 1, 1, 2])):
            at += timedelta(days=dice.uniform(0, 20))
            coding = self.coding(version, lines, skill, at, by=person)
            for name in RATED:
                if dice.random() < 0.8:
                    self.add(Rating, coding_id=coding, name=name, value=min(5, max(1, round(dice.gauss(3 + skill, 1)))))
            self.add(
                Review, session_id=practice, transcript_id=version, coding_id=machine, reviewer_id=person,
                state=ReviewState.SIGNED_OFF, blind=dice.random() < 0.15, closed_at=at, made_coding_id=coding,
            )  # fmt: skip

    def coding(
        self, version: UUID, lines: list[int], skill: float, at: datetime, *, by: UUID | None
    ) -> UUID:  # fmt: skip
        dice = self.dice
        coding = self.add(
            Coding, transcript_id=version, coded_by=CodedBy.PERSON if by else CodedBy.MACHINE, person_id=by,
            model_version=None if by else dice.choice(["made-up-1", "made-up-2"]), created_at=at,
        )  # fmt: skip
        volleys: list[list[Behaviour]] = []
        client_spoke = True
        odds = [2**skill if code in ("CR", "SR", "AF", "Seek") else 2**-skill for code in PRACTITIONER]
        for line in lines:
            code, subtype, volley = dice.choice(CLIENT), None, None
            if dice.random() < 0.4:
                client_spoke = True
            else:
                if client_spoke:
                    volleys.append([])
                client_spoke = False
                code = "Q" if dice.random() < 0.2 else dice.choices(PRACTITIONER, odds)[0]
                subtype = dice.choice(["open", "closed", None]) if code == "Q" else None
                volleys[-1].append(Behaviour(code))
                volley = len(volleys) - 1
            self.rows[CodeRow].append(
                {"coding_id": coding, "utterance_id": line, "code": code, "subtype": subtype, "volley": volley}
            )
        self.rows[VolleyCount].extend(
            {"coding_id": coding, "volley": place, "code": code.value}
            for place, said in enumerate(volleys)
            for code in volley_codes(said)
        )
        return coding
