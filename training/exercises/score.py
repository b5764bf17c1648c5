"""What a written answer comes to: met, partly, not there yet, or too close to call; and what each part of it was. Pure.

It is met when some part has a code that is wanted and none has one to avoid, by the coder in use, heard after what was
said before, and no rule about its words speaks against it (`training.exercises.against`). How sure the coder is stands
beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from coding.coder.desk import CodedLine
from coding.scheme.codes import Behaviour, Code, QuestionType, Speaker
from coding.scheme.glossary import CODES, SUBTYPES
from models.exercise import Outcome
from training.exercises.against import against
from training.exercises.format import Want, Written, talk_with

CLOSE = 0.35
"""Of an answer that is not met by its likeliest codes: from this probability that it is, nobody should say so."""


@dataclass(frozen=True)
class Part:
    """`name` is that of the code, with the kind of a question; `rival` the likeliest other code, where the coder is
    unsure. `share` is the coder's probability of the code, 0–1."""

    text: str
    code: Code
    name: str
    one_line: str
    share: float
    unsure: bool
    rival: str
    reason: str
    wanted: bool
    to_avoid: bool
    question: QuestionType | None


@dataclass(frozen=True)
class Score:
    """`met_share` is the probability, 0–1, that the answer is met, from the coder's probabilities of its parts.
    `against` is why an answer that its codes would meet is only partly there; empty where it is not so."""

    outcome: Outcome
    met_share: float
    parts: tuple[Part, ...]
    against: str = ""

    @property
    def how_sure(self) -> str:
        """In words, of the outcome it is."""
        sure = self.met_share if self.outcome is Outcome.MET else 1 - self.met_share
        return sure_words(sure)


def sure_words(share: float) -> str:
    if share >= 0.9:
        return "very sure"
    if share >= 0.75:
        return "fairly sure"
    return "more sure than not" if share >= 0.55 else "not sure"


def score(exercise: Written, lines: Sequence[CodedLine], *, perhaps_else: bool = False) -> Score:
    """`lines` are all utterances of `turns_of`, as long as the talk was then, with the answer as its last turn. With
    `perhaps_else` nothing in the answer says that it is about this talk: then even a good one is not called met."""
    last = max((one.turn for one in lines), default=0)
    own = [one for one in lines if one.turn == last and one.speaker is Speaker.PRACTITIONER]
    parts = tuple(_part(one, exercise.want) for one in own)
    got, bad = any(one.wanted for one in parts), any(one.to_avoid for one in parts)
    share = _met_share(own, exercise.want)
    but = against(exercise, [(one.text, one.code) for one in own]) if got and not bad else ""
    if but:
        outcome = Outcome.PARTLY
    elif got and not bad:
        outcome = Outcome.UNSURE if perhaps_else else Outcome.MET
    elif share >= CLOSE:
        outcome = Outcome.UNSURE
    else:
        outcome = Outcome.PARTLY if got else Outcome.NOT_YET
    return Score(outcome, share, parts, but)


def turns_of(exercise: Written, answer: str) -> list[tuple[str, str]]:
    """For the coding desk: the talk before, then the answer."""
    return talk_with(exercise.before, answer)


def _part(line: CodedLine, want: Want) -> Part:
    kind = line.subtype if isinstance(line.subtype, QuestionType) else None
    others = [
        code for code in sorted(line.probabilities, key=lambda one: -line.probabilities[one]) if code != line.code
    ]
    return Part(
        text=line.text, code=line.code, name=_name(line.code, kind), one_line=CODES[line.code].one_line,
        share=line.confidence, unsure=line.unsure, rival=CODES[others[0]].name if line.unsure and others else "",
        reason=line.reason, wanted=_is_wanted(line, want), to_avoid=line.code in want.avoid, question=kind,
    )  # fmt: skip


def _name(code: Code, kind: QuestionType | None) -> str:
    return f"{SUBTYPES[kind].capitalize()} question" if kind else CODES[code].name


def _is_wanted(line: CodedLine, want: Want) -> bool:
    return line.code in want.any_of and want.question in (None, line.subtype)


def _met_share(lines: Sequence[CodedLine], want: Want) -> float:
    """The parts are taken as independent. The coder gives the kind of a question no probability: it stands."""
    got = 1 - prod(1 - _share(one, want.any_of) * (want.question in (None, one.subtype)) for one in lines)
    clean = prod(1 - _share(one, want.avoid) for one in lines)
    return min(1.0, max(0.0, got * clean))


def _share(line: CodedLine, codes: Sequence[Behaviour]) -> float:
    return sum(share for code, share in line.probabilities.items() if code in codes)
