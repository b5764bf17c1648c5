"""A handful of the authored conversations for a coach to code, with the codes that two coders of the project both gave.

No certified coder has checked them (see DATASHEET.md): they show whether a coach reads the codes as Evoke does.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from coding.corpus.load import AUTHORED, AuthoredConversation, load_corpus
from coding.scheme.codes import Code, CodedUtterance


@dataclass(frozen=True)
class Chosen:
    """`title` and `why` in a coach's words."""

    conversation: str
    title: str
    why: str


CHOSEN = (
    Chosen("f01", "A role play of two colleagues", "An ordinary first session: most lines are plain. Begin here."),
    Chosen("j33", "Planning a family group conference", "Nearly every way of working with the person is in it: affirm, "
           "seek, emphasise autonomy, advice with permission."),
    Chosen("c30", "A test for the family court", "Pressure in many forms: where information ends and persuading or "
           "confronting begins."),
    Chosen("i13", "A call to a carer", "All codes in one short call, some nearly missed: praise that affirms nothing, "
           "questions that share the lead."),
    Chosen("l06", "A kinship carer on the phone", "Fluent and reflective in manner: which reflections add something, "
           "and which lines only sound like it."),
)  # fmt: skip
"""From those that were coded twice, short enough for half an hour each, by five authors and of every quality."""


@dataclass(frozen=True)
class Calibration:
    """`agreed` holds for each line the code that both coders of the project gave, None where they differ."""

    chosen: Chosen
    goal: str
    lines: tuple[CodedUtterance, ...]
    agreed: tuple[Code | None, ...]


@cache
def calibration_set() -> dict[str, Calibration]:
    """By conversation, in the order in which to code them. Raises CorpusUnreadable."""
    wanted = [one.conversation for one in CHOSEN]
    found = {one.transcript_id: one for one in load_corpus() if one.transcript_id in wanted}
    second = _second_codes(wanted)
    return {one.conversation: _calibration(one, found[one.conversation], second) for one in CHOSEN}


def _calibration(chosen: Chosen, said: AuthoredConversation, second: dict[tuple[str, ...], str]) -> Calibration:
    agreed = tuple(
        one.code if second.get((said.transcript_id, str(one.turn), str(one.utterance))) == one.code else None
        for one in said.utterances
    )
    return Calibration(chosen, said.goal, said.utterances, agreed)


def _second_codes(wanted: Sequence[str]) -> dict[tuple[str, ...], str]:
    with (AUTHORED / "second_coding.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["transcript_id"], row["turn"], row["utterance"]): row["code"]
            for row in csv.DictReader(file)
            if row["transcript_id"] in wanted
        }
