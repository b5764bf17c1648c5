"""Who is reached is told so that no count of few people, or of all but few, can be worked out. The attack solves linear
programs over all that is told, knows how many are in every team, and shares nothing with what it attacks."""

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest
from scipy.optimize import linprog

from training.figures.about import About
from training.figures.reach_told import Counted, Reach, told
from training.figures.reached import _how_many

NAMES = ("never", "ever", "lately", "enough", "some", "without")
WHOLE = "whole"


def whole_of(teams: dict[str, Counted]) -> Counted:
    return Counted(
        *(sum(getattr(one, name) for one in teams.values()) for name in ("people", "ever", "lately", "enough", "some"))
    )


def tell(teams: dict[str, Counted]) -> dict[str, Reach]:
    shown = frozenset({WHOLE, *(key for key, one in teams.items() if one.people >= 5)})
    return told({**teams, WHOLE: whole_of(teams)}, whole=WHOLE, shown=shown)


def truth(one: Counted) -> dict[str, int]:
    return {
        "never": one.people - one.ever, "ever": one.ever, "lately": one.lately, "enough": one.enough,
        "some": one.some, "without": one.people - one.enough - one.some,
    }  # fmt: skip


def attacked(teams: dict[str, Counted], found: dict[str, Reach]) -> Iterator[tuple[str, str, int, int]]:
    """Of each team and count the least and the most that it can be."""
    keys, size = list(teams), len(teams) * len(NAMES)
    at = {(key, name): row * len(NAMES) + column for row, key in enumerate(keys) for column, name in enumerate(NAMES)}
    bounds = [(0, teams[key].people) for key in keys for _ in NAMES]
    sums, totals, below, limits = [], [], [], []

    for key in keys:
        for names in (("never", "ever"), ("enough", "some", "without")):
            line = np.zeros(size)
            line[[at[key, name] for name in names]] = 1
            sums.append(line)
            totals.append(teams[key].people)
        line = np.zeros(size)
        line[at[key, "lately"]], line[at[key, "ever"]] = 1, -1
        below.append(line)
        limits.append(0)
        for name in NAMES:
            if (one := getattr(found[key], name) if key in found else None) is not None:
                bounds[at[key, name]] = (one.least, one.most)
    for name in NAMES:
        if (one := getattr(found[WHOLE], name)) is not None:
            line = np.zeros(size)
            line[[at[key, name] for key in keys]] = 1
            below += [line, -line]
            limits += [one.most, -one.least]
    for (key, name), place in at.items():
        aim = np.zeros(size)
        aim[place] = 1
        ends = [
            linprog(way * aim, np.array(below), limits, np.array(sums), totals, bounds).fun * way for way in (1, -1)
        ]
        yield key, name, int(np.ceil(ends[0] - 1e-6)), int(np.floor(ends[1] + 1e-6))


def some_authority(chance: Random) -> dict[str, Counted]:
    teams = {}
    for number in range(chance.randint(1, 6)):
        people = chance.choice((3, 5, 6, 8, 9, 10, 11, 12, 15, 20, 30))
        likely = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        ever = sum(chance.random() < likely for _ in range(people))
        enough = sum(chance.random() < likely for _ in range(people))
        some = sum(chance.random() < 0.5 for _ in range(people - enough))
        teams[f"team:{number}"] = Counted(people, ever, chance.choice((ever, chance.randint(0, ever))), enough, some)
    if (few := sum(one.people for one in teams.values() if one.people < 5)) and few < 5:  # shown with no other hidden
        teams = {key: one for key, one in teams.items() if one.people >= 5}
    return teams


def test_few_and_nearly_all_of_a_team_are_told_as_such_and_nothing_of_a_small_one() -> None:
    teams = {
        "team:a": Counted(6, 5, 5, 1, 0), "team:b": Counted(20, 19, 10, 16, 2), "team:c": Counted(30, 20, 12, 9, 10),
    }  # fmt: skip
    found = tell(teams)
    assert found["team:a"] == Reach(6)  # one of six
    assert (found["team:b"].never, found["team:b"].ever) == (About(0, 4), About(16, 20))
    assert found["team:b"].enough == About(16, 20)
    assert found["team:c"].never == About(5, 25)
    assert found["team:c"].lately is None
    whole = found[WHOLE]
    assert (whole.never, whole.ever, whole.lately) == (About(12, 12), About(44, 44), About(27, 27))
    assert (whole.enough, whole.some, whole.without) == (About(26, 26), About(12, 12), About(18, 18))


def test_all_together_is_not_told_where_it_would_give_a_team_away() -> None:
    both = {"team:a": Counted(12, 9, 9, 6, 6), "team:b": Counted(12, 8, 8, 6, 6)}
    found = tell(both)  # 3 and 4 never did: seven of two teams with fewer than five each
    assert found["team:a"].never == found["team:b"].never == About(0, 4)
    assert (found[WHOLE].never, found[WHOLE].ever, found[WHOLE].lately) == (None, None, None)


def test_parts_of_all_together_leave_no_few() -> None:
    found = tell({"team:a": Counted(60, 40, 38, 30, 3)})[WHOLE]
    assert (found.ever, found.lately) == (About(40, 40), About(36, 40))  # two did, but not in the past year
    assert (found.without, found.enough, found.some) == (About(27, 27), About(29, 33), About(0, 4))
    found = tell({"team:a": Counted(60, 40, 38, 0, 7)})[WHOLE]
    assert (found.without, found.enough, found.some) == (About(53, 53), About(0, 7), About(0, 7))
    found = tell({"team:a": Counted(36, 30, 20, 30, 5)})[WHOLE]  # one had none
    assert (found.without, found.enough, found.some) == (About(0, 4), About(28, 36), About(0, 8))


def test_counts_are_said_in_words() -> None:
    said = [_how_many(one, 20) for one in (About(0, 4), About(16, 20), About(5, 15), About(7, 7), None)]
    assert said == ["fewer than 5", "nearly all", "5 to 15", "7", "not told"]


@pytest.mark.parametrize("seed", range(60))
def test_nothing_of_few_can_be_worked_out(seed: int) -> None:
    teams = some_authority(Random(seed))
    if not teams:
        return
    found = tell(teams)
    for key, one in found.items():
        for name, count in truth(whole_of(teams) if key == WHOLE else teams[key]).items():
            said = getattr(one, name)
            assert said is None or said.least <= count <= said.most, (key, name)
    for key, name, low, high in attacked(teams, found):
        people = teams[key].people
        assert low <= truth(teams[key])[name] <= high
        assert (low >= 5 and high <= people - 5) or high - low >= min(4, people), (key, name, low, high)
