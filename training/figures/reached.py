"""Who is reached and what people agreed to, in words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.consent import Scope
from training.figures.about import LEAST_OF, About, about_shown
from training.figures.cells import LEAST
from training.figures.reach_told import Reach
from training.figures.shown import month_shown
from training.figures.snapshot import Overview
from training.figures.tables import TEAM, WHOLE

IN_NO_TEAM, UNTOLD = "In no team", "not told"


@dataclass(frozen=True)
class ReachLine:
    """`never` and `enough` in words, as closely as may be told."""

    name: str
    people: int
    never: str
    enough: str


def reach_groups(overview: Overview) -> list[tuple[str, Reach]]:
    """Teams by name, then all together."""
    named = sorted(
        ((overview.teams.get(key.removeprefix(f"{TEAM}:"), (IN_NO_TEAM, ""))[0], one)
         for key, one in overview.reach.items() if key != WHOLE),
        key=lambda row: row[0],
    )  # fmt: skip
    whole = overview.reach.get(WHOLE)
    return [*named, *([("All together", whole)] if whole else [])]


def reach_lines(overview: Overview) -> Iterable[ReachLine]:
    for name, one in reach_groups(overview):
        yield ReachLine(name, one.people, _how_many(one.never, one.people), _how_many(one.enough, one.people))


def reach_said(overview: Overview) -> str:
    """Of all together; empty where they are too few."""
    one = overview.reach.get(WHOLE)
    if one is None:
        return ""
    never, lately, enough, some, without = (
        _how_many(each, one.people) for each in (one.never, one.lately, one.enough, one.some, one.without)
    )
    said = [f"Of {one.people:,} people"]
    if one.never is not None:
        said.append(f"{never} have never added a role play or a real session that is still kept")
    if one.lately is not None:
        said.append(f"{lately} had one in the past year")
    if one.enough is not None:
        said.append(f"{enough} had a coach\u2019s feedback on three sessions or more in the past six months")
    if one.without is not None and one.some is not None:
        said.append(f"{some} on one or two, and {without} on none")
    if len(said) == 1:
        return f"{said[0]} nothing more can be told without telling of single ones."
    return f"{said[0]}: {'; '.join(said[1:])}. Feedback on three or four is about what keeps a skill."


def _how_many(one: About | None, people: int) -> str:
    """ "12", "fewer than 5", "5 to 15", "nearly all" of 20."""
    if one is None:
        return UNTOLD
    if one.exact or one.least == 0 or one.most == people:
        return about_shown(one, people)
    return f"{one.least:,} to {one.most:,}"


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
