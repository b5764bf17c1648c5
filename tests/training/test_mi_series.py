"""No figure of practice that is shown outside lets anybody derive one under ten, or of the few without rows."""

import random
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from models.coding import CodedBy
from models.practice import Picked, SessionKind
from training.adoption.mi_series import FEW, LEAST, SHOWN, MiPeriod, mi_series
from training.figures.measures import Measure, observed
from training.figures.rows import NUMBERS, FigureRow, Slice

TODAY = date(2026, 11, 26)
ONE = Slice(SessionKind.ROLE_PLAY, Picked.CHOSEN, CodedBy.MACHINE)
OTHER = Slice(SessionKind.ROLE_PLAY, Picked.DRAWN, CodedBy.MACHINE)
CELLS = st.dictionaries(st.tuples(st.sampled_from([ONE, OTHER]), st.integers(1, 10)), st.integers(0, 25), max_size=12)
"""How many sessions of a slice were coded in which month of this year."""
Rows = Mapping[Slice, list[FigureRow]]


def session_of(person: int, month: date, draw: random.Random) -> FigureRow:
    counts = {name: draw.choice((0, 0, draw.randint(1, 9))) for name in NUMBERS}
    return FigureRow(UUID(int=draw.getrandbits(128)), UUID(int=person), None, "", None, None, month, counts, {})


def rows_of(cells: Mapping[tuple[Slice, int], int], *, people: int) -> Rows:
    """Each by the next of so many people."""
    draw = random.Random(len(cells))
    found: dict[Slice, list[FigureRow]] = {ONE: [], OTHER: []}
    for (one, month), count in cells.items():
        found[one] += [session_of(number % people, date(2026, month, 1), draw) for number in range(count)]
    return found


def shown(rows: Rows, *, today: date = TODAY, left_out: Collection[UUID] = ()) -> Mapping[Slice, list[MiPeriod]]:
    given = {one: {row.session_id for row in found} - set(left_out) for one, found in rows.items()}
    return {one: list(periods) for one, periods in mi_series(rows, given=given, today=today).items()}


def inside(period: MiPeriod, rows: Collection[FigureRow]) -> list[FigureRow]:
    return [row for row in rows if period.first <= row.month <= period.last]


@given(CELLS, st.integers(1, 30))
@hypothesis_settings(max_examples=60)
def test_periods_never_overlap_and_are_of_ten_and_more(cells: dict[tuple[Slice, int], int], people: int) -> None:
    rows = rows_of(cells, people=people)
    for one, periods in shown(rows).items():
        assert all(before.last < after.first for before, after in pairwise(periods))
        for period in periods:
            found = inside(period, rows[one])
            assert min(len(found), len({row.person for row in found})) >= LEAST
            assert period.sessions % 5 == 0
            assert abs(period.sessions - len(found)) <= 2
            assert all(value.people >= LEAST for value in period.measures.values())
            assert not period.withheld


@given(CELLS, st.integers(1, 30), st.integers(0, 9))
@hypothesis_settings(max_examples=60)
def test_what_is_left_at_the_end_could_as_well_be_any_number_under_ten(
    cells: dict[tuple[Slice, int], int], people: int, instead: int
) -> None:
    rows, draw = rows_of(cells, people=people), random.Random(instead)
    as_it_is = shown(rows)
    for one, found in rows.items():
        last = max((period.last for period in as_it_is.get(one, ())), default=date(2025, 12, 1))
        told = [row for row in found if row.month <= last]
        made_up = [session_of(number, date(2026, 10, 1), draw) for number in range(instead)] if last.month < 10 else []
        assert shown({**rows, one: [*told, *made_up]}) == as_it_is


@given(CELLS, st.integers(10, 30))
@hypothesis_settings(max_examples=60)
def test_of_months_that_are_put_together_none_can_be_told(cells: dict[tuple[Slice, int], int], people: int) -> None:
    """The same is shown where all sessions of such a period are of its last month, and where nine are of its first."""
    rows = rows_of(cells, people=people)
    as_it_is = shown(rows)
    for one, periods in as_it_is.items():
        for period in (period for period in periods if period.first < period.last):
            found = inside(period, rows[one])
            for early in (0, LEAST - 1):
                months = [period.first] * early + [period.last] * (len(found) - early)
                moved = [replace(row, month=month) for row, month in zip(found, months, strict=True)]
                others = [row for row in rows[one] if row not in found]
                again = shown({**rows, one: [*others, *moved]})[one]
                assert [(each.first, each.last, each.sessions) for each in again] == [
                    (each.first, each.last, each.sessions) for each in periods
                ]


