"""Feedback is drafted from what the codes show: other conversations get other words, and nothing is praised or missed
that is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.feedback.point import FeedbackWords, Point
from coding.review.draft import Draft, DraftLine, read_subtype
from coding.scheme.codes import Behaviour, ClientTalk, QuestionType, Speaker, TalkKind, parse_code
from training.feedback.draft import AS_HERE, draft_feedback
from training.feedback.rules import REFLECTIONS, STRENGTHS, TRIES

Line = tuple[str, str] | tuple[str, str, str]


def draft_of(*lines: Line, **more: object) -> Draft:
    """Each line is a code with its words, and perhaps a subtype; the code says who speaks."""
    made = []
    for number, (code, text, *subtype) in enumerate(lines):
        role = Speaker.CLIENT if code in [one.value for one in ClientTalk] else Speaker.PRACTITIONER
        read = parse_code(role, code)
        made.append(
            DraftLine(
                key=str(number), role=role, speaker_label=role.value, text=text, code=read,
                subtype=read_subtype(read, subtype[0] if subtype else None),
            )
        )  # fmt: skip
    return Draft(tuple(made), {one.value: one for one in Speaker}, **more)  # type: ignore[arg-type]


def rules(found: FeedbackWords) -> tuple[list[str], str | None]:
    return [point.rule for point in found.well], found.to_try and found.to_try.rule


GOOD = draft_of(
    ("Q", "What brings you here?", "open"),
    ("CT", "I want to stop drinking at weekends.", "desire"),
    ("CR", "The children matter more to you than a night out."),
    ("CT", "They do. I have poured the rest away.", "taking_steps"),
    ("AF", "You kept that promise to them, hard as it was."),
    ("CT", "I did.", "ability"),
    ("Emphasize", "What you do next is yours to choose."),
    ("FN", "Okay."),
)
POOR = draft_of(
    ("Q", "How much do you drink?", "closed"),
    ("ST", "Not more than my mates.", "reason"),
    ("Confront", "That is not what the school says."),
    ("ST", "The school should mind its own business."),
    ("Persuade", "You need to stop, for the children."),
    ("FN", "Whatever."),
    ("GI", "The review is on Thursday at ten."),
    ("FN", "Right, Thursday."),
)
ASKING = draft_of(
    ("Q", "When did it begin?", "closed"),
    ("FN", "In the spring."),
    ("Q", "Is your mother near?", "closed"),
    ("CT", "She is, and I could ask her.", "ability"),
    ("Q", "Do you work?", "closed"),
    ("FN", "Nights."),
    ("SR", "You work nights."),
    ("FN", "Yes, since May."),
)


def test_a_good_conversation_hears_its_two_best_things_with_their_lines() -> None:
    found = draft_feedback(GOOD)
    assert rules(found) == (["meaning_then_change", "affirm_then_change"], "ask_for_more")
    assert found.to_try is not None
    assert found.to_try.keys == ("3",)  # what they have begun, sooner than what they want
    assert [point.keys for point in found.well] == [("2", "3"), ("4", "5")]


def test_after_an_argument_it_is_said_how_to_say_a_worry_and_nothing_is_praised_that_was_not() -> None:
    found = draft_feedback(POOR)
    assert rules(found) == (["informed"], "say_back_before_disagreeing")
    assert found.to_try is not None
    assert found.to_try.keys == ("1", "2")
    assert "say your worry plainly" in found.to_try.text
    assert AS_HERE not in found.to_try.text


def test_many_questions_get_the_answer_after_which_to_say_back() -> None:
    found = draft_feedback(ASKING)
    assert rules(found) == (["said_back"], "say_back_before_asking")
    assert found.to_try is not None
    assert "there are 3 questions and 1 reflection." in found.to_try.text
    assert found.to_try.keys == ("3", "4")  # an answer that leans towards change, sooner than the first


def test_the_three_are_told_apart() -> None:
    texts = [
        {point.text for point in (*found.well, found.to_try) if point}
        for found in map(draft_feedback, (GOOD, POOR, ASKING))
    ]
    assert not texts[0] & texts[1]
    assert not texts[1] & texts[2]
    assert not texts[0] & texts[2]


@pytest.mark.parametrize(
    ("lines", "rule", "keys"),
    [
        ([("ST", "I can't."), ("SR", "You can't.")], "met_doubt", ("0", "1")),
        ([("Emphasize", "It is up to you."), ("CT", "I will go.")], "choice_then_change", ("0", "1")),
        ([("Q", "What helped?", "open"), ("CT", "My sister.")], "open_then_change", ("0", "1")),
        ([("Seek", "What do you make of that?"), ("FN", "Hm, well.")], "shared_lead", ("0",)),
        ([("PWP", "If you like, I tell you what others do."), ("FN", "Go on.")], "advice_with_care", ("0",)),
        ([("Q", "What helped?", "open"), ("FN", "Not sure.")], "open_question", ("0",)),
        ([("AF", "You came here today."), ("FN", "I did.")], "affirm", ("0",)),
        ([("CR", "And that hurts."), ("FN", "Hm, a bit.")], "meaning", ("0",)),
        ([("Emphasize", "It is up to you."), ("FN", "Fine by me.")], "choice", ("0",)),
    ],
)
def test_each_strength_with_its_lines(lines: list[Line], rule: str, keys: tuple[str, ...]) -> None:
    first = draft_feedback(draft_of(*lines)).well[0]
    assert (first.rule, first.keys) == (rule, keys)


@pytest.mark.parametrize(
    ("lines", "rule", "keys"),
    [
        ([("Persuade", "You should call her."), ("FN", "Perhaps.")], "ask_before_advice", ("0",)),
        ([("CT", "I want to."), ("GI", "The office is open.")], "stay_with_change_talk", ("0", "1")),
        (
            [("SR", "So, one."), ("FN", "Yes I do."), ("SR", "So, two."), ("FN", "Well, no."), ("SR", "So, three.")],
            "one_step_further", ("0",),
        ),
        (
            [("SR", "You."), *[("Q", "Did you?", "closed"), ("FN", "I did it."), ("CR", "It hurts.")] * 3],
            "open_up", ("1",),
        ),
        ([("CT", "I can do that.", "ability"), ("CR", "You found a way.")], "name_a_strength", ("0",)),
        ([("AF", "You came."), ("ST", "I like it so.")], "say_what_is_theirs", ("1",)),
        ([("CT", "I want to."), ("CR", "It is time."), ("AF", "You are brave.")], "ask_for_more", ("0",)),
    ],
)  # fmt: skip
def test_each_thing_to_try_with_its_lines(lines: list[Line], rule: str, keys: tuple[str, ...]) -> None:
    found = draft_feedback(draft_of(*lines)).to_try
    assert found is not None
    assert (found.rule, found.keys[: len(keys)]) == (rule, keys)


def test_what_they_can_do_already_is_shown_beside_what_to_try() -> None:
    found = draft_feedback(
        draft_of(
            ("Persuade", "You should call her."), ("FN", "Perhaps I could."), ("PWP", "May I say what others found?"),
            ("FN", "Go on then."), ("Seek", "What do you think of that?"), ("FN", "Not sure of it."),
            ("PWP", "Would it help to hear of a group? You choose."), ("FN", "Maybe it would."),
        )
    )  # fmt: skip
    assert found.to_try is not None
    assert found.to_try.text.endswith(AS_HERE)
    assert found.to_try.keys[-1] not in {key for point in found.well for key in point.keys}


def test_what_the_coach_pinned_to_a_good_rating_is_quoted_first() -> None:
    lines: list[Line] = [
        ("AF", "You came here today."),
        ("FN", "I did."),
        ("AF", "You asked for help."),
        ("FN", "I did."),
    ]
    assert draft_feedback(draft_of(*lines)).well[0].keys == ("0",)
    pinned = {"evidence": {"empathy": ("2",)}}
    assert draft_feedback(draft_of(*lines, ratings={"empathy": 4}, **pinned)).well[0].keys == ("2",)
    assert draft_feedback(draft_of(*lines, ratings={"empathy": 2}, **pinned)).well[0].keys == ("0",)


def test_a_kind_word_in_the_same_breath_as_an_argument_is_not_praised() -> None:
    assert draft_feedback(draft_of(("AF", "You try."), ("Confront", "But it is not enough."))).well == ()


def test_only_the_stretch_that_is_scored_counts() -> None:
    found = draft_feedback(
        draft_of(
            ("AF", "You came."), ("FN", "I did so."), ("SR", "So you did."), ("FN", "Yes, well."), segment=("2", "3")
        )
    )
    assert rules(found)[0] == ["said_back"]


def test_where_the_codes_show_nothing_nothing_is_said() -> None:
    assert draft_feedback(draft_of(("NC", "Hello."), ("FN", "Hello there."))) == FeedbackWords((), None)


practitioner = st.tuples(st.sampled_from(list(Behaviour)), st.sampled_from(list(QuestionType)))
others = st.tuples(st.sampled_from(list(ClientTalk)), st.sampled_from(list(TalkKind)))


@given(st.lists(practitioner | others, max_size=30))
def test_of_any_conversation_nothing_false_is_said(coded: list[tuple[Behaviour | ClientTalk, str]]) -> None:
    lines: list[Line] = [
        (code.value, f"These are the words of line {number}", subtype)
        if code is Behaviour.Q or code in (ClientTalk.CT, ClientTalk.ST)
        else (code.value, f"These are the words of line {number}")
        for number, (code, subtype) in enumerate(coded)
    ]  # fmt: skip
    draft = draft_of(*lines)
    found = draft_feedback(draft)
    assert draft_feedback(draft) == found
    for point in found.well:
        strength = next(one for one in STRENGTHS if one.name == point.rule)
        mine = [line for line in quoted(draft, point) if line.role is Speaker.PRACTITIONER]
        assert [line.code in strength.codes for line in mine] == [True]
        assert strength.subtype is None or mine[0].subtype is strength.subtype
        if strength.then:
            at = draft.lines.index(mine[0])
            assert draft.lines[at + 1].role is Speaker.CLIENT
            assert quoted(draft, point)[-1].code is ClientTalk.CT
        if strength.outweighs:
            assert sum(line.code in REFLECTIONS for line in draft.lines) >= 3
    codes = {line.code for line in draft.lines}
    if Behaviour.CONFRONT in codes:
        assert found.to_try is not None
        assert found.to_try.rule == "say_back_before_disagreeing"
    if found.to_try is not None and found.to_try.rule in ("say_what_is_theirs", "name_a_strength"):
        missing = {"say_what_is_theirs": Behaviour.EMPHASIZE, "name_a_strength": Behaviour.AF}[found.to_try.rule]
        assert missing not in codes
    keys = [key for point in (*found.well, found.to_try) if point for key in point.keys]
    assert set(keys) <= {line.key for line in draft.lines}
    assert all(point.keys for point in (*found.well, found.to_try) if point)


def quoted(draft: Draft, point: Point) -> list[DraftLine]:
    return [line for line in draft.lines if line.key in point.keys]


def test_every_rule_has_a_name_of_its_own() -> None:
    names = [one.name for one in STRENGTHS] + [one.name for one in TRIES]
    assert len(names) == len(set(names))
