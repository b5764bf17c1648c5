"""What stands around an utterance: the part of a conversation the coder looks at beside its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from coding.coder.result import UtteranceToCode
from coding.scheme.codes import Speaker

# Enough to hold a thought; longer context makes every turn look alike.
_LAST_WORDS = 40


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`before` is the end of the other speaker's last run of talk, `earlier` what the same speaker said since,
    `after` the start of the other speaker's answer. `position` counts the utterances of the run already said,
    `following` those still to come in it."""

    text: str
    speaker: Speaker
    before: str
    earlier: str
    after: str
    position: int
    following: int


def surroundings(conversation: Sequence[UtteranceToCode]) -> list[Surroundings]:
    """One for each utterance, in order. A run is talk without the other speaker in between, whatever the turn
    numbers say, since files number turns in their own ways."""
    runs = _runs(conversation)
    found: list[Surroundings] = []
    for number, (start, end) in enumerate(runs):
        before = _end(conversation, *runs[number - 1]) if number else ""
        after = _start(conversation, *runs[number + 1]) if number + 1 < len(runs) else ""
        earlier = ""
        for place in range(start, end):
            said = conversation[place]
            found.append(
                Surroundings(said.text, said.speaker, before, earlier, after, place - start, end - 1 - place)
            )  # fmt: skip
            earlier = _clip_start(f"{earlier} {said.text}" if earlier else said.text)
    return found


def _runs(conversation: Sequence[UtteranceToCode]) -> list[tuple[int, int]]:
    starts = [i for i, u in enumerate(conversation) if i == 0 or u.speaker is not conversation[i - 1].speaker]
    return list(pairwise([*starts, len(conversation)]))


def _end(conversation: Sequence[UtteranceToCode], start: int, end: int) -> str:
    text = ""
    for place in range(end - 1, start - 1, -1):
        text = f"{conversation[place].text} {text}"
        if text.count(" ") >= _LAST_WORDS:
            break
    return _clip_start(text)


def _start(conversation: Sequence[UtteranceToCode], start: int, end: int) -> str:
    text = ""
    for place in range(start, end):
        text = f"{text} {conversation[place].text}"
        if text.count(" ") >= _LAST_WORDS:
            break
    return " ".join(text.split()[:_LAST_WORDS])


def _clip_start(text: str) -> str:
    """The last words of a text, its start let go."""
    words = text.split()
    return " ".join(words[-_LAST_WORDS:])
