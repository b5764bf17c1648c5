"""Who is reached and what people agreed to, in words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.consent import Scope
from training.figures.about import LEAST_OF, about_shown
from training.figures.cells import LEAST
from training.figures.shown import month_shown
from training.figures.snapshot import Overview
from training.figures.tables import TEAM, WHOLE

IN_NO_TEAM = "In no team"


@dataclass(frozen=True)
class ReachLine:
    name: str
    people: int
    never: int
    lately: int
    enough: int
    some: int
    without: int


def reach_lines(overview: Overview) -> Iterable[ReachLine]:
    named = sorted(
        ((overview.teams.get(key.removeprefix(f"{TEAM}:"), (IN_NO_TEAM, ""))[0], one)
         for key, one in overview.reach.items() if key != WHOLE),
        key=lambda row: row[0],
    )  # fmt: skip
    whole = overview.reach.get(WHOLE)
    for name, one in [*named, *([("All together", whole)] if whole else [])]:
        yield ReachLine(name, one.people, one.never, one.lately, one.enough, one.some, one.without)


def consent_said(overview: Overview) -> str:
    """A sentence or two on the real conversations of the newest months."""
    found, year = overview.consent, f"in the 12 months to {month_shown(overview.months[-1])}"
    if found is None:
        few = f"Fewer than {LEAST_OF} real conversations, or those of fewer than {LEAST} practitioners"
        return f"{few}, were added {year}: too few to show."
    of = found.sessions
    agreed = {scope: about_shown(one, of) for scope, one in found.agreed.items()}
    said = (
        f"Of {of:,} real conversations added {year}, everybody agreed to supervision in {agreed[Scope.SUPERVISION]}, "
        f"to learning in the team in {agreed[Scope.TEAM_LEARNING]}, to improving Evoke in {agreed[Scope.IMPROVING]}, "
        f"to research in {agreed[Scope.RESEARCH]} and to being quoted in a note in {agreed[Scope.QUOTING]}. "
        f"Somebody\u2019s agreement is missing in {about_shown(found.waiting, of)}. In that time "
        f"{about_shown(found.withdrawn)} sessions of any kind were withdrawn because somebody took their agreement "
        "back or it ended."
    )
    return f"{said} Where it says fewer than {LEAST}, it can be none; nearly all can be all."
