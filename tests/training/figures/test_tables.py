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


def people_behind(rows: list[FigureRow], keys: set[str]) -> set[UUID]:
    """Who is in any of these cells of teams or of teams by three months."""
    found = set()
    for one in rows:
        at = MONTHS_SHOWN.index(one.month) // 3
        if keys & {f"team:{one.team}", f"block:{one.team}:{at}"}:
            found.add(one.person)
    return found


def test_what_a_site_less_its_other_teams_leaves_is_not_small() -> None:
    """Four people in two teams are few, though with those of the other site they are enough to hide."""
    sizes = {1: (2, "Quay"), 2: (2, "Quay"), 3: (8, "Quay"), 4: (9, "Quay"), 5: (2, "Town"), 6: (2, "Town"),
             7: (8, "Town"), 8: (9, "Town")}  # fmt: skip
    rows, site_of = list[FigureRow](), {f"team:{UUID(int=team)}": site for team, (_, site) in sizes.items()}
    for team, (size, site) in sizes.items():
        for person in range(size):
            rows += [
                row(100 * team + person, UUID(int=team), month, site=site, joined=2020 + person % 3, q=5 + person)
                for month in MONTHS_SHOWN[-RECENT:]
            ]
    found = tables_of(rows, MONTHS_SHOWN)
    for site in ("Quay", "Town"):
        left = {key for key in site_of if site_of[key] == site and key not in found.counts}
        assert f"site:{site}" not in found.counts or len(people_behind(rows, left)) >= 5, (site, left)
    assert found.counts[WHOLE].people == 42


def test_what_three_months_less_the_blocks_of_other_teams_leave_is_not_small() -> None:
    sizes = {1: 2, 2: 2, 3: 8, 4: 9, 5: 10, 6: 11}
    rows = [
        row(100 * team + person, UUID(int=team), month, joined=2020 + person % 3, q=5 + person)
        for team, size in sizes.items() for person in range(size) for month in MONTHS_SHOWN
    ]  # fmt: skip
    found = tables_of(rows, MONTHS_SHOWN)
    for at in range(MONTHS // 3):
        months = [month_key(month) for month in MONTHS_SHOWN[3 * at : 3 * at + 3]]
        left = {f"block:{UUID(int=team)}:{at}" for team in sizes} - found.counts.keys()
        assert not found.counts.keys() >= set(months) or len(people_behind(rows, left)) >= 5, (at, left)
    assert not any(key.startswith(("quarter", "earlier")) for key in (*found.counts, *found.hidden))


def test_two_figures_of_the_same_reflections_hide_the_same_teams() -> None:
    """Of the small team four have reflections to count, so each figure hides another beside it, the smaller by its own
    count: one team has more sessions with questions, the other with reflections."""
    month = MONTHS_SHOWN[-1:]
    rows = [*rows_of(range(6), NORTH, month * 2), *rows_of(range(10, 16), SOUTH, month * 2)]
    rows[0] = row(0, NORTH, month[0], sr=0, cr=0)
    rows += [row(1, NORTH, month[0], sr=0, cr=0)]
    rows += [*rows_of(range(20, 24), SMALL, month), row(24, SMALL, month[0], q=0, sr=0, cr=0)]
    found = tables_of(rows, MONTHS_SHOWN)
    assert f"team:{SMALL}" in found.counts
    told = [
        {key for key in found.values[measure] if key == WHOLE or key.startswith("team:")}
        for measure in (Measure.REFLECTION_TO_QUESTION, Measure.PERCENT_COMPLEX)
    ]
    both = {WHOLE, f"team:{NORTH}", f"team:{SOUTH}"}
    assert not both <= told[0] | told[1]


def test_a_team_of_whom_few_have_a_figure_is_in_no_model() -> None:
    """Who asked no question has no ratio of their own: the mean of the others would be theirs."""
    month = MONTHS_SHOWN[-1]
    rows = [row(10 * team + person, UUID(int=team), month, q=10 + person) for team in (1, 2, 3) for person in range(6)]
    rows += [row(50 + person, UUID(int=5), month, q=7 if person == 0 else 0) for person in range(6)]
    found = tables_of(rows, MONTHS_SHOWN)
    assert f"team:{UUID(int=5)}" in found.values[Measure.REFLECTION_TO_QUESTION]
    told = found.differences[Measure.REFLECTION_TO_QUESTION].teams
    assert {one.name for one in told} == {f"team:{UUID(int=team)}" for team in (1, 2, 3)}
    assert min(one.people for one in told) >= 5


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
