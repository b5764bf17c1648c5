"""The codes of made-up conversations, many at once: arrays with an entry for each utterance. Pure.

How often each code comes follows from a number for how skilled somebody is, 0 for the middling. Shares are made up, so
that who is little skilled asks twice as often as they reflect, and who is well skilled reflects more than they ask.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from coding.scheme.codes import Behaviour, ClientTalk, QuestionType
from coding.scheme.counts import BehaviourCounts
from models.coding import CODES, COUNTED

Whole = np.ndarray[Any, np.dtype[np.int64]]
Real = np.ndarray[Any, np.dtype[np.float64]]
CLIENT = ("CT", "ST", "FN")
SUBTYPES = (None, QuestionType.OPEN.value, QuestionType.CLOSED.value)
_SHARE = (0.14, 0.05, 0.02, 0.28, 0.16, 0.12, 0.05, 0.03, 0.02, 0.02, 0.11)
_SLOPE = (0.0, -0.6, 0.1, -0.25, 0.15, 0.45, 0.3, 0.3, 0.3, -0.8, 0.0)
_CLIENT_SHARE, _CLIENT_SLOPE = (0.16, 0.12, 0.72), (0.35, -0.25, 0.0)
_SWITCH = 0.5
"""The chance that the other one speaks next."""
_OTHERWISE = 0.12
"""The share of lines that a coach codes otherwise than the machine."""


@dataclass(frozen=True)
class Talks:
    """`session` is the place of its session; `turn`, `position` and `sequence` as in `models.transcript`; `volley` is
    −1 for what the client says."""

    sessions: int
    session: Whole
    turn: Whole
    position: Whole
    sequence: Whole
    volley: Whole

    def __len__(self) -> int:
        return len(self.session)


@dataclass(frozen=True)
class Codes:
    """`code` is a place in CODES, `subtype` one in SUBTYPES; `volleys` are rows of session, volley and code that count.
    `counts` has a row for each session with a column for each of CODES, `open_closed` with both kinds of question."""

    code: Whole
    subtype: Whole
    volleys: Whole
    counts: Whole
    open_closed: Whole


def talks(dice: np.random.Generator, lengths: Whole) -> Talks:
    """Of so many utterances each; the practitioner begins."""
    session = np.repeat(np.arange(len(lengths)), lengths)
    starts = np.cumsum(lengths) - lengths
    sequence = np.arange(len(session)) - starts[session]
    switch = dice.random(len(session)) < _SWITCH
    switch[starts] = False
    changes = np.cumsum(switch)
    turn = changes - changes[starts][session]
    begins = np.maximum.accumulate(np.where(switch | (sequence == 0), np.arange(len(session)), 0))
    volley = np.where(turn % 2 == 0, turn // 2, -1)
    return Talks(len(lengths), session, turn, np.arange(len(session)) - begins, sequence, volley)


def coded(dice: np.random.Generator, said: Talks, skill: Real) -> Codes:
    """`skill` is of each session."""
    practises = said.volley >= 0
    own = _drawn(dice, _shares(_SHARE, _SLOPE, skill), said.session)
    theirs = _drawn(dice, _shares(_CLIENT_SHARE, _CLIENT_SLOPE, skill), said.session)
    return _counted(dice, said, np.where(practises, own, CODES.index("CT") + theirs), skill)


def recoded(dice: np.random.Generator, said: Talks, before: Codes, skill: Real) -> Codes:
    """As another codes the same talks, who mostly agrees."""
    again = coded(dice, said, skill)
    return _counted(dice, said, np.where(dice.random(len(said)) < _OTHERWISE, again.code, before.code), skill)


def _shares(shares: tuple[float, ...], slopes: tuple[float, ...], skill: Real) -> Real:
    """A row for each session, summed up to 1."""
    odds = np.array(shares) * np.exp(np.outer(skill, slopes))
    return np.asarray(np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1))


def _drawn(dice: np.random.Generator, summed: Real, session: Whole) -> Whole:
    chance = dice.random(len(session))
    code = np.zeros(len(session), dtype=np.int64)
    for place in range(summed.shape[1] - 1):
        code += chance > summed[session, place]
    return code


def _counted(dice: np.random.Generator, said: Talks, code: Whole, skill: Real) -> Codes:
    asks = code == CODES.index("Q")
    open_ = dice.random(len(said)) < 1 / (1 + np.exp(-(0.2 + 0.5 * skill[said.session])))
    subtype = np.where(asks, np.where(open_, 1, 2), 0)
    volleys = _volleys(said, code)
    counts = np.zeros((said.sessions, len(CODES)), dtype=np.int64)
    np.add.at(counts, (volleys[:, 0], volleys[:, 2]), 1)
    client = said.volley < 0
    np.add.at(counts, (said.session[client], code[client]), 1)
    kinds = np.zeros((said.sessions, len(SUBTYPES)), dtype=np.int64)
    np.add.at(kinds, (said.session, subtype), 1)
    return Codes(code, subtype, volleys, counts, kinds[:, 1:])


def _volleys(said: Talks, code: Whole) -> Whole:
    """Each code once in a volley; a complex reflection takes the place of a simple one, PWP that of Persuade."""
    most = int(said.volley.max()) + 1
    there = np.zeros((said.sessions * most, len(CODES)), dtype=bool)
    own = said.volley >= 0
    there[said.session[own] * most + said.volley[own], code[own]] = True
    there[:, CODES.index("SR")] &= ~there[:, CODES.index("CR")]
    there[:, CODES.index("Persuade")] &= ~there[:, CODES.index("PWP")]
    volley, counted = np.nonzero(there[:, : len(COUNTED)])
    return np.column_stack([volley // most, volley % most, counted])


def counts_of(codes: Codes, session: int, words: tuple[int, int]) -> BehaviourCounts:
    """`words` are how many the practitioner and the client said."""
    counts = dict(zip(CODES, (int(one) for one in codes.counts[session]), strict=True))
    open_, closed = (int(one) for one in codes.open_closed[session])
    return BehaviourCounts(
        practitioner={one: counts[one.value] for one in Behaviour.counted()},
        client={one: counts[one.value] for one in ClientTalk}, open_questions=open_, closed_questions=closed,
        practitioner_words=words[0], client_words=words[1],
    )  # fmt: skip
