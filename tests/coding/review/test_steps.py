"""Any steps, in any order: nothing is lost or doubled, and everything can be undone."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coding.review.apply import MOST_WORDS, apply, replay
from coding.review.draft import Draft, draft_as_json, draft_from_json
from coding.review.history import Taken, live, to_redo, to_undo
from coding.review.layers import origins
from coding.review.steps import (
    KINDS,
    Accept,
    ChooseSegment,
    EditWords,
    Join,
    Move,
    Pin,
    Rate,
    Recode,
    Split,
    Step,
    StepWrong,
    SwapRoles,
    Uncode,
    Unpin,
    WriteNote,
    step_as_json,
    step_from_json,
)  # fmt: skip
from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, Speaker
from tests.coding.review.drafts import begun, some_work

SLOW_TO_DRAW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
Work = tuple[list[Step], list[Draft]]


def _words(draft: Draft) -> str:
    return "".join("".join(line.text.split()) for line in draft.lines)


@given(some_work())
@SLOW_TO_DRAW
def test_lines_keep_their_order_and_nothing_is_lost_or_doubled(work: Work) -> None:
    steps, drafts = work
    known = {line.key: line for line in drafts[0].lines}
    for step, before, after in zip(steps, drafts, drafts[1:], strict=False):
        keys = [line.key for line in after.lines]
        assert len(set(keys)) == len(keys)
        made_of = [int(key) for line in after.lines for key in origins(known, line)]
        assert made_of == sorted(made_of)
        assert set(made_of) == set(range(len(known)))
        if not isinstance(step, EditWords):
            assert _words(after) == _words(before)
        if isinstance(step, Split | Join):
            assert len(after.lines) == len(before.lines) + (1 if isinstance(step, Split) else -1)


@given(some_work())
@SLOW_TO_DRAW
def test_a_draft_is_always_whole(work: Work) -> None:
    for draft in work[1]:
        keys = {line.key for line in draft.lines}
        assert all(set(pinned) <= keys for pinned in draft.evidence.values())
        assert draft.segment is None or set(draft.segment) <= keys
        assert draft.scored_lines()
        for line in draft.lines:
            assert line.role is draft.speakers[line.speaker_label]
            assert line.code is None or isinstance(line.code, Behaviour) is (line.role is Speaker.PRACTITIONER)
            assert not (line.accepted and line.code is None)
        assert all(value in range(1, 6) for value in draft.ratings.values())


@given(some_work())
@SLOW_TO_DRAW
def test_drafts_and_steps_come_back_from_json_as_they_were(work: Work) -> None:
    steps, drafts = work
    for draft in drafts:
        assert draft_from_json(json.loads(json.dumps(draft_as_json(draft)))) == draft
    again = [step_from_json(json.loads(json.dumps(step_as_json(step)))) for step in steps]
    assert again == steps
    assert replay(drafts[0], again) == drafts[-1]


@given(some_work(), st.data())
@SLOW_TO_DRAW
def test_undoing_goes_back_through_every_draft_and_redoing_forth_again(work: Work, data: st.DataObject) -> None:
    steps, drafts = work
    taken = [Taken(number, step) for number, step in enumerate(steps, 1)]
    back = data.draw(st.integers(0, len(steps)))
    for gone in range(1, back + 1):
        taken = _switch(taken, to_undo(taken), undone=True)
        assert _now(drafts[0], taken) == drafts[-1 - gone]
    for left in range(back - 1, -1, -1):
        taken = _switch(taken, to_redo(taken), undone=False)
        assert _now(drafts[0], taken) == drafts[-1 - left]
    assert to_redo(taken) is None
    while (last := to_undo(taken)) is not None:
        taken = _switch(taken, last, undone=True)
    assert _now(drafts[0], taken) == drafts[0]


def _switch(taken: Sequence[Taken], which: Taken | None, *, undone: bool) -> list[Taken]:
    assert which is not None
    return [replace(one, undone=undone) if one.number == which.number else one for one in taken]


def _now(first: Draft, taken: Sequence[Taken]) -> Draft:
    return replay(first, [one.step for one in live(taken)])


def test_a_step_after_an_undo_ends_what_could_be_redone() -> None:
    taken = [Taken(1, Accept("0")), Taken(2, Accept("1"), undone=True, dropped=True), Taken(3, Accept("2"))]
    assert to_redo(taken) is None
    assert to_undo(taken) == taken[2]
    back = _switch(taken, taken[2], undone=True)
    assert to_redo(back) == Taken(3, Accept("2"), undone=True)
    assert to_redo(_switch(back, taken[0], undone=True)) == Taken(1, Accept("0"), undone=True)


def test_a_line_is_coded_accepted_and_uncoded() -> None:
    draft = replay(begun(), [Recode("0", "Q", "closed"), Accept("1"), Uncode("3")])
    first, second, _, fourth = draft.lines[:4]
    assert (first.code, first.subtype, first.accepted) == (Behaviour.Q, QuestionType.CLOSED, True)
    assert first.machine is not None
    assert first.machine.subtype is QuestionType.OPEN
    assert (second.code, second.accepted) == (ClientTalk.CT, True)
    assert (fourth.code, fourth.accepted) == (None, False)


def test_a_split_shares_out_words_time_and_evidence_and_a_join_brings_them_together() -> None:
    draft = replay(begun(), [Pin("3", "empathy"), WriteNote("3", "good"), Split("3", 11), Recode("3.2", "SR")])
    first, second = draft.lines[3:5]
    assert (first.key, first.text, first.note, first.machine) == ("3.1", "You've seen", "good", None)
    assert (second.key, second.text, second.note) == ("3.2", "it's getting to the children.", "")
    assert first.started == 12.0
    assert second.ended == 15.5
    assert first.ended == second.started == pytest.approx(12.0 + 3.5 * 11 / 41)
    assert draft.evidence == {"empathy": ("3.1",)}
    again = replay(draft, [Pin("3.2", "empathy"), Join("3.1")])
    assert (again.lines[3].key, again.lines[3].joined) == ("3.1", ("3.2",))
    assert (again.lines[3].text, again.lines[3].code) == (begun().lines[3].text, Behaviour.CR)
    assert again.evidence == {"empathy": ("3.1",)}


def test_a_line_of_the_other_speaker_is_coded_anew_and_swapped_roles_can_be_swapped_back() -> None:
    moved = apply(begun(), Move("4", "Parent"))
    assert (moved.lines[4].role, moved.lines[4].code) == (Speaker.CLIENT, None)
    assert apply(moved, Move("4", "Worker")).lines[4].code is Behaviour.AF
    swapped = apply(begun(), SwapRoles())
    assert {line.code for line in swapped.lines} == {None}
    assert swapped.speakers["Worker"] is Speaker.CLIENT
    assert apply(swapped, SwapRoles()) == begun()


def test_a_segment_follows_its_lines() -> None:
    draft = replay(begun(), [ChooseSegment("3", "7"), Split("7", 8), Split("3", 6), Join("3.1")])
    assert draft.segment == ("3.1", "7.2")
    assert [line.key for line in draft.scored_lines()] == ["3.1", "4", "5", "6", "7.1", "7.2"]
    assert apply(draft, ChooseSegment()).scored_lines() == draft.lines


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (Accept("99"), "no line 99"),
        (Recode("0", "CT"), "cannot have this code"),
        (Recode("0", "CR", "open"), "cannot have this code"),
        (Recode("1", "Q"), "cannot have this code"),
        (Split("0", 0), "between two words"),
        (Split("0", 2), "between two words"),
        (Split("0", 400), "between two words"),
        (Split("0", -3), "between two words"),
        (Split("7", 22), "between two words"),
        (Join("0"), "not of the same speaker"),
        (Join("8"), "not of the same speaker"),
        (Move("0", "Nobody"), "one of the speakers"),
        (EditWords("0", " \n "), "cannot be empty"),
        (EditWords("0", "a" * (MOST_WORDS + 1)), "Shorten"),
        (WriteNote("0", "a" * (MOST_WORDS + 1)), "Shorten"),
        (Pin("0", "charm"), "Rate one of these"),
        (Pin("99", "empathy"), "no line 99"),
        (Rate("empathy", 6), "from 1 to 5"),
        (Rate("softening_sustain_talk", 3), "cannot be rated"),
        (ChooseSegment("3", None), "both the first and the last"),
        (ChooseSegment("3", "1"), "ends before it begins"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(step: Step, says: str) -> None:
    draft = begun(skipped=("cultivating_change_talk", "softening_sustain_talk"))
    with pytest.raises(StepWrong, match=says):
        apply(draft, step)


def test_an_uncoded_line_is_not_accepted_and_unpinning_takes_only_one() -> None:
    with pytest.raises(StepWrong, match="no code to accept"):
        replay(begun(), [Uncode("0"), Accept("0")])
    steps = [Pin("0", "empathy"), Pin("1", "empathy"), Pin("0", "partnership"), Unpin("0", "empathy")]
    assert replay(begun(), steps).evidence == {"empathy": ("1",), "partnership": ("0",)}


@pytest.mark.parametrize(
    "given",
    [
        None, 3, {}, {"kind": "fly"}, {"kind": "accept"}, {"kind": "accept", "key": 3}, {"kind": "split", "key": "1"},
        {"kind": "split", "key": "1", "at": True}, {"kind": "accept", "key": "1", "more": "x"},
        {"kind": "rate", "name": "empathy", "value": "5"}, {"kind": ["accept"], "key": "1"},
    ],
)  # fmt: skip
def test_what_is_no_step_is_refused(given: object) -> None:
    with pytest.raises(StepWrong):
        step_from_json(given)


def test_every_kind_of_step_has_a_name_of_its_own() -> None:
    assert len(KINDS) == 13
