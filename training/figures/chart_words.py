"""What drawings of figures say, in words and as columns of the tables beside them: lines, bands, and what lies outside.
Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from training.figures.limits import Rule, Signal, in_words
from training.figures.measures import Measure
from training.figures.shown import between, month_shown, number
from training.figures.snapshot import Overview

MANY_TEAMS = 4
"""Teams from which they are held against each other."""
LEAST_DRAWN = 2
"""Months from which there is a line to draw."""
_PLACES = {
    "within": "inside both", "above": "above the inner", "below": "below the inner",
    "far_above": "above the outer", "far_below": "below the outer",
}  # fmt: skip


@dataclass(frozen=True)
class TeamLimits:
    """`size` is what the figure rests on; `place` says where it lies to the `inner` and `outer` limits."""

    size: str
    inner: str
    outer: str
    place: str


NOT_DRAWN = TeamLimits("", "", "", "")


def control_said(measure: Measure, chart: Mapping[str, Any] | None, overview: Overview) -> tuple[str, ...]:
    if chart is None:
        return ("There are too few months with enough sessions to draw them over time.",)
    drawn = months_drawn(chart)
    if drawn < LEAST_DRAWN:
        return ("One month has enough sessions so far. With the next, it can be seen how figures move over time.",)
    months = [month_shown(month) for month in overview.months]
    signals = [Signal(Rule(one["rule"]), one["first"], one["last"]) for one in chart["signals"]]
    said = [in_words(one, months) for one in signals]
    if not said:
        said = ["No month differs from the others by more than the usual ups and downs."]
    if drawn < 10:
        said.append(f"With {drawn} months so far the limits are rough, and another month can move them.")
    return tuple(said)


def month_limits(
    measure: Measure, chart: Mapping[str, Any] | None, months: Sequence[date]
) -> dict[date, tuple[str, str]]:
    """Of each month that is drawn the centre line and its limits."""
    if chart is None or months_drawn(chart) < LEAST_DRAWN:
        return {}
    centre = number(measure, chart["centre"])
    return {
        month: (centre, between(measure, point["lower"], point["upper"]))
        for month, point in zip(months, chart["points"], strict=True)
        if point["value"] is not None
    }


def months_drawn(chart: Mapping[str, Any]) -> int:
    return sum(point["value"] is not None for point in chart["points"])


def funnel_said(kept: Mapping[str, Any] | None, names: Mapping[str, str]) -> tuple[str, ...]:
    if kept is None or len(kept["groups"]) < MANY_TEAMS:
        return ("There are too few teams with enough sessions to hold them against each other.",)
    outside = [one for one in kept["groups"] if one["place"].startswith("far")]
    inside = [one for one in kept["groups"] if one["place"] in ("above", "below")]
    if not outside and not inside:
        return (f"All {len(kept['groups'])} teams lie within what chance does with teams of their size.",)
    said = [
        f"{names.get(one['name'], 'One team')} lies {'above' if one['place'] == 'far_above' else 'below'} what chance "
        "does: worth asking what is different there."
        for one in outside
    ]
    if inside:
        word = "team lies" if len(inside) == 1 else "teams lie"
        said.append(
            f"{len(inside)} {word} outside the inner limits, where chance puts one team in ten: no reason to act on it "
            "alone."
        )
    return tuple(said)


def team_limits(measure: Measure, kept: Mapping[str, Any] | None) -> dict[str, TeamLimits]:
    """By the key of each team that is drawn."""
    if kept is None or len(kept["groups"]) < MANY_TEAMS:
        return {}
    return {one["name"]: _of_team(measure, one["limits"], one["place"]) for one in kept["groups"]}


def _of_team(measure: Measure, limits: Mapping[str, float], place: str) -> TeamLimits:
    return TeamLimits(
        f"{limits['of']:,.0f}", between(measure, limits["low"], limits["high"]),
        between(measure, limits["far_low"], limits["far_high"]), _PLACES[place],
    )  # fmt: skip
