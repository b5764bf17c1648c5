"""What the words of an authority's exercises are about, all together."""

from functools import lru_cache

from training.exercises.topic import stems_of_all
from training.modules.load import Library


@lru_cache(maxsize=16)
def stems_of_library(library: Library) -> frozenset[str]:
    """Of the words of all written exercises: what people talk about here."""
    return stems_of_all(one.exercise for one in library.exercises.values())
