"""An exercise: one thing to answer, at once what it was, and the next."""

import time
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House, TheHouse
from coding.coder.desk import CodedLine, DeskUnavailable
from coding.feedback.text import FeedbackWrong, cleaned
from coding.scheme.glossary import CODES, SUBTYPES
from models.columns import new_id
from models.errors import EvokeError, TooLarge
from models.exercise import ExerciseAttempt
from training.cmi5.enter import launched_now
from training.exercises.attempts import (
    Sent,
    WrittenWords,
    draft_of,
    keep_chosen,
    keep_draft,
    keep_written,
    require_attempt,
    sent_before,
)
from training.exercises.chosen import ChoiceMissing, read_choice, shown_order, still_fits
from training.exercises.format import Chosen, HearTheChangeTalk, OrderTheSummary, SpotTheCode, Written
from training.exercises.objections import CannotObject, object_to, objection_to, view_of
from training.exercises.odd import MOST_CHARACTERS, Odd, look_at
from training.exercises.place import stems_of_library
from training.exercises.replies import reply_to
from training.exercises.score import score, turns_of
from training.exercises.topic import About, topic_of, what_about
from training.exercises.view import (
    LEANS,
    head_of,
    heard_result,
    next_in,
    ordered_result,
    row_of,
    spotted_result,
    turns_of_spotted,
    wanted_words,
    written_result,
)
from training.modules.library import library_for, require_exercise
from training.modules.load import Placed
from training.modules.progress import complete_if_done
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/learn/{module}/exercises/{exercise}", include_in_schema=False)


class Values(dict[str, str]):
    """What a form was sent with; a field that was not is empty."""

    def __missing__(self, _: str) -> str:
        return ""


