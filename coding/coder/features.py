"""Utterances as sparse rows: weighted counts of phrases, letter groups, the words around, and plain marks.

One matrix serves every head, so coding a conversation is one product. No scikit-learn at run time: importing it
takes longer than coding an hour of talk.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from coding.coder.surroundings import Surroundings
from coding.coder.words import FLAGS, flags_of, letter_groups, phrases_of, words_of

Rows = Any  # scipy.sparse.csr_array has no type stubs
Floats = npt.NDArray[np.float32]
BLOCKS = ("phrases", "letters", "before", "earlier", "after", "flags")


@dataclass(frozen=True)
class FeatureOptions:
    """How many pieces each block keeps, how often one must occur (in utterances), and the block's weight."""

    phrases: int = 32_000
    letters: int = 16_000
    around: int = 4_000
    least: int = 3
    weights: tuple[float, ...] = (1.0, 0.7, 0.4, 0.4, 0.3, 0.1)


@dataclass(frozen=True)
class FeatureSpace:
    """`vocabularies` are the pieces of each block but the flags, `rarity` (idf) their weights in one line.

    Columns stand in the order of BLOCKS. Call `rows`; build with `fit_features`.
    """

    vocabularies: tuple[tuple[str, ...], ...]
    rarity: Floats
    weights: tuple[float, ...]
    _index: tuple[dict[str, int], ...] = field(init=False, repr=False, compare=False)
    _letters: dict[str, list[int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index, start = [], 0
        for vocabulary in self.vocabularies:
            index.append({piece: start + i for i, piece in enumerate(vocabulary)})
            start += len(vocabulary)
        object.__setattr__(self, "_index", tuple(index))
        object.__setattr__(self, "_letters", {})

    @property
    def width(self) -> int:
        return sum(map(len, self.vocabularies)) + len(FLAGS)

    def edges(self) -> npt.NDArray[np.int64]:
        """First column of each block and, last, the width."""
        return np.cumsum([0, *map(len, self.vocabularies), len(FLAGS)])

    def rows(self, around: Sequence[Surroundings]) -> Rows:
        """A csr_array (utterances × width, float32); each block of a row has its weight as length, or is empty."""
        columns: list[int] = []
        ends = [0]
        for one in around:
            columns.extend(self._columns(one))
            ends.append(len(columns))
        matrix = sparse.csr_array(
            (np.ones(len(columns), np.float32), np.asarray(columns, np.int32), np.asarray(ends, np.int32)),
            shape=(len(around), self.width),
        )
        matrix.sum_duplicates()
        return self._weighted(matrix)

    def _weighted(self, matrix: Rows) -> Rows:
        data = (1.0 + np.log(matrix.data)) * self.rarity[matrix.indices]
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        block = np.searchsorted(self.edges()[1:], matrix.indices, side="right")
        cell = row * len(BLOCKS) + block
        length = np.sqrt(np.bincount(cell, data * data, minlength=matrix.shape[0] * len(BLOCKS)))
        # Flags are not scaled to a common length: more of them holding is no reason for each to count less.
        length[len(BLOCKS) - 1 :: len(BLOCKS)] = 1.0
        matrix.data = (data / length[cell] * np.asarray(self.weights)[block]).astype(np.float32)
        return matrix

    def _columns(self, one: Surroundings) -> list[int]:
        phrases, _, before, earlier, after = self._index
        words = words_of(one.text)
        columns = _known(phrases, phrases_of(words))
        for word in words:
            columns.extend(self._letters_of(word))
        columns.extend(_known(before, phrases_of(words_of(one.before), 2)))
        if one.earlier:
            columns.extend(_known(earlier, phrases_of(words_of(one.earlier), 2)))
        columns.extend(_known(after, phrases_of(words_of(one.after), 2)))
        flags_from = self.width - len(FLAGS)
        columns.extend(flags_from + flag for flag in _flags(one, words))
        return columns

    def _letters_of(self, word: str) -> list[int]:
        found = self._letters.get(word)
        if found is None:
            if len(self._letters) > 200_000:  # a service that runs for months must not grow
                self._letters.clear()
            found = self._letters[word] = _known(self._index[1], letter_groups(word))
        return found


def _known(vocabulary: dict[str, int], pieces: Iterable[str]) -> list[int]:
    return [column for piece in pieces if (column := vocabulary.get(piece)) is not None]


def _flags(one: Surroundings, words: list[str]) -> list[int]:
    return flags_of(
        words,
        position=one.position,
        following=one.following,
        before=one.before,
        after=one.after,
        punctuated=any(mark in one.text for mark in ".?!,"),
    )


def fit_features(around: Sequence[Surroundings], options: FeatureOptions | None = None) -> FeatureSpace:
    """Keeps the most frequent pieces (by number of utterances, ties by spelling) and learns how rare each is."""
    options = options or FeatureOptions()
    pieces: tuple[tuple[Callable[[Surroundings], Iterable[str]], int], ...] = (
        (lambda one: phrases_of(words_of(one.text)), options.phrases),
        (lambda one: (group for word in words_of(one.text) for group in letter_groups(word)), options.letters),
        (lambda one: phrases_of(words_of(one.before), 2), options.around),
        (lambda one: phrases_of(words_of(one.earlier), 2) if one.earlier else (), options.around),
        (lambda one: phrases_of(words_of(one.after), 2), options.around),
    )
    vocabularies: list[tuple[str, ...]] = []
    rarity: list[float] = []
    for of, most in pieces:
        seen = Counter(piece for one in around for piece in set(of(one)))
        kept = sorted((p for p, n in seen.items() if n >= options.least), key=lambda p: (-seen[p], p))[:most]
        vocabularies.append(tuple(kept))
        rarity.extend(float(np.log((1 + len(around)) / (1 + seen[piece])) + 1) for piece in kept)
    rarity.extend([1.0] * len(FLAGS))
    return FeatureSpace(tuple(vocabularies), np.asarray(rarity, np.float32), options.weights)
