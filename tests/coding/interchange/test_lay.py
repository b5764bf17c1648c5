"""Codes of a file become steps of a review: what was coded there is what is scored."""

from dataclasses import replace

from coding.interchange.kept_import import Imported, ImportedLine
from coding.interchange.lay import steps_for
from coding.review.apply import replay
from coding.review.draft import Draft
from coding.review.steps import Accept, ChooseSegment
from coding.scheme.codes import Behaviour
from tests.coding.review.drafts import begun


def imported(draft: Draft, coded: range) -> Imported:
    lines = tuple(
        ImportedLine(line.code.value if line.code and place in coded else "", "", "")
        for place, line in enumerate(draft.lines)
    )
    return Imported(lines, {}, {}, "somebody", ())


def test_all_of_it_where_all_of_it_was_coded() -> None:
    draft = replace(begun(), segment=("2", "4"))  # drawn by chance
    made = replay(draft, list(steps_for(draft, imported(draft, range(len(draft.lines))))))
    assert made.segment is None
    assert [line.code for line in made.lines] == [line.code for line in draft.lines]


def test_the_stretch_that_was_coded() -> None:
    draft = begun()
    steps = list(steps_for(draft, imported(draft, range(3, 7))))
    assert steps[0] == ChooseSegment("3", "6")
    made = replay(draft, steps)
    assert [line.code is None for line in made.lines] == [place not in range(3, 7) for place in range(len(draft.lines))]


def test_a_code_of_the_other_role_stays_in_the_note() -> None:
    draft = begun()
    lines = list(imported(draft, range(len(draft.lines))).lines)
    lines[0] = ImportedLine("CT", "", "seen twice")  # of the practitioner
    made = replay(draft, list(steps_for(draft, replace(imported(draft, range(9)), lines=tuple(lines)))))
    assert (made.lines[0].code, made.lines[0].note) == (None, "seen twice\nIn the file: CT")
    assert made.lines[4].code is Behaviour.AF
    assert Accept("4") in list(steps_for(draft, imported(draft, range(9))))
