"""What coaches signed off becomes training rows: with everybody's agreement, each session once, nothing else."""

import csv
import stat
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from coding.coder.own_data import read_own
from coding.consent import Correction, correct_agreement, participants_of
from coding.corrections.rows import COLUMNS, LeftOut, rows_of, take_corrections
from coding.forget_words import forget_words
from coding.ledger import Given
from coding.review.draft import Draft, DraftLine
from coding.review.kept import draft_of
from coding.review.steps import Accept, EditWords, Recode
from coding.scheme.codes import Behaviour, ClientTalk, Speaker, TalkKind
from models.audit import AuditEvent
from models.columns import utc_now
from models.consent import HowGiven, Scope
from models.permissions import Actor
from models.practice import PracticeSession
from models.review import Review
from models.settings import Settings
from tests.coding.corrections.conftest import Twice
from tests.coding.review.conftest import add_coded_session
from tests.conftest import People
from web.cli import main
from web.worker import Worker

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
HERE = ("--organisation", "ferndale council")


def agree(twice: Twice, by: Actor, *scopes: Scope, practice_id: UUID | None = None, only: int | None = None) -> None:
    """Everybody who took part, or only the one at this place, agrees to these."""
    with twice.house.database.write() as session:
        practice = session.get_one(PracticeSession, practice_id or twice.practice_id)
        given = Given(HowGiven.SAID, utc_now().date() - timedelta(days=1))
        for person in participants_of(session, practice.id):
            if only in (None, person.position):
                said = Correction(dict.fromkeys((Scope.SUPERVISION, *scopes), given))
                correct_agreement(session, practice=practice, participant=person, correction=said, by=by)


def taken_rows(twice: Twice) -> list[list[tuple[str, ...]]]:
    with twice.house.database.write() as session:
        return [list(one.rows) for one in take_corrections(session, twice.coach.organisation_id).taken]


def left_out(twice: Twice) -> dict[LeftOut, int]:
    with twice.house.database.write() as session:
        return {why: n for why, n in take_corrections(session, twice.coach.organisation_id).left_out.items() if n}


def audited(session: Session) -> list[AuditEvent]:
    found = select(AuditEvent).where(col(AuditEvent.action) == "corrections_taken")
    return list(session.exec(found.order_by(col(AuditEvent.sequence))))


def test_a_session_is_taken_once_everybody_agreed_and_somebody_signed_off(twice: Twice, people: People) -> None:
    agree(twice, people.owner, Scope.IMPROVING)
    assert taken_rows(twice) == []
    twice.sign(twice.coach, Recode("2", "SR"), Accept("0"))
    twice.sign_blind(EditWords("1", "CT Something else altogether."))  # for agreement alone
    (rows,) = taken_rows(twice)
    assert [(row[3], row[5], row[7]) for row in rows[:3]] == [
        ("practitioner", "Q", "yes"), ("client", "CT", "no"), ("practitioner", "SR", "yes"),
    ]  # fmt: skip
    assert not any("altogether" in row[4] for row in rows)
    assert {row[0] for row in rows} == {str(twice.practice_id)}
    assert [row[1:3] for row in rows] == [
        ("1", "1"), ("2", "1"), ("3", "1"), ("4", "1"), ("5", "1"), ("5", "2"), ("6", "1"),
    ]  # fmt: skip
    with twice.house.database.read() as session:
        (event,) = audited(session)
        assert (event.subject_id, event.actor_id, event.details) == (twice.practice_id, None, {"lines": "7"})
        assert event.organisation_id == people.owner.organisation_id


def test_nothing_is_taken_without_everybodys_agreement(twice: Twice, people: People) -> None:
    twice.sign(twice.coach)
    assert (taken_rows(twice), left_out(twice)) == ([], {LeftOut.NOT_AGREED: 1})
    agree(twice, people.owner, Scope.IMPROVING, only=1)
    assert left_out(twice) == {LeftOut.NOT_AGREED: 1}
    agree(twice, people.owner, Scope.IMPROVING)
    assert len(taken_rows(twice)) == 1
    agree(twice, people.owner, only=2)  # the other takes it back
    assert (taken_rows(twice), left_out(twice)) == ([], {LeftOut.NOT_AGREED: 1})
    with twice.house.database.read() as session:
        assert len(audited(session)) == 1


