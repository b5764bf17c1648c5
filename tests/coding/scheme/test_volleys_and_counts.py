from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.scheme.codes import Behaviour, ClientTalk, Code, CodedUtterance, Speaker, TalkKind
from coding.scheme.counts import (
    MOST_CODES_A_VOLLEY,
    BehaviourCounts,
    carriers,
    codes_of_volley,
    count,
    longest_question_run,
    trace,
    volley_codes,
)
from coding.scheme.volleys import is_back_channel, volley_indices, volleys
from tests.coding.scheme.conversations import C, P, conversations, said

B, T = Behaviour, ClientTalk

HAND_CODED = said(
    (P, "Thanks for making the time.", B.NC),
    (P, "What would you like to talk about?", B.Q),
    (P, "Is it the drinking?", B.Q),
    (C, "The weekends, yeah.", T.FN),
    (P, "The weekends are the hard part.", B.SR),
    (P, "You come home and it is the only thing that is yours.", B.CR),
    (C, "Yeah.", T.FN),  # answers the reflection: ends the volley
    (P, "There is a group on Thursdays.", B.GI),
    (C, "Right.", T.FN),  # only listening: does not
    (P, "You should go to it.", B.PERSUADE),
    (P, "If you want, I can say what others found.", B.PWP),
    (C, "I can't get a sitter.", T.ST),
    (P, "You keep thinking of the kids first.", B.AF),
    (P, "It is your call.", B.EMPHASIZE),
    (C, "I do want to stop.", T.CT),
)


def test_a_conversation_counted_by_hand() -> None:
    counts = count(HAND_CODED)
    assert counts.volleys == 4
    assert dict(counts.practitioner) == {B.Q: 1, B.CR: 1, B.GI: 1, B.PWP: 1, B.AF: 1, B.EMPHASIZE: 1}
    assert dict(counts.client) == {T.FN: 3, T.ST: 1, T.CT: 1}
    assert (counts.open_questions, counts.closed_questions) == (1, 1)
    assert volley_indices(HAND_CODED) == [0, 0, 0, None, 1, 1, None, 2, None, 2, 2, None, 3, 3, None]


@pytest.mark.parametrize(
    "text",
    [
        "Yeah",
        "mm-hm.",
        "Right, right.",
        "Oh okay",
        "I see…",
        "Mm. Yeah.",
        "",
        "uh huh",
        "Mhmm, mm-hm, okay, I see",
        "yeah yeah yeah yeah yeah",
        "…",
    ],
)
def test_listening_sounds(text: str) -> None:
    assert is_back_channel(text)


@pytest.mark.parametrize(
    "text", ["Yeah but no", "No", "Right then, I will", "See you", "I", "I, uh", "Huh?", "5", "Я не хочу", "لا أريد"]
)
def test_answers_are_no_listening_sounds(text: str) -> None:
    assert not is_back_channel(text)


def test_a_listening_sound_that_is_change_talk_ends_the_volley() -> None:
    lines: list[tuple[Speaker, str, Code | None]] = [
        (P, "There is a group.", B.GI),
        (C, "Yeah.", T.CT),
        (P, "On Thursdays.", B.GI),
    ]
    assert count(said(*lines)).volleys == 2
    lines[1] = (C, "Yeah.", T.FN)
    assert count(said(*lines)).volleys == 1


def test_without_codes_a_question_mark_asks() -> None:
    assert volley_indices(said((P, "Is it hard?", None), (C, "Yeah.", None), (P, "Hm.", None))) == [0, None, 1]
    assert volley_indices(said((P, "(“Is it hard?”)", None), (C, "Yeah.", None), (P, "Hm.", None))) == [0, None, 1]
    assert volley_indices(said((P, "It is hard.", None), (C, "Yeah.", None), (P, "Hm.", None))) == [0, None, 0]


@given(conversations)
def test_no_count_exceeds_the_volleys(conversation: list[CodedUtterance]) -> None:
    counts = count(conversation)
    assert all(counts[b] <= counts.volleys for b in B)
    assert counts.total(B.reflections()) <= counts.volleys
    assert counts[B.PERSUADE] + counts[B.PWP] <= counts.volleys
    assert counts[B.NC] == 0


@given(conversations, st.data())
def test_splitting_an_utterance_adds_no_code(conversation: list[CodedUtterance], data: st.DataObject) -> None:
    said_by_practitioner = [at for at, u in enumerate(conversation) if u.speaker is P]
    if not said_by_practitioner:
        return
    at = data.draw(st.sampled_from(said_by_practitioner))
    one = conversation[at]
    split = [*conversation[:at], replace(one, text="So"), one, *conversation[at + 1 :]]
    assert count(split).volleys == count(conversation).volleys
    assert count(split).practitioner == count(conversation).practitioner


