"""How wrong a transcript is: in its words, and in who speaks. Tests and benchmarks measure with the same."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_NUMBERS = ["nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


@dataclass(frozen=True)
class Stretch:
    """Somebody speaks from `start` to `end`, in seconds."""

    start: float
    end: float
    who: str


@dataclass(frozen=True)
class SpeakerScore:
    """Seconds. `speech` is what truly is said, counted for each who speaks; `missed` of it is given to nobody,
    `confused` to somebody else. `false` is given to somebody while fewer speak."""

    speech: float
    confused: float
    missed: float
    false: float
    names: dict[str, str]
    """For each found speaker who it is, where that is anybody."""

    @property
    def confusion(self) -> float:
        """Share of the speech."""
        return self.confused / self.speech


def word_error_rate(said: str, heard: str) -> float:
    """Edits from one to the other (Levenshtein over words), as a share of what was said. Case and punctuation do not
    count, nor whether a small number is a word or a figure. Raises ValueError where nothing was said."""
    one, other = _words(said), _words(heard)
    if not one:
        raise ValueError("nothing was said")
    row = list(range(len(other) + 1))
    for number, word in enumerate(one, start=1):
        before, row[0] = row[0], number
        for at, candidate in enumerate(other, start=1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (word != candidate))
    return row[-1] / len(one)


def _words(text: str) -> list[str]:
    found = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+", text.lower().replace("’", "'"))
    return [_NUMBERS[int(word)] if word.isdecimal() and int(word) < len(_NUMBERS) else word for word in found]


def speaker_score(truth: Sequence[Stretch], found: Sequence[Stretch]) -> SpeakerScore:
    """Found names are whatever they are: each is taken for the person with whom the most time is right (Hungarian
    method). Raises ValueError where nobody speaks."""
    moments = list(_moments(truth, found))
    speech = sum(seconds * len(really) for seconds, really, _ in moments)
    if not speech:
        raise ValueError("nobody speaks")
    names = _best_names(moments)
    confused = missed = false = 0.0
    for seconds, really, said in moments:
        right = len(really & {names[who] for who in said if who in names})
        confused += seconds * (min(len(really), len(said)) - right)
        missed += seconds * max(0, len(really) - len(said))
        false += seconds * max(0, len(said) - len(really))
    return SpeakerScore(speech, confused, missed, false, names)


_Moment = tuple[float, frozenset[str], frozenset[str]]  # seconds, who speaks, who is said to


def _moments(truth: Sequence[Stretch], found: Sequence[Stretch]) -> Iterable[_Moment]:
    edges = sorted({edge for one in (*truth, *found) for edge in (one.start, one.end)})
    for start, end in pairwise(edges):
        middle = (start + end) / 2
        yield end - start, _speaking(truth, middle), _speaking(found, middle)


def _speaking(stretches: Sequence[Stretch], at: float) -> frozenset[str]:
    return frozenset(one.who for one in stretches if one.start <= at < one.end)


def _best_names(moments: Sequence[_Moment]) -> dict[str, str]:
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    people = sorted({who for _, really, _ in moments for who in really})
    voices = sorted({who for _, _, said in moments for who in said})
    together = np.zeros((len(voices), len(people)))
    for seconds, really, said in moments:
        for who in said:
            for person in really:
                together[voices.index(who), people.index(person)] += seconds
    rows, columns = linear_sum_assignment(together, maximize=True)
    return {voices[row]: people[column] for row, column in zip(rows, columns, strict=True)}
