"""Who codes a drawn session a second time: a coach of the team who had no part in it and saw no codes of it."""

import pytest

from coding.double.second import CannotTake, hand_back, take_task, waiting_tasks
from models.columns import utc_now
from models.double_coding import DoubleCoding
from models.errors import NotAllowed, NotFound
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import Person, Role
from models.practice import PracticeSession
from models.review import Review, ReviewState
from models.seen import note_seen
from tests.coding.double.conftest import Twice
from tests.coding.review.conftest import add_coded_session
from tests.conftest import People, add_person
from web.worker import Worker

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def another_coach(twice: Twice, people: People, name: str) -> Actor:
    with twice.house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        team = session.get_one(Team, people.team.id)
        return add_person(session, home, name, team=team, role=Role.COACH, role_team=team)


def looks_at(twice: Twice, who: Actor) -> None:
    with twice.house.database.read() as session:
        practice = session.get_one(PracticeSession, twice.practice_id)
    note_seen(twice.house.database, practice, by=who)


def test_who_has_not_opened_the_session_comes_first(twice: Twice, people: People) -> None:
    third = another_coach(twice, people, "Thea Third")
    looks_at(twice, twice.second)
    twice.sign(twice.coach)
    task = twice.task()
    assert (task.second_id, task.saw_machine) == (third.person_id, False)


@on_sqlite
def test_who_opened_it_before_is_better_than_nobody_and_that_is_kept(twice: Twice) -> None:
    looks_at(twice, twice.second)
    twice.sign(twice.coach)
    task = twice.task()
    assert (task.second_id, task.saw_machine) == (twice.second.person_id, True)


@on_sqlite
def test_work_is_shared_out(twice: Twice, people: People, worker: Worker) -> None:
    third = another_coach(twice, people, "Thea Third")
    others = [add_coded_session(twice.house, worker, people.owner) for _ in range(3)]
    for practice_id in (twice.practice_id, *others):
        twice.sign(twice.coach, practice_id=practice_id)
    with twice.house.database.read() as session:
        assert [len(waiting_tasks(session, who)[0]) for who in (twice.second, third, twice.coach)] == [2, 2, 0]


@on_sqlite
def test_neither_the_practitioner_nor_who_left_nor_another_team_codes_it(
    twice: Twice, people: People, worker: Worker
) -> None:
    own = add_coded_session(twice.house, worker, twice.second)  # the second's own
    with twice.house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        away = Team(organisation_id=home.id, name="South")
        session.add(away)
        session.flush()
        add_person(session, home, "Ola Other", team=away, role=Role.COACH, role_team=away)
    left = another_coach(twice, people, "Len Left")
    with twice.house.database.write() as session:
        session.get_one(Person, left.person_id).left_at = session.get_one(PracticeSession, own).created_at
    twice.sign(twice.coach, practice_id=own)
    assert twice.task().second_id is None


def test_a_session_without_a_second_coach_can_be_taken(twice: Twice, people: People) -> None:
    with twice.house.database.write() as session:  # had a part in it
        practice = session.get_one(PracticeSession, twice.practice_id)
    twice.begin(twice.second)
    twice.sign(twice.coach)
    task = twice.task()
    assert task.second_id is None
    late, curious = another_coach(twice, people, "Lata Late"), another_coach(twice, people, "Cora Curious")
    note_seen(twice.house.database, practice, by=curious)  # it is signed off by now
    with twice.house.database.read() as session:
        free = {who.name: len(waiting_tasks(session, who)[1]) for who in (late, curious, twice.second, twice.coach)}
        assert free == {"Lata Late": 1, "Cora Curious": 0, "Sid Second": 0, "Cass Coach": 0}
    for who, error in ((people.stranger_coach, NotFound), (people.owner, NotAllowed), (people.teammate, NotFound),
                       (curious, CannotTake), (twice.second, CannotTake)):  # fmt: skip
        with twice.house.database.write() as session, pytest.raises(error):
            take_task(session, task=session.get_one(DoubleCoding, task.id), by=who)
    with twice.house.database.write() as session:
        take_task(session, task=session.get_one(DoubleCoding, task.id), by=late)
        take_task(session, task=session.get_one(DoubleCoding, task.id), by=late)
    assert twice.task().second_id == late.person_id
    with twice.house.database.write() as session, pytest.raises(CannotTake, match="Somebody else"):
        take_task(session, task=session.get_one(DoubleCoding, task.id), by=curious)


def test_who_cannot_code_it_hands_it_back(twice: Twice, people: People) -> None:
    third = another_coach(twice, people, "Thea Third")
    looks_at(twice, third)
    twice.sign(twice.coach)
    assert twice.task().second_id == twice.second.person_id
    review_id = twice.begin(twice.second)
    with twice.house.database.write() as session:
        task = session.get_one(DoubleCoding, twice.task().id)
        with pytest.raises(NotFound):
            hand_back(session, task=task, by=third)
        hand_back(session, task=task, by=twice.second)
    assert twice.task().second_id == third.person_id
    assert twice.review(review_id).state is ReviewState.PUT_AWAY
    with twice.house.database.write() as session:
        hand_back(session, task=session.get_one(DoubleCoding, task.id), by=third)
    assert twice.task().second_id is None  # both had a part in it, or looked


@on_sqlite
def test_what_is_signed_is_not_handed_back(twice: Twice) -> None:
    twice.sign(twice.coach)
    twice.sign_blind()
    with twice.house.database.write() as session:
        task = session.get_one(DoubleCoding, twice.task().id)
        with pytest.raises(CannotTake, match="signed it off already"):
            hand_back(session, task=task, by=twice.second)
        assert session.get_one(Review, task.second_review_id).state is ReviewState.SIGNED_OFF


def test_a_look_within_the_hour_after_the_sign_off_counts_too(twice: Twice, people: People) -> None:
    curious = another_coach(twice, people, "Cora Curious")
    looks_at(twice, curious)
    twice.begin(twice.second)  # has a part in it
    twice.sign(twice.coach)
    assert twice.task().second_id == curious.person_id
    with twice.house.database.write() as session:
        hand_back(session, task=session.get_one(DoubleCoding, twice.task().id), by=curious)
        task = session.get_one(DoubleCoding, twice.task().id)
        assert waiting_tasks(session, curious)[1] != []  # saw what the machine said alone
    looks_at(twice, curious)
    with twice.house.database.write() as session:
        assert waiting_tasks(session, curious)[1] == []
        with pytest.raises(CannotTake, match="have seen how"):
            take_task(session, task=session.get_one(DoubleCoding, task.id), by=curious)


def test_what_a_coach_left_behind_can_be_taken(twice: Twice, people: People) -> None:
    twice.sign(twice.coach)
    late = another_coach(twice, people, "Lata Late")
    task_id = twice.task().id
    review_id = twice.begin(twice.second)
    with twice.house.database.write() as session:
        assert waiting_tasks(session, late)[1] == []
        with pytest.raises(CannotTake, match="Somebody else"):
            take_task(session, task=session.get_one(DoubleCoding, task_id), by=late)
        session.get_one(Person, twice.second.person_id).left_at = utc_now()
    with twice.house.database.write() as session:
        assert len(waiting_tasks(session, late)[1]) == 1
        take_task(session, task=session.get_one(DoubleCoding, task_id), by=late)
    assert twice.task().second_id == late.person_id
    assert twice.review(review_id).state is ReviewState.PUT_AWAY
