"""What a person signed off counts, and stays what is shown, beside the machine's coding that nobody edited."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from coding.actions import say_who_is_practitioner
from coding.codings_in_order import counting_sessions
from coding.forget_words import forget_words
from coding.kept_figures import keep_figures
from coding.retention import counts_from
from coding.review.actions import OutOfStep, ReviewClosed, take_steps
from coding.review.figures import figures_of
from coding.review.kept import draft_of
from coding.review.sign_off import CannotSignOff, sign_off_review
from coding.review.steps import (
    Accept,
    ChooseSegment,
    EditWords,
    Join,
    Pin,
    Rate,
    Recode,
    Split,
    Step,
    Uncode,
    WriteNote,
)  # fmt: skip
from models.audit import AuditEvent
from models.coding import CodedBy, CodeRow, Coding, Score, VolleyCount
from models.columns import new_id, utc_now
from models.errors import NotAllowed, NotFound
from models.person import Person
from models.practice import PracticeSession
from models.retention import KeptFigures
from models.review import Rating, Review, ReviewState
from models.transcript import TranscriptVersion
from tests.coding.review.conftest import Bench
from tests.conftest import People, work_off
from training.build_session_view import build_session_view
from training.own_data import own_data
from training.session_view import SessionView
from web.worker import Worker

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def sign(bench: Bench, review_id: UUID, *, expected: int) -> UUID:
    with bench.house.database.write() as session:
        review = session.get_one(Review, review_id)
        return sign_off_review(session, review=review, expected=expected, by=bench.coach).id


def view(bench: Bench) -> SessionView:
    with bench.house.database.read() as session:
        return build_session_view(session, session.get_one(PracticeSession, bench.practice_id))


def everything_of(session: Session, coding_id: UUID) -> list[str]:
    rows = [session.get_one(Coding, coding_id)]
    for table in (CodeRow, VolleyCount, Score):
        rows += session.exec(select(table).where(table.coding_id == coding_id)).all()  # type: ignore[arg-type]
    return [repr(row.model_dump()) for row in rows]


def test_codes_scores_and_ratings_of_a_person_stand_beside_the_machines(bench: Bench) -> None:
    review_id = bench.begin()
    with bench.house.database.read() as session:
        machine_id = session.get_one(Review, review_id).coding_id
        machine = everything_of(session, machine_id)
    steps: list[Step] = [
        Recode("2", "SR"), WriteNote("2", "A shade of feeling."), Rate("empathy", 4), Rate("partnership", 3),
        Rate("child_focus", 2), Pin("2", "empathy"), Accept("0"),
    ]  # fmt: skip
    figures = figures_of(bench.take(review_id, *steps).now)
    coding_id = sign(bench, review_id, expected=len(steps))
    assert sign(bench, review_id, expected=len(steps)) == coding_id  # the answer was lost
    with bench.house.database.read() as session:
        assert everything_of(session, machine_id) == machine
        coding = session.get_one(Coding, coding_id)
        assert (coding.coded_by, coding.person_id) == (CodedBy.PERSON, bench.coach.person_id)
        assert session.exec(select(TranscriptVersion)).one().id == coding.transcript_id
        counted = session.exec(select(VolleyCount).where(col(VolleyCount.coding_id) == coding_id)).all()
        assert {(row.volley, row.code) for row in counted} == {(at, code.value) for at, code in figures.volley_codes}
        scores = {row.name: row for row in session.exec(select(Score).where(col(Score.coding_id) == coding_id))}
        assert {name: row.value for name, row in scores.items()} == {f.name.value: f.value for f in figures.scores}
        assert all(row.low is None for row in scores.values())
        assert scores["relational_global"].value == pytest.approx(3.5)
        ratings = session.exec(select(Rating).where(col(Rating.coding_id) == coding_id)).all()
        assert {row.name: row.value for row in ratings} == {"empathy": 4, "partnership": 3, "child_focus": 2}
        event = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "review_signed_off")).one()
        assert event.details == {
            "session_id": str(bench.practice_id), "lines": str(figures.lines), "looked_at": "2",
            "transcript": "as it was",
        }  # fmt: skip

    shown = view(bench)
    assert (shown.coded_by, shown.model_version) == ("person", "")
    assert shown.checked is not None
    today = utc_now()
    assert shown.checked.shown == f"Checked and signed by Cass Coach, {today.day} {today:%B %Y}"
    assert [(one.name, one.value, one.evidence) for one in shown.checked.ratings] == [
        ("partnership", 3, ()), ("empathy", 4, (2,)), ("child_focus", 2, ()),
    ]  # fmt: skip
    assert (shown.checked.changed, shown.checked.machine_version) == (1, "scripted-1")
    third = [line for turn in shown.turns for line in turn.utterances][2]
    assert (third.code, third.machine_code, third.reason) == ("SR", "CR", "A shade of feeling.")
    with pytest.raises(ReviewClosed, match="signed off"):
        bench.take(review_id, Accept("1"))


def test_other_words_and_boundaries_are_a_transcript_of_their_own(bench: Bench) -> None:
    review_id = bench.begin()
    before = view(bench)
    steps: list[Step] = [
        EditWords("1", "CT I want to stop."),
        Split("0", 6),
        Recode("0.1", "AF"),
        Split("3", 3),
        Join("3.1"),
    ]
    draft = bench.take(review_id, *steps).now
    sign(bench, review_id, expected=len(steps))
    with bench.house.database.read() as session:
        versions = session.exec(select(TranscriptVersion).order_by(col(TranscriptVersion.version))).all()
        assert [one.version for one in versions] == [1, 2]
        assert session.get_one(Review, review_id).made_transcript_id == versions[1].id
    shown = view(bench)
    lines = [line for turn in shown.turns for line in turn.utterances]
    assert [(line.text, line.code) for line in lines] == [(one.text, one.code) for one in draft.lines]
    assert [turn.speaker_label for turn in shown.turns] == [turn.speaker_label for turn in before.turns]
    assert shown.checked is not None
    assert shown.checked.changed == 4


@on_sqlite
def test_a_later_coding_by_a_machine_never_hides_it(bench: Bench, people: People, worker: Worker) -> None:
    review_id = bench.begin()
    bench.take(review_id, EditWords("1", "CT I want to stop."))
    coding_id = sign(bench, review_id, expected=1)
    signed = view(bench)
    with bench.house.database.write() as session:
        practice = session.get_one(PracticeSession, bench.practice_id)
        say_who_is_practitioner(session, practice=practice, label="Parent", by=people.owner)
    work_off(worker)
    again = view(bench)
    assert (again.turns, again.scores, again.checked) == (signed.turns, signed.scores, signed.checked)
    with bench.house.database.read() as session:
        newest = session.exec(select(Coding).order_by(col(Coding.created_at).desc())).first()
        assert newest is not None
        assert newest.coded_by is CodedBy.MACHINE
        (counts,) = counting_sessions(session, col(PracticeSession.organisation_id) == people.owner.organisation_id)
        assert (counts.coding_id, counts.by_person) == (coding_id, True)
    assert bench.begin() != review_id  # from what the machine said last


@on_sqlite
def test_a_stretch_is_scored_alone(bench: Bench) -> None:
    review_id = bench.begin()
    draft = bench.take(review_id, ChooseSegment("2", "3"), Uncode("0"), Rate("empathy", 4)).now
    sign(bench, review_id, expected=3)
    shown = view(bench)
    lines = [line for turn in shown.turns for line in turn.utterances]
    assert [(line.code, line.name) for line in lines[:2]] == [("", "Not scored")] * 2
    assert [line.code for line in lines[2:4]] == [str(line.code) for line in draft.lines[2:4]]
    assert sum(count.count for count in shown.counts) == 2


@on_sqlite
def test_it_is_not_signed_with_a_line_uncoded_steps_unseen_or_by_others(bench: Bench, people: People) -> None:
    review_id = bench.begin()
    bench.take(review_id, Uncode("0"))
    with pytest.raises(CannotSignOff, match="1 line has no code"):
        sign(bench, review_id, expected=1)
    with pytest.raises(OutOfStep):
        sign(bench, review_id, expected=0)
    bench.take(review_id, Recode("0", "NC"))
    for actor, error in ((people.owner, NotAllowed), (bench.second, NotFound), (people.stranger_coach, NotFound)):
        with bench.house.database.write() as session:
            review = session.get_one(Review, review_id)
            with pytest.raises(error):
                sign_off_review(session, review=review, expected=2, by=actor)
    sign(bench, review_id, expected=2)


def test_without_its_audit_row_nothing_is_signed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the audit cannot be written")

    review_id = bench.begin()
    bench.take(review_id, Split("0", 6), Rate("empathy", 4))
    monkeypatch.setattr("models.audit._append", broken)
    with pytest.raises(RuntimeError):
        sign(bench, review_id, expected=2)
    with bench.house.database.read() as session:
        assert session.exec(select(Review)).one().state is ReviewState.OPEN
        assert [one.coded_by for one in session.exec(select(Coding))] == [CodedBy.MACHINE]
        assert len(session.exec(select(TranscriptVersion)).all()) == 1
        assert session.exec(select(Rating)).all() == []


def test_times_count_from_the_sign_off_and_figures_stay_when_words_and_session_go(bench: Bench, people: People) -> None:
    review_id = bench.begin()
    bench.take(review_id, Rate("empathy", 4), Pin("2", "empathy"), EditWords("1", "CT I want to stop."))
    sign(bench, review_id, expected=3)
    earlier = utc_now() - timedelta(days=30)
    with bench.house.database.write() as session:
        session.get_one(Review, review_id).closed_at = earlier
    with bench.house.database.write() as session:
        practice = session.get_one(PracticeSession, bench.practice_id)
        since = counts_from(session, col(PracticeSession.id) == practice.id)[practice.id]
        assert (since.at, since.coded, since.signed) == (earlier, True, True)
        coding = own_data(session, session.get_one(Person, people.owner.person_id))
        assert coding["sessions"][0]["coding"]["ratings"][0]["value"] == 4
        forget_words(session, practice)
        assert keep_figures(session, practice) == 2
        kept = {row.coded_by: row for row in session.exec(select(KeptFigures))}
        assert kept[CodedBy.PERSON].globals == {"empathy": [4, 4]}
    shown = view(bench)
    assert shown.checked is not None
    assert (shown.checked.changed, shown.checked.ratings[0].evidence) == (None, ())
    assert shown.scores


@on_sqlite
def test_the_last_sign_off_counts(bench: Bench) -> None:
    sign(bench, bench.begin(), expected=0)
    second = bench.begin(bench.second)
    with bench.house.database.write() as session:
        review = session.get_one(Review, second)
        take_steps(session, review=review, steps=[(new_id(), Recode("2", "SR"))], expected=0, by=bench.second)
        sign_off_review(session, review=review, expected=1, by=bench.second)
        assert [line.code for line in draft_of(session, review).lines][2] == "SR"
    shown = view(bench)
    assert shown.checked is not None
    assert shown.checked.by == "Sid Second"
