"""What becomes of an answer: who sees it, what a coach decides, what is chosen, and how it goes."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, select

from api.house import House
from coding.forget_answers import forget_old_answers
from coding.retention_periods import Periods, months_after
from models.audit import AuditEvent
from models.columns import utc_now
from models.exercise import ExerciseAttempt, ExerciseDraft, ExerciseObjection, Outcome
from models.exercise_words import answers_key, forget_answers
from models.keys import SessionKey
from models.people.leaving import mark_as_left
from models.person import Person
from tests.conftest import People
from tests.web.conftest import Client, PageClient
from tests.web.exercises import (
    EXERCISE,
    REFLECT,
    WHERE,
    address_of,
    attempts,
    fields_of,
    first_of,
    send,
    shipped_desk,
    shown,
    trainee,
)
from training.exercises.attempts import best_outcomes
from training.exercises.objections import object_to
from training.modules.load import shipped_library
from training.own_data import own_data

__all__ = ["shipped_desk", "trainee"]


def test_an_answer_is_seen_by_who_gave_it_alone(
    client: Client, people: People, trainee: PageClient, house: House
) -> None:
    send(trainee, EXERCISE.weak[0].text)
    (kept,) = attempts(house)
    where = f"{WHERE}/answers/{kept.id}"
    assert trainee.get(where).status_code == 200
    for other in (people.teammate, people.colleague, people.lead, people.stranger):
        assert client(other).get(where).status_code == 404
        assert client(other).post(f"{where}/not-fair", data={"reason": "No"}).status_code == 404
    assert trainee.get(f"/learn/{REFLECT.module.slug}/exercises/none").status_code == 404
    other = next(one for one in shipped_library().modules if one.slug != REFLECT.module.slug)
    assert trainee.get(f"/learn/{other.slug}/exercises/{EXERCISE.id}").status_code == 404


def test_not_fair_goes_to_a_coach_who_decides(
    client: Client, people: People, trainee: PageClient, house: House
) -> None:
    send(trainee, EXERCISE.weak[0].text)
    (kept,) = attempts(house)
    where = f"{WHERE}/answers/{kept.id}"
    assert trainee.post(f"{where}/not-fair", data={"reason": " "}).status_code == 422
    assert "sent this to the coaches" in trainee.post(f"{where}/not-fair", data={"reason": "I meant her fear."}).text
    assert trainee.post(f"{where}/not-fair", data={"reason": "Again."}).status_code == 409
    coach = client(people.colleague)
    assert "1 answer in an exercise waits" in coach.get("/").text
    assert "answer in an exercise" not in client(people.lead).get("/").text
    assert "Olu Owner" in coach.get("/learn/objections").text
    with house.database.read() as session:
        objection = session.exec(select(ExerciseObjection)).one()
        assert b"fear" not in (objection.sealed or b"")
    for other in (people.teammate, people.lead, people.stranger, people.stranger_coach):
        assert client(other).get(f"/learn/objections/{objection.id}").status_code == 404
    assert trainee.get(f"/learn/objections/{objection.id}").status_code in (403, 404)
    page = coach.get(f"/learn/objections/{objection.id}").text
    assert "I meant her fear." in page
    assert "Nobody has made up their mind about you, Tom." in page
    assert coach.post(f"/learn/objections/{objection.id}", data={"choice": "", "answer": "Yes."}).status_code == 422
    assert coach.post(f"/learn/objections/{objection.id}", data={"choice": "uphold"}).status_code == 422
    coach.post(f"/learn/objections/{objection.id}", data={"choice": "uphold", "answer": "It names her fear."})
    assert coach.post(f"/learn/objections/{objection.id}", data={"choice": "keep", "answer": "No."}).status_code == 409
    page = trainee.get(where).text
    assert "It counts as met" in page
    assert "It names her fear." in page
    assert "Cass Coach" in page
    assert attempts(house)[0].outcome is Outcome.MET
    assert attempts(house)[0].scored == "not_yet"
    listed = coach.get("/learn/objections").text
    assert shown(EXERCISE.weak[0].text) in listed
    assert "Olu" not in listed, "what trainers learn from names nobody"
    assert "It names her fear." not in client(people.stranger_coach).get("/learn/objections").text


@pytest.mark.parametrize("kind", ["spot_the_code", "hear_the_change_talk", "order_the_summary"])
def test_what_is_chosen_is_scored_at_once(trainee: PageClient, house: House, kind: str) -> None:
    placed = first_of(kind)
    where = address_of(placed)
    assert trainee.post(where, data={"client_id": str(uuid4())}).status_code == 422
    assert "Met" in trainee.post(where, data={"client_id": str(uuid4())} | fields_of(placed, right=True)).text
    wrong = trainee.post(where, data={"client_id": str(uuid4())} | fields_of(placed, right=False))
    assert wrong.status_code == 200
    right, other = attempts(house)
    assert (right.outcome, right.sealed) == (Outcome.MET, None)
    assert other.outcome is not Outcome.MET
    with house.database.read() as session:
        assert best_outcomes(session, right.person_id) == {placed.exercise.id: Outcome.MET}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_colleagues_choices_are_shown_from_five_on(
    trainee: PageClient, client: Client, people: People, house: House
) -> None:
    placed = first_of("spot_the_code")
    where, form = address_of(placed), fields_of(placed, right=True)
    page = trainee.post(where, data={"client_id": str(uuid4())} | form).text
    assert "Shown once five people" in page
    with house.database.write() as session:
        model = session.exec(select(ExerciseAttempt)).one().model_dump()
        for person in (people.teammate, people.colleague, people.lead):
            session.add(ExerciseAttempt(**model | {"id": uuid4(), "client_id": uuid4(), "person_id": person.person_id}))
    assert "Shown once five people" in trainee.get(f"{where}/answers/{model['id']}").text
    from models.organisation import Organisation
    from tests.conftest import add_person

    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        fifth = add_person(session, home, "Fay Fifth").person_id
        session.add(ExerciseAttempt(**model | {"id": uuid4(), "client_id": uuid4(), "person_id": fifth}))
    assert re.search(r"5 chose", trainee.get(f"{where}/answers/{model['id']}").text)


def test_what_somebody_wrote_goes_with_them(trainee: PageClient, people: People, house: House) -> None:
    send(trainee, EXERCISE.weak[0].text)
    (kept,) = attempts(house)
    trainee.post(f"{WHERE}/answers/{kept.id}/not-fair", data={"reason": "I meant it."})
    trainee.post(f"{WHERE}/draft", data={"answer": "You are"})
    with house.database.write() as session:
        mark_as_left(session, person=session.get_one(Person, people.owner.person_id), by=None)
    (kept,) = attempts(house)
    assert kept.sealed is None
    assert kept.outcome is Outcome.NOT_YET, "what became of it stays for the figures of exercises"
    with house.database.write() as session:
        assert session.get(SessionKey, answers_key(people.owner.person_id)) is None
        assert not session.exec(select(ExerciseObjection)).all()
        assert not session.exec(select(ExerciseDraft)).all()
        assert forget_answers(session, people.owner.person_id) == 0


def test_what_was_written_stands_in_ones_own_copy_and_goes_at_ones_wish(
    trainee: PageClient, people: People, house: House
) -> None:
    send(trainee, EXERCISE.weak[0].text)
    trainee.post(f"{WHERE}/draft", data={"answer": "You are tired"})
    with house.database.read() as session:
        copy = own_data(session, session.get_one(Person, people.owner.person_id))
    (answer,) = copy["exercises"]
    assert (answer["written"], answer["scored"]) == (EXERCISE.weak[0].text, "not_yet")
    assert "".join(part["text"] for part in answer["coded"]).replace(" ", "") == answer["written"].replace(" ", "")
    assert copy["exercise_drafts"][0]["text"] == "You are tired"
    assert "1 answer and what became of them, 1 in your own words" in trainee.get("/your-data").text
    assert "What you wrote in exercises is deleted." in trainee.post("/your-data/answers/delete").text
    (kept,) = attempts(house)
    assert kept.sealed is None
    assert "not kept any more" in trainee.get(f"{WHERE}/answers/{kept.id}").text
    send(trainee, EXERCISE.models[0])
    assert attempts(house)[1].sealed, "they can go on"


def test_answers_go_when_their_time_is_over(trainee: PageClient, people: People, house: House) -> None:
    for _ in range(3):
        send(trainee, EXERCISE.weak[0].text)
    trainee.post(f"{WHERE}/draft", data={"answer": "You are tired"})
    with house.database.write() as session:
        old, older, _ = session.exec(select(ExerciseAttempt).order_by(col(ExerciseAttempt.number))).all()
        object_to(session, attempt=older, reason="Because.", by=people.owner)
        periods = Periods()
        old.at = months_after(utc_now(), -periods.transcript_months) - timedelta(days=1)
        older.at = months_after(utc_now(), -periods.score_months) - timedelta(days=1)
        session.add_all([old, older])
    with house.database.write() as session:
        assert forget_old_answers(session) == 3, "two answers are emptied, one of which goes with its outcome"
    found = {one.number: one for one in attempts(house)}
    assert set(found) == {1, 3}
    assert (found[1].sealed, found[1].outcome) == (None, Outcome.NOT_YET)
    assert found[3].sealed
    with house.database.write() as session:
        assert not session.exec(select(ExerciseObjection)).all()
        assert forget_old_answers(session) == 0
        actions = session.exec(select(AuditEvent.action).where(col(AuditEvent.action) == "answers_let_go")).all()
        assert len(actions) == 1


def test_coaches_find_what_waits_and_figures_from_the_map(client: Client, people: People, trainee: PageClient) -> None:
    send(trainee, EXERCISE.weak[0].text)
    page = trainee.get("/learn").text
    assert "Answers to look at" not in page
    assert trainee.get("/learn/items").status_code == 404
    assert "Answers to look at" in client(people.colleague).get("/learn").text
    items = client(people.lead).get("/learn/items").text
    assert "Fewer than 5 people" in items
    assert "Answers to look at" not in client(people.lead).get("/learn").text
