"""Tables whose cells are sets of sessions, and which sets of sessions are too small to be known. Pure; numpy only where
many sets are laid over each other, so only the worker does that.

A cell is a team, a discipline, a month, a team's quarter. A table parts one cell, its parent, into others; cells of
different tables may overlap. Inside, a set of sessions is one whole number with a bit for each.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

LEAST = 5
"""People, and sessions, of a cell that is shown."""


@dataclass(frozen=True)
class Table:
    """Every session of `parent` is in exactly one of `cells`; those without a value need a cell of their own."""

    parent: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Programme:
    """`person_of` has each session's person; `cells` the sessions of each cell by its key; `tables` all that one person
    may open. `untold` are cells that stand nowhere and follow from others, as a quarter does from its months: what its
    tables hide together may still not be small. ValueError where a table does not part its parent, or a cell has a
    session of nobody."""

    person_of: Mapping[str, str]
    cells: Mapping[str, Collection[str]]
    tables: tuple[Table, ...]
    least: int = LEAST
    untold: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for key, sessions in self.cells.items():
            if any(session not in self.person_of for session in sessions):
                raise ValueError(f"the cell {key} has a session of nobody")
        for table in self.tables:
            parts = [self.bits[key] for key in table.cells]
            together = 0
            for part in parts:
                together |= part
            if together != self.bits[table.parent] or sum(part.bit_count() for part in parts) != together.bit_count():
                raise ValueError(f"a table does not part {table.parent}")

    @cached_property
    def sessions(self) -> tuple[str, ...]:
        """In the order of their bits, the lowest first; those of one person stand together."""
        return tuple(sorted(self.person_of, key=lambda session: (self.person_of[session], session)))

    @cached_property
    def bits(self) -> dict[str, int]:
        return {key: self.bits_of(sessions) for key, sessions in self.cells.items()}

    def bits_of(self, sessions: Collection[str]) -> int:
        row = bytearray(len(self.sessions) // 8 + 1)
        for session in sessions:
            at = self._place[session]
            row[at // 8] |= 1 << at % 8
        return int.from_bytes(row, "little")

    @cached_property
    def _place(self) -> dict[str, int]:
        return {session: at for at, session in enumerate(self.sessions)}

    @cached_property
    def people(self) -> tuple[tuple[int, int], ...]:
        """For each bit, the first and the last bit of its person."""
        ends: dict[str, tuple[int, int]] = {}
        for at, session in enumerate(self.sessions):
            person = self.person_of[session]
            ends[person] = (ends.get(person, (at, at))[0], at)
        return tuple(ends[self.person_of[session]] for session in self.sessions)

    @cached_property
    def fewer_make_at_most(self) -> int:
        """The sessions of the `least` − 1 people with the most: whatever is larger is of more people."""
        each = sorted((last - first + 1 for first, last in dict.fromkeys(self.people)), reverse=True)
        return sum(each[: self.least - 1])

    def people_in(self, bits: int, *, up_to: int | None = None) -> int:
        """How many people a set has sessions of, counted no farther than `up_to`."""
        count, passed = 0, 0
        while bits and (up_to is None or count < up_to):
            lowest = (bits & -bits).bit_length() - 1
            step = self.people[passed + lowest][1] + 1 - passed
            bits >>= step
            passed += step
            count += 1
        return count

    def is_small(self, bits: int) -> bool:
        """An empty set is not small: that there is nobody says nothing of anybody."""
        sessions = bits.bit_count()
        if sessions < self.least:
            return sessions > 0
        return sessions <= self.fewer_make_at_most and self.people_in(bits, up_to=self.least) < self.least

    def size(self, key: str) -> tuple[int, int, str]:
        """To order cells by: people, sessions, and the key, so that no order hangs on chance."""
        return self.people_in(self.bits[key]), self.bits[key].bit_count(), key

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Of the cells that are not empty."""
        return tuple(sorted(key for key, bits in self.bits.items() if bits))

    @cached_property
    def small_sets(self) -> tuple[int, ...]:
        """What must not be worked out, each once: small cells, small overlaps and differences of any two cells, what
        one person did, and small sets that no cell tells apart."""
        return tuple(dict.fromkeys(bits for bits in _sets(self) if self.is_small(bits)))

    @cached_property
    def overlaps(self) -> "Numbers":
        """How many sessions each of `keys` (row) shares with each of `keys` and then with each of `small_sets`."""
        import numpy as np

        cells = [self.bits[key] for key in self.keys]
        return np.concatenate([self.shared(cells), self.shared(self.small_sets)], axis=1)

    def shared(self, sets: Sequence[int]) -> "Numbers":
        """How many sessions each of `keys` (row) shares with each set (column)."""
        import numpy as np

        if not sets:
            return np.zeros((len(self.keys), 0))
        places = [self.places(bits) for bits in sets]
        starts = np.cumsum([0, *map(len, places[:-1])])
        rows = self._members[[place for one in places for place in one]]
        return np.add.reduceat(rows, starts, axis=0, dtype=np.float64).T

    @cached_property
    def _members(self) -> "np.ndarray[Any, np.dtype[np.uint8]]":
        """A row for each session, a column for each of `keys`: 1 where the session is in the cell."""
        import numpy as np

        size = len(self.sessions) // 8 + 1
        raw = b"".join(self.bits[key].to_bytes(size, "little") for key in self.keys)
        rows = np.frombuffer(raw, dtype=np.uint8).reshape(len(self.keys), size)
        return np.ascontiguousarray(np.unpackbits(rows, axis=1, bitorder="little")[:, : len(self.sessions)].T)

    def places(self, bits: int) -> list[int]:
        found = []
        while bits:
            lowest = bits & -bits
            found.append(lowest.bit_length() - 1)
            bits ^= lowest
        return found


def _sets(programme: Programme) -> Iterator[int]:
    cells = list(dict.fromkeys(programme.bits[key] for key in sorted(programme.bits)))
    yield from cells
    for at, one in enumerate(cells):
        for other in cells[:at]:
            if both := one & other:
                yield from (both, one ^ both, other ^ both)
    yield from alike(programme, cells)
    for first, last in dict.fromkeys(programme.people):
        yield ((1 << (last - first + 1)) - 1) << first


def alike(programme: Programme, cells: Sequence[int]) -> Iterator[int]:
    """Sessions that are in the same of these cells."""
    pattern: dict[int, list[int]] = defaultdict(list)
    for number, cell in enumerate(cells):
        for at in programme.places(cell):
            pattern[at].append(number)
    together: dict[tuple[int, ...], int] = defaultdict(int)
    for at in sorted(pattern):
        together[tuple(pattern[at])] |= 1 << at
    yield from together.values()
