"""Two coders on the same conversations: how far they say the same, and which is nearer to gold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from coding.coder.chance import Draws, Interval, Numbers, Tally, interval, tally
from coding.coder.evaluate import Agreement, agreement
from coding.coder.twice_coded import CODES, TwiceCoded, TwiceCodedConversation
from coding.scheme.codes import Behaviour, Code, Speaker
from coding.scheme.counts import BehaviourCounts
from models.errors import EvokeError


class NothingToCompare(EvokeError):
    code = "nothing_to_compare"


@dataclass(frozen=True)
class Difference:
    """`second` less `first`, with its interval where there are conversations enough."""

    name: str
    first: float
    second: float
    interval: Interval | None

    @property
    def beyond_chance(self) -> bool:
        return self.interval is not None and not self.interval.holds_zero


@dataclass(frozen=True)
class AgainstGold:
    """`by_code` is F1, `macro` its mean over the codes that gold has. `conversations` are those with gold codes."""

    first: Agreement
    second: Agreement
    macro: Difference
    by_code: tuple[Difference, ...]
    conversations: int


@dataclass(frozen=True)
class SpeakerComparison:
    """`same` is the share of utterances with the same code. `between` takes the first coder for the truth."""

    speaker: Speaker
    same: float
    same_interval: Interval | None
    between: Agreement
    kappa_interval: Interval | None
    said: tuple[tuple[Code, int, int], ...]
    against_gold: AgainstGold | None


@dataclass(frozen=True)
class Comparison:
    """Counts of conversations; see `TwiceCodedConversation`. `reflections_to_questions` is None where a coder found no
    question at all."""

    conversations: int
    drawn: int
    unplaced_gold: int
    coded_by_machine: int
    speakers: tuple[SpeakerComparison, ...]
    reflections_to_questions: Difference | None
    gold_reflections_to_questions: float | None


def compare(conversations: Iterable[TwiceCodedConversation]) -> Comparison:
    """Raises NothingToCompare."""
    talks = [talk for talk in conversations if talk.utterances]
    if not talks:
        raise NothingToCompare("No conversation could be read, so there is nothing to compare. Name other files.")
    found = (_of_speaker(speaker, talks) for speaker in Speaker)
    return Comparison(
        conversations=len(talks),
        drawn=sum(talk.drawn for talk in talks),
        unplaced_gold=sum(talk.unplaced_gold for talk in talks),
        coded_by_machine=sum(talk.coded_by_machine for talk in talks),
        speakers=tuple(one for one in found if one is not None),
        reflections_to_questions=_reflections_to_questions(talks),
        gold_reflections_to_questions=_rate([talk.gold for talk in talks if talk.gold])
        if all(talk.gold for talk in talks)
        else None,
    )


def _of_speaker(speaker: Speaker, talks: Sequence[TwiceCodedConversation]) -> SpeakerComparison | None:
    theirs = [[one for one in talk.utterances if one.speaker is speaker] for talk in talks]
    theirs = [said for said in theirs if said]
    if not theirs:
        return None
    codes = [code.value for code in CODES[speaker]]
    pairs = [[(one.first.value, one.second.value) for one in said] for said in theirs]
    between = agreement(*_columns(pairs), codes)
    counts = tally(pairs, codes)
    drawn = Draws(len(pairs)).of(counts)
    same = float(counts.both.sum() / counts.truth.sum())
    return SpeakerComparison(
        speaker=speaker,
        same=same,
        same_interval=_within(interval(same, drawn.same(), conversations=len(pairs)), 0),
        between=between,
        kappa_interval=_within(interval(between.kappa, drawn.kappa(), conversations=len(pairs)), -1),
        said=tuple(
            (code, first, second)
            for code, first, second in zip(
                CODES[speaker], counts.truth.sum(axis=0).astype(int).tolist(),
                counts.said.sum(axis=0).astype(int).tolist(), strict=True,
            )
        ),
        against_gold=_against_gold(speaker, theirs, codes),
    )  # fmt: skip


def _columns(pairs: Sequence[Sequence[tuple[str, str]]]) -> tuple[list[str], list[str]]:
    flat = [pair for conversation in pairs for pair in conversation]
    return [left for left, _ in flat], [right for _, right in flat]


def _within(found: Interval | None, least: float) -> Interval | None:
    return found and Interval(max(found.low, least), min(found.high, 1.0))


def _against_gold(
    speaker: Speaker, conversations: Sequence[Sequence[TwiceCoded]], codes: Sequence[str]
) -> AgainstGold | None:
    coded = [[one for one in said if one.gold] for said in conversations]
    coded = [said for said in coded if said]
    if not coded:
        return None
    firsts = [[(one.gold.value, one.first.value) for one in said if one.gold] for said in coded]
    seconds = [[(one.gold.value, one.second.value) for one in said if one.gold] for said in coded]
    has = {right for pairs in firsts for right, _ in pairs}
    in_gold = [code for code in codes if code in has]
    first, second = (agreement(*_columns(pairs), in_gold) for pairs in (firsts, seconds))
    tallies = tally(firsts, codes), tally(seconds, codes)
    draws = Draws(len(coded))
    drawn = draws.of(tallies[0]), draws.of(tallies[1])
    macros = first.macro_f1, second.macro_f1
    return AgainstGold(
        first=first,
        second=second,
        macro=Difference(
            f"{speaker.value} macro-F1", *macros,
            interval(macros[1] - macros[0], drawn[1].macro_f1() - drawn[0].macro_f1(), conversations=len(coded)),
        ),
        by_code=_by_code(first, second, codes, tallies[0], drawn),
        conversations=len(coded),
    )  # fmt: skip


def _by_code(
    first: Agreement, second: Agreement, codes: Sequence[str], gold: Tally, drawn: tuple[Tally, Tally]
) -> tuple[Difference, ...]:
    """An interval only for codes that gold has in enough conversations, wide enough for all of them at once."""
    differences = drawn[1].f1() - drawn[0].f1()
    occurs = dict(zip(codes, (gold.truth > 0).sum(axis=0).tolist(), strict=True))
    place = {code: number for number, code in enumerate(codes)}

    def of(at_once: int) -> tuple[Difference, ...]:
        return tuple(
            Difference(
                a.code, a.f1, b.f1,
                interval(b.f1 - a.f1, differences[:, place[a.code]], conversations=occurs[a.code], at_once=at_once),
            )
            for a, b in zip(first.scores, second.scores, strict=True)
        )  # fmt: skip

    return of(max(1, sum(one.interval is not None for one in of(1))))


def _reflections_to_questions(talks: Sequence[TwiceCodedConversation]) -> Difference | None:
    counts = [talk.first for talk in talks], [talk.second for talk in talks]
    first, second = _rate(counts[0]), _rate(counts[1])
    if first is None or second is None:
        return None
    draws = Draws(len(talks))
    with np.errstate(divide="ignore", invalid="ignore"):  # draws without any question
        drawn = _drawn_rate(draws, counts[1]) - _drawn_rate(draws, counts[0])
    found = interval(second - first, drawn, conversations=len(talks))
    return Difference("reflections to questions", first, second, found)


def _rate(counts: Sequence[BehaviourCounts]) -> float | None:
    whole = sum(counts, BehaviourCounts())
    questions = whole[Behaviour.Q]
    return whole.total(Behaviour.reflections()) / questions if questions else None


def _drawn_rate(draws: Draws, counts: Sequence[BehaviourCounts]) -> Numbers:
    reflections = np.array([one.total(Behaviour.reflections()) for one in counts], float)
    questions = np.array([one[Behaviour.Q] for one in counts], float)
    return np.asarray((draws.weights @ reflections) / (draws.weights @ questions))
