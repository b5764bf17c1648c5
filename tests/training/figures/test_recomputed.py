"""Every number in an authority's finished tables is what a slow recomputation from the raw codes gives."""

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from models.database import Database
from tests.training.figures.naive import MEASURES, SHARE, Told, cells, figure, months_until, pairs, told_by_slice
from tests.training.figures.naive_charts import (
    Mixed,
    funnel_of_ratios,
    funnel_of_shares,
    p_chart,
    people_of,
    place,
    xmr_chart,
)
from tests.training.figures.naive_reach import TOLD, compare_reach, consented, reached, sums
from tests.training.figures.random_programme import NOW, add_random_programme
from tests.training.figures.random_reach import add_random_reach
from training.figures.reach import counted
from training.figures.reach_told import Counted
from training.figures.snapshot import MONTHLY, OVERVIEW, bodies

NEAR = {"rel": 1e-7, "abs": 1e-9}
LEAST = 5
MONTHS = months_until(NOW.date())
WHOLE_FROM = MONTHS[1]
"""Scores are kept for 24 months: of the earliest month sessions have begun to go."""


@dataclass
class Raw:
    """What the raw rows of a programme tell: of its codes by slice, of each trainee by group, of what was agreed to;
    and `counted`, what the application has of the groups before it tells any."""

    told: dict[str, list[Told]]
    reach: dict[str, list[dict[str, bool]]]
    counted: dict[str, Counted]
    consent: dict[str, Any] | None


def made(path: Path, template: Path, seed: int) -> tuple[dict[str, dict[str, Any]], Raw]:
    """The finished tables of a programme by chance, and what its raw rows tell."""
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        organisation_id = add_random_programme(session, random.Random(seed))
        add_random_reach(session, random.Random(seed + 1), organisation_id)
    with database.read() as session:
        told = told_by_slice(session, organisation_id)
        whole = {name: [one for one in found if one.month >= WHOLE_FROM] for name, found in told.items()}
        of = organisation_id.hex
        consent = consented(session, of, NOW, MONTHS[12], f"{NOW:%Y-%m}")
        found = bodies(session, organisation_id, now=NOW), Raw(
            whole, reached(session, of, NOW), counted(session, organisation_id, now=NOW), consent
        )  # fmt: skip
    database.close()
    return found


@pytest.mark.slow
@given(st.integers(0, 10**9))
@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_number_is_that_of_the_raw_codes(tmp_path: Path, sqlite_template: Path, seed: int) -> None:
    compare(*made(tmp_path / "evoke.sqlite3", sqlite_template, seed))


def compare(tables: dict[str, dict[str, Any]], raw: Raw) -> None:
    slices = {name: found for name, found in raw.told.items() if "span" in cells(found, MONTHS)}
    assert set(slices) == set(tables) - {OVERVIEW, MONTHLY}
    assert set(tables[OVERVIEW]["slices"]) == set(slices)
    assert tables[OVERVIEW]["months"] == MONTHS
    assert set(tables[MONTHLY]) == set(slices)
    assert {key: vars(one) for key, one in raw.counted.items()} == {
        key: sums(people) for key, people in raw.reach.items()
    }
    compare_reach(tables[OVERVIEW]["reached"], raw.reach)
    assert tables[OVERVIEW]["agreed"] == raw.consent
    for name, found in slices.items():
        in_cell = cells(found, MONTHS)
        counts(tables[name], in_cell)
        monthly(tables[MONTHLY][name], tables[name], in_cell)
        for measure, values in tables[name]["values"].items():
            kept = {key: pairs(measure, in_cell[key]) for key in values}
            for key, value in values.items():
                assert value == pytest.approx(list(figure(measure, in_cell[key])), **NEAR), (name, measure, key)
                assert min(value[3:]) >= LEAST
                assert key in tables[name]["counts"]
            charts(tables[name]["charts"].get(measure), measure, kept, values)
            teams = {key: one for key, one in kept.items() if key.startswith("team:")}
            funnels(tables[name]["funnels"].get(measure), measure, teams)
            mixed(tables[name]["differences"].get(measure), measure, teams)


