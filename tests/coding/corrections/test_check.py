"""A worker holds what coaches signed off against the machine's codes, keeps no word, and forgets with a session."""

import json

import pytest
from sqlmodel import col, select

from coding.forget_words import forget_words
from coding.review.steps import EditWords, Recode
from coding.withdraw import withdraw_session
from models.imported_coding import ImportedCoding
from models.machine_check import MachineCheck, MachineFigures
from models.practice import PracticeSession
from models.withdrawal import Why
from tests.coding.corrections.conftest import Twice
from tests.coding.review.conftest import add_coded_session
from tests.conftest import People, work_off
from web.worker import Worker

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def checks(twice: Twice) -> list[MachineCheck]:
    with twice.house.database.read() as session:
        return list(session.exec(select(MachineCheck).order_by(col(MachineCheck.id))))


def versions(twice: Twice) -> list[dict[str, object]] | None:
    with twice.house.database.read() as session:
        row = session.exec(select(MachineFigures)).first()
        return row.figures["versions"] if row else None


def test_what_was_signed_off_last_counts_and_a_blind_coding_does_not(twice: Twice, worker: Worker) -> None:
    twice.sign(twice.coach, Recode("2", "SR"))
    twice.sign_blind(EditWords("1", "I want to stop."), codes=("AF", "CT", "AF", "ST", "AF", "AF", "FN"))
    work_off(worker)
    (first,) = checks(twice)
    assert (first.model_version, first.lines, first.anew) == ("scripted-1", 7, 0)
    assert first.pairs == {
        "practitioner": {"CR": {"SR": 1}, "Emphasize": {"Emphasize": 1}, "Q": {"Q": 2}},
        "client": {"CT": {"CT": 2}, "ST": {"ST": 1}},
    }
    twice.sign(twice.coach, Recode("2", "AF"))
    work_off(worker)
    (later,) = checks(twice)
    assert later.review_id != first.review_id
    assert later.pairs["practitioner"]["CR"] == {"AF": 1}
    found = versions(twice)
    assert found == [{"version": "scripted-1", "sessions": 1, "figures": None, "teams": []}]
    for word in ("drinking", "Cass", "Sid", "Olu", "Tuesday"):
        assert word not in json.dumps([later.pairs, found])


def test_counts_stay_when_the_words_go_and_go_with_the_session(twice: Twice, people: People, worker: Worker) -> None:
    other = add_coded_session(twice.house, worker, people.owner)
    twice.sign(twice.coach)
    twice.sign(twice.coach, practice_id=other)
    work_off(worker)
    assert len(checks(twice)) == 2
    with twice.house.database.write() as session:
        forget_words(session, session.get_one(PracticeSession, twice.practice_id))
    with twice.house.database.write() as session:
        practice = session.get_one(PracticeSession, other)
        withdraw_session(session, practice=practice, why=Why.ASKED, by=people.owner)
    assert versions(twice) is None
    work_off(worker)
    assert [one.session_id for one in checks(twice)] == [twice.practice_id]
    assert versions(twice) == [{"version": "scripted-1", "sessions": 1, "figures": None, "teams": []}]


@on_sqlite
def test_codes_that_came_with_a_file_did_not_begin_from_the_machines(twice: Twice, worker: Worker) -> None:
    review_id = twice.sign(twice.coach)
    with twice.house.database.write() as session:
        session.add(
            ImportedCoding(
                session_id=twice.practice_id, by_id=twice.coach.person_id, form="csv", review_id=review_id
            )
        )  # fmt: skip
    work_off(worker)
    assert (checks(twice), versions(twice)) == ([], [])


@on_sqlite
def test_a_session_whose_words_went_before_the_worker_came_is_left_out(twice: Twice, worker: Worker) -> None:
    twice.sign(twice.coach)
    with twice.house.database.write() as session:
        forget_words(session, session.get_one(PracticeSession, twice.practice_id))
    work_off(worker)
    assert (checks(twice), versions(twice)) == ([], [])
