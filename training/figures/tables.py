"""From the rows of one slice to the tables that a lead may see. Pure, but with numpy inside the suppression: it runs in
the worker.

A cell is a group of sessions: all of them, a team, a discipline, a month. What says too little of too few people is
not shown, and neither is what would give that away (`suppress`): of each measure apart, as sessions may say nothing of
one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from training.figures.cells import LEAST, Programme, Table
from training.figures.funnel import Counted as Placed
from training.figures.funnel import Funnel, funnel_of_ratios, funnel_of_shares
from training.figures.limits import Chart, Counted, p_chart, xmr_chart
from training.figures.measures import MEASURES, Measure, observed
from training.figures.mixed import Differences, differences
from training.figures.rates import SHARE, Estimate, Observed, estimate
from training.figures.rows import FigureRow, people_in
from training.figures.suppress import suppress

WHOLE, SPAN = "whole", "span"
TEAM, DISCIPLINE, SITE, JOINED, MONTH, BLOCK = "team", "discipline", "site", "joined", "month", "block"
EARLIER, QUARTER = "earlier", "quarter"
"""Told nowhere, but known to who adds up months: the months before the newest RECENT, and BLOCK_MONTHS of them."""
NOBODY_SAID = "-"
MONTHS, RECENT, BLOCK_MONTHS = 24, 12, 3
_SAME_COUNT = {Measure.PERCENT_COMPLEX: Measure.REFLECTION_TO_QUESTION}
"""What sums up the same counts as another of which more sessions say something."""
_YES_OR_NO = (Measure.AT_FAIR, Measure.AT_GOOD)


@dataclass(frozen=True)
class Count:
    sessions: int
    people: int


@dataclass(frozen=True)
class SliceTables:
    """By the key of a cell, such as `team:…` or `month:2026-10`. A cell that may not be shown is in `hidden` and
    nowhere else; one without a session is in neither. `whole` is the newest RECENT months, `span` all MONTHS."""

    counts: dict[str, Count]
    hidden: frozenset[str]
    values: dict[Measure, dict[str, Estimate]]
    charts: dict[Measure, Chart]
    funnels: dict[Measure, Funnel]
    differences: dict[Measure, Differences]


@dataclass(frozen=True)
class Cells:
    """`untold` are in `rows` too, and shown nowhere."""

    rows: dict[str, list[FigureRow]]
    tables: tuple[Table, ...]
    untold: frozenset[str]


def cells_of(rows: Iterable[FigureRow], months: Sequence[date]) -> Cells:
    """`months` are MONTHS in a row, the earliest first; rows of other months are left out. Groups hold the newest
    RECENT months, months and teams' blocks of BLOCK_MONTHS all of them."""
    recent = set(months[-RECENT:])
    block_of = {month: at // BLOCK_MONTHS for at, month in enumerate(months)}
    quarters = [f"{QUARTER}:{at}" for at in range(MONTHS // BLOCK_MONTHS)]
    untold = (EARLIER, *quarters)
    found: dict[str, list[FigureRow]] = {key: [] for key in (WHOLE, SPAN, *map(month_key, months), *untold)}
    blocks: dict[str, dict[str, None]] = defaultdict(dict)
    sites: dict[str, dict[str, None]] = defaultdict(dict)
    groups: dict[str, dict[str, None]] = defaultdict(dict)

    def put(key: str, row: FigureRow) -> None:
        found.setdefault(key, []).append(row)

    for row in rows:
        if row.month not in block_of:
            continue
        put(SPAN, row)
        put(month_key(row.month), row)
        team = str(row.team or NOBODY_SAID)
        block = f"{BLOCK}:{team}:{block_of[row.month]}"
        put(block, row)
        put(quarters[block_of[row.month]], row)
        blocks[team][block] = None
        if row.month not in recent:
            put(EARLIER, row)
            continue
        put(WHOLE, row)
        site = row.site or NOBODY_SAID
        sites[site][f"{TEAM}:{team}"] = None
        for kind, value in (
            (TEAM, team), (DISCIPLINE, row.discipline.value if row.discipline else NOBODY_SAID), (SITE, site),
            (JOINED, str(row.joined or NOBODY_SAID)),
        ):  # fmt: skip
            put(f"{kind}:{value}", row)
            groups[kind][f"{kind}:{value}"] = None
    tables = [
        *_tables_of_time([month_key(month) for month in months], quarters, blocks),
        *(Table(WHOLE, tuple(keys)) for keys in groups.values()),
        *(Table(f"{SITE}:{site}", tuple(teams)) for site, teams in sites.items()),
    ]
    return Cells(found, tuple(tables), frozenset(untold))


def _tables_of_time(
    months: Sequence[str], quarters: Sequence[str], blocks: Mapping[str, Iterable[str]]
) -> Iterator[Table]:
    """Whoever adds up months knows each quarter of them, and takes from it the blocks of all teams that are shown."""
    first = (MONTHS - RECENT) // BLOCK_MONTHS
    yield Table(SPAN, (EARLIER, WHOLE))
    for parent, in_months, in_quarters in (
        (SPAN, months, quarters), (EARLIER, months[:-RECENT], quarters[:first]),
        (WHOLE, months[-RECENT:], quarters[first:]),
    ):  # fmt: skip
        yield Table(parent, tuple(in_months))
        yield Table(parent, tuple(in_quarters))
    at_quarter = [[key for own in blocks.values() for key in own if _block(key) == at] for at in range(len(quarters))]
    for at, quarter in enumerate(quarters):
        yield Table(quarter, tuple(months[at * BLOCK_MONTHS : (at + 1) * BLOCK_MONTHS]))
        yield Table(quarter, tuple(at_quarter[at]))
    for team, own in blocks.items():
        if inside := tuple(key for key in own if _block(key) >= first):
            yield Table(f"{TEAM}:{team}", inside)


def _block(key: str) -> int:
    return int(key.rsplit(":", 1)[1])


def month_key(month: date) -> str:
    return f"{MONTH}:{month:%Y-%m}"


def tables_of(rows: Sequence[FigureRow], months: Sequence[date]) -> SliceTables:
    cells = cells_of(rows, months)
    decided: dict[frozenset[str], frozenset[str]] = {}

    def shown(told: Mapping[str, str]) -> frozenset[str]:
        """Which cells may be shown of the sessions that say something, by their people."""
        universe = frozenset(told)
        if universe not in decided:
            decided[universe] = suppress(_programme(cells, told))
        return decided[universe]

    everybody = {str(row.session_id): str(row.person) for row in cells.rows[SPAN]}
    may = shown(everybody)
    counts = {key: Count(len(found), people_in(found)) for key, found in cells.rows.items() if found and key in may}
    values: dict[Measure, dict[str, Estimate]] = {}
    told_of: dict[Measure, frozenset[str]] = {}
    charts, funnels, mixed = dict[Measure, Chart](), dict[Measure, Funnel](), dict[Measure, Differences]()
    for measure in Measure:
        told = {str(row.session_id): str(row.person) for row in cells.rows[SPAN] if says(measure, row)}
        if not told:
            continue
        may = shown(told)
        if measure in _SAME_COUNT:  # who hides other cells of the same reflections beside them gives those away
            may &= told_of[_SAME_COUNT[measure]]
        told_of[measure] = may
        in_cell = {key: [row for row in found if str(row.session_id) in told] for key, found in cells.rows.items()}
        open_ = {key: found for key, found in in_cell.items() if found and key in may and key in counts}
        estimates = {key: estimate(_observed(measure, found), within=MEASURES[measure].within)
                     for key, found in open_.items()}  # fmt: skip
        values[measure] = {key: one for key, one in estimates.items() if one is not None}
        if (chart := _chart(measure, values[measure], open_, months)) is not None:
            charts[measure] = chart
        teams = {key: found for key, found in open_.items() if key.startswith(f"{TEAM}:")}
        if (funnel := _funnel(measure, teams)) is not None:
            funnels[measure] = funnel
        by_person = {key: list(_means(measure, found)) for key, found in teams.items()}
        enough = {key: means for key, means in by_person.items() if len(means) >= LEAST}
        if (found_ := differences(enough, range_=MEASURES[measure].within)) is not None:
            mixed[measure] = found_
    hidden = frozenset(key for key, found in cells.rows.items() if found and key not in counts) - cells.untold
    return SliceTables(counts, hidden, values, charts, funnels, mixed)


def says(measure: Measure, row: FigureRow) -> bool:
    """Whether the session adds anything to it."""
    pair = MEASURES[measure].of(row.counts, row.ratings)
    return pair is not None and any(pair)


def _programme(cells: Cells, told: Mapping[str, str]) -> Programme:
    sessions = {
        key: frozenset(one for row in found if (one := str(row.session_id)) in told)
        for key, found in cells.rows.items()
    }
    return Programme(told, sessions, cells.tables, untold=cells.untold)


def _observed(measure: Measure, rows: Iterable[FigureRow]) -> list[Observed]:
    return observed(measure, ((str(row.person), row.counts, row.ratings) for row in rows))


def _means(measure: Measure, rows: Iterable[FigureRow]) -> Iterable[float]:
    """Of each person, all their sessions together."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for one in _observed(measure, rows):
        sums[one.person][0] += one.numerator
        sums[one.person][1] += one.denominator
    return (above / below for above, below in sums.values() if below)


def _chart(
    measure: Measure, values: Mapping[str, Estimate], rows: Mapping[str, Sequence[FigureRow]], months: Sequence[date]
) -> Chart | None:
    """Shares by p′, all else by XmR; only of months that are shown."""
    if MEASURES[measure].within is not SHARE:
        within = MEASURES[measure].within
        found = [values.get(month_key(month)) for month in months]
        return xmr_chart([one.value if one else None for one in found], least=within.least, most=within.most)
    counted = []
    for month in months:
        pairs = _observed(measure, rows.get(month_key(month), ()))
        counted.append(Counted(sum(one.numerator for one in pairs), sum(one.denominator for one in pairs)))
    return p_chart(counted, adjusted=True)


def _funnel(measure: Measure, teams: Mapping[str, Sequence[FigureRow]]) -> Funnel | None:
    pairs = {key: _observed(measure, found) for key, found in teams.items()}
    if measure in _YES_OR_NO:
        return funnel_of_shares(
            [Placed(key, round(sum(one.numerator for one in found)), len(found)) for key, found in pairs.items()]
        )
    return funnel_of_ratios(pairs, within=MEASURES[measure].within)
