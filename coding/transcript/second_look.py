"""Somebody looks at what was replaced: some of it is put back, and more is replaced."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from coding.transcript.identifiers.kinds import Kind
from coding.transcript.identifiers.who import label_of
from coding.transcript.pseudonyms import Labels, Replacement, Span, everywhere, put_back, put_in
from coding.transcript.words import Turn


@dataclass(frozen=True)
class Stand:
    """One spelling of what a placeholder stands for. `number` counts through the conversation, from 0."""

    number: int
    placeholder: str
    said: str
    times: int


@dataclass(frozen=True)
class More:
    """Words to replace wherever they stand, and who or what they are: a person, a kind, or a placeholder's inside."""

    words: str
    what: str = ""


@dataclass(frozen=True)
class Looked:
    """`missing` are the words to replace that stand nowhere, `already` those that all lie behind a placeholder, with
    that."""

    replacement: Replacement
    missing: tuple[str, ...]
    already: tuple[tuple[str, str], ...] = ()


def stands_of(turns: Sequence[Turn], said: Sequence[Sequence[str]]) -> list[Stand]:
    """In the order in which they first come up."""
    counts = Counter[tuple[str, str]]()
    spelling: dict[tuple[str, str], str] = {}
    for turn, words in zip(turns, said, strict=True):
        for one, text in zip(turn.replaced, words, strict=True):
            counts[_key(one.placeholder, text)] += 1
            spelling.setdefault(_key(one.placeholder, text), text)
    return [
        Stand(number, key[0], spelling[key], times) for number, (key, times) in enumerate(counts.items())
    ]  # fmt: skip


def look_again(
    turns: Sequence[Turn], said: Sequence[Sequence[str]], utterances: Sequence[Sequence[str]],
    *, no_names: Collection[int], more: Sequence[More],
) -> Looked:  # fmt: skip
    """`no_names` are the numbers of stands that are put back. What was replaced before keeps its placeholder."""
    stands = stands_of(turns, said)
    back = {_key(one.placeholder, one.said) for one in stands if one.number in no_names}
    clear, spans, cut = put_back(turns, said, utterances)
    kept = [
        [span for span in wanted if _key(span.placeholder, turn.text[span.start : span.end]) not in back]
        for turn, wanted in zip(clear, spans, strict=True)
    ]
    labels = Labels((), taken=[one.placeholder for one in stands])
    known = {one.placeholder for one in stands}
    missing, already = [], []
    for one in more:
        stand = list(everywhere(clear, one.words))
        if not stand:
            missing.append(one.words)
        places = [
            (number, start, end)
            for number, start, end in stand
            if not any(span.start < end and start < span.end for span in kept[number])
        ]
        if stand and not places:
            already.append((one.words, _over(kept, *stand[0])))
        if not places:
            continue
        placeholder = f"[{one.what}]" if f"[{one.what}]" in known else labels.new(_what(one.what))
        known.add(placeholder)
        for number, start, end in places:
            kept[number].append(Span(start, end, Kind.NAME.value, placeholder))
    ordered = [sorted(wanted, key=lambda span: span.start) for wanted in kept]
    return Looked(put_in(clear, ordered, cut), tuple(missing), tuple(already))


def _over(spans: Sequence[Sequence[Span]], number: int, start: int, end: int) -> str:
    return next(span.placeholder for span in spans[number] if span.start < end and start < span.end)


def _key(placeholder: str, said: str) -> tuple[str, str]:
    return placeholder, " ".join(said.casefold().split())


def _what(what: str) -> str:
    """The word in the placeholder: a kind of identifier or of person; just a name where nothing was said."""
    if what.lower() in {kind.value.lower() for kind in Kind}:
        return what.lower()
    return label_of(what) if what else Kind.NAME.value
