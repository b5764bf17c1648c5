"""Of whom figures are shown: never of so few that they say how one person practises or codes, nor by subtraction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from coding.corrections.pairs import Counts

LEAST_SESSIONS = 10
LEAST_PRACTITIONERS = 3
LEAST_COACHES = 2
"""Of a team beside others; an authority may have one coach alone."""
LEAST_LINES = 20
"""Lines with a code, by the machine or the coach, from which on it has a kappa."""


@dataclass(frozen=True)
class Checked:
    """One signed-off session and the codes it began from."""

    model_version: str
    team_id: UUID | None
    practitioner_id: UUID
    coach_id: UUID
    counts: Counts
    lines: int
    anew: int


@dataclass(frozen=True)
class Group:
    """One team, or those together that are too small to be shown alone: then `team_id` is None and `teams` more than
    one. Sessions without a team count as a team of their own."""

    team_id: UUID | None
    teams: int
    sessions: tuple[Checked, ...]


def enough(sessions: Sequence[Checked]) -> bool:
    """For figures of a whole authority."""
    practitioners = {one.practitioner_id for one in sessions}
    return len(sessions) >= LEAST_SESSIONS and len(practitioners) >= LEAST_PRACTITIONERS


def enough_of_a_team(sessions: Sequence[Checked]) -> bool:
    return enough(sessions) and len({one.coach_id for one in sessions}) >= LEAST_COACHES


def groups_of(sessions: Sequence[Checked]) -> list[Group]:
    """The teams that may be shown, and the others together. Where those others alone would be one team or too few, the
    smallest team that could be shown joins them: else the authority's figures less the teams shown would be theirs.
    None where that leaves no team to set beside another."""
    by_team: dict[UUID | None, list[Checked]] = defaultdict(list)
    for one in sessions:
        by_team[one.team_id].append(one)
    shown = {team: some for team, some in by_team.items() if team is not None and enough_of_a_team(some)}
    together = [team for team in by_team if team not in shown]
    while together and shown and not _may_stand(together, by_team):
        smallest = min(shown, key=lambda team: (len(shown[team]), str(team)))
        together.append(smallest)
        del shown[smallest]
    groups = [Group(team, 1, tuple(some)) for team, some in shown.items()]
    if together and groups:
        rest = tuple(one for team in together for one in by_team[team])
        groups.append(Group(None, len(together), rest))
    return groups if len(groups) > 1 else []


def _may_stand(together: Sequence[UUID | None], by_team: dict[UUID | None, list[Checked]]) -> bool:
    return len(together) > 1 and enough_of_a_team([one for team in together for one in by_team[team]])
