"""Turns are cut where coders cut them; nothing of a turn is lost whatever the parser."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.coder.fit_parser import fit_parser, turns_of
from coding.coder.load import load_default_coder
from coding.coder.parser import TurnParser
from coding.coder.result import UtteranceToCode
from coding.coder.training_data import Example, Source, TrainingConversation, read_authored
from coding.corpus.load import AUTHORED, demo_conversations
from coding.scheme.codes import Behaviour, ClientTalk, Speaker

P, C = Speaker.PRACTITIONER, Speaker.CLIENT


def talk(*turns: tuple[Speaker, list[str]]) -> TrainingConversation:
    examples = tuple(
        Example(UtteranceToCode(turn, number, speaker, text), (Behaviour.NC if speaker is P else ClientTalk.FN,))
        for turn, (speaker, texts) in enumerate(turns)
        for number, text in enumerate(texts)
    )
    return TrainingConversation("t", Source.AUTHORED, "t", "good", examples)


def letters(text: str) -> str:
    return "".join(text.split())


TEXTS = st.text(max_size=200) | st.lists(
    st.sampled_from(["okay.", "so", "you", "what", "?", "I", "but", "and", "right,", "mm"])
).map(" ".join)


@settings(deadline=None)  # the first call loads
@given(TEXTS, st.sampled_from(Speaker))
def test_the_utterances_together_are_the_turn(text: str, speaker: Speaker) -> None:
    utterances = load_default_coder().parse(text, speaker)
    assert letters("".join(utterances)) == letters(text)
    assert all(utterance.strip() for utterance in utterances)


def test_a_parser_learns_where_coders_draw_the_line() -> None:
    """Two coders of the same talk: one parts every question from what stands before it, one keeps turns whole."""
    said = ["You were tired out.", "What did you do?"]
    parted = [talk((P, said), (C, ["I slept. Then I ate."]), (P, ["It was late. You knew it."])) for _ in range(6)]
    whole = [talk((P, [" ".join(said)]), (C, ["I slept. Then I ate."])) for _ in range(6)]
    assert fit_parser(parted).parse("You felt low. What then?", P) == ["You felt low.", "What then?"]
    assert fit_parser(parted).parse("It was dark. You knew it.", P) == ["It was dark. You knew it."]
    assert fit_parser(whole).parse("You felt low. What then?", P) == ["You felt low. What then?"]


def test_each_speaker_is_parsed_by_weights_of_their_own() -> None:
    parser = TurnParser({P: {"": 1.0}, C: {"": -1.0}})
    assert parser.parse("One is here. Two is there.", P) == ["One is here.", "Two is there."]
    assert parser.parse("One is here. Two is there.", C) == ["One is here. Two is there."]


def test_a_parser_can_lean_towards_more_utterances_of_one_speaker() -> None:
    parser = TurnParser({P: {"": -1.0}, C: {}}).leaning({P: 2.0})
    assert parser.parse("One is here. Two is there.", P) == ["One is here.", "Two is there."]
    assert parser.parse("One is here. Two is there.", C) == ["One is here. Two is there."]


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_a_turn_without_words_has_no_utterances(text: str) -> None:
    assert load_default_coder().parse(text, P) == []


def test_turns_are_told_by_number_and_speaker() -> None:
    one = talk((P, ["a", "b"]), (C, ["c"]), (P, ["d"]))
    assert list(turns_of(one)) == [(P, ["a", "b"]), (C, ["c"]), (P, ["d"])]


def test_the_shipped_parser_agrees_with_boundaries_it_did_not_learn_from() -> None:
    """A floor under the measured F1 of 0.69 on practitioners' turns of the demo's conversations."""
    parse, shared, told, held = load_default_coder().parse, 0, 0, 0
    for one in read_authored(AUTHORED):
        if one.transcript_id in demo_conversations():
            for texts in [texts for speaker, texts in turns_of(one) if speaker is P]:
                gold, ours = (ends(parts) for parts in (texts, parse(" ".join(texts), P)))
                shared, told, held = shared + len(gold & ours), told + len(ours), held + len(gold)
    assert 2 * shared / (told + held) > 0.68


def ends(texts: list[str]) -> set[int]:
    """Where utterances end inside the turn, in letters from its start."""
    return {len(letters("".join(texts[:number]))) for number in range(1, len(texts))}
