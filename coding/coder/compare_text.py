"""A comparison of two coders as lines to read, with plain sentences on what chance alone would not make."""

from collections.abc import Callable, Iterator, Sequence

from coding.coder.chance import FEWEST, Interval
from coding.coder.compare import AgainstGold, Comparison, Difference, SpeakerComparison


def lines_of(comparison: Comparison) -> list[str]:
    return [
        *_what_was_coded(comparison),
        "",
        *_agreement(comparison),
        "",
        *_said(comparison),
        *_gold(comparison),
    ]


def _what_was_coded(found: Comparison) -> Iterator[str]:
    utterances = sum(one.between.utterances for one in found.speakers)
    yield f"{_many(found.conversations, 'conversation')}, {_many(utterances, 'utterance')}."
    if found.drawn == found.conversations:
        yield "The files draw no utterances, so A drew them, for both coders."
    elif found.drawn:
        yield f"Where the files draw no utterances (in {found.drawn} of them), A drew them, for both coders."
    else:
        yield "Utterances are those of the files."
    if found.unplaced_gold:
        yield (
            f"{_many(found.unplaced_gold, 'conversation')} with a column code but no column utterance: whole turns "
            "cannot be held against utterances, so those codes are left out."
        )
    if found.coded_by_machine:
        yield (
            f"{_many(found.coded_by_machine, 'conversation')} with the columns confidence and unsure, as `evoke code` "
            "writes them: unless a person has corrected the codes since, they are a machine's and no gold."
        )
    if found.conversations < FEWEST:
        yield f"Too few conversations to say how far chance goes, so no intervals: at least {FEWEST} are needed."
    else:
        yield "Intervals are 95 %, from draws of whole conversations."


def _agreement(found: Comparison) -> Iterator[str]:
    yield "How far A and B say the same"
    yield f"  {'':<14}{'utterances':>10}  {'same':>7}  {'interval':<18}{'kappa':>6}  interval"
    for one in found.speakers:
        share = _range(one.same_interval, lambda number: f"{100 * number:.1f}")
        kappa = _range(one.kappa_interval, lambda number: f"{number:.2f}")
        yield (
            f"  {one.speaker.value.capitalize():<14}{one.between.utterances:>10}  {100 * one.same:>5.1f} %  "
            f"{share:<18}{one.between.kappa:>6.2f}  {kappa}"
        ).rstrip()


def _said(found: Comparison) -> Iterator[str]:
    yield "How often each says a code"
    yield f"  {'':<12}{'A':>6}{'B':>6}"
    for one in found.speakers:
        for code, first, second in one.said:
            if first or second:
                yield f"  {code.value:<12}{first:>6}{second:>6}"
    rates = found.reflections_to_questions
    if rates is None:
        yield "Reflections to questions: A or B finds no question, so there is no rate to compare."
        return
    gold = found.gold_reflections_to_questions
    yield (
        f"Reflections to questions: A {rates.first:.2f}, B {rates.second:.2f}"
        + (f", gold {gold:.2f}" if gold is not None else "")
        + f". B less A: {_signed(rates)}."
        + (" This is larger than chance would make." if rates.beyond_chance else "")
    )


def _gold(found: Comparison) -> Iterator[str]:
    held = [(one, one.against_gold) for one in found.speakers if one.against_gold]
    if not held:
        yield "No gold: no file has both a column utterance and a column code, so which coder is nearer is not known."
        return
    for one, against in held:
        yield ""
        yield from _table(one, against)
    yield ""
    yield from _verdict([against for _, against in held])


def _table(one: SpeakerComparison, against: AgainstGold) -> Iterator[str]:
    yield (
        f"{one.speaker.value.capitalize()} against gold: F1 ({_many(against.first.utterances, 'utterance')} in "
        f"{_many(against.conversations, 'conversation')})"
    )
    yield f"  {'':<12}{'gold':>6}{'A':>8}{'B':>8}  B less A"
    for score, code in zip(against.first.scores, against.by_code, strict=True):
        yield f"  {code.name:<12}{score.support:>6}{code.first:>8.3f}{code.second:>8.3f}  {_signed(code)}"
    macro = against.macro
    yield f"  {'macro-F1':<12}{'':>6}{macro.first:>8.3f}{macro.second:>8.3f}  {_signed(macro)}"
    yield f"  {'kappa':<12}{'':>6}{against.first.kappa:>8.3f}{against.second.kappa:>8.3f}"


def _verdict(held: Sequence[AgainstGold]) -> Iterator[str]:
    """What to make of the differences, in sentences."""
    if all(against.macro.interval is None for against in held):
        most = max(against.conversations for against in held)
        yield (
            f"Whether a difference is larger than chance would make cannot be told: {_many(most, 'conversation')} with "
            f"gold codes, and at least {FEWEST} are needed."
        )
        return
    differences = [one for against in held for one in (against.macro, *against.by_code)]
    beyond = [one for one in differences if one.beyond_chance]
    nearer = (
        ("A", [one.name for one in beyond if one.first > one.second]),
        ("B", [one.name for one in beyond if one.second > one.first]),
    )
    if beyond:
        said = "; ".join(f"{coder} is nearer to gold on {', '.join(names)}" for coder, names in nearer if names)
        yield f"Larger than chance would make: {said}. Any other difference in F1 may be chance."
    else:
        yield "No difference in F1 between A and B is larger than chance would make."
    untold = [one.name for one in differences if one.interval is None]
    if untold:
        yield f"Cannot be told for {', '.join(untold)}: too few conversations have gold codes of that kind."
    yield "The macro-F1 is the mean over the codes that gold has. The intervals of single codes hold for all at once."


def _signed(one: Difference) -> str:
    inside = _range(one.interval, lambda number: f"{number:+.3f}")
    return f"{one.second - one.first:+.3f}" + (f" ({inside})" if inside else "")


def _range(found: Interval | None, written: Callable[[float], str]) -> str:
    return f"{written(found.low)} to {written(found.high)}" if found else ""


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
