"""Whether the coder reads a conversation as well with placeholders in the place of names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coding.coder.result import Coder, UtteranceToCode
from coding.corpus.load import AuthoredConversation
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
