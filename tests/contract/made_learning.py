"""What the owner learns and a coach teaches, made anew for each request that may spoil it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from api.house import House
from coding.coder.desk import CodedLine
from coding.scheme.codes import Behaviour, Speaker
from coding.spoken_answers import take_spoken
from models.certificate import LearningKind
from models.columns import new_id
from models.exercise import ExerciseAttempt
from tests.conftest import People
from tests.contract.everybody import PLANTED, LiveIds
from training.cohorts.pathways import Step, give_pathway, make_pathway
from training.exercises.attempts import Sent, WrittenWords, keep_written
from training.exercises.format import Written
from training.exercises.objections import object_to
from training.exercises.score import score
from training.live.answer import give_answer
from training.live.line import own_line
from training.live.run import start_live_session
from training.modules.load import Placed, shipped_library
from training.progress.badge_keys import signing_key
from training.progress.certificates import Completed, give_certificate
from training.progress.record import EntryWords, write_entry
from training.simulated.actions import begin_conversation, keep_turn
from training.simulated.kept import turns_of
from training.simulated.parents_view import require_scenario


def written_exercise() -> Placed:
    return next(one for one in shipped_library().exercises.values() if isinstance(one.exercise, Written))


@dataclass(frozen=True)
class Learning:
    house: House
    people: People

    def new_conversation(self) -> UUID:
        """With a turn in it, so that it can be taken back and finished."""
        scenario = require_scenario("wine-at-night")
        with self.house.database.write() as session:
            talk = begin_conversation(session, slug="wine-at-night", scenario=scenario, by=self.people.owner)
            (opening,) = turns_of(session, talk)
            keep_turn(
                session, conversation_id=talk.id, turn=replace(opening, said=PLANTED[1]), position=1,
                after=opening.client_id, client_id=new_id(), by=self.people.owner,
            )  # fmt: skip
            return talk.id

    def new_spoken(self) -> UUID:
        with self.house.database.write() as session:
            return take_spoken(session, self.house.storage, sound=b"sound", by=self.people.owner)[0].id

    def new_attempt(self) -> UUID:
        """At `written_exercise`, and not there yet."""
        placed = written_exercise()
        exercise = placed.exercise
        assert isinstance(exercise, Written)
        code = Behaviour.NC
        line = CodedLine(
            len(exercise.before), Speaker.PRACTITIONER, PLANTED[1], code, None, 1.0, False, {code: 1.0}, "Because."
        )
        with self.house.database.write() as session:
            words, sent = WrittenWords(PLANTED[1], (line,)), Sent(new_id(), 20)
            return keep_written(
                session, placed=placed, words=words, score=score(exercise, [line]), odd=None, coder="x", sent=sent,
                by=self.people.owner,
            ).id  # fmt: skip

    def new_objection(self) -> UUID:
        attempt_id = self.new_attempt()
        with self.house.database.write() as session:
            attempt = session.get_one(ExerciseAttempt, attempt_id)
            return object_to(session, attempt=attempt, reason=PLANTED[1], by=self.people.owner).id

    def new_pathway(self) -> UUID:
        with self.house.database.write() as session:
            return make_pathway(
                session, name="First weeks", steps=[Step("reflections", 30)], by=self.people.colleague
            ).id

    def new_cohort(self) -> UUID:
        pathway_id = self.new_pathway()
        with self.house.database.write() as session:
            return give_pathway(
                session, pathway_id=pathway_id, team_id=self.people.team.id, by=self.people.colleague
            ).id

    def new_live(self) -> LiveIds:
        with self.house.database.write() as session:
            line = own_line(parent="Why does everybody tell me what to do?")
            live = start_live_session(session, line=line, exercise=None, by=self.people.colleague)
            answer = give_answer(session, live=live, number=1, phone="a phone", words=f"There was {PLANTED[1]}.")
            return LiveIds(live.id, live.code, answer.id)

    def new_certificate(self) -> UUID:
        slug = shipped_library().modules[0].slug
        done = Completed(slug, "1", "Reflecting", 15, (), date(2026, 3, 2))
        with self.house.database.write() as session:
            return give_certificate(session, module=slug, completed=[done], by=self.people.owner).id

    def new_entry(self) -> UUID:
        words = EntryWords(*PLANTED)
        about: dict[str, Any] = {"kind": LearningKind.OTHER, "about": "", "on": date(2026, 3, 2), "minutes": 30}
        with self.house.database.write() as session:
            return write_entry(session, entry_id=None, words=words, by=self.people.owner, **about)

    def new_key(self) -> UUID:
        with self.house.database.write() as session:
            return signing_key(session, self.people.owner.organisation_id).id