@on_sqlite
def test_neither_of_what_went_nor_of_another_authority(twice: Twice, people: People) -> None:
    agree(twice, people.owner, Scope.IMPROVING)
    twice.sign(twice.coach)
    with twice.house.database.write() as session:
        assert take_corrections(session, people.stranger.organisation_id).taken == ()
        long_after = utc_now().date() + timedelta(days=1)
        assert take_corrections(session, people.owner.organisation_id, today=long_after).taken != ()
        session.rollback()
    with twice.house.database.write() as session:
        forget_words(session, session.get_one(PracticeSession, twice.practice_id))
    assert taken_rows(twice) == []
    assert left_out(twice) == {LeftOut.WORDS_GONE: 1}
    with twice.house.database.write() as session:
        session.get_one(PracticeSession, twice.practice_id).withdrawn_at = utc_now()
    assert (taken_rows(twice), left_out(twice)) == ([], {})


@on_sqlite
def test_the_file_is_one_that_a_coder_learns_from(
    twice: Twice, people: People, worker: Worker, settings: Settings, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("models.settings.get_settings", lambda: settings)
    out = tmp_path / "corrections.csv"
    command = ["corrections", "export", "--out", str(out), *HERE]
    twice.sign(twice.coach, Recode("2", "SR"))
    assert main(command) == 1
    assert not out.exists()
    assert "1 session left out: not everybody" in capsys.readouterr().err
    other = add_coded_session(twice.house, worker, people.owner)
    twice.sign(twice.coach, practice_id=other)
    agree(twice, people.owner, Scope.IMPROVING)
    agree(twice, people.owner, Scope.IMPROVING, practice_id=other)
    assert main(command) == 0
    assert capsys.readouterr().out == f"2 sessions, 14 lines in {out}.\n"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with out.open(encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == COLUMNS
    talks = read_own(out)
    assert [talk.transcript_id for talk in talks] == [f"own-corrections-{one}" for one in (twice.practice_id, other)]
    signed, as_it_was = (
        [example.allowed for example in talk.examples if example.utterance.speaker is Speaker.PRACTITIONER]
        for talk in talks
    )
    assert signed == [(Behaviour.Q,), (Behaviour.SR,), (Behaviour.EMPHASIZE,), (Behaviour.Q,)]
    assert as_it_was == [(Behaviour.Q,), (Behaviour.CR,), (Behaviour.EMPHASIZE,), (Behaviour.Q,)]


@on_sqlite
def test_the_coding_that_a_later_sign_off_made_is_the_one_taken(twice: Twice, people: People) -> None:
    agree(twice, people.owner, Scope.IMPROVING)
    twice.sign(twice.coach, Recode("2", "SR"))
    later = twice.sign(twice.coach, Recode("2", "AF"))
    (rows,) = taken_rows(twice)
    assert rows[2][5] == "AF"
    with twice.house.database.read() as session:
        assert rows == list(rows_of(str(twice.practice_id), draft_of(session, session.get_one(Review, later))))


def test_lines_outside_the_scored_stretch_are_context() -> None:
    said = [
        DraftLine("0", Speaker.PRACTITIONER, "Worker", "Hello.", Behaviour.NC, accepted=True),
        DraftLine("1", Speaker.CLIENT, "Mother", "I want to.", ClientTalk.CT, TalkKind.DESIRE),
        DraftLine("2", Speaker.CLIENT, "Father", "Me too.", ClientTalk.CT, TalkKind.DESIRE, accepted=True),
    ]
    assert [row[1:] for row in rows_of("x", Draft(tuple(said), segment=("1", "2")))] == [
        ("1", "1", "practitioner", "Hello.", "", "", "no"), ("2", "1", "client", "I want to.", "CT", "desire", "no"),
        ("3", "1", "client", "Me too.", "CT", "desire", "yes"),
    ]  # fmt: skip
