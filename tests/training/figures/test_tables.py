"""From rows to the tables of a slice."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from models.person import Discipline
from training.figures.funnel import Place
from training.figures.measures import Measure
from training.figures.mixed import Fit
from training.figures.rows import FigureRow, months_before
from training.figures.tables import MONTHS, RECENT, WHOLE, month_key, tables_of

MONTHS_SHOWN = months_before(date(2026, 11, 26), MONTHS)
NORTH, SOUTH, SMALL = (UUID(int=number) for number in (1, 2, 3))


def row(
    person: int, team: UUID | None, month: date, *, q: int = 10, sr: int = 6, cr: int = 6,
    discipline: Discipline | None = Discipline.CHILDRENS_SOCIAL_WORKER, site: str = "Town", joined: int = 2025,
    **ratings: int,
) -> FigureRow:  # fmt: skip
    counts = {
        "gi": 3, "persuade": 1, "pwp": 0, "q": q, "sr": sr, "cr": cr, "af": 2, "seek": 1, "emphasize": 0, "confront": 0,
        "ct": 4, "st": 4, "fn": 9, "open_questions": q // 2, "closed_questions": q - q // 2,
    }  # fmt: skip
    return FigureRow(uuid4(), UUID(int=1000 + person), team, site, discipline, joined, month, counts, ratings)


def rows_of(people: range, team: UUID, months: list[date], **more: int) -> list[FigureRow]:
    return [row(person, team, month, **more) for person in people for month in months]


def test_the_months_are_those_that_are_over() -> None:
    assert len(MONTHS_SHOWN) == MONTHS
    assert (MONTHS_SHOWN[0], MONTHS_SHOWN[-1]) == (date(2024, 11, 1), date(2026, 10, 1))


def test_a_large_team_is_shown_and_what_it_comes_to_is_the_ratio_of_its_sums() -> None:
    recent = MONTHS_SHOWN[-RECENT:]
    found = tables_of([*rows_of(range(8), NORTH, recent), *rows_of(range(8, 16), SOUTH, recent, q=20)], MONTHS_SHOWN)
    assert found.counts[WHOLE].sessions == 16 * 12
    assert found.counts[f"team:{NORTH}"].people == 8
    ratio = found.values[Measure.REFLECTION_TO_QUESTION]
    assert ratio[f"team:{NORTH}"].value == pytest.approx(1.2)
    assert ratio[f"team:{SOUTH}"].value == pytest.approx(0.6)
    assert ratio[WHOLE].value == pytest.approx(24 / 30)
    assert found.values[Measure.AT_FAIR][WHOLE].value == pytest.approx(0.5)
    assert found.values[Measure.PERCENT_COMPLEX][WHOLE].value == pytest.approx(0.5)
    assert Measure.TECHNICAL_GLOBAL not in found.values
    assert found.hidden == frozenset()
    assert {one.place for one in found.funnels[Measure.AT_FAIR].groups} <= {Place.FAR_ABOVE, Place.FAR_BELOW}
    assert found.differences[Measure.AT_FAIR].fit is Fit.FEW_TEAMS
    assert found.charts[Measure.AT_FAIR].centre == pytest.approx(0.5)


def test_a_small_team_is_hidden_with_another_that_would_give_it_away() -> None:
    recent = MONTHS_SHOWN[-RECENT:]
    large = [*rows_of(range(8), NORTH, recent), *rows_of(range(8, 14), SOUTH, recent)]
    found = tables_of([*large, *rows_of(range(20, 23), SMALL, recent)], MONTHS_SHOWN)
    assert found.counts[WHOLE].people == 17
    assert f"team:{SMALL}" in found.hidden
    assert f"team:{SOUTH}" in found.hidden, "the smaller of the two others, for the whole less both is the small one"
    assert f"team:{NORTH}" in found.counts
    for values in found.values.values():
        assert not values.keys() & found.hidden
    assert {one.name for one in found.funnels[Measure.AT_FAIR].groups} == {f"team:{NORTH}"}


def test_a_measure_that_few_sessions_tell_of_is_hidden_though_the_group_is_not() -> None:
    recent = MONTHS_SHOWN[-RECENT:]
    rated = [row(person, NORTH, recent[0], partnership=4, empathy=3) for person in range(3)]
    found = tables_of([*rows_of(range(8), NORTH, recent), *rated], MONTHS_SHOWN)
    assert found.counts[WHOLE].sessions == 99
    assert found.values[Measure.RELATIONAL_GLOBAL] == {}


def test_an_earlier_month_is_drawn_and_does_not_count_among_the_newest() -> None:
    found = tables_of(rows_of(range(6), NORTH, [MONTHS_SHOWN[0], MONTHS_SHOWN[-1]]), MONTHS_SHOWN)
    assert found.counts[WHOLE].sessions == 6
    assert found.counts[month_key(MONTHS_SHOWN[0])].sessions == 6
    assert month_key(MONTHS_SHOWN[5]) not in found.counts
    assert found.hidden == frozenset()
    assert tables_of([row(1, NORTH, date(2020, 1, 1))], MONTHS_SHOWN).counts == {}


def test_nothing_at_all_gives_no_table() -> None:
    found = tables_of([], MONTHS_SHOWN)
    assert (found.counts, found.values, found.charts, found.hidden) == ({}, {}, {}, frozenset())
