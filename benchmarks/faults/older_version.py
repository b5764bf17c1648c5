"""A database as an older version of Evoke left it, filled with a made-up authority's work.

Written to the tables as they are found there, since today's models do not fit them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from alembic import command
from sqlalchemy import Connection, MetaData, insert

from models.cipher import new_key
from models.columns import new_id
from models.database import Database
from models.migrations import alembic_config

OLDER = "0006"
"""Between it and today lie all migrations that move data: roles get dates, the audit trail is chained, agreements are
drawn from what was confirmed, all that was said is sealed, participants' names too, jobs get turns."""
PHRASE = "the green teapot of Wilhelmina"
"""Is in all that was said, and may not be found in the database's files once it is sealed."""
_BEGAN = datetime(2024, 1, 8, 9, tzinfo=UTC)
_CODES = ("Q", "CT", "SR", "FN", "CR", "ST", "GI", "FN")
_KINDS = ("role_play", "simulated", "real_practice")


@dataclass(frozen=True)
class Size:
    """`turns` of each session have two utterances each."""

    people: int = 60
    sessions: int = 400
    turns: int = 20
    jobs: int = 600


def make_older(database: Database, size: Size) -> None:
    """`database` is empty, and has a master key."""
    command.upgrade(alembic_config(database), OLDER)
    fill_older(database, size)


def fill_older(database: Database, size: Size) -> None:
    """`database` is of that version, and empty."""
    with database.write_engine.begin() as connection:
        _Filling(connection, database, size).fill()


