"""The rows that dashboards are made of follow the codings of a session, in the same transaction."""

from uuid import UUID

import pytest
from sqlmodel import col, select

from coding.forget_words import forget_words
from coding.review.steps import Rate, Recode
from coding.session_figures import figures_from, put_missing_figures
from coding.withdraw import withdraw_session
from models.coding import CodedBy
from models.figures import SessionFigure
from models.practice import PracticeSession
from models.withdrawal import Why
from tests.coding.double.conftest import Twice, bench, twice
from tests.coding.review.conftest import add_coded_session
from tests.conftest import People, work_off
from web.worker import Worker

__all__ = ["bench", "twice"]


def figures(twice: Twice, practice_id: UUID | None = None) -> dict[CodedBy, SessionFigure]:
    with twice.house.database.read() as session:
        rows = session.exec(
            select(SessionFigure).where(col(SessionFigure.session_id) == (practice_id or twice.practice_id))
        )
        return {row.coded_by: row for row in rows}


def test_a_coding_by_a_machine_and_one_by_a_person_are_two_rows(twice: Twice, people: People) -> None:
    (machine,) = figures(twice).values()
    assert (machine.coded_by, machine.model_version) == (CodedBy.MACHINE, "scripted-1")
    assert (machine.q, machine.cr, machine.sr, machine.emphasize, machine.ct, machine.st) == (2, 1, 0, 1, 2, 1)
    assert machine.open_questions + machine.closed_questions == 2
    assert (machine.team_id, machine.practitioner_id) == (people.team.id, people.owner.person_id)
    assert machine.partnership is None
    twice.sign(twice.coach, Recode("2", "SR"), Rate("partnership", 4))
    both = figures(twice)
    assert set(both) == {CodedBy.MACHINE, CodedBy.PERSON}
    assert both[CodedBy.MACHINE].cr == 1
    person = both[CodedBy.PERSON]
    assert (person.sr, person.cr, person.partnership, person.empathy, person.model_version) == (1, 0, 4, None, None)


def test_what_was_signed_off_last_counts_from_the_day_of_the_first_and_a_blind_one_never(twice: Twice) -> None:
    twice.sign(twice.coach, Recode("2", "SR"))
    first = figures(twice)[CodedBy.PERSON]
    twice.sign_blind(codes=("AF", "CT", "AF", "ST", "AF", "AF", "FN"))
    assert figures(twice)[CodedBy.PERSON].coding_id == first.coding_id
    twice.sign(twice.coach, Recode("2", "AF"))
    second = figures(twice)[CodedBy.PERSON]
    assert second.coding_id != first.coding_id
    assert (second.af, second.sr, second.counted_on) == (1, 0, first.counted_on)


def test_counts_stay_when_the_words_go_and_go_with_the_session(twice: Twice, people: People, worker: Worker) -> None:
    other = add_coded_session(twice.house, worker, people.owner)
    with twice.house.database.write() as session:
        forget_words(session, session.get_one(PracticeSession, twice.practice_id))
    assert figures(twice)
    with twice.house.database.write() as session:
        withdraw_session(session, practice=session.get_one(PracticeSession, other), why=Why.ASKED, by=people.owner)
    work_off(worker)
    assert figures(twice, other) == {}
    assert figures(twice)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_sessions_coded_before_there_were_rows_are_made_up_for(twice: Twice, people: People) -> None:
    twice.sign(twice.coach)
    before = {stream: row.model_dump() for stream, row in figures(twice).items()}
    with twice.house.database.write() as session:
        for row in session.exec(select(SessionFigure)):
            session.delete(row)
    with twice.house.database.write() as session:
        organisation = people.owner.organisation_id
        assert put_missing_figures(session, organisation, most=10) == 1
        assert put_missing_figures(session, organisation, most=10) == 0
        practice = session.get_one(PracticeSession, twice.practice_id)
        assert {row.coded_by: row.model_dump() for row in figures_from(session, practice)} == before
    assert {stream: row.model_dump() for stream, row in figures(twice).items()} == before
