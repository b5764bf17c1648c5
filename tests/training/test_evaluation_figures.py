"""No number that an evaluator is shown lets them derive one under ten."""

import random
from dataclasses import replace
from datetime import date
from statistics import fmean
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.stats import t as students_t

from coding.scheme.summary import ScoreName
from models.practice import SessionKind
from training.evaluation_figures import LEAST, MEASURES, CodedSession, Period, periods_of

TODAY = date(2026, 11, 26)
KIND, OTHER = SessionKind.ROLE_PLAY, SessionKind.SIMULATED
CELLS = st.dictionaries(
    st.tuples(st.sampled_from([KIND, OTHER]), st.integers(1, 10)), st.integers(0, 25), max_size=12
)  # fmt: skip
"""How many sessions of a kind were coded in which month of this year."""


def person(number: int) -> UUID:
    return UUID(int=number)


def sessions_of(cells: dict[tuple[SessionKind, int], int], *, people: int) -> list[CodedSession]:
    """Each by the next of so many people, with scores of every measure."""
    draw = random.Random(len(cells))
    return [
        CodedSession(
            person(number % people), kind, date(2026, month, 1), {name: draw.uniform(0, 9) for name in MEASURES}
        )
        for (kind, month), count in cells.items()
        for number in range(count)
    ]  # fmt: skip


def within(period: Period, one: CodedSession) -> bool:
    return one.kind is period.kind and period.first <= one.month <= period.last


@given(CELLS, st.integers(1, 30))
@hypothesis_settings(max_examples=60)
def test_periods_never_overlap_and_what_is_shown_is_of_ten_and_more(
    cells: dict[tuple[SessionKind, int], int], people: int
) -> None:
    sessions = sessions_of(cells, people=people)
    periods = periods_of(sessions, today=TODAY)
    for one in sessions:
        assert sum(within(period, one) for period in periods) == 1
    for period in periods:
        inside = [one for one in sessions if within(period, one)]
        enough = len(inside) >= LEAST and len({one.person_id for one in inside}) >= LEAST
        assert (period.sessions is not None) is enough
        assert (set(period.measures) == set(MEASURES)) is enough
        if period.sessions is not None:
            assert period.sessions >= LEAST
            assert period.sessions % 5 == 0
            assert abs(period.sessions - len(inside)) <= 2


@given(CELLS, st.integers(1, 30), st.integers(0, 9))
@hypothesis_settings(max_examples=60)
def test_what_is_not_shown_could_as_well_be_any_number_under_ten(
    cells: dict[tuple[SessionKind, int], int], people: int, instead: int
) -> None:
    """The output as a whole is the same whatever the hidden number is: so it can be derived from nothing in it."""
    sessions = sessions_of(cells, people=people)
    shown = periods_of(sessions, today=TODAY)
    for period in (one for one in shown if one.sessions is None):
        others = [one for one in sessions if not within(period, one)]
        made_up = [CodedSession(person(n), period.kind, period.last, {}) for n in range(instead)]
        assert periods_of([*others, *made_up], today=TODAY) == shown


@given(CELLS, st.integers(10, 30))
@hypothesis_settings(max_examples=60)
def test_of_months_that_are_put_together_none_can_be_told(
    cells: dict[tuple[SessionKind, int], int], people: int
) -> None:
    """The same output comes of data in which all sessions of such a period are of its last month, and of data in which
    nine are of its first."""
    sessions = sessions_of(cells, people=people)
    shown = periods_of(sessions, today=TODAY)
    for period in (one for one in shown if one.sessions is not None and one.first < one.last):
        inside = [one for one in sessions if within(period, one)]
        for early in (0, LEAST - 1):
            months = [period.first] * early + [period.last] * (len(inside) - early)
            moved = [replace(one, month=month) for one, month in zip(inside, months, strict=True)]
            others = [one for one in sessions if not within(period, one)]
            assert periods_of([*others, *moved], today=TODAY) == shown


