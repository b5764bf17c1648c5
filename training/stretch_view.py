"""Which part of a conversation is scored, in words."""

import math
from dataclasses import replace
from typing import Any
from uuid import UUID

from coding.review.draft import Draft
from coding.review.segment import segment_by_chance, stretch_of


def stretch_view(draft: Draft, *, seed: UUID) -> dict[str, Any]:
    """`words` is a sentence, empty where the conversation is short and scored whole. `chance` are the first and last
    key of the stretch that chance chooses, None for a short conversation; `by_chance` says that it is the one scored.
    `starts`, `ends` and `of` are minutes. `chance_words` and `whole_words` are what `words` would be for these."""
    chance, stretch = segment_by_chance(draft.lines, seed=seed), stretch_of(draft)
    by_chance = chance is not None and draft.segment == chance
    long = chance is not None
    return {
        "words": _words(draft, long=long, by_chance=by_chance),
        "chance_words": _words(replace(draft, segment=chance), long=long, by_chance=True),
        "whole_words": _words(replace(draft, segment=None), long=long, by_chance=False),
        "starts": stretch.starts, "ends": stretch.ends, "of": stretch.of, "guessed": stretch.guessed,
        "chance": chance and list(chance), "by_chance": by_chance,
    }  # fmt: skip


def scored_words(draft: Draft, *, seed: UUID) -> str:
    """For a session that is signed off."""
    return str(stretch_view(draft, seed=seed)["words"]).replace("Scoring", "Scored", 1)


def _words(draft: Draft, *, long: bool, by_chance: bool) -> str:
    if draft.segment is None and not long:
        return ""
    stretch = stretch_of(draft)
    about = "about " if stretch.guessed else ""
    if draft.segment is None:
        said = f"Scoring all {about}{math.ceil(stretch.of)} minutes"
    else:
        said = f"Scoring {about}minutes {math.floor(stretch.starts)} to {math.ceil(stretch.ends)}"
        said += f" of {math.ceil(stretch.of)}, chosen {'by chance' if by_chance else 'by hand'}"
    return f"{said}. The times are guessed from the number of words." if stretch.guessed else f"{said}."
