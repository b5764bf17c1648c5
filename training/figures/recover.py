"""Tries to undo a suppression: whether a small set of sessions can be worked out from the cells that are shown. Pure;
numpy inside, so tests and the worker run it. It decides otherwise than `suppress` does, which it checks.

Every set of `Programme.small_sets` is tried, and every small rest of a table. Any other small set is found for certain
where few people make few choices; among many it is searched for with draws, which could miss one: to be sure there is
as hard as finding the lightest word of a code.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

from training.figures.cells import Programme, alike
from training.figures.suppress import NOTHING, rests, together

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

_DRAWS, _EVERY = 8, 500
"""Draws among many people; choices of people up to which each is tried."""
_LAST = 1e-5
_ENTRY = 1e-7
"""An entry under this is nought but for rounding."""
_MATTERS = 0.5
"""Of the largest coefficient: a cell with less only takes part because tables say the same more than once."""


@dataclass(frozen=True)
class Undone:
    """A small set that can be worked out, and the shown cells it follows from."""

    sessions: frozenset[str]
    people: int
    cells: tuple[str, ...]


def undone(programme: Programme, shown: Collection[str], *, at_most: int = 20) -> list[Undone]:
    """Empty where nothing can be worked out. By reading a small cell; by taking one shown cell, or the shown part of a
    table, from another; and by linear algebra."""
    keys = sorted(key for key in shown if programme.bits[key])
    found: dict[int, Undone] = {}
    for bits, cells in _ways(programme, keys):
        if bits not in found:
            sessions = frozenset(programme.sessions[at] for at in programme.places(bits))
            found[bits] = Undone(sessions, programme.people_in(bits), tuple(cells))
        if len(found) == at_most:
            break
    return list(found.values())


def _ways(programme: Programme, keys: list[str]) -> Iterator[tuple[int, Iterable[str]]]:
    yield from ((programme.bits[key], [key]) for key in keys if programme.is_small(programme.bits[key]))
    yield from _by_difference(programme, keys)
    yield from _by_algebra(programme, keys)


def _by_difference(programme: Programme, keys: list[str]) -> Iterator[tuple[int, Iterable[str]]]:
    for one, other in combinations(keys, 2):
        first, second = programme.bits[one], programme.bits[other]
        both = first & second
        if both in (first, second) and programme.is_small(first ^ second):
            yield first ^ second, [one, other]
    shown = frozenset(keys)
    for table in programme.tables:
        parts = [key for key in table.cells if key in shown]
        rest = programme.bits[table.parent]
        for key in parts:
            rest ^= programme.bits[key]
        if table.parent in shown and parts and programme.is_small(rest):
            yield rest, [table.parent, *parts]


def _by_algebra(programme: Programme, keys: list[str]) -> Iterator[tuple[int, Iterable[str]]]:
    """Whether the indicator of a small set, or any other weighing of the sessions of a small set, lies in the space
    that the indicators of the shown cells span."""
    import numpy as np

    if not keys:
        return
    shown = frozenset(keys)
    rows = [at for at, key in enumerate(programme.keys) if key in shown]
    values, vectors = np.linalg.eigh(programme.overlaps[np.ix_(rows, rows)])
    kept = values > 1e-11 * values[-1]
    to_space = vectors[:, kept] / np.sqrt(values[kept])

    def cells(direction: "Numbers") -> list[str]:
        parts = np.abs(to_space @ direction)
        return [keys[cell] for cell in np.flatnonzero(parts >= _MATTERS * parts.max())]

    together_in = list(alike(programme, [programme.bits[key] for key in keys]))
    more = [together(programme, hidden) for hidden in rests(programme, shown)]
    known = frozenset(programme.small_sets)
    more = [bits for bits in dict.fromkeys(more + together_in) if bits not in known and programme.is_small(bits)]
    small = [*programme.small_sets, *more]
    inner = np.concatenate([programme.overlaps[rows, len(programme.keys) :], programme.shared(more)[rows]], axis=1)
    inside = to_space.T @ inner
    sizes = np.array([bits.bit_count() for bits in small])
    for at in np.flatnonzero(sizes - (inside**2).sum(axis=0) < NOTHING):
        yield small[at], cells(inside[:, at])
    firsts = [bits & -bits for bits in together_in]
    space = to_space.T @ programme.shared(firsts)[rows]
    for bits, direction in _narrow(programme, space, together_in):
        yield bits, cells(direction)


def _narrow(programme: Programme, space: "Numbers", columns: Sequence[int]) -> "Iterator[tuple[int, Numbers]]":
    """Vectors of the space that are nought but on a small set, as the sets and the vectors' coordinates. To find one is
    to find a light word of a linear code: reduce to so many columns that determine the rest, leaving the sessions of
    some people for last, and look for rows with few entries (Prange 1962)."""
    import numpy as np

    sizes = np.array([bits.bit_count() for bits in columns])
    for weight in _weights(programme, columns):
        pivots = _determining(space, weight)
        directions = np.linalg.inv(space[:, pivots])
        filled = np.abs(directions @ space) > _ENTRY
        for at in np.flatnonzero(filled @ sizes <= programme.fewer_make_at_most):
            bits = sum(columns[place] for place in np.flatnonzero(filled[at]).tolist())
            if programme.is_small(bits):
                yield bits, directions[at]


def _weights(programme: Programme, columns: Sequence[int]) -> "Iterator[Numbers]":
    """The smaller, the later a column is taken. Every choice of so few people for last that their sets are small, or
    else people in drawn orders, the same every time."""
    import numpy as np

    everyone = sorted(set(programme.people))
    few = min(programme.least - 1, len(everyone))
    if comb(len(everyone), few) <= _EVERY:
        for people in combinations(everyone, few):
            theirs = sum(((1 << (last - first + 1)) - 1) << first for first, last in people)
            yield np.array([1.0 if bits & ~theirs else _LAST for bits in columns])
        return
    chance = np.random.default_rng(0)
    of = np.unique([programme.people[(bits & -bits).bit_length() - 1][0] for bits in columns], return_inverse=True)[1]
    for _ in range(_DRAWS):
        yield chance.exponential(size=of.max() + 1)[of] ** 2


def _determining(space: "Numbers", weight: "Numbers") -> "np.ndarray[Any, np.dtype[np.intp]]":
    """Columns that determine the rest, rather those with large weights: the pivots of Gauss's elimination."""
    import numpy as np
    from scipy.linalg import lu_factor

    order = np.arange(space.shape[1])
    for place, swapped in enumerate(lu_factor((space * weight).T, check_finite=False)[1]):
        order[[place, swapped]] = order[[swapped, place]]
    return order[: len(space)]
