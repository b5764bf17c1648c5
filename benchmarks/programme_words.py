"""What is said in made-up sessions: lines of the authored conversations, as many as a session has utterances, by the
right speaker; and a reason for each code, as long as the coder's own. So pages, moves and backups have as much to open
and to carry as where people talked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby

from coding.coder.reasons import NAMES
from coding.coder.word_parts import reason
from coding.corpus.load import load_corpus
from coding.scheme.codes import Code, Speaker
from coding.transcript.words import TranscriptWords, Turn
from models.coding import GLOBALS

PRACTITIONER_LABEL, CLIENT_LABEL = "Worker", "Parent"
_WORDS_A_SECOND = 2.5
_OF_A_GLOBAL = "It gives back more than it asks, most of it with a meaning that was not said, and seldom persuades."


@dataclass(frozen=True)
class Spoken:
    """`texts` and `reasons` have one for each utterance, `of_globals` is a reason for each rating."""

    words: TranscriptWords
    texts: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    of_globals: dict[str, str] = field(default_factory=dict)


NOTHING = Spoken(TranscriptWords(()))


def spoken(turns: Sequence[int], codes: Sequence[str], *, begin: int, heard: bool) -> Spoken:
    """`turns` has for each utterance the number of its turn, `begin` says where in the conversations it begins.
    Where it was `heard`, every word has its moment."""
    found, texts, seconds = list[Turn](), list[str](), 0.0
    for position, of_turn in groupby(turns):
        practises = position % 2 == 0
        lines = _lines(Speaker.PRACTITIONER if practises else Speaker.CLIENT)
        own = [lines[(begin + len(texts) + number) % len(lines)] for number, _ in enumerate(of_turn)]
        text = " ".join(own)
        times = tuple(_times(text, seconds)) if heard else ()
        ends = times[-1][3] if times else None
        label = PRACTITIONER_LABEL if practises else CLIENT_LABEL
        found.append(Turn(position, label, text, seconds if heard else None, ends, times=times))
        texts += own
        seconds = ends or 0.0
    reasons = map(_reason, codes, texts, [texts[-1], *texts[:-1]])
    return Spoken(
        TranscriptWords(tuple(found), (PRACTITIONER_LABEL,)),
        tuple(texts),
        tuple(reasons),
        dict.fromkeys(GLOBALS, _OF_A_GLOBAL),
    )


def _reason(code: str, text: str, example: str) -> str:
    """It names three phrases of the utterance and quotes an example, as the coder that is shipped does."""
    words = text.split()
    phrases = [" ".join(words[at : at + 2]) for at in range(0, min(len(words), 6), 2)]
    return reason(phrases, _codes()[code], None, example)


@cache
def _codes() -> dict[str, Code]:
    return {code.value: code for code in NAMES}


@cache
def _lines(speaker: Speaker) -> tuple[str, ...]:
    return tuple(one.text for talk in load_corpus() for one in talk.utterances if one.speaker is speaker)


def _times(text: str, begins: float) -> Iterator[tuple[int, int, float, float]]:
    at = 0
    for number, word in enumerate(text.split()):
        start = text.index(word, at)
        at = start + len(word)
        moment = begins + number / _WORDS_A_SECOND
        yield start, at, round(moment, 3), round(moment + 0.8 / _WORDS_A_SECOND, 3)
