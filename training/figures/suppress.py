"""Which figures may be shown, so that no small group can be read or worked out. Pure; numpy inside, so only the worker
runs it.

Every table of a slice can be opened by the same person, so what counts is what follows from all of them at once: the
sums of shown cells can be added and taken from each other. A small set can be worked out where its indicator over the
sessions is a linear combination of those of shown cells.

Cells are taken from the largest to the smallest, and each is shown unless with those shown before some small set could
be worked out. So what is hidden beside a small cell is the next smallest, as complementary suppression wants it
(Hundepool et al. 2012, ch. 4), and little is hidden that could have been shown. `recover.undone` then tries to undo the
result by other means; as long as it finds something, the smallest cell of that is hidden and all begins anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from training.figures.cells import Programme, Table

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

NOTHING = 1e-6
"""The squared distance, in sessions, of a set from what can be worked out: under this it is nought but for rounding."""


def suppress(programme: Programme, *, complementary: bool = True) -> frozenset[str]:
    """The keys of the cells to show; an empty cell is shown, one that is untold never. Without `complementary` only
    what is small is hidden, which protects nobody."""
    from training.figures.recover import undone

    told = {key: bits for key, bits in programme.bits.items() if key not in programme.untold}
    empty = frozenset(key for key, bits in told.items() if not bits)
    large = [key for key, bits in told.items() if bits and not programme.is_small(bits)]
    if not complementary:
        return empty | frozenset(large)
    order = sorted(large, key=programme.size, reverse=True)
    hidden: set[str] = set()
    while True:
        shown = empty | _shown(programme, [key for key in order if key not in hidden])
        found = undone(programme, shown, at_most=1)
        if not found:
            return shown
        hidden.add(min(found[0].cells, key=programme.size))


def _shown(programme: Programme, order: Sequence[str]) -> frozenset[str]:
    """`basis` are orthonormal vectors that span the shown cells, by their inner products with all columns of `overlaps`
    (Gram and Schmidt); `covered` is how much of each small set lies in that span, in sessions."""
    import numpy as np

    inner, place = programme.overlaps, {key: at for at, key in enumerate(programme.keys)}
    cells = len(place)
    sizes = np.array([bits.bit_count() for bits in programme.small_sets], dtype=float)
    basis = np.zeros_like(inner)
    covered = np.zeros_like(sizes)
    rank, shown = 0, set[str]()
    for key in order:
        at = place[key]
        own = basis[:rank, at].copy()
        left = inner[at, at] - own @ own
        then, more = covered, rank
        if left > NOTHING:
            basis[rank] = (inner[at] - own @ basis[:rank]) / np.sqrt(left)
            then, more = covered + basis[rank, cells:] ** 2, rank + 1
            if (sizes - then < NOTHING).any():
                continue
        if not _rest_known(programme, shown | {key}, basis[:more], place):
            covered, rank = then, more
            shown.add(key)
    return frozenset(shown)


def _rest_known(programme: Programme, shown: set[str], basis: "Numbers", place: Mapping[str, int]) -> bool:
    """Whether what a table hides is small as a whole, and follows from what is shown."""
    for hidden in rests(programme, shown):
        bits = together(programme, hidden)
        if programme.is_small(bits):
            inside = basis[:, [place[key] for key in hidden]].sum(axis=1)
            if bits.bit_count() - inside @ inside < NOTHING:
                return True
    return False


def together(programme: Programme, keys: Iterable[str]) -> int:
    bits = 0
    for key in keys:
        bits |= programme.bits[key]
    return bits


def rests(programme: Programme, shown: AbstractSet[str]) -> list[tuple[str, ...]]:
    """What each table hides, as cells that do not overlap; once as its own cells, once with the hidden ones parted
    farther by a table below them as far as that one shows some: of a site that is hidden the teams that are."""
    sizes = {key: bits.bit_count() for key, bits in programme.bits.items()}
    below: dict[str, list[Table]] = {}
    for table in programme.tables:
        below.setdefault(table.parent, []).append(table)
    known: dict[str, tuple[str, ...]] = {}

    def parted(key: str) -> tuple[str, ...]:
        if key not in known:
            known[key] = (key,)  # where a table parts a cell into itself
            tables = [table for table in below.get(key, ()) if not shown.isdisjoint(table.cells)]
            ways = [tuple(part for one in hidden_of(table) for part in parted(one)) for table in tables]
            known[key] = min(ways, key=lambda way: (sum(sizes[one] for one in way), way), default=(key,))
        return known[key]

    def hidden_of(table: Table) -> tuple[str, ...]:
        return tuple(key for key in table.cells if key not in shown and sizes[key])

    found: dict[tuple[str, ...], None] = {}
    for table in programme.tables:
        hidden = hidden_of(table)
        found[hidden] = found[tuple(part for key in hidden for part in parted(key))] = None
    return [way for way in found if way]
