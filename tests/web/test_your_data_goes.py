"""A copy of what is held goes with what it was made from."""

import pytest
from sqlmodel import select

from api.house import House
from coding.check_names import finish_check
from coding.withdraw import withdraw_session
from models.data_copy import DataCopy, DataCopyFile
from models.practice import PracticeSession
from models.withdrawal import Why
from tests.conftest import People
from tests.web.conftest import Client, work_off
from tests.web.data_copies import Held, actions, fetched, held, make, on_sqlite, quick_paper
from tests.web.kept_sessions import make_older
from tests.web.test_nightly import at_night
from web.worker import Worker

__all__ = ["held", "quick_paper"]


@pytest.mark.usefixtures("quick_paper")
def test_it_goes_when_a_session_in_it_goes_also_while_it_is_made(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    owner, admin = client(people.owner), client(held.admin)
    make(owner, worker)
    make(admin, worker, f"{held.copies}/2", label="Parent")
    admin.post(f"{held.copies}/3", data={"label": "Sister"})  # waits to be made
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, held.practice_id)
        withdraw_session(session, practice=practice, why=Why.ASKED, by=people.owner)
    with house.database.read() as session:
        assert session.exec(select(DataCopy)).all() == session.exec(select(DataCopyFile)).all() == []
    work_off(worker)
    with house.database.read() as session:
        assert session.exec(select(DataCopyFile)).all() == session.exec(select(PracticeSession)).all() == []
    assert len(actions(house, "data_copy_ended")) == 3
    make(owner, worker)
    assert fetched(owner)["sessions"] == []


@pytest.mark.usefixtures("quick_paper")
@on_sqlite
def test_it_goes_when_names_are_checked(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    make(client(people.owner), worker)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, held.practice_id)
        finish_check(session, practice=practice, no_names=(), more=(), bleep=False, by=people.owner)
    with house.database.read() as session:
        assert session.exec(select(DataCopy)).all() == []


@pytest.mark.usefixtures("quick_paper")
@on_sqlite
def test_it_goes_when_the_time_of_words_is_over_and_the_next_says_so(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    owner, admin = client(people.owner), client(held.admin)
    make(owner, worker)
    make_older(house, str(held.practice_id), days=400)
    at_night(house, worker)
    assert owner.get("/your-data/copy.json").status_code == 404
    make(owner, worker)
    (one,) = fetched(owner)["sessions"]
    assert "its time was over" in one["words_missing"]
    assert one["coding"]["scores"]
    assert "its time was over" in admin.get(held.copies).text
