"""First tries, as they are read for the figures of exercises."""

from uuid import uuid4

from sqlalchemy import event

from api.house import House
from models.exercise import ExerciseAttempt, Outcome
from tests.conftest import People
from training.exercises.items import FirstTry, first_tries


def test_the_first_that_was_scored_counts_and_sealed_words_are_not_read(house: House, people: People) -> None:
    with house.database.write() as session:
        for number, (outcome, sealed) in enumerate(
            [(Outcome.NOT_SCORED, b"x"), (Outcome.NOT_YET, b"x"), (Outcome.MET, None)], start=1
        ):
            session.add(
                ExerciseAttempt(
                    person_id=people.owner.person_id, organisation_id=people.owner.organisation_id, client_id=uuid4(),
                    module="reflections", edition="1", exercise="one", kind="spot_the_code", skill="reflections",
                    number=number, scored="1", outcome=outcome, sealed=sealed, choice="Q" if sealed is None else None,
                )
            )  # fmt: skip
    asked: list[str] = []
    with house.database.read() as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *sent: asked.append(sent[2]))
        found = first_tries(session, people.owner.organisation_id)
    assert found == [FirstTry(people.owner.person_id, "one", False, None, None)]
    assert asked
    assert not any("sealed" in statement for statement in asked)
