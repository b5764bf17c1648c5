"""One conversation from turns to scores: who speaks, where thoughts end, and what every count rests on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.coder.load import load_default_coder
from coding.pipeline import CodedConversation, TurnToCode, code_conversation, turns_of_parsed
from coding.scheme.codes import Behaviour, ClientTalk, Speaker
from coding.scheme.counts import trace
from coding.scheme.summary import ScoreName
from coding.transcript.parsed import ParsedTranscript, ParsedTurn
from tests.coding.scripted_coder import ScriptedCoder

P, C = Speaker.PRACTITIONER, Speaker.CLIENT
TALK = (
    ("Q How was the week?",),
    ("ST It was hard.", "CT I want it to change."),
    ("SR It was hard.", "CR You long for something else.", "Q What would that be?", "Q When?"),
    ("FN I will think.",),
    ("Persuade You should see a doctor.", "PWP If you like, there is a group.", "NC Right."),
)


def conversation(*turns: tuple[str, ...], labels: tuple[str, str] = ("worker", "parent")) -> list[TurnToCode]:
    return [TurnToCode(labels[n % 2], " ".join(said), said) for n, said in enumerate(turns)]


def coded(turns: list[TurnToCode], confidence: float = 0.9) -> CodedConversation:
    return code_conversation(turns, coder=ScriptedCoder(confidence), practitioner_labels=["worker"])


def figures(found: CodedConversation) -> dict[ScoreName, float | None]:
    return {figure.name: figure.value for figure in found.figures}


def test_counts_are_by_volley_and_lead_back_to_utterances() -> None:
    found = coded(conversation(*TALK))
    assert found.roles == (P, C, P, C, P)
    assert [item.volley for item in found.utterances] == [0, None, None, 1, 1, 1, 1, None, 2, 2, 2]
    assert set(found.volley_codes) == {
        (0, Behaviour.Q), (1, Behaviour.Q), (1, Behaviour.CR), (2, Behaviour.PWP),
    }  # fmt: skip
    assert found.counts[Behaviour.Q] == 2
    assert found.counts[Behaviour.SR] == found.counts[Behaviour.PERSUADE] == 0
    assert (found.counts[ClientTalk.CT], found.counts[ClientTalk.ST]) == (1, 1)
    scores = figures(found)
    assert scores[ScoreName.REFLECTION_TO_QUESTION] == 0.5
    assert scores[ScoreName.PERCENT_COMPLEX] == 100
    assert scores[ScoreName.PERCENT_CHANGE_TALK] == 50
    assert scores[ScoreName.MI_NON_ADHERENT] == 0
    traced = trace([item.estimate.of(item.utterance) for item in found.utterances])
    for behaviour in Behaviour.counted():
        assert len(traced[behaviour]) == found.counts[behaviour]
        for volley, utterances in traced[behaviour]:
            assert (volley, behaviour) in found.volley_codes
            assert utterances


codes = st.sampled_from([*(code.value for code in Behaviour), *(code.value for code in ClientTalk)])
turns = st.lists(st.lists(codes, min_size=1, max_size=5).map(lambda said: tuple(f"{code} words" for code in said)))


@settings(max_examples=60, deadline=None)
@given(turns, st.sampled_from([0.34, 0.55, 0.9, 1.0]))
def test_every_count_is_found_in_its_utterances_and_inside_its_interval(
    said: list[tuple[str, ...]], confidence: float
) -> None:
    found = coded(conversation(*said), confidence)
    by_volley = {(item.volley, item.estimate.code) for item in found.utterances if item.volley is not None}
    assert set(found.volley_codes) <= by_volley
    assert len(set(found.volley_codes)) == len(found.volley_codes)
    for code in (*Behaviour.counted(), *ClientTalk):
        if isinstance(code, Behaviour):
            assert found.counts[code] == [one for _, one in found.volley_codes].count(code)
        else:
            assert found.counts[code] == [item.estimate.code for item in found.utterances].count(code)
        low, high = found.intervals_of[code]
        assert low <= found.counts[code] <= high
    for figure in found.figures:
        assert (figure.value is None) == bool(figure.note)
        if figure.low is not None and figure.high is not None and figure.value is not None:
            assert figure.low <= figure.value <= figure.high


def test_an_interval_holds_the_count_even_where_draws_do_not() -> None:
    """Each of 40 is a question with probability .4, so draws hold about 16 of the 40 counted."""
    found = coded(conversation(*[("Q And?",), ("FN Well.",)] * 40), confidence=0.4)
    low, high = found.intervals_of[Behaviour.Q]
    assert found.counts[Behaviour.Q] == high == 40
    assert low < 25
    assert all(isinstance(edge, int) for edges in found.intervals_of.values() for edge in edges)


def test_the_speaker_is_known_before_thoughts_are_told_apart() -> None:
    """A practitioner's sentences do different things; a client's carry one thought on."""
    text = "It has been a long week for you. The evenings are the worst part of it."
    found = code_conversation(
        [TurnToCode("worker", text), TurnToCode("parent", text)], coder=ScriptedCoder(), practitioner_labels=["worker"]
    )
    assert [len(turn.utterances) for turn in found.turns] == [2, 1]
    guessed = code_conversation(
        [TurnToCode("a", text + " What would help you with that?"), TurnToCode("b", text)], coder=ScriptedCoder()
    )
    assert guessed.practitioner_labels == ("a",)
    assert [len(turn.utterances) for turn in guessed.turns] == [3, 1]
    for turn in (*found.turns, *guessed.turns):
        assert " ".join(turn.utterances) == turn.text


def test_utterances_that_were_given_stay_as_they_are() -> None:
    given = ("You are tired. What helps?", "And", "then what?")
    found = coded([TurnToCode("worker", " ".join(given), given), TurnToCode("parent", "Sleep.")])
    assert found.turns[0].utterances == given
    assert [item.utterance.text for item in found.utterances] == [*given, "Sleep."]


UNNAMED = (
    ("Speaker 2", "Hello Dana, thanks for seeing me. How have the evenings been since we last spoke?"),
    ("Speaker 1", "Better. I've stopped having wine on a weeknight, I want to keep that up for the kids."),
    ("Speaker 2", "You've stopped on the weeknights, and it sounds like you feel lighter. What has helped you?"),
    ("Speaker 1", "My sister rings me at eight. I don't know how I would do it without her."),
)


@pytest.mark.parametrize("rename", [{}, {"Speaker 2": "Ann", "Speaker 1": "Bob"}])
def test_without_names_that_say_so_the_practitioner_is_guessed_with_a_confidence(rename: dict[str, str]) -> None:
    turns = [TurnToCode(rename.get(label, label), text) for label, text in UNNAMED]
    found = code_conversation(turns, coder=load_default_coder())
    assert found.practitioner_labels == (rename.get("Speaker 2", "Speaker 2"),)
    assert found.practitioner_confidence is not None
    assert 0.5 < found.practitioner_confidence <= 1
    assert found.roles == (P, C, P, C)
    told = code_conversation(turns, coder=load_default_coder(), practitioner_labels=found.practitioner_labels)
    assert told.practitioner_confidence is None
    assert told.utterances == found.utterances


def test_a_label_that_says_client_is_never_guessed_to_be_the_practitioner() -> None:
    asking = "What would help you? How could we do that? What have you tried?"
    turns = [TurnToCode("Mum", asking), TurnToCode("Ann", "I want to stop."), TurnToCode("Bob", "Tell me more.")]
    found = code_conversation(turns, coder=load_default_coder())
    assert found.practitioner_labels in (("Ann",), ("Bob",))
    alone = code_conversation([TurnToCode("client", asking)], coder=load_default_coder())
    assert (alone.practitioner_labels, alone.practitioner_confidence) == ((), None)
    assert alone.roles == (C,)
    both = code_conversation([TurnToCode("Mum", asking), TurnToCode("Dad", "I want to stop.")], coder=ScriptedCoder())
    assert both.practitioner_labels == ("Mum",)


def test_ten_speakers_have_one_practitioner() -> None:
    turns = [TurnToCode(f"Voice {n}", "I want it to be different at home.") for n in range(9)]
    turns.insert(4, TurnToCode("Voice 9", "What would you like to be different? What would help you with that?"))
    found = code_conversation(turns, coder=load_default_coder())
    assert found.practitioner_labels == ("Voice 9",)
    assert found.roles.count(C) == 9


def test_the_change_goal_reaches_the_coder_and_may_be_missing() -> None:
    coder = ScriptedCoder()
    for goal in ("drink less", ""):
        code_conversation(conversation(*TALK), coder=coder, change_goal=goal, practitioner_labels=["worker"])
    assert coder.goals == ["drink less", ""]
    found = code_conversation([TurnToCode(*said) for said in UNNAMED], coder=load_default_coder())
    assert sum(found.counts[talk] for talk in ClientTalk) == sum(i.volley is None for i in found.utterances)


def test_one_volley_alone_is_scored_as_far_as_it_goes() -> None:
    found = coded(conversation(("Q How are you?",)))
    assert found.counts.volleys == 1
    assert found.volley_codes == ((0, Behaviour.Q),)
    scores = figures(found)
    assert scores[ScoreName.REFLECTION_TO_QUESTION] == 0
    assert scores[ScoreName.PERCENT_COMPLEX] is None
    assert scores[ScoreName.PERCENT_CHANGE_TALK] is None
    assert scores[ScoreName.TALK_SHARE] == 100
    assert scores[ScoreName.QUESTIONS_IN_A_ROW] == 1


@pytest.mark.parametrize("turns", [[], [("worker", "")], [("worker", " "), ("parent", "\n")]])
def test_silence_gives_no_utterances_and_no_scores(turns: list[tuple[str, str]]) -> None:
    found = code_conversation([TurnToCode(*turn) for turn in turns], coder=load_default_coder())
    assert (found.utterances, found.volley_codes) == ((), ())
    assert len(found.turns) == len(found.roles) == len(turns)
    assert set(found.intervals_of.values()) == {(0, 0)}
    assert all(not figure.value for figure in found.figures)


def test_an_empty_turn_between_does_not_shift_the_others() -> None:
    said = [("worker", "Q How are you?"), ("parent", "  "), ("worker", "Q Tired?"), ("parent", "Very.")]
    found = coded([TurnToCode(*turn) for turn in said])
    assert [item.utterance.turn for item in found.utterances] == [0, 2, 3]
    assert [item.volley for item in found.utterances] == [0, 0, None]


def test_the_same_turns_give_the_same_answer() -> None:
    turns = [TurnToCode(*said) for said in UNNAMED]
    first, second = (code_conversation(turns, coder=load_default_coder()) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("given", [True, False])
def test_only_utterances_that_the_file_drew_are_taken_from_it(given: bool) -> None:
    parsed = ParsedTranscript(
        "s", (ParsedTurn("7", "A", ("One.", "Two."), start=1.0, end=2.5),), utterances_given=given
    )
    (turn,) = turns_of_parsed(parsed)
    assert turn == TurnToCode("A", "One. Two.", ("One.", "Two.") if given else (), 1.0, 2.5)
