"""Stretches to read aloud: what worked, short enough for a sheet, and with what came before and after."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.skills import Skill
from training.supervision.leave_out import GONE, asked_for, parts_of_names, without
from training.supervision.moments import MOST_TURNS, MOST_WORDS, SHOWS, SaidLine, moments_of

TALK = """\
P Q* What would you like the mornings to be like for you all?
C ST I can't see how they could be any different to be honest.
P CR You have tried so much already that hoping again costs you something.
C CT Yes. But I want them to wake up to a calm house.
P AF You have thought about this for them.
C CT I have. I could start with the evenings.
P Persuade You should really start tonight then.
C FN Right.
"""


def lines(talk: str = TALK) -> list[SaidLine]:
    found = []
    for line in talk.splitlines():
        who, code, text = line.split(" ", 2)
        found.append(SaidLine(who == "P", text, code.rstrip("*"), code.endswith("*")))
    return found


def test_a_reflection_with_what_came_before_and_after() -> None:
    [moment] = moments_of(lines(), Skill.COMPLEX_REFLECTIONS)
    assert moment.followed
    assert [turn.practitioner for turn in moment.turns] == [True, False, True, False, True, False]
    assert "hoping again costs you something" in moment.turns[2].text
    assert (moment.first, moment.last) == (0, 5)


def test_nothing_that_argues_is_read() -> None:
    for skill in SHOWS:
        for moment in moments_of(lines(), skill):
            assert "should really" not in " ".join(turn.text for turn in moment.turns)
    assert not list(moments_of(lines("C ST No more.\nP Confront You must.\nC FN Hm.\n"), Skill.SUSTAIN_TALK))


@pytest.mark.parametrize(
    ("skill", "found"),
    [(Skill.SUSTAIN_TALK, 1), (Skill.EVOKING, 1), (Skill.AFFIRMING, 1), (Skill.PERMISSION, 0),
     (Skill.OPEN_QUESTIONS, 0), (Skill.SUMMARIES, 0), (Skill.CLEAR_CONCERNS, 1)],
)  # fmt: skip
def test_by_skill(skill: Skill, found: int) -> None:
    """The first turn has nothing before it, so it shows nothing."""
    assert len(list(moments_of(lines(), skill))) == found


def test_empty_one_sided_short_and_endless_talk() -> None:
    assert not list(moments_of([], Skill.REFLECTIONS))
    assert not list(moments_of([SaidLine(True, "You want to stop.", "SR")] * 5, Skill.REFLECTIONS))
    assert not list(moments_of(lines("C CT Yes.\nP SR Yes.\nC CT Yes.\n"), Skill.REFLECTIONS))
    long = "word " * MOST_WORDS
    assert not list(moments_of(lines(f"C CT {long}\nP SR You want it.\nC CT Yes.\n"), Skill.REFLECTIONS))


LINE = st.builds(
    SaidLine, st.booleans(), st.text("ab ", max_size=120),
    st.sampled_from(["CR", "SR", "Q", "CT", "ST", "Persuade", ""]), st.booleans(),
)  # fmt: skip


@given(st.lists(LINE, max_size=40), st.sampled_from([*SHOWS]))
def test_every_stretch_fits_on_the_sheet(talk: list[SaidLine], skill: Skill) -> None:
    for moment in moments_of(talk, skill):
        assert 3 <= len(moment.turns) == moment.last - moment.first + 1 <= MOST_TURNS
        assert sum(len(turn.text.split()) for turn in moment.turns) <= MOST_WORDS
        assert all(
            one.practitioner is not other.practitioner
            for one, other in zip(moment.turns, moment.turns[1:], strict=False)
        )


def test_words_that_are_left_out() -> None:
    assert asked_for(" Tuesday, the  red\nbike;, ,Tuesday") == ("Tuesday", "the red", "bike")
    text = "On tuesday she rode the Red  Bike. Tuesdays are fine."
    assert without(text, ("Tuesday", "red bike")) == f"On {GONE} she rode the {GONE}. Tuesdays are fine."
    assert without("She’s here. (a+b)*", ("she's", "(a+b)*")) == f"{GONE} here. {GONE}"


def test_names_of_colleagues_go_and_words_stay() -> None:
    names = parts_of_names(["Will O’Hara-Smith", "Dr. Bo Li", "Ann"])
    assert names == ("Will", "O’Hara-Smith", "Ann")
    assert (
        without("Will you tell Will O'Hara-Smith? I will.", (), exact=names)
        == f"{GONE} you tell {GONE} {GONE}? I will."
    )
    assert without("An annual plan", (), exact=names) == "An annual plan"


@given(st.text(max_size=80), st.lists(st.text(max_size=12), max_size=5))
def test_whatever_is_left_out_it_never_fails_and_what_is_named_is_gone(text: str, words: list[str]) -> None:
    asked = asked_for(",".join(words))
    assert isinstance(without(text, asked), str)
    for word in asked:
        if word.isalpha() and word.isascii():
            assert word.lower() not in without(f"say {word} now", [word]).lower().replace(GONE, "").split()
