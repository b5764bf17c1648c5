"""A worker compares what two coaches signed, keeps no word of it, and works out the figures of their authority."""

import json

import pytest
from sqlmodel import select

from coding.double.compare import coded_twice
from coding.forget_words import forget_words
from coding.review.steps import EditWords, Rate, Recode
from coding.withdraw import withdraw_session
from models.double_coding import AgreementFigures, DoubleCoding
from models.practice import PracticeSession
from models.withdrawal import Why
from tests.coding.double.conftest import Twice
from tests.coding.review.conftest import add_coded_session
from tests.conftest import People, work_off
from web.worker import Worker


def figures(twice: Twice) -> AgreementFigures | None:
    with twice.house.database.read() as session:
        return session.exec(select(AgreementFigures)).first()


def test_figures_are_of_both_and_of_the_machine_and_the_second(twice: Twice, worker: Worker) -> None:
    twice.sign(twice.coach, Recode("2", "SR"), Rate("empathy", 4))
    assert figures(twice) is None
    twice.sign_blind(Rate("empathy", 3), codes=("Q", "CT", "CR", "ST", "Seek", "Q", "CT"))
    work_off(worker)
    task = twice.task()
    assert (task.lines, task.differ) == (7, 2)
    kept = figures(twice)
    assert kept is not None
    people, machine = kept.figures["people"], kept.figures["machine"]
    assert (kept.sessions, people["sessions"], machine["sessions"]) == (1, 1, 1)
    codes = people["practitioner"]["codes"]
    table = people["practitioner"]["table"]
    assert table[codes.index("SR")][codes.index("CR")] == 1
    assert table[codes.index("Emphasize")][codes.index("Seek")] == 1
    assert sum(map(sum, table)) == 4
    assert people["practitioner"]["same"]["value"] == 0.5
    assert machine["practitioner"]["same"]["value"] == 0.75  # the second left the machine's reflection
    assert people["ratings"]["empathy"]["icc"]["value"] is None
    assert "Two sessions at least" in people["ratings"]["empathy"]["icc"]["why"]
    for word in ("drinking", "Cass", "Sid", "Olu", "Tuesday"):
        assert word not in json.dumps([kept.figures, task.compared, task.compared_machine])


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_figures_stay_when_the_words_go_and_go_with_the_session(twice: Twice, people: People, worker: Worker) -> None:
    other = add_coded_session(twice.house, worker, people.owner)
    for practice_id in (twice.practice_id, other):
        twice.of(practice_id).sign(twice.coach)
        twice.of(practice_id).sign_blind(EditWords("1", "I want to stop."))
    work_off(worker)
    with twice.house.database.write() as session:
        forget_words(session, session.get_one(PracticeSession, twice.practice_id))
    other_again = figures(twice)
    assert other_again is not None
    assert other_again.sessions == 2
    with twice.house.database.write() as session:
        practice = session.get_one(PracticeSession, other)
        withdraw_session(session, practice=practice, why=Why.ASKED, by=people.owner)
        assert coded_twice(session, practice.organisation_id) == 1
    assert figures(twice) is None  # not shown for a moment longer
    work_off(worker)
    kept = figures(twice)
    assert kept is not None
    assert (kept.sessions, kept.figures["people"]["sessions"]) == (1, 1)
    with twice.house.database.read() as session:
        assert len(session.exec(select(DoubleCoding)).all()) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_where_the_second_saw_the_machine_they_are_not_compared(twice: Twice, worker: Worker) -> None:
    twice.sign(twice.coach)
    with twice.house.database.write() as session:
        session.exec(select(DoubleCoding)).one().saw_machine = True
    twice.sign_blind()
    work_off(worker)
    kept = figures(twice)
    assert kept is not None
    assert (kept.figures["machine"], kept.figures["people"]["sessions"]) == (None, 1)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_words_that_went_before_it_was_done_leave_no_figure(twice: Twice, worker: Worker) -> None:
    twice.sign(twice.coach)
    twice.sign_blind()
    with twice.house.database.write() as session:
        forget_words(session, session.get_one(PracticeSession, twice.practice_id))
    work_off(worker)
    assert (twice.task().compared, twice.task().lines) == (None, None)
