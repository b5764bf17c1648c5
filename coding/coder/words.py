"""From text to countable pieces: words, phrases, letter groups inside words, and a few plain marks."""

import re
from collections.abc import Iterator

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[?!]|\.\.\.")
_CURLY = str.maketrans({"’": "'", "‘": "'", "…": "...", "“": '"', "”": '"'})
START = "^"
END = "$"
LETTER_GROUPS = (2, 3, 4, 5)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_OPEN_OPENERS = _set("what how why tell describe whats hows")
_QUESTION_OPENERS = _OPEN_OPENERS | _set(
    "who where when which do does did are is was were have has had can could would will should"
)
_YOU = _set("you your you're you've you'll you'd yourself youre youve")
_ME = _set("i i'm i've i'll i'd me my mine myself im ive")
_NOT = _set("not no never don't can't won't didn't isn't doesn't nothing dont cant wont couldn't wouldn't")


def words_of(text: str) -> list[str]:
    """Lower-case words with their apostrophes, and the marks `?`, `!` and `...`."""
    return _WORD.findall(text.translate(_CURLY).lower())


def phrases_of(words: list[str], longest: int = 3) -> list[str]:
    """Every run of 1 to `longest` words, the utterance's start and end marked, so that "^ you're" is a phrase."""
    marked = [START, *words, END]
    phrases = words[:]
    for length in range(2, longest + 1):
        phrases.extend(" ".join(marked[i : i + length]) for i in range(len(marked) - length + 1))
    return phrases


def letter_groups(word: str) -> Iterator[str]:
    """The letter groups of one word with its edges marked by spaces; a whole word is left to `phrases_of`."""
    edged = f" {word} "
    for size in LETTER_GROUPS:
        for start in range(len(edged) - size + 1):
            yield edged[start : start + size]


FLAGS = (
    "one word", "two to four words", "five to eight words", "nine to fifteen words", "sixteen to thirty words",
    "over thirty words",
    "first of its run", "second of its run", "later in its run", "last of its run",
    "ends in a question mark", "has a question mark inside", "starts like a question", "starts like an open question",
    "starts with you", "speaks of you", "speaks of me", "has a negation", "no punctuation",
    "trails off", "other asked", "other said one word", "other said much", "opens the conversation",
    "answer is one word", "answer is long", "answer is a question",
)  # fmt: skip


def flags_of(
    words: list[str], *, position: int, following: int, before: str, after: str, punctuated: bool
) -> list[int]:
    """Positions in FLAGS that hold."""
    spoken = [word for word in words if word not in ("?", "!", "...")]
    count, first = len(spoken), spoken[0] if spoken else ""
    vocabulary = set(spoken)
    before_words, after_words = before.count(" ") + bool(before), after.count(" ") + bool(after)
    asks = words[-1:] == ["?"]
    holds = (
        count <= 1, 2 <= count <= 4, 5 <= count <= 8, 9 <= count <= 15, 16 <= count <= 30, count > 30,
        position == 0, position == 1, position > 1, following == 0,
        asks, not asks and "?" in words, first in _QUESTION_OPENERS, first in _OPEN_OPENERS,
        first in _YOU, not vocabulary.isdisjoint(_YOU), not vocabulary.isdisjoint(_ME),
        not vocabulary.isdisjoint(_NOT), not punctuated,
        words[-1:] == ["..."], before.endswith("?"), before_words == 1, before_words > 25, not before,
        after_words == 1, after_words > 15, "?" in after,
    )  # fmt: skip
    return [number for number, held in enumerate(holds) if held]
