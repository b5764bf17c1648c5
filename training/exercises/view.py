"""An exercise, and an answer to one, made ready to be shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session

from coding.coder.desk import CodedLine
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType
from coding.scheme.glossary import CODES
from models.exercise import ExerciseAttempt, Outcome
from training.exercises.agreement import how_sure_people_are
from training.exercises.attempts import best_outcomes, choices_of_others, written_words
from training.exercises.chosen import (
    PieceHeard,
    best_order,
    nearness,
    out_of_place,
    pieces_heard,
    read_numbers,
)
from training.exercises.format import HearTheChangeTalk, OrderTheSummary, SpotTheCode, Want, Written
from training.exercises.odd import Odd
from training.exercises.replies import Reply, reply_to
from training.exercises.score import Part, Score, score, sure_words
from training.exercises.stronger import stronger
from training.modules.load import Placed
from training.skills import SKILLS

OUTCOMES: dict[Outcome, str] = {
    Outcome.MET: "Met",
    Outcome.PARTLY: "Partly there",
    Outcome.NOT_YET: "Not there yet",
    Outcome.UNSURE: "Too close to call",
    Outcome.NOT_SCORED: "Not scored",
}
_AS_A_THING: dict[Behaviour, str] = {
    Behaviour.GI: "information given plainly",
    Behaviour.PERSUADE: "persuading",
    Behaviour.PWP: "advice with permission",
    Behaviour.Q: "a question",
    Behaviour.SR: "a simple reflection",
    Behaviour.CR: "a complex reflection",
    Behaviour.AF: "an affirmation",
    Behaviour.SEEK: "seeking collaboration",
    Behaviour.EMPHASIZE: "the choice left with them",
    Behaviour.CONFRONT: "confronting",
    Behaviour.NC: "talk that is not coded",
}
LEANS = {ClientTalk.CT: "towards the change", ClientTalk.ST: "away from it", ClientTalk.FN: "neither way"}


@dataclass(frozen=True)
class Step:
    """One exercise of a module's row: `state` is empty for one that was not tried."""

    number: int
    exercise_id: str
    outcome: Outcome | None
    here: bool

    @property
    def state(self) -> str:
        return OUTCOMES[self.outcome] if self.outcome else "Not tried yet"


def row_of(session: Session, placed: Placed, person_id: UUID) -> list[Step]:
    ids = [one.id for one in placed.module.exercises]
    best = best_outcomes(session, person_id, ids)
    return [Step(at, one, best.get(one), one == placed.exercise.id) for at, one in enumerate(ids, 1)]


def next_in(placed: Placed) -> str | None:
    """The id of the exercise after this one; None for the last."""
    ids = [one.id for one in placed.module.exercises]
    return ids[placed.number] if placed.number < len(ids) else None


def head_of(placed: Placed) -> str:
    return f"{SKILLS[placed.exercise.skill].name}, level {placed.exercise.level} of 3"


def wanted_words(want: Want) -> str:
    """ "a complex reflection", "a reflection", "an open question"."""
    if want.question is not None:
        return "an open question" if want.question is QuestionType.OPEN else "a closed question"
    if set(want.any_of) == set(Behaviour.reflections()):
        return "a reflection"
    names = [_AS_A_THING[code] for code in want.any_of]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


@dataclass(frozen=True)
class WrittenResult:
    """`reply` is what goes before the score, or stands in its place. `model` is another way to say it, another at each
    attempt; `changed` says that the exercise is another one now than it was."""

    answer: str
    outcome: Outcome
    upheld: bool
    lead: str
    score: Score | None
    reply: Reply | None
    stronger: tuple[str, ...]
    model: str
    people: str
    changed: bool

    @property
    def name(self) -> str:
        return OUTCOMES[self.outcome]


def written_result(session: Session, placed: Placed, row: ExerciseAttempt) -> WrittenResult | None:
    """None where what was written is gone."""
    exercise, words = placed.exercise, written_words(session, row)
    assert isinstance(exercise, Written)
    if words is None:
        return None
    scored = score(exercise, words.lines, perhaps_else=words.perhaps_else) if words.lines else None
    odd = Odd(row.odd) if row.odd else None
    upheld = row.outcome.value != row.scored
    return WrittenResult(
        answer=words.answer, outcome=row.outcome, upheld=upheld, lead=_lead(exercise, row, upheld, scored),
        score=scored, reply=reply_to(odd, words.answer, exercise) if odd else None,
        stronger=() if upheld or scored is None else _tips(exercise, words.answer, scored, words.perhaps_else),
        model=exercise.models[(row.number - 1) % len(exercise.models)],
        people=how_sure_people_are(exercise.want.any_of), changed=row.edition != placed.module.edition,
    )  # fmt: skip


def _tips(exercise: Written, answer: str, scored: Score, perhaps_else: bool) -> tuple[str, ...]:
    told = stronger(exercise, answer, scored)
    if perhaps_else:
        told = ("No word of it is in what the parent said. A word of theirs shows that you heard them.", *told[:1])
    return told


