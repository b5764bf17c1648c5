"""What the demo's trainee has learned: a module with its certificate, and a talk with a simulated parent; and the
pathway of their team. Through the same actions as anybody's, in a job, because a coder hears what they wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from coding.coder.desk import CodedLine
from coding.coder.desk import Turn as SaidTurn
from coding.coder.result import Coder
from coding.context import JobContext
from models.certificate import Certificate
from models.columns import new_id, utc_now
from models.conversation import Conversation, ConversationState
from models.errors import EvokeError
from models.learning import ModuleCheckTry
from models.organisation import Team
from models.person import Person
from models.queue import enqueue
from models.sign_in import actor_of
from training.cohorts.pathways import Step, give_pathway, make_pathway
from training.exercises.attempts import Sent, WrittenWords, keep_written
from training.exercises.format import Written
from training.exercises.score import score, turns_of
from training.modules.library import require_module
from training.modules.load import Placed
from training.modules.progress import answer_check, mark_as_read, progress_of
from training.modules.read import Module
from training.progress.certificates import give_certificate
from training.progress.completed import completed_modules
from training.simulated.actions import begin_conversation, finish_conversation
from training.simulated.kept import turns_of as turns_kept
from training.simulated.say import say
from training.simulated.shelf import scenarios

JOB = "learn_demo"
MODULE, SCENARIO = "open-questions", "wine-at-night"
STEPS = (Step("spirit-of-mi", 14), Step(MODULE, 28), Step("reflections", 42))
LEARNED, TALKED, BEGAN = timedelta(days=9), timedelta(days=4), timedelta(days=12)
SAID = (
    "Thank you for letting me in. How has this week been for you?",
    "You're worn out, and now there's another person at your table with questions.",
    "What would you like the mornings to be like?",
    "You want to be there for them when they wake up, and at the moment that's hard.",
    "You've kept them fed and clean through a very hard year.",
    "Would it be all right if I told you what has helped other parents? What you do with it is up to you.",
)


def learn_later(session: Session, person: Person) -> None:
    enqueue(session, JOB, organisation_id=person.organisation_id, person_id=person.id)


def give_demo_pathway(session: Session, team: Team, *, lead: Person) -> None:
    by = actor_of(session, lead)
    pathway = make_pathway(session, name="First steps in MI", steps=STEPS, by=by)
    cohort = give_pathway(session, pathway_id=pathway.id, team_id=team.id, by=by)
    cohort.starts_on -= BEGAN
    session.add(cohort)


@dataclass(frozen=True)
class _AtTheWorker:
    """Codes as the website's desk does, by the coder that the worker has loaded anyway."""

    coder: Coder

    def code(
        self, turns: Sequence[SaidTurn], *, change_goal: str = "", practitioner_labels: Sequence[str] = ("You",)
    ) -> tuple[CodedLine, ...]:  # fmt: skip
        from coding.coder.desk_child import lines_by  # heavy

        return lines_by(self.coder, turns, change_goal=change_goal, practitioner_labels=practitioner_labels)


def learn_demo(context: JobContext, *, person_id: str) -> None:
    codes = _AtTheWorker(context.workshop.coder)
    with context.write() as session:
        person = session.get(Person, UUID(person_id))
        if person is not None and MODULE not in progress_of(session, person.id):
            _learn(session, person, codes)
    if person is not None:
        _talk(context, person, codes)
    with context.write() as session:
        context.finish(session)


def demo_learning_stopped(session: Session, error: EvokeError, **ids: str) -> None:
    """The trainee has learned nothing yet, as anybody at their first day."""


def _learn(session: Session, person: Person, codes: _AtTheWorker) -> None:
    """A weak answer, then better ones: it is practice."""
    by, module = actor_of(session, person), require_module(session, person.organisation_id, MODULE)
    mark_as_read(session, module=module, by=by)
    placed = [Placed(one, module, at) for at, one in enumerate(module.exercises, 1) if isinstance(one, Written)][:3]
    for at, one in enumerate((placed[0], *placed)):
        _answer(session, person, one, codes, weak=at == 0)
    answer_check(session, module=module, answers=dict(_right(module)), by=by)
    given = give_certificate(session, module=MODULE, completed=completed_modules(session, by), by=by)
    _long_ago(session, person, given)


def _answer(session: Session, person: Person, placed: Placed, codes: _AtTheWorker, *, weak: bool) -> None:
    exercise = placed.exercise
    assert isinstance(exercise, Written)
    text = exercise.weak[0].text if weak else exercise.models[0]
    lines = codes.code(turns_of(exercise, text), change_goal=exercise.goal)
    row = keep_written(
        session, placed=placed, words=WrittenWords(text, lines), score=score(exercise, lines), odd=None,
        coder=codes.coder.version, sent=Sent(new_id(), 60), by=actor_of(session, person),
    )  # fmt: skip
    row.at -= LEARNED
    session.add(row)


def _right(module: Module) -> list[tuple[int, int]]:
    return [(number, one.answer) for number, one in enumerate(module.head.check, 1)]


def _long_ago(session: Session, person: Person, given: Certificate) -> None:
    """As if it had been done then: the plan of today is still to do."""
    then = utc_now() - LEARNED
    row = progress_of(session, person.id)[MODULE]
    row.started_at = row.changed_at = row.read_at = row.completed_at = then
    given.issued_at, given.completed_on = then, then.date()
    tries = session.exec(select(ModuleCheckTry).where(col(ModuleCheckTry.person_id) == person.id)).all()
    for one in tries:
        one.at = then
    session.add_all([row, given, *tries])


def _talk(context: JobContext, person: Person, codes: _AtTheWorker) -> None:
    """Goes on where it was, should the worker have stopped in the middle."""
    database, scenario = context.workshop.database, scenarios()[SCENARIO]
    with context.write() as session:
        by = actor_of(session, person)
        talk = session.exec(select(Conversation).where(col(Conversation.person_id) == person.id)).first()
        if talk is None:
            talk = begin_conversation(session, slug=SCENARIO, scenario=scenario, by=by, seed="demo")
        if talk.state is ConversationState.FINISHED:
            return
        said = len(turns_kept(session, talk)) - 1
    for at, text in enumerate(SAID[said:], said + 1):
        say(
            database, codes, conversation_id=talk.id, scenario=scenario, text=text, position=at, client_id=new_id(),
            by=by,
        )  # fmt: skip
    with context.write() as session:
        practice = finish_conversation(session, conversation=talk, scenario=scenario, by=by)
        practice.held_on -= TALKED
        session.add(practice)
