"""A plan made before is given again only for the history it was made of."""

import gc
from datetime import UTC, date, datetime, timedelta
from weakref import ref

from models.columns import new_id
from training.modules.library import shipped_library
from training.plan.plan import make_plan
from training.plan.values import History, PastSession, Share
from training.planning.attempts import plan_exercises
from training.planning.last_plan import last_plan
from training.skills import Skill

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def history(complex_reflections: float) -> History:
    shares = {Skill.COMPLEX_REFLECTIONS: Share(complex_reflections, 20)}
    return History((PastSession("one", date(2026, 11, 20), "role_play", True, shares),))


def test_each_history_and_each_day_has_its_own() -> None:
    library, who, other = shipped_library(), new_id(), new_id()
    for person, of, now in (
        (who, history(1), NOW), (who, history(19), NOW), (other, history(1), NOW), (who, history(1), NOW),
        (who, history(1), NOW + timedelta(days=90)),
    ):  # fmt: skip
        assert last_plan(person, of, library, now) == make_plan(of, plan_exercises(library), now=now.replace(hour=0))
    assert last_plan(who, history(1), library, NOW) != last_plan(who, history(19), library, NOW)


def test_it_is_made_once_and_an_older_one_is_not_held() -> None:
    library, who = shipped_library(), new_id()
    first = last_plan(who, history(1), library, NOW)
    assert last_plan(who, history(1), library, NOW + timedelta(hours=3)) is first
    held = ref(first)
    del first
    last_plan(who, history(19), library, NOW)
    gc.collect()
    assert held() is None