@dataclass
class _Filling:
    connection: Connection
    database: Database
    size: Size
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    utterances: int = 0

    @cached_property
    def tables(self) -> MetaData:
        found = MetaData()
        found.reflect(self.connection)
        return found

    def add(self, table: str, **values: Any) -> None:
        self.rows[table].append({name: self._stored(value) for name, value in values.items()})

    def _stored(self, value: Any) -> Any:
        return value.hex if isinstance(value, UUID) and self.database.is_sqlite else value

    def fill(self) -> None:
        for number in range(2):
            self._authority(number)
        for table in self.tables.sorted_tables:
            if rows := self.rows[table.name]:
                self.connection.execute(insert(table), rows)

    def _authority(self, number: int) -> None:
        assert self.database.masters is not None
        home, team = new_id(), new_id()
        wrapped = self.database.masters.wrap(new_key(), home.bytes)
        self.add(
            "organisation", id=home, name=f"Authority {number}", wrapped_key=wrapped, is_demo=False, created_at=_BEGAN
        )
        self.add("team", id=team, organisation_id=home, name="North")
        people = [self._person(home, team, f"{number}-{one}", one) for one in range(self.size.people // 2)]
        for one in range(self.size.sessions // 2):
            self._session(home, team, people[one % len(people)], one)
        for one in range(self.size.jobs // 2):
            self._job(home, one)

    def _person(self, home: UUID, team: UUID, name: str, number: int) -> UUID:
        person, joined = new_id(), _BEGAN + timedelta(days=number)
        self.add(
            "person", id=person, organisation_id=home, name=f"Person {name}", email=f"person.{name}@example.org",
            password_hash="none", discipline="trainer" if number % 5 else None, created_at=joined,
            left_at=None if number % 7 else joined + timedelta(days=90),
        )  # fmt: skip
        self.add("role_grant", id=new_id(), person_id=person, role="trainee" if number else "lead", team_id=team)
        self.add("team_membership", id=new_id(), person_id=person, team_id=team, started_on=joined.date())
        self.add("api_token", id=new_id(), person_id=person, name="mine", token_hash=new_id().hex, created_at=joined)
        self.add(
            "sign_in", id=new_id(), person_id=person, token_hash=new_id().hex, created_at=joined,
            expires_at=joined + timedelta(days=1),
        )  # fmt: skip
        self.add("failed_sign_in", id=new_id(), email=f"person.{name}@example.org", at=joined)
        self._audit(home, person, "person_added", "Person", person, joined)
        self._recording_in_progress(home, team, person, joined, is_open=number % 3 == 0)
        return person

    def _audit(self, home: UUID, by: UUID, action: str, kind: str, subject: UUID, at: datetime) -> None:
        self.add(
            "audit_event", id=new_id(), at=at, organisation_id=home, actor_id=by, action=action, subject_type=kind,
            subject_id=subject, details={"number": "1"},
        )  # fmt: skip

    def _recording_in_progress(self, home: UUID, team: UUID, person: UUID, at: datetime, *, is_open: bool) -> None:
        self.add(
            "recording_in_progress", id=new_id(), organisation_id=home, team_id=team, person_id=person,
            practitioner_id=person, details={"title": PHRASE} if is_open else {}, media_type="audio/webm",
            microphones=1, state="open" if is_open else "thrown_away", chunks=0, size_bytes=0, seconds=0.0,
            agreed_at=at, changed_at=at,
        )  # fmt: skip

    def _job(self, home: UUID, number: int) -> None:
        at, waits = _BEGAN + timedelta(minutes=number), number % 2 == 0
        self.add(
            "job", id=new_id(), name="send_reset" if number % 3 else "code_session", args={"number": number},
            state="waiting" if waits else "done", run_at=at, attempts=0 if waits else 1, created_at=at,
            finished_at=None if waits else at, organisation_id=home,
        )  # fmt: skip

    def _session(self, home: UUID, team: UUID, person: UUID, number: int) -> None:
        session, at = new_id(), _BEGAN + timedelta(hours=number)
        self.add(
            "practice_session", id=session, organisation_id=home, team_id=team, practitioner_id=person,
            added_by_id=person, title=f"{number}: {PHRASE}", kind=_KINDS[number % 3], change_goal=f"mend {PHRASE}",
            held_on=date(2024, 1, 8), agreement_confirmed=number % 4 != 0, stage="ready", progress=100, created_at=at,
        )  # fmt: skip
        self._audit(home, person, "session_added", "PracticeSession", session, at)
        recording = self._recording(session, at) if number % 5 == 0 else None
        transcript = new_id()
        self.add(
            "transcript_version", id=transcript, session_id=session, version=1, method="made up",
            source="speech" if recording else "file", recording_id=recording, utterances_given=False,
            practitioner_labels=["Worker"], notes=[f"about {PHRASE}"], doubtful_share=0.5, created_at=at,
        )  # fmt: skip
        said = list(self._talk(transcript))
        self._coding(transcript, said, at)
        self.add(
            "speaker_decision", id=new_id(), transcript_id=transcript, practitioner_labels=["Worker"],
            decided_by_id=person, created_at=at,
        )  # fmt: skip

    def _recording(self, session: UUID, at: datetime) -> UUID:
        recording = new_id()
        self.add(
            "recording", id=recording, session_id=session, storage_key=f"made-up/{recording}", size_bytes=1,
            original_name=f"{PHRASE}.wav", seconds=60.0, sha256="0" * 64, notes=["long"], created_at=at, speakers=2,
            hotwords=PHRASE, heard_turns=[{"start": 1, "end": 2}],
        )  # fmt: skip
        self.add("heard_clip", recording_id=recording, method="made up", data={"text": PHRASE})
        return recording

    def _talk(self, transcript: UUID) -> Iterator[int]:
        """The ids of its utterances."""
        for turn in range(self.size.turns):
            texts = [f"{turn}: what is it about {PHRASE}?", "You broke it, and want it whole."]
            self.add(
                "turn", transcript_id=transcript, position=turn, speaker_label=("Worker", "Wilhelmina")[turn % 2],
                text=" ".join(texts), started=float(turn), ended=turn + 0.5, doubts=[[0, 4]] if turn % 3 else None,
            )  # fmt: skip
            for place, said in enumerate(texts):
                self.utterances += 1
                self.add(
                    "utterance", id=self.utterances, transcript_id=transcript, turn_position=turn, position=place,
                    sequence=2 * turn + place, text=said,
                )  # fmt: skip
                yield self.utterances

    def _coding(self, transcript: UUID, said: list[int], at: datetime) -> None:
        coding = new_id()
        self.add(
            "coding", id=coding, transcript_id=transcript, coded_by="machine", model_version="made up",
            practitioner_labels=["Worker"], practitioner_confidence=0.75, count_intervals={"Q": [1, 2]}, created_at=at,
        )  # fmt: skip
        for place, utterance in enumerate(said):
            code = _CODES[place % len(_CODES)]
            self.add(
                "code", coding_id=coding, utterance_id=utterance, code=code, confidence=0.75, unsure=place % 4 == 0,
                probabilities={code: 0.75}, reason=f"{place}: because of {PHRASE}", volley=place,
            )  # fmt: skip
        for place in range(self.size.turns // 2):
            self.add("volley_count", coding_id=coding, volley=place, code="Q")
        for name in ("percent_open", "reflections_to_questions"):
            self.add("score", coding_id=coding, name=name, value=1.5, low=1.0, high=2.0, band="good", note="")
        self.add(
            "suggested_global", coding_id=coding, name="empathy", low=2, high=4, reason=f"how {PHRASE} was met",
            model_version="made up",
        )  # fmt: skip