def counts(table: dict[str, Any], in_cell: dict[str, list[Told]]) -> None:
    """Each cell is told with its numbers, or hidden without any."""
    assert set(table["counts"]) | set(table["hidden"]) == set(in_cell)
    assert not set(table["counts"]) & set(table["hidden"])
    for key, count in table["counts"].items():
        assert count == [len(in_cell[key]), len({one.person for one in in_cell[key]})], key
        assert min(count) >= LEAST


def monthly(found: dict[str, Any], table: dict[str, Any], in_cell: dict[str, list[Told]]) -> None:
    """The months that the slice's own table tells, each with its numbers, and no others."""
    assert set(found["counts"]) == {key for key in table["counts"] if key.startswith("month:")}
    for key, count in found["counts"].items():
        assert count == [len(in_cell[key]), len({one.person for one in in_cell[key]})], key
    assert set(found["values"]) == set(table["values"])
    for measure, values in found["values"].items():
        assert set(values) == {key for key in table["values"][measure] if key.startswith("month:")}
        for key, value in values.items():
            assert value == pytest.approx(list(figure(measure, in_cell[key])), **NEAR), (measure, key)


def charts(chart: dict[str, Any] | None, measure: str, kept: dict[str, Any], values: dict[str, Any]) -> None:
    within, keys = MEASURES[measure][0], [f"month:{month}" for month in MONTHS]
    if within == SHARE:
        naive = p_chart([kept.get(key) for key in keys]) if any(key in kept for key in keys) else None
    else:
        naive = xmr_chart([values[key][0] if key in values else None for key in keys], within)
    assert (chart is None) == (naive is None)
    if chart is None or naive is None:
        return
    assert (chart["centre"], chart["spread"]) == pytest.approx((naive["centre"], naive["spread"]), **NEAR)
    for point, expected in zip(chart["points"], naive["points"], strict=True):
        assert point == (expected if expected["value"] is None else pytest.approx(expected, **NEAR))
    assert [dict(one) for one in chart["signals"]] == naive["signals"]


def funnels(funnel: dict[str, Any] | None, measure: str, teams: dict[str, Any]) -> None:
    naive = (
        funnel_of_shares(teams) if measure in ("at_fair", "at_good") else funnel_of_ratios(teams, MEASURES[measure][0])
    )
    assert (funnel is None) == (naive is None)
    if funnel is None or naive is None:
        return
    assert (funnel["centre"], funnel["phi"]) == pytest.approx((naive["centre"], naive["phi"]), rel=1e-6)
    assert funnel["unit"] == (None if naive["unit"] is None else pytest.approx(naive["unit"], **NEAR))
    assert {one["name"] for one in funnel["groups"]} == set(naive["groups"])
    for one in funnel["groups"]:
        value, of = naive["groups"][one["name"]]
        assert (one["value"], one["limits"]["of"]) == pytest.approx((value, of), **NEAR)
        assert ends(one["limits"]) == pytest.approx(naive["limits"](of), rel=1e-6, abs=1e-8)
        assert one["place"] == place(one["value"], ends(one["limits"]))
    for one in funnel["curve"]:
        assert ends(one) == pytest.approx(naive["limits"](one["of"]), rel=1e-6, abs=1e-8)


def ends(limits: dict[str, float]) -> tuple[float, ...]:
    return tuple(limits[name] for name in ("low", "high", "far_low", "far_high"))