async def _form(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Form = Annotated[dict[str, str], Depends(_form)]


@router.get("")
def exercise_page(module: str, exercise: str, house: TheHouse, member: SignedInMember, plan: str = "") -> Response:
    """`plan` is "yes" for who came from their practice plan, and goes on with it afterwards."""
    house.desk.warm()
    return _page(house, member, module, exercise, written={"plan": plan})


@router.post("/draft")
def draft(module: str, exercise: str, sent: Form, house: TheHouse, member: SignedInMember) -> Response:
    """What is being written, as the page sends it by itself; nothing once that very form was sent."""
    text = _text_of(sent)
    with house.database.write() as session:
        placed = require_exercise(session, member.actor.organisation_id, exercise, module=module)
        if sent_before(session, _sent(sent), by=member.actor) is None:
            keep_draft(session, exercise_id=placed.exercise.id, text=text, by=member.actor)
    return Response(status_code=204)


@router.post("")
def answer(module: str, exercise: str, sent: Form, house: TheHouse, member: SignedInMember) -> Response:
    with house.database.read() as session:
        placed = require_exercise(session, member.actor.organisation_id, exercise, module=module)
    try:
        keep = _written if isinstance(placed.exercise, Written) else _chosen
        row_id = keep(house, member, placed, sent)
    except (ChoiceMissing, FeedbackWrong, DeskUnavailable, TooLarge) as error:
        return _page(house, member, module, exercise, error=error, written=sent)
    return see_other(f"/learn/{module}/exercises/{exercise}/answers/{row_id}{_onwards(sent)}")


@router.get("/answers/{attempt_id}")
def result_page(
    module: str, exercise: str, attempt_id: UUID, house: TheHouse, member: SignedInMember, plan: str = ""
) -> Response:  # fmt: skip
    return _result(house, member, module, exercise, attempt_id, sent={"plan": plan})


@router.post("/answers/{attempt_id}/not-fair")
def not_fair(
    module: str, exercise: str, attempt_id: UUID, sent: Form, house: TheHouse, member: SignedInMember
) -> Response:  # fmt: skip
    try:
        with house.database.write() as session:
            row = require_attempt(session, attempt_id, exercise_id=exercise, by=member.actor)
            object_to(session, attempt=row, reason=sent.get("reason", ""), by=member.actor)
    except (FeedbackWrong, CannotObject) as error:
        return _result(house, member, module, exercise, attempt_id, error=error, sent=sent)
    return see_other(f"/learn/{module}/exercises/{exercise}/answers/{attempt_id}{_onwards(sent)}#not-fair")


def _onwards(sent: Mapping[str, str]) -> str:
    return "?plan=yes" if sent.get("plan") == "yes" else ""


def _written(house: House, member: Member, placed: Placed, sent: Mapping[str, str]) -> UUID:
    """The draft is kept first, so that nothing is lost whatever happens. Raises FeedbackWrong, DeskUnavailable."""
    exercise, text = placed.exercise, _text_of(sent)
    assert isinstance(exercise, Written)
    with house.database.write() as session:
        keep_draft(session, exercise_id=exercise.id, text=text, by=member.actor)
        topic = topic_of(exercise, stems_of_library(library_for(session, member.actor.organisation_id)))
    odd = look_at(text, exercise, topic, anyway=bool(sent.get("anyway")))
    if odd is Odd.EMPTY:
        raise FeedbackWrong({"answer": reply_to(odd, text, exercise).text})
    lines: tuple[CodedLine, ...] = ()
    if odd is None or odd in Odd.beside_a_score():
        lines = house.desk.code(turns_of(exercise, text), change_goal=exercise.goal)
    words = WrittenWords(text, lines, what_about(text, topic) is not About.THIS and not sent.get("anyway"))
    scored = score(exercise, lines, perhaps_else=words.perhaps_else) if lines else None
    with house.database.write() as session:
        row = keep_written(
            session, placed=placed, words=words, score=scored, odd=odd, coder=house.desk.version, sent=_sent(sent),
            by=member.actor,
        )  # fmt: skip
        complete_if_done(session, module=placed.module, by=member.actor)
        return row.id


def _chosen(house: House, member: Member, placed: Placed, sent: Mapping[str, str]) -> UUID:
    exercise = placed.exercise
    assert not isinstance(exercise, Written)
    choice = read_choice(exercise, sent)
    with house.database.write() as session:
        row = keep_chosen(session, placed=placed, choice=choice, sent=_sent(sent), by=member.actor)
        complete_if_done(session, module=placed.module, by=member.actor)
        return row.id


def _text_of(sent: Mapping[str, str]) -> str:
    """Raises TooLarge."""
    text = cleaned(sent.get("answer", ""))
    if len(text) > MOST_CHARACTERS:
        raise TooLarge("That is too much to be kept here. Shorten it to what you would say in one turn.")
    return text


def _sent(sent: Mapping[str, str]) -> Sent:
    """A form that somebody changed by hand gets an id of its own, and no time."""
    try:
        client_id = UUID(sent.get("client_id", ""))
    except ValueError:
        client_id = new_id()
    begun = sent.get("begun", "")
    seconds = int(time.time()) - int(begun) if begun.isascii() and begun.isdigit() and len(begun) < 12 else None
    return Sent(client_id, seconds if seconds is None or seconds >= 0 else None)


def _page(
    house: House, member: Member, module: str, exercise_id: str, *, error: EvokeError | None = None,
    written: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    with house.database.read() as session:
        placed = require_exercise(session, member.actor.organisation_id, exercise_id, module=module)
        steps = row_of(session, placed, member.actor.person_id)
        kept = draft_of(session, member.actor.person_id, exercise_id)
    exercise, values = placed.exercise, Values({"answer": kept} | dict(written or {}))
    errors = (error.fields or {"page": error.message}) if error else {}
    return member.page(
        "exercise.html", status=error.status if error else 200, placed=placed, exercise=exercise, steps=steps,
        words=head_of(placed), following=next_in(placed), leans=LEANS, codes=CODES, errors=errors,
        wanted=wanted_words(exercise.want) if isinstance(exercise, Written) else "",
        order=shown_order(exercise) if isinstance(exercise, OrderTheSummary) else [],
        values=values, plan=values["plan"] == "yes", client_id=new_id(), begun=int(time.time()),
    )  # fmt: skip


def _result(
    house: House, member: Member, module: str, exercise_id: str, attempt_id: UUID, *,
    sent: Mapping[str, str], error: EvokeError | None = None,
) -> Response:  # fmt: skip
    with house.database.read() as session:
        placed = require_exercise(session, member.actor.organisation_id, exercise_id, module=module)
        row = require_attempt(session, attempt_id, exercise_id=exercise_id, by=member.actor)
    lines = _lines_of_spotted(house, placed)
    with house.database.read() as session:
        result = _result_of(session, placed, row, lines)
        asked = objection_to(session, attempt_id)
        objection = view_of(session, asked) if asked else None
        steps = row_of(session, placed, member.actor.person_id)
        launched = launched_now(session, module=placed.module.slug, by=member.actor)
    return member.page(
        "exercise_result.html", status=error.status if error else 200, placed=placed, exercise=placed.exercise,
        steps=steps, words=head_of(placed), following=next_in(placed), leans=LEANS, codes=CODES, kinds=SUBTYPES,
        row=row, result=result, objection=objection, reason=sent.get("reason", ""), client_id=new_id(),
        begun=int(time.time()), plan=sent.get("plan") == "yes", launched=launched,
        errors=(error.fields or {"page": error.message}) if error else {},
    )  # fmt: skip


def _lines_of_spotted(house: House, placed: Placed) -> tuple[CodedLine, ...]:
    """What the coder in use makes of the line; the page is whole without it."""
    if not isinstance(placed.exercise, SpotTheCode):
        return ()
    try:
        return house.desk.code(turns_of_spotted(placed.exercise))
    except DeskUnavailable:
        return ()


def _result_of(session: Session, placed: Placed, row: ExerciseAttempt, lines: tuple[CodedLine, ...]) -> object:
    exercise = placed.exercise
    if row.kind != exercise.kind or (isinstance(exercise, Chosen) and not still_fits(exercise, row.choice or "")):
        return None  # the exercise is another one now
    if isinstance(exercise, SpotTheCode):
        return spotted_result(session, exercise, row, lines)
    if isinstance(exercise, HearTheChangeTalk):
        return heard_result(exercise, row)
    if isinstance(exercise, OrderTheSummary):
        return ordered_result(exercise, row)
    return written_result(session, placed, row)
