"""What there is to learn: how much, how readable, and whether anything is wrong with it."""

from collections.abc import Iterator

from coding.coder.figures import Figure, at_least, at_most, for_information
from training.modules.check import check_folder
from training.modules.reading_age import OLDEST, word_count
from training.simulated.check import missing
from training.simulated.shelf import scenarios


def measure() -> Iterator[Figure]:
    checked = check_folder()
    ages = list(checked.ages.values())
    yield at_least("content: modules", len(checked.modules), 18)
    yield at_least("content: exercises", sum(len(one.exercises) for one in checked.modules), 120)
    yield at_least("content: scenarios of simulated parents", len(scenarios()), 12)
    yield at_most("content: faults in modules and exercises", len(checked.faults), 0)
    yield at_most("content: gaps in scenarios", sum(len(missing(one)) for one in scenarios().values()), 0)
    yield at_least(f"content: share of modules for readers of {OLDEST} or younger", _share(ages), 1)
    yield for_information("content: reading age of the easiest module", min(ages), "years")
    yield for_information("content: reading age of the hardest module", max(ages), "years")
    yield for_information("content: words of prose", sum(word_count(one.body.plain) for one in checked.modules))


def _share(ages: list[int]) -> float:
    return sum(age <= OLDEST for age in ages) / len(ages)
