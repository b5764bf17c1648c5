"""Which session is best next, and how that is said."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from training.next_best import Candidate, due_shown, last_shown, next_best, reason_for

TODAY = date(2026, 3, 27)


def one(number: int, unsure: float, days: int | None, due: int = 5) -> Candidate:
    last = None if days is None else TODAY - timedelta(days=days)
    return Candidate(UUID(int=number), unsure, last, TODAY + timedelta(days=due))


def test_doubt_and_waiting_weigh_the_same() -> None:
    most_doubt, longest, both = one(1, 0.5, 1), one(2, 0.1, 90), one(3, 0.4, 60)
    assert next_best([most_doubt, longest, both]) in (most_doubt, both, longest)
    assert next_best([one(1, 0.5, 60), one(2, 0.1, 60)]) == one(1, 0.5, 60)
    assert next_best([one(1, 0.2, 10), one(2, 0.2, 60)]) == one(2, 0.2, 60)
    assert next_best([one(1, 0.2, 400), one(2, 0.2, None)]) == one(2, 0.2, None)
    assert next_best([one(1, 0.2, 10, due=3), one(2, 0.2, 10, due=-1)]) == one(2, 0.2, 10, due=-1)
    assert next_best([]) is None


@given(
    st.lists(st.tuples(st.floats(0, 1), st.one_of(st.none(), st.integers(0, 500)), st.integers(-20, 20)), min_size=1)
)
def test_nobody_beats_it_in_both(drawn: list[tuple[float, int | None, int]]) -> None:
    candidates = [one(number, *values) for number, values in enumerate(drawn)]
    best = next_best(candidates)
    assert best is not None
    for other in candidates:
        later = (other.last_on or date.min) < (best.last_on or date.min)
        assert not (other.unsure > best.unsure and later)
    assert next_best(list(reversed(candidates))) == best  # whatever their order


def test_words() -> None:
    assert reason_for(one(1, 0.314, 42), trainee="Olu", today=TODAY) == (
        "The machine is unsure of 31 % of its lines, and Olu last heard from a coach 42 days ago."
    )
    assert "never had a session signed off" in last_shown(None, trainee="Olu", today=TODAY)
    shown = [due_shown(TODAY + timedelta(days=days), TODAY) for days in (-2, -1, 0, 1, 2)]
    assert shown == ["Overdue by 2 days", "Overdue by 1 day", "Due today", "Due tomorrow", "Due in 2 days"]
