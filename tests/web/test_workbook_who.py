"""Who sees the note of a session, and when it goes."""

import json
from uuid import UUID

import pytest
from sqlmodel import select

from coding.double.rule import rule_of
from coding.forget_words import forget_words
from coding.hold import lift_hold, place_hold
from coding.withdraw import withdraw_session
from models.columns import utc_now
from models.consent import Scope
from models.double_coding import DoubleCoding
from models.organisation import Organisation
from models.person import Person, Role
from models.retention import Part, RetentionStep
from models.withdrawal import Why
from models.workbook import WorkbookNote
from tests.coding.feedback.conftest import Signed, signed
from tests.coding.review.conftest import bench
from tests.conftest import People, add_person
from tests.web.conftest import Client, client
from tests.web.workbook_note import FORM, WANT, agree, api_of, goes_out, line_ids, path_of, said
from training.own_data import own_data

__all__ = ["bench", "client", "signed"]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_a_coach_reads_it_and_nobody_else_sees_it(signed: Signed, client: Client, people: People) -> None:
    coach, owner = client(signed.coach), client(signed.owner)
    assert "Olu Owner has not written a note" in said(coach.get(path_of(signed)).text)
    owner.post(path_of(signed), data=FORM)
    page = coach.get(path_of(signed)).text
    assert "She rings her sister." in goes_out(page)
    assert "<textarea" not in page
    assert "Read the practice note" in coach.get(f"/sessions/{signed.practice_id}").text
    for who in (signed.coach, people.stranger, people.lead, people.teammate):
        wanted = 403 if who is signed.coach else 404
        one = client(who)
        assert one.post(path_of(signed), data=FORM).status_code == wanted
        assert one.post(f"{path_of(signed)}/delete").status_code == wanted
        assert one.get(f"{path_of(signed)}/note.docx").status_code == wanted
        assert one.get(api_of(signed)).status_code == wanted
        if who is not signed.coach:
            assert one.get(path_of(signed)).status_code == 404
    with signed.write() as (session, practice):
        assert session.exec(select(WorkbookNote)).one().by_id == practice.practitioner_id


def test_who_codes_it_blind_hears_nothing_of_it(signed: Signed, client: Client) -> None:
    client(signed.owner).post(path_of(signed), data=FORM)
    with signed.write() as (session, practice):
        assert rule_of(session, practice.organisation_id) is not None
        session.add(
            DoubleCoding(
                organisation_id=practice.organisation_id, session_id=practice.id, first_review_id=signed.review_id,
                second_id=signed.second.person_id, percent=100,
            )
        )  # fmt: skip
    answer = client(signed.second).get(path_of(signed))
    assert answer.status_code == 409
    assert "She rings" not in answer.text
    assert "practice note" not in client(signed.second).get(f"/sessions/{signed.practice_id}").text


def test_not_signed_off_under_hold_withdrawn_and_gone(
    signed: Signed, client: Client, people: People
) -> None:  # fmt: skip
    owner = client(signed.owner)
    owner.post(path_of(signed), data=FORM)
    with signed.write() as (session, practice):
        home = session.get_one(Organisation, practice.organisation_id)
        admin = add_person(session, home, "Addy Admin", role=Role.ADMINISTRATOR)
        place_hold(session, practice=practice, reason="A court asked for it.", by=admin)
    page = owner.get(path_of(signed)).text
    assert "under a legal hold" in page
    assert ">Save<" not in page
    held = owner.post(path_of(signed), data={**FORM, "next": "Changed."})
    assert held.status_code == 409
    assert "Changed." in held.text
    assert owner.post(f"{path_of(signed)}/delete").status_code == 409
    assert owner.post(path_of(signed), data={**FORM, "then": "docx"}).status_code == 200
    with signed.write() as (session, practice):
        lift_hold(session, practice=practice, by=admin)
        forget_words(session, practice)
        session.add(
            RetentionStep(
                organisation_id=practice.organisation_id, session_id=practice.id, kind=practice.kind, part=Part.WORDS,
                since=utc_now(), since_coded=True, period="a year",
            )
        )  # fmt: skip
    gone = owner.get(path_of(signed))
    assert gone.status_code == 410
    assert "What was said in this session is gone" in gone.text
    assert "practice note" not in owner.get(f"/sessions/{signed.practice_id}").text
    with signed.house.database.read() as session:
        assert session.exec(select(WorkbookNote)).all() == []


def test_a_withdrawn_session_takes_its_note_with_it(signed: Signed, client: Client, worker: object) -> None:
    from tests.conftest import work_off

    owner = client(signed.owner)
    owner.post(path_of(signed), data=FORM)
    with signed.write() as (session, practice):
        withdraw_session(session, practice=practice, why=Why.ASKED, by=signed.owner)
    assert owner.get(path_of(signed)).status_code == 404
    work_off(worker)  # type: ignore[arg-type]
    with signed.house.database.read() as session:
        assert session.exec(select(WorkbookNote)).all() == []


def test_an_agreement_that_ended_and_a_session_nobody_signed(signed: Signed, client: Client) -> None:
    owner = client(signed.owner)
    agree(signed, Scope.SUPERVISION, expired=True)
    ended = owner.get(path_of(signed))
    assert ended.status_code == 409
    assert "Ask again" in ended.text


def test_unsigned(bench: object, client: Client, people: People) -> None:
    practice_id: UUID = bench.practice_id  # type: ignore[attr-defined]
    answer = client(people.owner).get(f"/sessions/{practice_id}/workbook")
    assert answer.status_code == 409
    assert "No coach has signed this session off yet" in answer.text
    assert "workbook" not in client(people.owner).get(f"/sessions/{practice_id}").text


def test_it_is_in_the_practitioners_copy_without_the_words_of_others(signed: Signed, client: Client) -> None:
    agree(signed)
    owner = client(signed.owner)
    ids = line_ids(owner.get(path_of(signed)).text)
    owner.post(path_of(signed), data={**FORM, "quote": ids})
    with signed.house.database.read() as session:
        person = session.get_one(Person, signed.owner.person_id)
        (held,) = own_data(session, person)["sessions"]
    assert held["workbook_note"]["headings"][3]["text"] == "She rings her sister.\nWe meet on Friday."
    assert held["workbook_note"]["headings"][1]["lines"] == [2, 7]
    assert WANT not in json.dumps(held["workbook_note"])
    assert "1 note that you wrote" in said(owner.get("/your-data").text)