def _lead(exercise: Written, row: ExerciseAttempt, upheld: bool, scored: Score | None) -> str:
    wanted = wanted_words(exercise.want)
    if upheld:
        return "A coach read it and found that it does what was asked. It counts as met."
    if scored is None or row.odd == Odd.HOSTILE:
        return ""
    heard = _and(dict.fromkeys(_thing(one) for one in scored.parts if one.wanted)) or wanted
    sure = sure_words(scored.met_share if row.outcome is Outcome.MET else 1 - scored.met_share)
    if row.outcome is Outcome.MET:
        return f"There is {heard} in it, and nothing that takes from it. The coder is {sure}."
    if row.outcome is Outcome.PARTLY and scored.against:
        return f"The coder hears {heard} in it. {scored.against}"
    if row.outcome is Outcome.PARTLY:
        bad = next((_thing(one) for one in scored.parts if one.to_avoid), "something else")
        return f"There is {heard} in it, and {bad} beside it. The coder is {sure}."
    if row.outcome is Outcome.UNSURE:
        return "It could be heard either way, so nobody should call it one thing. Your coach may know better."
    return f"The coder did not hear {wanted} in it. It is {sure}."


def _and(things: Iterable[str]) -> str:
    first, *rest = [*things] or [""]
    return f"{', '.join([first, *rest[:-1]])} and {rest[-1]}" if rest else first


def _thing(part: Part) -> str:
    if part.question is not None:
        return "an open question" if part.question is QuestionType.OPEN else "a closed question"
    return _AS_A_THING.get(part.code, part.name.lower()) if isinstance(part.code, Behaviour) else part.name.lower()


@dataclass(frozen=True)
class SpottedResult:
    """`machine` and `apart` are codes with shares and counts, the most first; `others` what colleagues chose."""

    chosen: Behaviour
    outcome: Outcome
    machine: tuple[tuple[str, float], ...] = ()
    apart: tuple[tuple[str, int], ...] = ()
    others: tuple[tuple[str, int], ...] = ()
    people: str = ""

    @property
    def name(self) -> str:
        return OUTCOMES[self.outcome]


def spotted_result(
    session: Session, exercise: SpotTheCode, row: ExerciseAttempt, lines: tuple[CodedLine, ...]
) -> SpottedResult:  # fmt: skip
    """`lines` as the desk codes them now; none where it could not."""
    own = max((one for one in lines if one.turn == len(turns_of_spotted(exercise)) - 1), key=_length, default=None)
    shares: Mapping[Code, float] = own.probabilities if own else {}
    machine = sorted(((CODES[code].name, share) for code, share in shares.items()), key=lambda one: -one[1])
    others = choices_of_others(session, row.organisation_id, exercise.id)
    return SpottedResult(
        Behaviour(row.choice or ""), row.outcome, machine=tuple(machine[:3]),
        apart=_most_first({code.value: count for code, count in exercise.apart.items()}), others=_most_first(others),
        people=how_sure_people_are([exercise.answer]),
    )  # fmt: skip


def _length(line: CodedLine) -> int:
    return len(line.text)


def _most_first(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return tuple((CODES[Behaviour(code)].name, count) for code, count in ordered if count)


def turns_of_spotted(exercise: SpotTheCode) -> list[tuple[str, str]]:
    """For the coding desk."""
    return [*([("Parent", exercise.parent)] if exercise.parent else []), ("You", exercise.line)]


@dataclass(frozen=True)
class HeardResult:
    outcome: Outcome
    pieces: tuple[PieceHeard, ...]
    people: str

    @property
    def name(self) -> str:
        return OUTCOMES[self.outcome]

    @property
    def same(self) -> int:
        return sum(one.same for one in self.pieces)


def heard_result(exercise: HearTheChangeTalk, row: ExerciseAttempt) -> HeardResult:
    return HeardResult(
        row.outcome, tuple(pieces_heard(exercise, row.choice or "")), how_sure_people_are([ClientTalk.CT])
    )


@dataclass(frozen=True)
class OrderedResult:
    """`given` and `best` are 0-based places of the pieces; `wrong` pairs of neighbours, 0-based, that stand the wrong
    way round; `nearness` is Kendall's tau."""

    outcome: Outcome
    given: tuple[int, ...]
    best: tuple[int, ...]
    wrong: tuple[tuple[int, int], ...]
    nearness: float
    people: str = field(default="")

    @property
    def name(self) -> str:
        return OUTCOMES[self.outcome]


def ordered_result(exercise: OrderTheSummary, row: ExerciseAttempt) -> OrderedResult:
    order = read_numbers(row.choice or "")
    return OrderedResult(
        row.outcome, tuple(one - 1 for one in order), tuple(one - 1 for one in best_order(exercise, order)),
        tuple((a - 1, b - 1) for a, b in out_of_place(exercise, order)), nearness(exercise, order),
    )  # fmt: skip
