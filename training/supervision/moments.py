"""Short stretches of a conversation that show a skill at work, to be read in a team's meeting. Pure.

Only what worked is picked: a turn with the skill in it, with what came before and after it, and nothing in the stretch
that argues or persuades.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from coding.scheme.codes import Behaviour
from training.skills import Skill

FEWEST_TURNS, MOST_TURNS = 3, 6
FEWEST_WORDS, MOST_WORDS, MOST_CHARACTERS = 15, 80, 440
"""So many that three of them fit on one sheet, with what stands around them."""
_AGAINST = {one.value for one in Behaviour.mi_non_adherent()}
_REFLECTS = {one.value for one in Behaviour.reflections()}
_MEETS = _REFLECTS | {one.value for one in Behaviour.mi_adherent()}


@dataclass(frozen=True)
class SaidLine:
    """`code` by value, empty where none was given."""

    practitioner: bool
    text: str
    code: str
    open_question: bool = False


@dataclass(frozen=True)
class SaidTurn:
    practitioner: bool
    text: str


@dataclass(frozen=True)
class Moment:
    """The turns from `first` to `last` (from 0) of the conversation. `followed`: change talk came straight after."""

    skill: Skill
    first: int
    last: int
    turns: tuple[SaidTurn, ...]
    followed: bool


_Lines = Sequence[SaidLine]


def _has(*codes: str) -> Callable[[_Lines, _Lines], bool]:
    return lambda _, own: any(line.code in codes for line in own)


def _after(heard: str, answers: set[str], *, open_too: bool = False) -> Callable[[_Lines, _Lines], bool]:
    return lambda before, own: (
        any(line.code == heard for line in before)
        and any(line.code in answers or (open_too and line.open_question) for line in own)
    )


SHOWS: dict[Skill, Callable[[_Lines, _Lines], bool]] = {
    Skill.COMPLEX_REFLECTIONS: _has(Behaviour.CR.value),
    Skill.AFFIRMING: _has(Behaviour.AF.value),
    Skill.OPEN_QUESTIONS: lambda _, own: any(line.open_question for line in own),
    Skill.REFLECTIONS: _has(*_REFLECTS),
    Skill.EVOKING: _after("CT", _REFLECTS | {Behaviour.AF.value}, open_too=True),
    Skill.SUSTAIN_TALK: _after("ST", _MEETS),
    Skill.AUTONOMY: _has(Behaviour.EMPHASIZE.value),
    Skill.COLLABORATION: _has(Behaviour.SEEK.value),
    Skill.PERMISSION: _has(Behaviour.PWP.value),
    Skill.CLEAR_CONCERNS: _after("ST", _REFLECTS),
}
"""Of the other person's turn before and the practitioner's own: whether the skill is at work."""


def moments_of(lines: Sequence[SaidLine], skill: Skill) -> Iterator[Moment]:
    """Those that change talk followed first, then in the order of the talk. Listening sounds are turns like others."""
    shows = SHOWS.get(skill)
    if shows is None:
        return
    turns = [list(run) for _, run in groupby(lines, key=attrgetter("practitioner"))]
    places = [at for at in range(1, len(turns) - 1) if turns[at][0].practitioner and shows(turns[at - 1], turns[at])]
    for at in sorted(places, key=lambda one: not _followed(turns, one)):
        moment = _moment(turns, at, skill)
        if moment is not None:
            yield moment


def _followed(turns: Sequence[_Lines], at: int) -> bool:
    return any(line.code == "CT" for line in turns[at + 1])


def _moment(turns: Sequence[_Lines], at: int, skill: Skill) -> Moment | None:
    first, last = at - 1, at + 1
    if not _fits(turns, first, last):
        return None
    for _ in range(MOST_TURNS - FEWEST_TURNS):  # what led to it, then what came of it
        if first > 0 and last - first + 1 < 5 and _fits(turns, first - 1, last):
            first -= 1
        elif last < len(turns) - 1 and _fits(turns, first, last + 1):
            last += 1
    said = tuple(
        SaidTurn(turn[0].practitioner, " ".join(line.text for line in turn)) for turn in turns[first : last + 1]
    )
    if _words(turns, first, last) < FEWEST_WORDS:
        return None
    return Moment(skill, first, last, said, _followed(turns, at))


def _fits(turns: Sequence[_Lines], first: int, last: int) -> bool:
    stretch = turns[first : last + 1]
    calm = not any(line.code in _AGAINST for turn in stretch for line in turn)
    short = sum(len(line.text) for turn in stretch for line in turn) <= MOST_CHARACTERS
    return calm and short and _words(turns, first, last) <= MOST_WORDS


def _words(turns: Sequence[_Lines], first: int, last: int) -> int:
    return sum(len(line.text.split()) for turn in turns[first : last + 1] for line in turn)