def mixed(found: dict[str, Any] | None, measure: str, teams: dict[str, Any]) -> None:
    within = MEASURES[measure][0]
    people = {key: [r / q for r, q in people_of(one) if q] for key, one in teams.items()}
    people = {key: means for key, means in people.items() if len(means) >= LEAST}
    model = Mixed(people)
    assert (found is None) == (not len(model.y))
    if found is None:
        return
    assert [(one["name"], one["people"]) for one in found["teams"]] == [
        (key, len(values)) for key, values in model.teams.items()
    ]
    assert [one["raw"] for one in found["teams"]] == pytest.approx(
        [sum(values) / len(values) for values in model.teams.values()], **NEAR
    )
    alike = max(model.y) - min(model.y) <= 1e-12 * max(1, abs(model.y[0]))
    if alike or len(model.teams) < 3 or len(model.y) - len(model.teams) < 5:
        assert found["fit"] in ("constant", "few_teams", "few_people")
        assert (found["between"], found["icc"]) == (0, 0)
        assert [one["value"] for one in found["teams"]] == pytest.approx([model.y.mean()] * len(model.teams), **NEAR)
        return
    ratio = (found["between"] / found["within"]) ** 2
    assert model.unlikely(ratio) <= model.least_unlikely() + 1e-6
    assert (found["fit"] == "alike") == (ratio == 0)
    assert found["icc"] == pytest.approx(ratio / (1 + ratio), **NEAR)
    mean, expected = model.given(found["between"], found["within"])
    assert found["mean"] == pytest.approx(mean, rel=1e-6)
    for one in found["teams"]:
        value, half = expected[one["name"]]
        assert one["value"] == pytest.approx(value, rel=1e-6)
        if ratio and half > 1e-6:
            low, high = max(within[0], value - half), min(within[1], value + half)
            assert (one["low"], one["high"]) == pytest.approx((low, high), rel=1e-5, abs=1e-7)


def test_one_programme_has_figures_and_a_number_that_was_changed_is_noticed(
    tmp_path: Path, sqlite_template: Path
) -> None:
    tables, raw = made(tmp_path / "evoke.sqlite3", sqlite_template, 9)
    compare(tables, raw)
    assert raw.consent
    shown = [table for name, table in tables.items() if name not in (OVERVIEW, MONTHLY)]
    assert sum(len(values) for table in shown for values in table["values"].values()) > 50
    assert any(table["charts"] for table in shown)
    assert any(len(one["groups"]) > 1 for table in shown for one in table["funnels"].values())
    fullest = max(raw.told, key=lambda name: len(raw.told[name]))
    for part in ("counts", "values"):
        changed = deepcopy(tables)
        found = changed[fullest][part] if part == "counts" else changed[fullest][part]["percent_change_talk"]
        found["span"][0] += 1
        with pytest.raises(AssertionError):
            compare(changed, raw)


def _month(found: dict[str, Any]) -> list[Any]:
    return next(numbers for key, numbers in sorted(found.items()) if key.startswith("month:"))


Change = Callable[[dict[str, dict[str, Any]], str], None]
CHANGED: dict[str, Change] = {
    "a month's count": lambda made, name: _month(made[MONTHLY][name]["counts"]).__setitem__(0, 7_000),
    "a month's figure": lambda made, name: _month(
        made[MONTHLY][name]["values"]["percent_change_talk"]
    ).__setitem__(0, 7.0),
    "a month is left out": lambda made, name: made[MONTHLY][name]["counts"].popitem() and None,
    "how many people": lambda made, _: made[OVERVIEW]["reached"]["whole"].update(people=7_000),
    **{
        f"who is reached: {field}": lambda made, _, field=field: made[OVERVIEW]["reached"]["whole"].update(
            {field: {"least": 7_000, "most": 7_000}}
        )
        for field in TOLD
    },
    "what waits": lambda made, _: made[OVERVIEW]["agreed"].update(waiting={"least": 7, "most": 7}),
    "what was agreed to": lambda made, _: made[OVERVIEW]["agreed"]["agreed"].update(research={"least": 1, "most": 1}),
    "what was withdrawn": lambda made, _: made[OVERVIEW]["agreed"].update(withdrawn={"least": 1, "most": 1}),
}  # fmt: skip


def test_a_change_in_months_reach_or_consent_is_noticed(tmp_path: Path, sqlite_template: Path) -> None:
    tables, raw = made(tmp_path / "evoke.sqlite3", sqlite_template, 9)
    name = max(raw.told, key=lambda name: len(raw.told[name]))
    compare(tables, raw)
    unnoticed = []
    for what, change in CHANGED.items():
        changed = deepcopy(tables)
        change(changed, name)
        with suppress(AssertionError):
            compare(changed, raw)
            unnoticed.append(what)
    assert unnoticed == []
