"""A contested code goes to a second coach, who keeps it or signs off a coding of its own; nothing old is edited."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from coding.feedback.contests import (
    CannotContest,
    ContestDecided,
    contest_code,
    decide_contest,
    second_coaches,
    take_back_contest,
)
from coding.feedback.text import FeedbackWrong
from coding.feedback.thread import write_message
from coding.forget_words import forget_words
from coding.review.kept import draft_of
from coding.review.sign_off import sign_off_review, signed_off
from coding.review.steps import EditWords
from models.audit import AuditEvent
from models.cascade import delete_rows
from models.coding import CodeRow, Coding, Score, VolleyCount
from models.columns import new_id, utc_now
from models.errors import NotAllowed, NotFound
from models.feedback import CodeContest
from models.person import RoleGrant
from models.practice import PracticeSession
from models.review import Review
from models.transcript import TranscriptVersion
from tests.coding.feedback.conftest import Signed
from tests.coding.review.conftest import Bench
from tests.conftest import People
from training.build_session_view import build_session_view
from training.feedback_view import ContestView, build_feedback_page

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
WHY = "She said more than the words."


def contest(signed: Signed, number: int = 3, **more: Any) -> UUID:
    given: dict[str, Any] = {"code": "SR", "subtype": None, "reason": WHY, "by": signed.owner} | more
    line = given.pop("line", None) or signed.line(number)
    with signed.write() as (session, practice):
        return contest_code(session, practice=practice, utterance_id=line, **given).id


def decide(signed: Signed, contest_id: UUID, **more: Any) -> None:
    given: dict[str, Any] = {"change": True, "code": "SR", "subtype": None, "reason": "Close to her words."} | more
    by = given.pop("by", signed.second)
    with signed.write() as (session, practice):
        decide_contest(session, practice=practice, contest_id=contest_id, by=by, **given)


def shown(signed: Signed, by: object = None) -> list[ContestView]:
    with signed.house.database.read() as session:
        practice = session.get_one(PracticeSession, signed.practice_id)
        return list(build_feedback_page(session, practice, reader=by or signed.owner).contests)  # type: ignore[arg-type]


def everything_of(session: Session, coding_id: UUID | None) -> list[str]:
    rows: list[Any] = [session.get_one(Coding, coding_id)]
    for table in (CodeRow, VolleyCount, Score):
        rows += session.exec(select(table).where(table.coding_id == coding_id)).all()  # type: ignore[arg-type]
    return [repr(row.model_dump()) for row in rows]


def test_a_change_is_a_signed_off_coding_of_its_own(signed: Signed) -> None:
    with signed.house.database.read() as session:
        old = everything_of(session, session.get_one(Review, signed.review_id).made_coding_id)
    contest_id = contest(signed)
    (waiting,) = shown(signed, signed.second)
    assert (waiting.was, waiting.wanted, waiting.reason) == ("Complex reflection", "Simple reflection", WHY)
    assert (waiting.may_decide, waiting.waits_for, waiting.asked_by) == (True, "Sid Second", "Olu Owner")
    decide(signed, contest_id)
    with signed.house.database.read() as session:
        first, practice = (
            session.get_one(Review, signed.review_id),
            session.get_one(PracticeSession, signed.practice_id),
        )
        assert everything_of(session, first.made_coding_id) == old
        now = signed_off(session, practice.id)
        assert now is not None
        assert (now.follows_id, now.reviewer_id) == (first.id, signed.second.person_id)
        assert [line.code for line in draft_of(session, now).lines][2:3] == ["SR"]
        assert len(session.exec(select(TranscriptVersion)).all()) == 1
        view = build_session_view(session, practice)
        third = [line for turn in view.turns for line in turn.utterances][2]
        assert (third.code, third.machine_code) == ("SR", "CR")
        assert {one.code: one.count for one in view.counts}["SR"] == 1
        assert view.checked is not None
        assert view.checked.by == "Cass Coach"
        today = utc_now()
        assert view.checked.since == (
            f"Sid Second changed one code on {today.day} {today:%B %Y}, after it was contested.",
        )
        assert view.checked.changed == 1
    for who in (signed.owner, signed.coach):
        (outcome,) = shown(signed, who)
        assert (outcome.outcome, outcome.decided, outcome.decided_by) == ("changed", "Simple reflection", "Sid Second")
        assert (outcome.answer, outcome.may_decide, outcome.may_take_back) == ("Close to her words.", False, False)
    with pytest.raises(ContestDecided):
        decide(signed, contest_id)


def test_a_code_that_is_kept_stays_the_signed_off_one(signed: Signed) -> None:
    decide(signed, contest(signed), change=False, code="", reason="It adds what she feels.")
    (outcome,) = shown(signed, signed.coach)
    assert (outcome.outcome, outcome.decided, outcome.answer) == (
        "kept",
        "Complex reflection",
        "It adds what she feels.",
    )
    with signed.house.database.read() as session:
        now = signed_off(session, signed.practice_id)
        assert now is not None
        assert now.id == signed.review_id
        events = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "contest_decided")).all()
    assert [event.details["outcome"] for event in events] == ["kept"]


def test_two_contests_of_one_coding_are_decided_one_after_the_other(signed: Signed) -> None:
    one, other = contest(signed), contest(signed, 1, code="Q", subtype="closed")
    decide(signed, one)
    decide(signed, other, code="Q", subtype="closed")
    with signed.house.database.read() as session:
        view = build_session_view(session, session.get_one(PracticeSession, signed.practice_id))
    lines = [line for turn in view.turns for line in turn.utterances]
    assert (lines[0].subtype, lines[2].code) == ("closed", "SR")
    assert view.checked is not None
    assert len(view.checked.since) == 2
    for again in (1, 3):
        with pytest.raises(CannotContest, match="contested already"):
            contest(signed, again, code="AF")


def test_only_a_second_coach_decides_and_only_the_practitioner_contests(signed: Signed, people: People) -> None:
    for by, refused in (
        (signed.coach, NotAllowed), (signed.second, NotAllowed), (people.teammate, NotFound),
        (people.stranger, NotFound),
    ):  # fmt: skip
        with pytest.raises(refused):
            contest(signed, by=by)
    contest_id = contest(signed)
    for by, refused in (
        (signed.coach, NotAllowed), (signed.owner, NotAllowed), (people.teammate, NotFound),
        (people.stranger_coach, NotFound), (people.lead, NotFound),
    ):  # fmt: skip
        with pytest.raises(refused):
            decide(signed, contest_id, by=by)
    with signed.write() as (session, practice), pytest.raises(NotAllowed):
        take_back_contest(session, practice=practice, contest_id=contest_id, by=signed.coach)


def test_where_there_is_no_second_coach_it_waits_and_says_so(signed: Signed) -> None:
    with signed.write() as (session, practice):
        for grant in session.exec(select(RoleGrant).where(col(RoleGrant.person_id) == signed.second.person_id)):
            grant.ended_at = utc_now()
            session.add(grant)
        session.flush()
        assert second_coaches(session, practice, signed_by=signed.coach.person_id) == []
    contest(signed)
    (waiting,) = shown(signed)
    assert (waiting.waits_for, waiting.may_take_back, waiting.outcome) == ("", True, "")


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"reason": "  "}, ["reason"]), ({"reason": "x" * 4001}, ["reason"]), ({"code": "CR"}, ["code"]),
        ({"code": "CT"}, ["code"]), ({"code": "Q", "subtype": "loud"}, ["code"]),
        ({"code": "", "reason": ""}, ["code", "reason"]), ({"number": 1, "code": "Q", "subtype": "open"}, ["code"]),
    ],
)  # fmt: skip
@on_sqlite
def test_what_is_not_understood_is_told_with_its_field(
    signed: Signed, given: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(FeedbackWrong) as wrong:
        contest(signed, **given)
    assert sorted(wrong.value.fields) == fields


def test_it_is_taken_back_until_it_is_decided(signed: Signed) -> None:
    for decided in (False, True):
        contest_id = contest(signed)
        if decided:
            decide(signed, contest_id)
            with pytest.raises(ContestDecided), signed.write() as (session, practice):
                take_back_contest(session, practice=practice, contest_id=contest_id, by=signed.owner)
        else:
            with signed.write() as (session, practice):
                take_back_contest(session, practice=practice, contest_id=contest_id, by=signed.owner)
            assert shown(signed) == []


@on_sqlite
def test_a_change_needs_another_code_than_the_line_has(signed: Signed) -> None:
    contest_id = contest(signed)
    for given in ({"code": "CR"}, {"code": "CT"}, {"reason": ""}):
        with pytest.raises(FeedbackWrong):
            decide(signed, contest_id, **given)
    assert shown(signed)[0].outcome == ""


@on_sqlite
def test_a_session_signed_off_anew_has_nothing_left_to_change(signed: Signed, bench: Bench) -> None:
    contest_id = contest(signed)
    review_id = bench.begin()
    bench.take(review_id, EditWords("1", "CT I want to stop."))
    with signed.write() as (session, _):
        sign_off_review(session, review=session.get_one(Review, review_id), expected=1, by=signed.coach)
    with pytest.raises(CannotContest, match="signed off anew"):
        decide(signed, contest_id)
    decide(signed, contest_id, change=False)
    contest(signed)  # of the new coding


@on_sqlite
def test_there_must_be_something_to_contest(signed: Signed) -> None:
    with pytest.raises(CannotContest, match="not there any more"):
        contest(signed, line=99999)


def test_when_what_was_said_goes_only_that_there_was_one_stays(signed: Signed) -> None:
    decide(signed, contest(signed))
    contest(signed, 1, code="Q", subtype="closed")
    with signed.write() as (session, practice):
        forget_words(session, practice)
    decided, waiting = shown(signed)
    assert (decided.line, decided.reason, decided.answer, decided.outcome) == (None, "", "", "changed")
    assert (waiting.line, waiting.reason, waiting.may_decide) == (None, "", False)
    with signed.house.database.read() as session:
        assert len(session.exec(select(CodeContest)).all()) == 2


def test_a_deletion_takes_all_of_it(signed: Signed) -> None:
    signed.give()
    decide(signed, contest(signed))
    with signed.write() as (session, practice):
        write_message(session, practice=practice, words="Thanks.", client_id=new_id(), by=signed.owner)
    with signed.write() as (session, practice):
        gone = delete_rows(session, practice.id)
        assert session.exec(select(PracticeSession)).all() == []
    assert {gone[name]["rows"] for name in ("feedback", "feedback_message", "code_contest")} == {1}
    assert gone["review"]["rows"] == 2
