import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.transcript.identifiers.find import Finder
from coding.transcript.identifiers.kinds import GivenName
from coding.transcript.identifiers.who import label_of
from coding.transcript.pseudonyms import Labels, Span, everywhere, put_back, put_in, spans_of
from coding.transcript.words import Turn

NAMES = (GivenName("Kayleigh Marsh", "his mum"), GivenName("Alfie Marsh", "child"), GivenName("Priya Nair", "worker"))


def pseudonymised(*said: str) -> list[str]:
    finder, labels = Finder(NAMES), Labels(NAMES)
    turns = [Turn(number, "A", text) for number, text in enumerate(said)]
    spans = [spans_of(found, labels) for found in finder.through(said)]
    return [turn.text for turn in put_in(turns, spans).turns]


def test_one_person_has_one_placeholder_through_the_whole_conversation() -> None:
    assert pseudonymised(
        "Hiya Kayleigh, it's Priya.", "Kay, please. Alfies asleep.", "alfie marsh and Kayleigh Marsh; Mrs Marsh"
    ) == [
        "Hiya [parent 1], it's [practitioner 1].", "[parent 1], please. [child 1]'s asleep.",
        "[child 1] and [parent 1]; Mrs [parent 1]",
    ]  # fmt: skip


def test_a_number_written_and_spoken_is_one_and_kinds_are_counted_apart() -> None:
    assert pseudonymised(
        "It's 07700 900123.", "oh seven seven double oh, nine hundred, one two three", "or 0161 496 0000, LS1 4AP"
    ) == ["It's [phone number 1].", "[phone number 1]", "or [phone number 2], [postcode 1]"]


@pytest.mark.parametrize(
    ("who", "label"),
    [("child", "child"), ("his mum", "parent"), ("social worker", "practitioner"), ("Gran", "family member"),
     ("", "person"), ("a friend", "person"), ("Kayleigh's son", "child")],
)  # fmt: skip
def test_who_somebody_is_becomes_the_kind_of_placeholder(who: str, label: str) -> None:
    assert label_of(who) == label


def test_doubts_word_times_and_utterances_keep_their_places() -> None:
    text = "So Kayleigh Marsh said no. Alfie cried a lot."
    turn = Turn(
        0, "A", text, 0.0, 5.0, doubts=({"start": 18, "end": 26, "reasons": ["low probability"]},),
        times=((0, 2, 0.0, 0.2), (3, 11, 0.2, 0.7), (12, 17, 0.7, 1.1), (18, 22, 1.1, 1.5), (23, 26, 1.5, 2.0),
               (27, 32, 2.5, 3.0)),
    )  # fmt: skip
    spans = [[Span(3, 17, "name", "[parent 1]"), Span(27, 32, "name", "[child 1]")]]
    done = put_in([turn], spans, [["So Kayleigh Marsh said no.", "Alfie cried a lot."]])
    new = done.turns[0]
    assert new.text == "So [parent 1] said no. [child 1] cried a lot."
    assert done.utterances == (("So [parent 1] said no.", "[child 1] cried a lot."),)
    doubt = new.doubts[0]
    assert new.text[doubt["start"] : doubt["end"]] == "said no."
    assert [(new.text[s:e], a, b) for s, e, a, b in new.times] == [
        ("So", 0.0, 0.2), ("[parent 1]", 0.2, 1.1), ("said", 1.1, 1.5), ("no.", 1.5, 2.0), ("[child 1]", 2.5, 3.0),
    ]  # fmt: skip
    assert done.said == (("Kayleigh Marsh", "Alfie"),)


def test_what_goes_over_a_boundary_leaves_both_utterances() -> None:
    turn = Turn(0, "A", "ring 07700 900 123 then")
    done = put_in([turn], [[Span(5, 18, "phone number", "[phone number 1]")]], [["ring 07700", "900 123 then"]])
    assert done.utterances == (("ring [phone number 1]", "[phone number 1] then"),)


WORDS = st.lists(
    st.sampled_from(["Kay", "said", "Alfies", "no.", "the", "Priya", "Marsh", "a", "07700 900123"]), max_size=9
)


@given(st.lists(WORDS, min_size=1, max_size=3))
def test_putting_back_gives_what_was_said(conversation: list[list[str]]) -> None:
    said = [" ".join(words) for words in conversation]
    turns = [Turn(number, "A", text) for number, text in enumerate(said)]
    labels, finder = Labels(NAMES), Finder(NAMES)
    spans = [spans_of(found, labels) for found in finder.through(said)]
    done = put_in(turns, spans, conversation)
    clear, found_again, utterances = put_back(done.turns, done.said, done.utterances)
    assert [turn.text for turn in clear] == said
    assert [list(one) for one in utterances] == conversation
    again = put_in(clear, found_again, conversation)
    assert (again.turns, again.utterances) == (done.turns, done.utterances)


def test_words_are_found_everywhere_in_any_case_but_not_inside_others() -> None:
    turns = [Turn(0, "A", "The  Crown, the crown's"), Turn(1, "B", "crowned at THE CROWN")]
    assert [(n, turns[n].text[a:b]) for n, a, b in everywhere(turns, "the crown")] == [
        (0, "The  Crown"), (0, "the crown"), (1, "THE CROWN"),
    ]  # fmt: skip
    assert not list(everywhere(turns, "  "))
