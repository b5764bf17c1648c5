"""From the codes of one conversation to shares: how often each skill was used, of how many chances."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import sqrt

from coding.scheme.codes import Behaviour, ClientTalk, Code
from coding.scheme.counts import volley_codes
from training.intervals import Z90
from training.plan.values import Share
from training.skills import Skill

_AF, _CONFRONT = Behaviour.AF, Behaviour.CONFRONT
_AGAINST = frozenset(Behaviour.mi_non_adherent())
_TAKES_UP = frozenset({*Behaviour.reflections(), _AF})
_MEETS = frozenset({*Behaviour.reflections(), *Behaviour.mi_adherent()})
Ends = Mapping[Code, tuple[int, int]]
VERSION = 1
"""Counts up with every change of what `shares_of` gives: shares that were kept before are then worked out anew."""


@dataclass(frozen=True)
class CodedLine:
    """A line that is scored, without its words. `confidence` is the coder's, None where a person coded."""

    code: Code
    open_question: bool = False
    confidence: float | None = None


def shares_of(lines: Sequence[CodedLine], *, ends: Ends | None = None) -> dict[Skill, Share]:
    """`ends` are the coder's 90 % intervals of how often a code counts; none for a person's coding. A skill for which
    there was no chance is not there."""
    turns = [list(run) for _, run in groupby(lines, key=lambda line: isinstance(line.code, ClientTalk))]
    own = [turn for turn in turns if isinstance(turn[0].code, Behaviour)]
    counted = [volley_codes(line.code for line in turn) for turn in own]
    count = {code: sum(code in turn for turn in counted) for code in Behaviour}
    ends = ends or {}
    reflections = [line for line in lines if line.code in Behaviour.reflections()]
    questions = [line for line in lines if line.code is Behaviour.Q]
    opened = sum(line.open_question for line in questions)
    reflected = count[Behaviour.SR] + count[Behaviour.CR]
    found = {
        Skill.OPEN_QUESTIONS: Share(opened, len(questions), _doubt(questions, len(questions))),
        Skill.REFLECTIONS: Share(
            reflected, reflected + count[Behaviour.Q], _doubt([*reflections, *questions], reflected + len(questions))
        ),
        Skill.COMPLEX_REFLECTIONS: Share(count[Behaviour.CR], reflected, _doubt(reflections, reflected)),
        Skill.PERMISSION: _with_permission(lines, count),
        Skill.EVOKING: _answered(turns, ClientTalk.CT, _TAKES_UP, open_too=True),
        Skill.SUSTAIN_TALK: _answered(turns, ClientTalk.ST, _MEETS),
        **{
            skill: Share(count[code], len(own), _half(ends.get(code), len(own)))
            for skill, code in (
                (Skill.AFFIRMING, _AF), (Skill.AUTONOMY, Behaviour.EMPHASIZE), (Skill.COLLABORATION, Behaviour.SEEK)
            )
        },
    }  # fmt: skip
    calm = Share(len(own) - count[_CONFRONT], len(own), _half(ends.get(_CONFRONT), len(own)))
    found |= {Skill.DISCORD: calm, Skill.CLEAR_CONCERNS: calm}
    return {skill: share for skill, share in found.items() if share.n}


def _with_permission(lines: Sequence[CodedLine], count: Mapping[Behaviour, int]) -> Share:
    advice = [line for line in lines if line.code in (Behaviour.PERSUADE, Behaviour.PWP)]
    given = count[Behaviour.PERSUADE] + count[Behaviour.PWP]
    return Share(count[Behaviour.PWP], given, _doubt(advice, given))


def _answered(
    turns: Sequence[Sequence[CodedLine]], talk: ClientTalk, with_any: frozenset[Behaviour], *, open_too: bool = False
) -> Share:
    """Of the turns with such talk, those whose answer has one of the codes, or an open question with `open_too`, and
    argues with nothing."""
    said = [(heard, answer) for heard, answer in pairwise(turns) if any(line.code is talk for line in heard)]
    met = [
        any(line.code in with_any or (open_too and line.open_question) for line in answer)
        and not any(line.code in _AGAINST for line in answer)
        for _, answer in said
    ]
    lines = [line for heard, _ in said for line in heard if line.code is talk]
    return Share(sum(met), len(said), _doubt(lines, len(said)))


def _doubt(lines: Iterable[CodedLine], chances: int) -> float:
    """Each line may be something else with the probability that the coder gives to all other codes."""
    variance = sum(one.confidence * (1 - one.confidence) for one in lines if one.confidence is not None)
    return min(0.5, Z90 * sqrt(variance) / chances) if chances else 0.0


def _half(ends: tuple[int, int] | None, chances: int) -> float:
    return (ends[1] - ends[0]) / 2 / chances if ends and chances else 0.0
