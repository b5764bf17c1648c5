"""When an exercise comes back, and how hard the next one is: worked out from the attempts, and kept nowhere else.

One card an exercise, by FSRS. There is no step within a day: what was not met comes back tomorrow.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

from fsrs import Card, Rating, Scheduler

from training.plan.values import Attempt, first_tries, in_order
from training.skills import Skill

LONGEST_DAYS = 120
_UP_AFTER = _DOWN_AFTER = 2


@cache
def _scheduler() -> Scheduler:
    """Without fuzz, so that the same attempts give the same plan."""
    return Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=LONGEST_DAYS, enable_fuzzing=False)


def due_at(attempts: Iterable[Attempt]) -> dict[str, datetime]:
    """When each exercise that was tried is due again, in UTC."""
    cards: dict[str, Card] = {}
    missed: dict[str, datetime] = {}
    for one in in_order(attempts):
        at = one.at.astimezone(UTC)
        card = cards.get(one.exercise) or Card(card_id=1, due=at)
        late = one.exercise in missed and at - missed[one.exercise] < timedelta(days=1)
        rating = Rating.Again if one.met is False else Rating.Hard if one.met is None or late else Rating.Good
        cards[one.exercise], _ = _scheduler().review_card(card, rating, at)
        if one.met is False:
            missed[one.exercise] = at
    return {exercise: card.due for exercise, card in cards.items()}


def levels(attempts: Iterable[Attempt]) -> Mapping[Skill, int]:
    """1 to 3 for each skill: up after two met in a row at this level or above, down after two in a row that were not.
    Of the same exercise on the same day only the first try counts."""
    level, run = dict.fromkeys(Skill, 1), dict.fromkeys(Skill, 0)
    for one in first_tries(attempts):
        skill, now = one.skill, level[one.skill]
        if one.met and one.level >= now:
            run[skill] = max(run[skill], 0) + 1
        elif not one.met and one.level <= now:
            run[skill] = min(run[skill], 0) - 1
        if run[skill] >= _UP_AFTER or run[skill] <= -_DOWN_AFTER:
            level[skill] = min(3, now + 1) if run[skill] > 0 else max(1, now - 1)
            run[skill] = 0
    return level
