"""Somebody's newest sessions against their own earlier ones: like with like, and only what chance would seldom do."""

import random
from datetime import date, timedelta
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from coding.scheme.summary import ScoreName
from training.supervision.drift import EARLIER, LOOKED_AT, NEWEST, Coded, drift_of

RQ, CR, MINA = LOOKED_AT


def coded(
    *values: float, name: ScoreName = RQ, kind: str = "role_play", by_coach: bool = False, drawn: bool = False
) -> list[Coded]:
    """The oldest first."""
    day = date(2026, 1, 5)
    return [
        Coded(f"{kind}{by_coach}{drawn}{at:03}", day + timedelta(days=7 * at), kind, by_coach, drawn, {name: value})
        for at, value in enumerate(values)
    ]


def test_a_clear_fall_is_named_with_its_interval() -> None:
    found = drift_of(coded(1.9, 2.0, 2.1, 2.0, 0.9, 1.0, 1.1))
    [move] = found.moves
    assert (move.name, move.away, found.away, move.before, move.after) == (RQ, True, True, 4, 3)
    assert (round(move.was, 2), round(move.now, 2)) == (2.0, 1.0)
    assert move.change.low < move.change.rise < move.change.high < 0


def test_what_is_less_mi_depends_on_the_figure() -> None:
    rose = (0.0, 1.0, 0.0, 1.0, 8.0, 9.0, 9.0)
    assert drift_of(coded(*rose, name=MINA)).away
    [growth] = drift_of(coded(*(10 * one for one in rose), name=CR)).moves
    assert not growth.away
    assert growth.change.low > 0


def test_too_few_or_what_chance_does_says_nothing() -> None:
    assert drift_of([]) == drift_of(coded(2.0, 2.0, 1.0, 1.0, 1.0))
    assert drift_of([]).kind == ""
    assert drift_of(coded(1.0, 2.0, 3.0, 1.2, 2.4, 1.9)).moves == ()
    assert drift_of(coded(0.0, 0.0, 0.0, 1.0, 1.0, 1.0, name=MINA)).moves == ()
    no_figure = [Coded(one.id, one.held_on, one.kind, False, False, {}) for one in coded(*range(9))]
    assert drift_of(no_figure).moves == ()


def test_kinds_and_coders_are_never_mixed() -> None:
    """Three high ones by a coach and three low ones by the machine are no fall."""
    high, low = coded(2.0, 2.1, 1.9, by_coach=True), coded(0.4, 0.5, 0.6)
    assert drift_of([*high, *low]).moves == ()
    assert drift_of([*coded(2.0, 2.1, 1.9, kind="simulated"), *low]).moves == ()
    assert drift_of([*coded(2.0, 2.1, 1.9, drawn=True), *low]).moves == ()
    both = drift_of([*coded(2.0, 2.1, 1.9, 1.0, 1.1, 0.9, by_coach=True), *coded(*[2.0] * 9)])
    assert both.by_coach
    assert both.away
    real = drift_of([*coded(2.0, 2.1, 1.9, 1.0, 1.1, 0.9, kind="real_practice"), *coded(*[2.0] * 9, by_coach=True)])
    assert real.kind == "real_practice"


def test_only_the_newest_nine_count() -> None:
    lately = [2.0, 2.1, 1.9, 2.0, 2.1, 1.9, 2.0, 2.1, 1.9]
    assert len(lately) == NEWEST + EARLIER
    assert drift_of(coded(9.0, 9.1, 8.9, *lately)).moves == ()


def test_no_change_is_called_one_about_as_seldom_as_the_page_says() -> None:
    """Each figure alone at most one time in ten, with sessions that differ as people's do."""
    chance = random.Random(8)
    runs = [drift_of(coded(*(chance.gauss(1.5, 0.5) for _ in range(9)))).moves for _ in range(2000)]
    assert mean(bool(one) for one in runs) < 0.115


@given(st.lists(st.floats(0, 20), min_size=6, max_size=12), st.randoms())
def test_the_order_in_which_they_come_changes_nothing(values: list[float], order: random.Random) -> None:
    sessions = coded(*values)
    found = drift_of(sessions)
    order.shuffle(sessions)
    assert drift_of(sessions) == found
    for move in found.moves:
        assert not move.change.low <= 0 <= move.change.high
