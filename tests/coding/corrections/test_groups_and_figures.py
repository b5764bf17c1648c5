"""Figures of the machine and the coaches: right, only of enough, and never of one team by subtraction."""

import json
from collections.abc import Sequence
from itertools import combinations
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from coding.corrections.figures import figures_of
from coding.corrections.groups import (
    LEAST_COACHES,
    LEAST_LINES,
    LEAST_PRACTITIONERS,
    LEAST_SESSIONS,
    Checked,
    groups_of,
)
from coding.corrections.pairs import Counts, pairs_of
from coding.review.apply import apply
from coding.review.draft import Draft, DraftLine, MachineCode
from coding.review.steps import ChooseSegment, Join, Move, Recode, Split
from coding.scheme.codes import Behaviour, ClientTalk, Speaker

NAMES = UUID(int=7)
COUNTS: Counts = {"practitioner": {"Q": {"Q": 4, "SR": 1}, "SR": {"CR": 1, "SR": 2}}, "client": {"CT": {"CT": 2}}}


def checked(
    team: str, practitioner: int, coach: int = 0, *, counts: Counts = COUNTS, version: str = "encoder-2"
) -> Checked:
    lines = sum(n for of_role in counts.values() for row in of_role.values() for n in row.values())
    who = (uuid5(NAMES, f"{kind} {team} {n}") for kind, n in (("p", practitioner), ("c", coach)))
    return Checked(version, uuid5(NAMES, team) if team else None, *who, counts, lines, 1)


def team_of(team: str, sessions: int, *, practitioners: int = 3, coaches: int = 2) -> list[Checked]:
    return [checked(team, n % practitioners, n % coaches) for n in range(sessions)]


def shown(sessions: Sequence[Checked]) -> dict[UUID | None, int]:
    return {group.team_id: len(group.sessions) for group in groups_of(sessions)}


def test_a_team_stands_alone_once_it_is_of_enough_people() -> None:
    big = [*team_of("North", 10), *team_of("South", 12)]
    north, south = uuid5(NAMES, "North"), uuid5(NAMES, "South")
    assert shown(big) == {north: 10, south: 12}
    assert shown(team_of("North", 30)) == {}  # they are the authority
    assert shown([*big, *team_of("West", 2), *team_of("East", 8)]) == {north: 10, south: 12, None: 10}
    for alone in (team_of("West", 9), team_of("West", 40, practitioners=2), team_of("West", 40, coaches=1)):
        assert shown([*big, *alone]) == {south: 12, None: 10 + len(alone)}  # never one alone by subtraction
    assert shown([*team_of("North", 10), *team_of("West", 9)]) == {}


TEAMS = st.lists(
    st.tuples(st.integers(1, 14), st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=6
)  # fmt: skip


@given(TEAMS, st.booleans())
def test_no_sum_or_difference_of_groups_is_of_fewer(teams: list[tuple[int, int, int]], teamless: bool) -> None:
    every = [
        one
        for number, (sessions, practitioners, coaches) in enumerate(teams)
        for one in team_of("" if teamless and not number else f"T{number}", sessions, practitioners=practitioners,
                           coaches=coaches)
    ]  # fmt: skip
    groups = groups_of(every)
    assert not groups or sum(len(one.sessions) for one in groups) == len(every)
    for size in range(1, len(groups) + 1):
        for some in combinations(groups, size):
            sessions = [one for group in some for one in group.sessions]
            assert len(sessions) >= LEAST_SESSIONS
            assert len({one.practitioner_id for one in sessions}) >= LEAST_PRACTITIONERS
            assert len({one.coach_id for one in sessions}) >= LEAST_COACHES
    assert all(one.teams > 1 for one in groups if one.team_id is None)


def test_figures_are_those_of_an_independent_kappa_and_say_where_there_are_too_few() -> None:
    sessions = [*team_of("North", 10), *team_of("South", 12)]
    found = figures_of([*sessions, checked("North", 0, version="encoder-3")])
    json.dumps(found, allow_nan=False)
    newer, older = found["versions"][1], found["versions"][0]
    assert (newer["version"], newer["sessions"], newer["figures"], newer["teams"]) == ("encoder-3", 1, None, [])
    assert (older["sessions"], len(older["teams"])) == (22, 2)
    figures = older["figures"]
    assert (figures["lines"], figures["anew"]) == (22 * 10, 22)
    pairs = [("Q", "Q")] * 4 + [("Q", "SR"), ("SR", "CR"), ("SR", "SR"), ("SR", "SR")]
    machine, coach = zip(*pairs, strict=True)
    assert figures["practitioner"]["same"]["value"] == 6 / 8
    assert abs(figures["practitioner"]["kappa"]["value"] - cohen_kappa_score(machine, coach)) < 1e-9
    codes = {one["code"]: one for one in figures["practitioner"]["codes"]}
    q = codes["Q"]
    assert (q["machine"], q["coach"], q["both"], q["sessions"]) == (22 * 5, 22 * 4, 22 * 4, 22)
    alone = cohen_kappa_score([one == "Q" for one in machine], [one == "Q" for one in coach])
    assert abs(q["kappa"]["value"] - alone) < 1e-9
    assert codes["CR"]["kappa"] is not None
    assert (codes["AF"]["kappa"], codes["AF"]["sessions"]) == (None, 0)
    of_north = {one["code"]: one for one in older["teams"][0]["figures"]["practitioner"]["codes"]}
    assert of_north["CR"]["coach"] == 10 < LEAST_LINES
    assert of_north["CR"]["kappa"] is None
    assert figures_of([])["versions"] == []


def test_lines_that_were_drawn_anew_or_moved_are_counted_apart() -> None:
    def line(key: str, role: Speaker, code: Behaviour | ClientTalk) -> DraftLine:
        who = "Worker" if role is Speaker.PRACTITIONER else "Parent"
        return DraftLine(key, role, who, "One two. Three.", code, machine=MachineCode(code))

    lines = (
        line("0", Speaker.PRACTITIONER, Behaviour.GI), line("1", Speaker.PRACTITIONER, Behaviour.Q),
        line("2", Speaker.CLIENT, ClientTalk.CT), line("3", Speaker.CLIENT, ClientTalk.ST),
        line("4", Speaker.PRACTITIONER, Behaviour.SR), line("5", Speaker.PRACTITIONER, Behaviour.AF),
    )  # fmt: skip
    draft = Draft(lines, {"Worker": Speaker.PRACTITIONER, "Parent": Speaker.CLIENT})
    for step in (
        ChooseSegment("1", "5"), Recode("1", "Seek"), Split("2", 8), Recode("2.1", "FN"), Recode("2.2", "CT"),
        Move("3", "Worker"), Recode("3", "GI"), Join("4"), Recode("4", "CR"),
    ):  # fmt: skip
        draft = apply(draft, step)
    found = pairs_of(draft)
    assert found.counts == {"practitioner": {"Q": {"Seek": 1}}, "client": {}}
    assert (found.lines, found.anew) == (1, 4)