@given(CELLS, st.integers(1, 30), st.integers(1, 12))
@hypothesis_settings(max_examples=60)
def test_what_was_shown_does_not_grow_as_months_go_by(
    cells: dict[tuple[Slice, int], int], people: int, later: int
) -> None:
    rows = rows_of(cells, people=people)
    earlier = shown(rows, today=date(2026, later, 26))
    now = shown(rows, today=TODAY if later <= 11 else date(2026, 12, 26))
    assert all(period in now[one] for one, periods in earlier.items() for period in periods)


@given(CELLS, st.integers(1, 30), st.lists(st.integers(0, 200), max_size=12))
@hypothesis_settings(max_examples=100)
def test_rows_of_all_but_a_few_take_nothing_from_a_figure(
    cells: dict[tuple[Slice, int], int], people: int, which: list[int]
) -> None:
    """Whatever sessions have no row: those that a figure has beside its rows are none, or of five people and more. No
    period becomes another one by it, so that none can be taken from what it was before."""
    rows = rows_of(cells, people=people)
    every = [row.session_id for found in rows.values() for row in found]
    left_out = {every[at % len(every)] for at in which} if every else set()
    with_all, periods_of = shown(rows), shown(rows, left_out=left_out)
    for one, periods in periods_of.items():
        for before, period in zip(with_all[one], periods, strict=True):
            assert (before.first, before.last, before.sessions) == (period.first, period.last, period.sessions)
            assert set(before.measures) == set(period.measures) | period.withheld
            beside = [row for row in inside(period, rows[one]) if row.session_id in left_out]
            assert bool(beside) or not period.withheld
            for name in period.measures:
                assert period.measures[name] == before.measures[name]
                counted = observed(name, [(str(row.person), row.counts, row.ratings) for row in beside])
                telling = {each.person for each in counted if each.numerator or each.denominator}
                assert not telling or len(telling) >= FEW
                assert not beside or len({row.person for row in beside}) >= FEW


def test_what_says_nothing_of_a_measure_hides_no_other() -> None:
    """Six without a row; but only three of them had change talk or sustain talk in them."""
    draw = random.Random(1)
    rows = [session_of(number, date(2026, 3, 1), draw) for number in range(20)]
    rows = [replace(row, counts=dict.fromkeys(NUMBERS, 2)) for row in rows]
    silent = [replace(row, counts={**row.counts, "ct": 0, "st": 0}) for row in rows[:3]]
    rows = [*silent, *rows[3:]]
    (period,) = shown({ONE: rows}, left_out=[row.session_id for row in rows[:6]])[ONE]
    assert period.withheld == {Measure.PERCENT_CHANGE_TALK}
    assert set(period.measures) == set(SHOWN) - {Measure.PERCENT_CHANGE_TALK}
    assert shown({ONE: rows}, left_out=[row.session_id for row in rows])[ONE][0].withheld == set()


@pytest.mark.parametrize(("kept", "today", "years"), [
    (24, date(2027, 12, 31), {2026, 2027}), (24, date(2028, 1, 1), {2027}), (12, date(2026, 12, 31), {2026}),
    (12, date(2027, 1, 1), set()), (6, date(2026, 6, 30), {2026}), (6, date(2026, 7, 1), set()),
])  # fmt: skip
def test_a_year_is_shown_until_the_first_of_its_sessions_goes(kept: int, today: date, years: set[int]) -> None:
    """Else the change from one day to the next would be about the one session that went."""
    draw = random.Random(1)
    rows = [
        session_of(number, date(year, month, 1), draw)
        for year in (2026, 2027) for month in (1, 11) for number in range(LEAST)
    ]  # fmt: skip
    found = mi_series({ONE: rows}, given={}, today=today, kept_months={ONE.kind: kept})
    assert {period.first.year for period in found.get(ONE, ())} == years


def test_the_month_that_is_not_over_is_left_out() -> None:
    draw = random.Random(1)
    rows = {ONE: [session_of(number, date(2026, 11, 1), draw) for number in range(20)]}
    assert shown(rows) == {}
    (period,) = shown(rows, today=date(2026, 12, 1))[ONE]
    assert (period.first, period.last, period.sessions) == (date(2026, 1, 1), date(2026, 11, 1), 20)


def test_ten_people_are_needed_as_well() -> None:
    draw = random.Random(1)
    assert shown({ONE: [session_of(number % 9, date(2026, 3, 1), draw) for number in range(40)]}) == {}
