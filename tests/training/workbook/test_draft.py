"""A note is drafted from what was coded, quotes what may be quoted, and never more."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.scheme.codes import TalkKind
from training.skills import Skill
from training.workbook.draft import MOST_SUGGESTED, NEXT, Conversation, SaidLine, draft_note, draft_plan_note
from training.workbook.finish import EMPTY, NOT_THERE, as_text, finish_note, finish_plan_note
from training.workbook.headings import HEADINGS, WARNINGS, Heading, NoteKind
from training.workbook.quoting import has_words_of

WITHHELD = "Not everybody agreed."
LINES = (
    SaidLine(11, 2, "I want to stop for the sake of the kids.", Heading.FOR_CHANGE, TalkKind.DESIRE),
    SaidLine(12, 4, "I don't know if I can, all my mates drink.", Heading.FOR_STAYING, TalkKind.ABILITY),
    SaidLine(13, 6, "I have told [sister 1] I am coming on Friday.", Heading.FOR_CHANGE, TalkKind.TAKING_STEPS),
    SaidLine(14, 8, "Yes.", Heading.FOR_CHANGE),
    SaidLine(15, 9, "The bus comes at ten past four on weekdays."),
)
TALK = Conversation(NoteKind.FAMILY_RECORD, date(2026, 3, 2), "drink less at weekends", LINES, skill=Skill.REFLECTIONS)


def test_a_draft_tells_kinds_and_times_and_chooses_what_reads_well() -> None:
    draft = draft_note(TALK)
    assert draft.texts[Heading.ABOUT] == "We talked about this change: drink less at weekends."
    assert draft.texts[Heading.FOR_CHANGE] == (
        "The parent spoke in favour of change 3 times: what they want (1), steps they have already taken (1)."
    )
    assert draft.texts[Heading.FOR_STAYING] == (
        "The parent spoke in favour of staying the same once: what feels too hard (1)."
    )
    assert draft.texts[Heading.AGREED] == ""
    assert draft.texts[Heading.NEXT] == "I will say back what I hear more often, before I ask."
    assert draft.quoted == (11, 13, 14, 12)
    assert set(NEXT) == set(Skill)
    crowd = tuple(replace(LINES[0], id=number, number=number) for number in range(30))
    assert draft_note(replace(TALK, lines=crowd)).quoted == (0, 1, 2)
    assert MOST_SUGGESTED == 3


def test_a_conversation_without_codes_or_goal_leaves_it_to_the_practitioner() -> None:
    empty = replace(TALK, goal="", lines=LINES[4:], skill=None, part=True)
    draft = draft_note(empty)
    assert draft.texts[Heading.ABOUT] == draft.texts[Heading.NEXT] == ""
    assert draft.texts[Heading.FOR_CHANGE] == (
        "Nothing was heard in favour of change in the part of the conversation that was coded."
    )
    note = finish_note(draft.texts, draft.quoted, empty)
    assert [one.heading for one in note.sections] == list(HEADINGS[NoteKind.FAMILY_RECORD])[:-1]
    assert EMPTY in as_text(note, ())


def test_a_coachs_words_go_into_a_practice_note_and_never_into_a_familys_record() -> None:
    coached = replace(TALK, to_try="You asked 14 questions to 3 reflections. Say it back first.")
    assert coached.to_try not in draft_note(coached).texts.values()
    practice = replace(coached, kind=NoteKind.PRACTICE)
    assert draft_note(practice).texts[Heading.NEXT] == coached.to_try


@pytest.mark.parametrize("kind", [NoteKind.PRACTICE, NoteKind.FAMILY_RECORD])
def test_what_is_no_family_says_so_and_stand_ins_stay(kind: NoteKind) -> None:
    talk = replace(TALK, kind=kind)
    draft = draft_note(talk)
    note = finish_note(draft.texts, draft.quoted, talk)
    shown = as_text(note, (("Conversation on", "2 March 2026"),))
    assert ("not about a real family" in shown) is (kind is NoteKind.PRACTICE)
    assert note.warning == WARNINGS[kind]
    assert note.placeholders == ("[sister 1]",)
    assert "“I have told [sister 1] I am coming on Friday.”" in shown
    assert "Scores" in note.left_out[0].what


def test_a_line_that_is_no_longer_coded_so_is_not_quoted_in_silence() -> None:
    note = finish_note({}, (11, 15, 99), TALK)
    assert [one.quotations for one in note.sections if one.quotations] == [(LINES[0].text,)]
    assert note.left_out[0].why == NOT_THERE


def test_typed_words_of_theirs_are_left_out_where_they_may_not_be_quoted() -> None:
    held = replace(TALK, withheld=WITHHELD)
    texts = {
        Heading.ABOUT: "We talked about drink less at weekends.",
        Heading.FOR_CHANGE: "She said: I want to stop, FOR the sake of the kids!",
        Heading.FOR_STAYING: "She does not know whether she can.",
        Heading.AGREED: "The bus comes at ten past four, so we meet at five.",
    }
    note = finish_note(texts, (11, 12), held)
    by_heading = {one.heading: one for one in note.sections}
    assert by_heading[Heading.ABOUT].text == texts[Heading.ABOUT]
    assert by_heading[Heading.FOR_CHANGE].text == ""
    assert by_heading[Heading.FOR_STAYING].text == texts[Heading.FOR_STAYING]
    assert by_heading[Heading.AGREED].text == ""
    assert [one.what for one in note.left_out[:3]] == [
        "What you wrote under “What was agreed, and the next step”",
        "What you wrote under “What the parent said in favour of change”",
        "Quotations from the conversation",
    ]
    assert finish_note(texts, (11,), TALK).sections[1].text == texts[Heading.FOR_CHANGE]


def test_a_goal_that_the_parent_said_too_is_the_practitioners() -> None:
    line = SaidLine(1, 1, "I would like to drink less at weekends and be home.", Heading.FOR_CHANGE)
    assert not has_words_of("to drink less at weekends", [line.text], beside="drink less at weekends")
    assert has_words_of("like to drink less at weekends and", [line.text], beside="drink less at weekends")
    assert has_words_of("don’t know if i can", ["Don't know if I can"])
    assert not has_words_of("I want to", ["I want to"])


WORDS = st.sampled_from(
    ("I", "want", "to", "stop", "kids", "drink", "Friday", "never", "yes", "[child 1]", "can't", "the")
)
SAID = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
KINDS = st.sampled_from((NoteKind.FAMILY_RECORD, NoteKind.PRACTICE))


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    lines = tuple(
        SaidLine(
            100 + number, number, draw(SAID), draw(st.sampled_from((*Heading.quoting(), None))),
            draw(st.sampled_from((*TalkKind, None))),
        )
        for number in range(1, draw(st.integers(0, 8)) + 1)
    )  # fmt: skip
    skill = draw(st.sampled_from((*Skill, None)))
    return Conversation(draw(KINDS), date(2026, 3, 2), draw(st.one_of(st.just(""), SAID)), lines, WITHHELD, skill=skill)


@given(conversations(), st.dictionaries(st.sampled_from(list(HEADINGS[NoteKind.PRACTICE])), SAID), st.data())
def test_nothing_is_ever_quoted_where_consent_forbids_it(
    talk: Conversation, texts: dict[Heading, str], data: st.DataObject
) -> None:
    """Whatever was written and chosen: no line, nor six words of one in a row, but for what the goal has too."""
    chosen = data.draw(st.sets(st.sampled_from([line.id for line in talk.lines]))) if talk.lines else set()
    for text in (texts, {**draft_note(talk).texts, **texts}):
        note = finish_note(text, chosen, talk)
        assert not any(one.quotations for one in note.sections)
        shown = " ".join(as_text(note, ()).split()).casefold()
        for line in talk.lines:
            words = line.text.casefold().split()
            for at in range(max(0, len(words) - 8 + 1)):
                run = " ".join(words[at : at + 8])
                assert run not in shown or run in talk.goal.casefold()
    assert not draft_note(talk).quoted


@given(conversations())
def test_what_is_allowed_is_quoted_word_for_word_under_its_own_heading(talk: Conversation) -> None:
    talk = replace(talk, withheld="")
    draft = draft_note(talk)
    for section in finish_note(draft.texts, draft.quoted, talk).sections:
        for quotation in section.quotations:
            assert any(line.text == quotation and line.under is section.heading for line in talk.lines)


def test_a_plan_is_a_note_without_a_figure() -> None:
    draft = draft_plan_note(skill=Skill.REFLECTIONS, module="Reflecting", minutes=15, due_on=date(2026, 4, 9))
    note = finish_plan_note(draft.texts)
    shown = as_text(note, ())
    assert "I am practising reflecting before you ask." in shown
    assert "I add a session by 9 April 2026." in shown
    assert "What would help me" not in shown
    assert "%" not in shown
    assert note.warning in shown
    empty = finish_plan_note(draft_plan_note(skill=None, module="", minutes=0, due_on=None).texts)
    assert EMPTY in as_text(empty, ())
