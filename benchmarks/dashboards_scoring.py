"""Sessions being scored while others read: a process of its own, as a worker is.

`python -m benchmarks.dashboards_scoring SECONDS RATE` writes RATE sessions a second with their codes, as the job that
codes does, into the database that the environment names, and prints how many it wrote and how long one took.
"""

import random
import sys
import time
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from benchmarks.bench_site import FlawedCoder, conversation, turns_of
from coding.code_transcript import keep_coding
from coding.pipeline import CodedConversation, code_conversation, turns_of_parsed
from coding.session_figures import put_figures
from coding.transcript.parsed import ParsedTranscript
from coding.transcript.versions import add_transcript_version
from models.columns import utc_now
from models.database import Database
from models.keys import make_session_key
from models.person import Person, Role, RoleGrant
from models.practice import PracticeSession, SessionKind, Stage
from models.session_words import SessionWords, keep_session_words
from models.settings import get_settings
from models.transcript import TranscriptSource
from web.kept_figures import enter_kept_figures

UTTERANCES = 250


@dataclass(frozen=True)
class Talk:
    parsed: ParsedTranscript
    coded: CodedConversation
    coder: FlawedCoder


def a_talk() -> Talk:
    """Authored and coded once: what is measured is the writing."""
    said = conversation(UTTERANCES)
    coder = FlawedCoder(said)
    parsed = ParsedTranscript("1", turns_of(said), utterances_given=True)
    return Talk(parsed, code_conversation(turns_of_parsed(parsed), coder=coder), coder)


def score(session: Session, talk: Talk, *, organisation_id: UUID, team_id: UUID, person_id: UUID) -> None:
    practice = PracticeSession(
        organisation_id=organisation_id, team_id=team_id, practitioner_id=person_id, added_by_id=person_id,
        kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(), agreement_confirmed=True, stage=Stage.READY, progress=100,
    )  # fmt: skip
    make_session_key(session, organisation_id=organisation_id, session_id=practice.id)
    keep_session_words(session, practice, SessionWords("Scored now", "", "Scored now", ""))
    session.add(practice)
    session.flush()
    version = add_transcript_version(
        session, practice_id=practice.id, parsed=talk.parsed, source=TranscriptSource.FILE, method="made up",
        recording=None,
    )  # fmt: skip
    keep_coding(session, version.id, talk.coded, talk.coder)
    put_figures(session, practice)


def main(seconds: float, rate: float) -> None:
    enter_kept_figures()
    database, dice, talk = Database.of(get_settings()), random.Random(5), a_talk()
    with database.read() as session:
        rows = select(Person.organisation_id, RoleGrant.team_id, Person.id).join(
            RoleGrant, col(RoleGrant.person_id) == col(Person.id)
        )
        people = session.exec(rows.where(col(RoleGrant.role) == Role.TRAINEE)).all()
    began, took = time.perf_counter(), list[float]()
    while (now := time.perf_counter() - began) < seconds:
        due = len(took) / rate
        if now < due:
            time.sleep(due - now)
        organisation_id, team_id, person_id = dice.choice(people)
        assert team_id is not None
        started = time.perf_counter()
        with database.write() as session:
            score(session, talk, organisation_id=organisation_id, team_id=team_id, person_id=person_id)
        took.append(time.perf_counter() - started)
    print(len(took) / (time.perf_counter() - began), sorted(took)[len(took) // 2])
    database.close()


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