@given(CELLS, st.integers(1, 30), st.integers(1, 12))
@hypothesis_settings(max_examples=60)
def test_what_was_shown_does_not_grow_as_months_go_by(
    cells: dict[tuple[SessionKind, int], int], people: int, later: int
) -> None:
    sessions = sessions_of(cells, people=people)
    earlier = [one for one in periods_of(sessions, today=date(2026, later, 26)) if one.sessions is not None]
    now = periods_of(sessions, today=TODAY if later <= 11 else date(2026, 12, 26))
    assert all(one in now for one in earlier)


@pytest.mark.parametrize(("kept", "today", "years"), [
    (24, date(2027, 12, 31), {2026, 2027}), (24, date(2028, 1, 1), {2027}), (12, date(2026, 12, 31), {2026}),
    (12, date(2027, 1, 1), set()), (6, date(2026, 6, 30), {2026}), (6, date(2026, 7, 1), set()),
])  # fmt: skip
def test_a_year_is_shown_until_the_first_of_its_sessions_goes(kept: int, today: date, years: set[int]) -> None:
    """Else the change from one day to the next would be about the one session that went."""
    scores = dict.fromkeys(MEASURES, 1.0)
    sessions = [
        CodedSession(person(number), KIND, date(year, month, 1), scores)
        for year in (2026, 2027) for month in (1, 11) for number in range(LEAST)
    ]  # fmt: skip
    shown = periods_of(sessions, today=today, kept_months={KIND: kept})
    assert {one.first.year for one in shown if one.kind is KIND and one.sessions} == years
    assert {one.kind for one in shown} >= {OTHER}  # which is kept for ever here


def test_the_month_that_is_not_over_is_left_out() -> None:
    sessions = [CodedSession(person(n), KIND, date(2026, 11, 1), {}) for n in range(20)]
    assert all(one.sessions is None for one in periods_of(sessions, today=TODAY))
    (shown,) = [one for one in periods_of(sessions, today=date(2026, 12, 1)) if one.sessions]
    assert (shown.first, shown.last, shown.sessions) == (date(2026, 1, 1), date(2026, 11, 1), 20)


def test_ten_people_are_needed_as_well_for_each_measure() -> None:
    few = [CodedSession(person(n % 9), KIND, date(2026, 3, 1), {}) for n in range(40)]
    assert all(one.sessions is None for one in periods_of(few, today=TODAY))
    name = ScoreName.PERCENT_COMPLEX
    many = [CodedSession(person(n), KIND, date(2026, 3, 1), {name: 40.0} if n < 9 else {}) for n in range(12)]
    (shown,) = [one for one in periods_of(many, today=TODAY) if one.sessions]
    assert shown.measures[name] is None


def test_a_person_counts_once_and_the_numbers_are_right() -> None:
    name = ScoreName.MI_ADHERENT
    values = [1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    sessions = [CodedSession(person(n), KIND, date(2026, 3, 1), {name: value}) for n, value in enumerate(values)]
    sessions += [CodedSession(person(0), KIND, date(2026, 3, 1), {name: value}) for value in (0.0, 2.0)] * 20
    (shown,) = [one for one in periods_of(sessions, today=TODAY) if one.sessions]
    spread = shown.measures[name]
    assert spread is not None
    low, high = students_t.interval(0.9, 10, fmean(values), students_t_error(values))
    assert (spread.mean, spread.low, spread.high) == (round(fmean(values), 1), round(low, 1), round(high, 1))
    assert (spread.lower_quartile, spread.median, spread.upper_quartile) == (2.5, 4.0, 6.5)


def students_t_error(values: list[float]) -> float:
    mean = fmean(values)
    return float((sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values)) ** 0.5)


def test_shares_stay_between_nought_and_a_hundred() -> None:
    name = ScoreName.PERCENT_CHANGE_TALK
    for value in (0.0, 100.0):
        sessions = [CodedSession(person(n), KIND, date(2026, 3, 1), {name: value if n else 50.0}) for n in range(LEAST)]
        (shown,) = [one for one in periods_of(sessions, today=TODAY) if one.sessions]
        spread = shown.measures[name]
        assert spread is not None
        assert 0 <= spread.low <= spread.mean <= spread.high <= 100
