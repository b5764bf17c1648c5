"""Why the encoder gave a code: the words whose own part in the answer was largest, and the nearest coded example."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coding.coder.reasons import NAMES, SAYS_LITTLE, sentence_of
from coding.coder.windows import Piece
from coding.scheme.codes import Code

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|\?")
_SPACES = " \t\u00a0"
_MOST_PHRASES = 3
_MOST_WORDS = 5  # in a phrase
_WORTH_NAMING = 0.35  # of the strongest word's part
_LONGEST_EXAMPLE = 160  # letters


def words_that_carried(text: str, piece: Piece, parts: npt.NDArray[np.float32]) -> list[str]:
    """Up to three phrases as they stand in the text, strongest first. `parts` is each token's part in the chosen code
    over its rivals."""
    words = [found.span() for found in _WORD.finditer(text)]
    said = [text[start:end].lower() for start, end in words]
    strength = _of_words(words, piece, parts)
    telling = [place for place, word in enumerate(said) if word not in SAYS_LITTLE and strength[place] > 0]
    telling = telling or [place for place, of_word in enumerate(strength) if of_word > 0]
    least = _WORTH_NAMING * max((strength[place] for place in telling), default=0.0)
    runs = _runs([place for place in telling if strength[place] >= least], words, text)
    runs.sort(key=lambda run: -max(strength[run[0] : run[1]]))
    phrases: dict[str, str] = {}
    for first, end in runs:
        phrase = text[words[first][0] : words[end - 1][1]]
        phrases.setdefault(phrase.lower(), phrase)
    return list(phrases.values())[:_MOST_PHRASES]


def _of_words(words: Sequence[tuple[int, int]], piece: Piece, parts: npt.NDArray[np.float32]) -> list[float]:
    """A word's part is the sum of its word pieces'; what lies in no word, a comma say, has none."""
    if not words or not piece.places:
        return [0.0] * len(words)
    starts, ends = np.array(words).T
    token_starts, token_ends = np.array(piece.places).T
    place = np.searchsorted(starts, token_starts, side="right") - 1
    inside = (place >= 0) & (token_ends <= ends[place])
    summed: list[float] = np.bincount(place[inside], parts[inside], minlength=len(words)).tolist()
    return summed


def _runs(strong: Sequence[int], words: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Strong words that stand side by side, or with one small word between them, are a phrase."""
    runs: list[tuple[int, int]] = []
    for place in strong:
        if runs and _goes_on(runs[-1], place, words, text):
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return runs


def _goes_on(run: tuple[int, int], place: int, words: Sequence[tuple[int, int]], text: str) -> bool:
    """A question mark stands alone, and whatever is neither word nor space ends a phrase, as does a new line."""
    first, end = run
    said = [text[slice(*words[at])].lower() for at in range(end - 1, place + 1)]
    gaps = "".join(text[words[at][1] : words[at + 1][0]] for at in range(end - 1, place))
    near = not said[1:-1] or (len(said) == 3 and said[1] in SAYS_LITTLE)
    return near and "?" not in said and place + 1 - first <= _MOST_WORDS and not gaps.strip(_SPACES)


def reason(phrases: list[str], code: Code, rival: Code | None, example: str) -> str:
    """One plain sentence, and the example in a second one where there is one."""
    said = sentence_of(phrases, "The whole of it, read with what was said around it, points", code, rival)
    if not example:
        return said
    return f"{said} Compare “{_short(example)}”, an example of {NAMES[code]}."


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_EXAMPLE else text[:_LONGEST_EXAMPLE].rsplit(" ", 1)[0] + " …"
