"""Rules about how an answer is worded, whatever it is coded as. Each gives a sentence, or nothing. Pure."""

import re

from coding.scheme.codes import Behaviour
from training.exercises.seen import Seen
from training.exercises.words import words_of

LONG = 55
"""Words of an answer that is long for one turn."""


def reassuring(seen: Seen) -> str:
    found = re.search(
        r"\b(?:don't (?:you )?worry|i promise|(?:it'll|it will) (?:all )?be (?:fine|okay|ok|all right)|cheer up|"
        r"i'm sure (?:it|you))\b",
        seen.answer.lower().replace("’", "'"),
    )
    if found is None or seen.place is not None:
        return ""
    return f"“{found.group().capitalize()}” closes the matter. Say their worry back first, and stay with it."


def many_questions(seen: Seen) -> str:
    asked = [one for one in seen.parts if one.code is Behaviour.Q]
    if len(asked) < 2 or Behaviour.Q in seen.exercise.want.avoid:
        return ""
    return (
        f"There are {len(asked)} questions in one turn, and the last is the one that is "
        f"answered. Keep the best of them."
    )


def understand(seen: Seen) -> str:
    if re.search(
        r"\bi (?:totally |completely |do |can )?understand\b|\bi (?:know|can imagine) (?:exactly )?how\b",
        seen.answer.lower(),
    ):
        return "“I understand” says that you do; saying what you understood shows it."
    return ""


def but(seen: Seen) -> str:
    if re.search(r"\w[,.]? but\b", seen.answer.lower()) and (seen.wants_reflection or Behaviour.AF in seen.wanted):
        return "“But” takes back what stands before it. End there, or say “and”."
    return ""


def long(seen: Seen) -> str:
    count = len(words_of(seen.answer))
    return f"It is {count} words long. Half of them would be heard twice as well." if count > LONG else ""


def sounds_like(seen: Seen) -> str:
    if re.match(r"^(?:so,? )?(?:it )?sounds? (?:like|as if)\b", seen.answer.lower()):
        return "You can leave “it sounds like” away and begin with “you”: it is shorter, and heard as surer."
    return ""
