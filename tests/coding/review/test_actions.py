"""A coach's review is kept step by step: nothing is taken twice, lost, left unaudited or seen by others."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from api.house import House
from coding.forget_words import forget_words
from coding.review import kept
from coding.review.actions import (
    CannotReview,
    OutOfStep,
    ReviewClosed,
    StepRefused,
    begin_review,
    put_away,
    redo,
    require_review,
    state_of,
    take_steps,
    undo,
)  # fmt: skip
from coding.review.apply import replay
from coding.review.draft import Draft
from coding.review.kept import begun_of, draft_of
from coding.review.steps import Accept, EditWords, Join, Rate, Recode, Split, Step, Uncode, WriteNote
from coding.scheme.codes import Behaviour, ClientTalk, Speaker
from models.audit import AuditEvent
from models.columns import new_id
from models.errors import NotAllowed, NotFound
from models.person import Person
from models.practice import PracticeSession
from models.review import Review, ReviewState, ReviewStep
from tests.coding.review.conftest import Bench, add_coded_session
from tests.conftest import People
from training.own_data import own_data
from web.worker import Worker

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
NOTE = "Lovely: he hears the worry under the nettle soup."


def now(bench: Bench, review_id: UUID) -> Draft:
    with bench.house.database.read() as session:
        return draft_of(session, session.get_one(Review, review_id))


def test_a_review_begins_as_the_machine_coded_it_and_is_kept_step_by_step(bench: Bench) -> None:
    review_id = bench.begin()
    begun = now(bench, review_id)
    assert [line.key for line in begun.lines] == [str(n) for n in range(len(begun.lines))]
    assert begun.speakers == {"Worker": Speaker.PRACTITIONER, "Parent": Speaker.CLIENT}
    assert begun.lines[0].text == "Q What would you like us to talk about today?"
    for line in begun.lines:
        assert line.machine is not None
        assert (line.machine.code, line.machine.subtype) == (line.code, line.subtype)
        assert line.machine.confidence is not None
        assert not line.accepted
    assert begun.skipped == ()
    assert bench.begin() == review_id  # a second click

    steps: list[Step] = [Recode("0", "Seek"), WriteNote("0", NOTE), Accept("1"), Split("2", 14), Rate("empathy", 4)]
    first = bench.take(review_id, *steps[:2])
    assert (first.before, first.now, first.last, first.redo) == (begun, replay(begun, steps[:2]), 2, None)
    assert bench.take(review_id, *steps[2:]).now == now(bench, review_id) == replay(begun, steps)


def test_steps_that_are_sent_again_change_nothing(bench: Bench) -> None:
    review_id = bench.begin()
    sent: list[tuple[UUID, Step]] = [(new_id(), Split("0", 6)), (new_id(), Accept("0.1")), (new_id(), Uncode("0.2"))]
    with bench.house.database.write() as session:
        review = session.get_one(Review, review_id)
        take_steps(session, review=review, steps=sent[:2], expected=0, by=bench.coach)
    for _ in range(2):  # the answer was lost, twice
        with bench.house.database.write() as session:
            review = session.get_one(Review, review_id)
            assert take_steps(session, review=review, steps=sent, expected=0, by=bench.coach).last == 3
    with bench.house.database.read() as session:
        assert session.get_one(Review, review_id).steps == 3
        taken = session.exec(select(ReviewStep)).all()
        assert [row.client_id for row in sorted(taken, key=lambda row: row.number)] == [one for one, _ in sent]
        assert draft_of(session, session.get_one(Review, review_id)) == replay(
            begun_of(session, session.get_one(Review, review_id)), [step for _, step in sent]
        )


@on_sqlite
def test_a_gap_or_another_window_is_told_and_nothing_is_taken(bench: Bench) -> None:
    review_id = bench.begin()
    mine = new_id()
    with bench.house.database.write() as session:
        review = session.get_one(Review, review_id)
        take_steps(session, review=review, steps=[(mine, Accept("0"))], expected=0, by=bench.coach)
    for expected, client_id in ((2, new_id()), (0, new_id()), (1, mine), (-1, mine), (-1, new_id())):
        with bench.house.database.write() as session:
            review = session.get_one(Review, review_id)
            steps: list[tuple[UUID, Step]] = [(client_id, Accept("1"))]
            with pytest.raises(OutOfStep) as refused:
                take_steps(session, review=review, steps=steps, expected=expected, by=bench.coach)
        assert refused.value.members == {"steps": 1, "last": 1}
    with pytest.raises(OutOfStep):
        bench.take(review_id, expected=7)
    assert [line.accepted for line in now(bench, review_id).lines[:2]] == [True, False]


def test_a_step_that_cannot_be_done_takes_none_of_those_sent_with_it(bench: Bench) -> None:
    review_id = bench.begin()
    with pytest.raises(StepRefused) as refused:
        bench.take(review_id, Accept("0"), Recode("1", "CR"), Accept("2"))
    assert refused.value.members == {"step": 1}
    with bench.house.database.read() as session:
        assert session.get_one(Review, review_id).steps == 0
        assert session.exec(select(ReviewStep)).all() == []


def test_undo_and_redo_are_without_limit_and_exact(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "SNAPSHOT_EVERY", 4)  # so that snapshots are made, used and left behind
    review_id = bench.begin()
    drafts = [now(bench, review_id)]
    steps = (
        Split("0", 6), Recode("0.1", "Seek"), EditWords("0.2", "you like to talk about?"), Join("0.1"), Accept("1"),
        Uncode("2"), Recode("2", "SR"), Rate("empathy", 3), Rate("empathy", 4), WriteNote("3", NOTE), Uncode("1"),
    )  # fmt: skip
    for step in steps:
        drafts.append(bench.take(review_id, step).now)
    with bench.house.database.read() as session:
        assert session.get_one(Review, review_id).snapshot_at == 8
    for number in range(len(steps), 0, -1):
        for _ in range(2):  # the second is the first sent again
            with bench.house.database.write() as session:
                review = session.get_one(Review, review_id)
                assert undo(session, review=review, number=number, by=bench.coach).now == drafts[number - 1]
    for number in range(1, 7):
        with bench.house.database.write() as session:
            review = session.get_one(Review, review_id)
            assert redo(session, review=review, number=number, by=bench.coach).now == drafts[number]
            assert redo(session, review=review, number=number, by=bench.coach).redo == number + 1
    assert now(bench, review_id) == drafts[6]
    after = bench.take(review_id, Accept("3"))
    assert (after.last, after.redo) == (12, None)
    for call, number in ((redo, 7), (undo, 6), (undo, 7), (undo, 99), (redo, 99)):
        with bench.house.database.write() as session, pytest.raises(OutOfStep):
            call(session, review=session.get_one(Review, review_id), number=number, by=bench.coach)
    with bench.house.database.write() as session:
        review = session.get_one(Review, review_id)
        undo(session, review=review, number=12, by=bench.coach)
        assert undo(session, review=review, number=6, by=bench.coach).now == drafts[5]


@on_sqlite
def test_it_is_for_its_reviewer_alone_a_coach_of_the_team_and_not_the_practitioner(
    bench: Bench, people: People, house: House, worker: Worker
) -> None:
    review_id = bench.begin()
    others = {people.owner: NotAllowed, bench.second: NotFound, people.teammate: NotFound, people.lead: NotFound}
    for actor, error in {**others, people.stranger: NotFound, people.stranger_coach: NotFound}.items():
        with house.database.write() as session:
            review = session.get_one(Review, review_id)
            for attempt in (
                lambda s, _, by: require_review(s, by, review_id),
                lambda s, r, by: take_steps(s, review=r, steps=[(new_id(), Accept("0"))], expected=0, by=by),
                lambda s, r, by: undo(s, review=r, number=1, by=by),
                lambda s, r, by: put_away(s, review=r, by=by),
            ):
                with pytest.raises(error):
                    attempt(session, review, actor)
    for actor in (people.owner, people.teammate, people.stranger_coach):
        with pytest.raises(NotAllowed if actor is people.owner else NotFound):
            bench.begin(actor)
    assert bench.begin(bench.second) != review_id  # with their own eyes
    own = add_coded_session(house, worker, bench.second)
    with house.database.write() as session, pytest.raises(NotAllowed, match="whose own session it is not"):
        begin_review(session, practice=session.get_one(PracticeSession, own), by=bench.second)


@on_sqlite
def test_a_session_that_is_not_coded_or_whose_names_nobody_checked_waits(
    bench: Bench, people: People, house: House
) -> None:
    with house.database.write() as session:
        session.connection().execute(text("UPDATE practice_session SET stage = 'coding'"))
    with pytest.raises(CannotReview, match="not coded yet"):
        bench.begin()
    with house.database.write() as session:
        session.connection().execute(text("UPDATE practice_session SET stage = 'ready'"))
        session.connection().execute(text("UPDATE name_check SET checked_at = NULL, said = x'00'"))
    with pytest.raises(CannotReview, match="Check the names"):
        bench.begin()


@on_sqlite
def test_without_a_goal_the_ratings_that_need_one_cannot_be_given(bench: Bench, people: People, worker: Worker) -> None:
    aimless = add_coded_session(bench.house, worker, people.owner, goal="")
    with bench.house.database.write() as session:
        review = begin_review(session, practice=session.get_one(PracticeSession, aimless), by=bench.coach)
        assert begun_of(session, review).skipped == ("cultivating_change_talk", "softening_sustain_talk")


def test_a_review_that_is_put_away_is_closed_and_another_can_begin(bench: Bench) -> None:
    review_id = bench.begin()
    bench.take(review_id, Accept("0"))
    for _ in range(2):
        with bench.house.database.write() as session:
            put_away(session, review=session.get_one(Review, review_id), by=bench.coach)
    with pytest.raises(ReviewClosed, match="put away"):
        bench.take(review_id, Accept("1"))
    assert bench.begin() != review_id


def test_what_is_done_is_audited_without_a_word_and_lies_sealed(bench: Bench) -> None:
    review_id = bench.begin()
    bench.take(review_id, WriteNote("0", NOTE), EditWords("1", "I want to stop nettle soup."))
    with bench.house.database.write() as session:
        undo(session, review=session.get_one(Review, review_id), number=2, by=bench.coach)
    with bench.house.database.write() as session:
        redo(session, review=session.get_one(Review, review_id), number=2, by=bench.coach)
    with bench.house.database.write() as session:
        put_away(session, review=session.get_one(Review, review_id), by=bench.coach)
    with bench.house.database.read() as session:
        rows = session.exec(select(AuditEvent).where(col(AuditEvent.subject_id) == review_id)).all()
        assert [row.action for row in sorted(rows, key=lambda row: row.sequence)] == [
            "review_begun", "review_steps_taken", "review_step_undone", "review_step_redone", "review_put_away",
        ]  # fmt: skip
        assert all(row.actor_id == bench.coach.person_id for row in rows)
        assert "nettle" not in repr([row.details for row in rows])
        review = session.get_one(Review, review_id)
        sealed = [row.sealed for row in session.exec(select(ReviewStep))] + [review.begun or b""]
        assert len(sealed) == 3
        for phrase in (b"nettle", b"talk about"):
            assert not any(phrase in one for one in sealed)


def do(bench: Bench, doing: str, review_id: UUID) -> None:
    with bench.house.database.write() as session:
        review = session.get_one(Review, review_id)
        if doing == "begin":
            practice = session.get_one(PracticeSession, bench.practice_id)
            begin_review(session, practice=practice, by=bench.second)
        elif doing == "take":
            take_steps(session, review=review, steps=[(new_id(), Accept("1"))], expected=1, by=bench.coach)
        elif doing == "undo":
            undo(session, review=review, number=1, by=bench.coach)
        else:
            put_away(session, review=review, by=bench.coach)


@pytest.mark.parametrize("doing", ["begin", "take", "undo", "put away"])
def test_without_its_audit_row_nothing_is_done(bench: Bench, monkeypatch: pytest.MonkeyPatch, doing: str) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the audit cannot be written")

    review_id = bench.begin()
    bench.take(review_id, Accept("0"))
    before = now(bench, review_id)
    monkeypatch.setattr("models.audit._append", broken)
    with pytest.raises(RuntimeError):
        do(bench, doing, review_id)
    with bench.house.database.read() as session:
        review = session.exec(select(Review)).one()
        assert (review.id, review.state, review.steps) == (review_id, ReviewState.OPEN, 1)
        assert state_of(session, review).now == before


def test_when_what_was_said_goes_the_steps_go_and_an_open_review_ends(bench: Bench) -> None:
    review_id = bench.begin()
    bench.take(review_id, WriteNote("0", NOTE))
    with bench.house.database.write() as session:
        forget_words(session, session.get_one(PracticeSession, bench.practice_id))
    with bench.house.database.read() as session:
        review = session.get_one(Review, review_id)
        assert (review.state, review.begun, review.snapshot) == (ReviewState.PUT_AWAY, None, None)
        assert review.closed_at is not None
        assert session.exec(select(ReviewStep)).all() == []


@on_sqlite
def test_codes_fit_who_says_the_line(bench: Bench) -> None:
    for line in now(bench, bench.begin()).lines:
        assert isinstance(line.code, Behaviour if line.role is Speaker.PRACTITIONER else ClientTalk)


@on_sqlite
def test_a_coachs_copy_of_their_data_lists_their_reviews_without_what_is_about_others(bench: Bench) -> None:
    review_id = bench.begin()
    bench.take(review_id, WriteNote("0", NOTE))
    with bench.house.database.read() as session:
        held = own_data(session, session.get_one(Person, bench.coach.person_id))
    (listed,) = held["reviews"]
    assert (listed["session"], listed["state"], listed["steps"]) == (str(bench.practice_id), "open", 1)
    assert "nettle" not in repr(held)
    assert any("reviews of other people" in sentence for sentence in held["left_out"])
