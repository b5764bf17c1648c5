"""A second coach codes from the same transcript, sees nothing of the first, and changes nothing that counts."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from coding.codings_in_order import counting_sessions
from coding.double.blind import CodedBlind, blind_task, require_not_blind
from coding.forget_words import forget_words
from coding.kept_figures import keep_figures
from coding.retention import counts_from
from coding.review.actions import state_of
from coding.review.kept import begun_of
from coding.review.sign_off import signed_off
from coding.review.steps import ChooseSegment, EditWords, Rate, Recode, Split, WriteNote
from coding.transcript.versions import latest_transcript
from models.audit import AuditEvent
from models.coding import CodedBy
from models.columns import utc_now
from models.double_coding import DoubleCoding, DoubleCodingRule
from models.job import Job
from models.practice import PracticeSession
from models.retention import KeptFigures, Part, RetentionStep
from models.review import Review
from tests.coding.double.conftest import Twice
from training.build_session_view import build_session_view
from training.search import search_words

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_the_second_begins_from_the_same_lines_without_a_code(twice: Twice) -> None:
    first_id = twice.sign(
        twice.coach, EditWords("1", "CT I want to stop."), Recode("2", "SR"), Rate("empathy", 4), WriteNote("2", "Hm.")
    )
    task = twice.task()
    assert (task.second_id, task.first_review_id, task.percent) == (twice.second.person_id, first_id, 100)
    second_id = twice.begin(twice.second)
    assert twice.begin(twice.second) == second_id
    with twice.house.database.read() as session:
        first, second = session.get_one(Review, first_id), session.get_one(Review, second_id)
        assert (second.blind, first.blind) == (True, False)
        assert (second.transcript_id, second.coding_id) == (first.transcript_id, first.coding_id)
        begun, draft = begun_of(session, first), state_of(session, second).now
        assert [(one.key, one.text, one.speaker_label, one.role, one.started) for one in draft.lines] == [
            (one.key, one.text, one.speaker_label, one.role, one.started) for one in begun.lines
        ]
        assert {(one.code, one.subtype, one.machine, one.note) for one in draft.lines} == {(None, None, None, "")}
        assert (draft.ratings, draft.evidence, draft.segment) == ({}, {}, None)
        assert draft.skipped == begun.skipped


@on_sqlite
def test_an_authority_can_show_the_machines_codes(twice: Twice) -> None:
    twice.sign(twice.coach, Recode("2", "SR"))
    with twice.house.database.write() as session:
        session.exec(select(DoubleCodingRule)).one().shows_machine = True
    second_id = twice.begin(twice.second)
    with twice.house.database.read() as session:
        draft = state_of(session, session.get_one(Review, second_id)).now
        assert draft.lines[2].code == "CR"  # the machine's, not the first coach's
        assert all(one.machine is not None for one in draft.lines)
    assert twice.task().saw_machine


@on_sqlite
def test_both_score_the_same_stretch(twice: Twice) -> None:
    twice.sign(twice.coach, Split("2", 6), ChooseSegment("2.2", "4"))
    second_id = twice.begin(twice.second)
    with twice.house.database.read() as session:
        assert state_of(session, session.get_one(Review, second_id)).now.segment == ("2", "4")


def test_what_the_second_signs_is_never_what_counts(twice: Twice) -> None:
    first_id = twice.sign(twice.coach, Recode("2", "SR"), Rate("empathy", 4))
    with twice.house.database.write() as session:
        session.get_one(Review, first_id).closed_at = utc_now() - timedelta(days=30)

    def everything_shown(session: Session) -> object:
        practice = session.get_one(PracticeSession, twice.practice_id)
        since = counts_from(session, col(PracticeSession.id) == practice.id)
        (counts,) = counting_sessions(session, col(PracticeSession.organisation_id) == practice.organisation_id)
        newest = latest_transcript(session, practice.id)
        found = [(one.id, one.lines) for one in search_words(session, twice.coach, "wednesday").sessions]
        return build_session_view(session, practice), since, counts, newest and newest.id, found

    with twice.house.database.read() as session:
        before = everything_shown(session)
    second_id = twice.sign_blind(EditWords("1", "I want to stop on Wednesday."), Rate("empathy", 2))
    with twice.house.database.write() as session:
        assert everything_shown(session) == before
        shown = signed_off(session, twice.practice_id)
        assert shown is not None
        assert shown.id == first_id
        assert session.get_one(Review, second_id).made_transcript_id is not None
        practice = session.get_one(PracticeSession, twice.practice_id)
        forget_words(session, practice)
        keep_figures(session, practice)
        kept = {row.coded_by: row for row in session.exec(select(KeptFigures))}
        assert kept[CodedBy.PERSON].globals == {"empathy": [4, 4]}
        assert kept[CodedBy.PERSON].counts["SR"] == 1
    task = twice.task()
    assert (task.second_review_id, task.signed_at is not None) == (second_id, True)


def test_nobody_is_blind_but_the_second_and_only_until_the_sign_off(twice: Twice) -> None:
    twice.sign(twice.coach)
    with twice.house.database.read() as session:
        practice = session.get_one(PracticeSession, twice.practice_id)
        require_not_blind(session, practice, by=twice.coach)
        with pytest.raises(CodedBlind, match="as soon as you have signed off"):
            require_not_blind(session, practice, by=twice.second)
    twice.sign_blind()
    with twice.house.database.read() as session:
        assert blind_task(session, twice.practice_id, twice.second.person_id) is None
        jobs = session.exec(select(Job).where(col(Job.name) == "compare_codings")).all()
        assert [one.organisation_id for one in jobs] == [twice.coach.organisation_id]
    later = twice.begin(twice.second)  # an ordinary one
    assert not twice.review(later).blind


@on_sqlite
def test_a_search_finds_no_line_of_what_is_to_be_coded_blind(twice: Twice) -> None:
    twice.sign(twice.coach, EditWords("0", "Hello from the first coach."))
    with twice.house.database.read() as session:
        assert search_words(session, twice.coach, "hello").lines == 1
        assert search_words(session, twice.second, "hello").sessions == ()
    twice.sign_blind()
    with twice.house.database.read() as session:
        assert search_words(session, twice.second, "hello").lines == 1


@on_sqlite
def test_nobody_stays_blind_once_what_was_said_is_gone(twice: Twice) -> None:
    twice.sign(twice.coach)
    with twice.house.database.write() as session:
        practice = session.get_one(PracticeSession, twice.practice_id)
        session.add(
            RetentionStep(
                organisation_id=practice.organisation_id, session_id=practice.id, kind=practice.kind, part=Part.WORDS,
                since=utc_now(), since_coded=True, period="1 month",
            )
        )  # fmt: skip
        session.flush()
        require_not_blind(session, practice, by=twice.second)


@on_sqlite
def test_a_session_is_drawn_once(twice: Twice) -> None:
    first_id = twice.sign(twice.coach)
    twice.sign_blind()
    twice.sign(twice.coach)
    assert twice.task().first_review_id == first_id
    with twice.house.database.read() as session:
        drawn = select(AuditEvent).where(col(AuditEvent.action) == "double_coding_drawn")
        event = session.exec(drawn).one()
        assert (event.actor_id, event.details["share"]) == (None, "100 %")


def test_without_its_audit_row_nothing_is_drawn(twice: Twice, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the audit cannot be written")

    monkeypatch.setattr("models.audit._append", broken)
    with pytest.raises(RuntimeError):
        twice.sign(twice.coach)
    with twice.house.database.read() as session:
        assert session.exec(select(DoubleCoding)).first() is None