@given(st.lists(st.sampled_from(list(B))), st.randoms())
def test_order_inside_a_volley_does_not_matter(codes: list[Behaviour], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(codes)
    random.shuffle(shuffled)
    assert volley_codes(codes) == volley_codes(shuffled)
    assert len(volley_codes(codes)) <= MOST_CODES_A_VOLLEY


@given(st.lists(st.lists(st.sampled_from(list(B)), min_size=1), max_size=6), st.randoms())
def test_nor_does_it_in_a_conversation(in_volleys: list[list[Behaviour]], random) -> None:  # type: ignore[no-untyped-def]
    def conversation(order: list[list[Behaviour]]) -> list[CodedUtterance]:
        lines: list[tuple[Speaker, str, Code | None]] = []
        for codes in order:
            lines += [*((P, "Some words.", code) for code in codes), (C, "The dog was ill as well.", T.FN)]
        return said(*lines)

    shuffled = [random.sample(codes, len(codes)) for codes in in_volleys]
    assert count(conversation(shuffled)) == count(conversation(in_volleys))


@given(conversations)
def test_every_count_leads_to_its_utterances(conversation: list[CodedUtterance]) -> None:
    counted: Counter[Behaviour] = Counter()
    for volley in volleys(conversation):
        for code in codes_of_volley(volley):
            carrying = carriers(volley, code)
            assert carrying
            assert all(u.code is code and u in conversation for u in carrying)
            counted[code] += 1
    assert counted == count(conversation).practitioner


@given(conversations, conversations)
def test_counts_of_two_stretches_add_up(one: list[CodedUtterance], two: list[CodedUtterance]) -> None:
    border = said((C, "No way, that was the end of that.", T.FN))
    together = count([*one, *border, *two])
    assert count(one) + count(border) + count(two) == together
    assert count(one) + BehaviourCounts() == count(one)


@given(conversations, st.data())
def test_a_mere_listening_sound_changes_no_practitioner_count(
    conversation: list[CodedUtterance], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(conversation)))
    before = next((u for u in reversed(conversation[:at]) if u.speaker is P), None)
    more = [*conversation[:at], *said((C, "mm-hm", T.FN)), *conversation[at:]]
    if before is None or before.code not in (B.Q, B.SEEK, B.SR, B.CR):
        assert volley_indices(more)[:at] + volley_indices(more)[at + 1 :] == volley_indices(conversation)
        assert count(more).practitioner == count(conversation).practitioner


@pytest.mark.parametrize("asking", [B.Q, B.SEEK, B.SR, B.CR])
def test_a_listening_sound_that_answers_ends_the_volley(asking: Behaviour) -> None:
    assert count(said((P, "So, this.", asking), (P, "And this.", asking))).practitioner == {asking: 1}
    assert count(said((P, "So, this.", asking), (C, "mm-hm", T.FN), (P, "And this.", asking))).practitioner == {
        asking: 2
    }


def test_kinds_are_of_change_and_sustain_talk_only() -> None:
    talk = [CodedUtterance(0, i, C, "I want to.", code, TalkKind.DESIRE) for i, code in enumerate(T)]
    assert count([*talk, *talk]).kinds == {(T.CT, TalkKind.DESIRE): 2, (T.ST, TalkKind.DESIRE): 2}


@given(conversations)
def test_the_trace_holds_every_count(conversation: list[CodedUtterance]) -> None:
    traced = trace(conversation)
    assert set(traced) == set(B.counted())
    assert {b: len(found) for b, found in traced.items() if found} == count(conversation).practitioner
    for behaviour, found in traced.items():
        assert [volley for volley, _ in found] == sorted({volley for volley, _ in found})
        assert all(u.code is behaviour for _, carrying in found for u in carrying)


def test_the_trace_of_the_conversation_counted_by_hand() -> None:
    traced = trace(HAND_CODED)
    assert traced[B.Q] == [(0, (HAND_CODED[1], HAND_CODED[2]))]
    assert traced[B.CR] == [(1, (HAND_CODED[5],))]
    assert traced[B.SR] == []
    assert carriers(volleys(HAND_CODED)[1], B.SR) == ()
    assert traced[B.PWP] == [(2, (HAND_CODED[10],))]


def test_questions_in_a_row() -> None:
    ask, reflect = (P, "What else?", B.Q), (P, "You are tired.", B.CR)
    answer = (C, "The dog was ill as well.", T.FN)
    assert longest_question_run(said(ask, answer, ask, answer, reflect, ask, answer, ask)) == 2
    assert longest_question_run([]) == 0
