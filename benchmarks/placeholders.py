"""Whether the coder reads a conversation as well with placeholders in the place of names."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coding.coder.figures import Figure, for_information
from coding.coder.load import load_default_coder
from coding.coder.result import Coder, UtteranceToCode
from coding.corpus.load import AuthoredConversation, load_corpus
from coding.scheme.codes import CodedUtterance
from coding.transcript.identifiers.find import Finder
from coding.transcript.pseudonyms import Labels, put_in, spans_of
from coding.transcript.words import Turn


@dataclass(frozen=True)
class Compared:
    """Counts of utterances: all, those in which a name was replaced, of these the ones whose code changed, of the
    others the ones whose code changed, and of those with a name the ones coded as the author did, before and after."""

    utterances: int = 0
    named: int = 0
    named_changed: int = 0
    others_changed: int = 0
    right_before: int = 0
    right_after: int = 0

    def __add__(self, other: "Compared") -> "Compared":
        return Compared(*(mine + theirs for mine, theirs in zip(_all(self), _all(other), strict=True)))


def _all(one: Compared) -> Sequence[int]:
    return list(vars(one).values())


_CONVERSATIONS = 40


def placeholder_figures() -> Iterator[Figure]:
    """Of the coder that ships, on some of the authored conversations, always the same ones."""
    talks = random.Random(7).sample(list(load_corpus()), _CONVERSATIONS)
    total = sum(compare(load_default_coder(), talks), start=Compared())
    yield for_information("utterances that name somebody", total.named)
    yield for_information("codes of them that placeholders change", 100 * total.named_changed / total.named, "%")
    others = total.utterances - total.named
    yield for_information("codes of the others that they change", 100 * total.others_changed / others, "%")
    yield for_information("coded as the author did, with names", 100 * total.right_before / total.named, "%")
    yield for_information("coded as the author did, with placeholders", 100 * total.right_after / total.named, "%")


def compare(coder: Coder, talks: Sequence[AuthoredConversation]) -> Iterator[Compared]:
    """Conversation by conversation. Names are found without any being given, so all become [person 1] and the like."""
    for talk in talks:
        replaced = _replaced(talk.utterances)
        changed = [one.text != other.text for one, other in zip(talk.utterances, replaced, strict=True)]
        if any(changed):
            before = [one.code for one in coder.code(_to_code(talk.utterances), change_goal=talk.goal)]
            after = [one.code for one in coder.code(_to_code(replaced), change_goal=talk.goal)]
            meant = [one.code for one in talk.utterances]
            rows = list(zip(changed, before, after, meant, strict=True))
            yield Compared(
                len(rows), sum(changed), sum(n and b != a for n, b, a, _ in rows),
                sum(not n and b != a for n, b, a, _ in rows), sum(n and b == m for n, b, _, m in rows),
                sum(n and a == m for n, _, a, m in rows),
            )  # fmt: skip


def _replaced(said: Sequence[CodedUtterance]) -> list[CodedUtterance]:
    finder, labels = Finder(()), Labels(())
    spans = [spans_of(found, labels) for found in finder.through(one.text for one in said)]
    turns = put_in([Turn(number, "", one.text) for number, one in enumerate(said)], spans).turns
    return [replace(one, text=turn.text) for one, turn in zip(said, turns, strict=True)]


def _to_code(said: Sequence[CodedUtterance]) -> list[UtteranceToCode]:
    return [UtteranceToCode(one.turn, one.utterance, one.speaker, one.text) for one in said]
