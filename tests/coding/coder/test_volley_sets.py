from dataclasses import replace

import pytest

from coding.coder.fit import best_of_linear
from coding.coder.model import load_model
from coding.coder.result import UtteranceToCode
from coding.coder.training_data import Example, MainBehaviour, Source, TrainingConversation
from coding.coder.volley_sets import VolleyTally, presence, tally
from coding.scheme.codes import Behaviour, ClientTalk, Speaker

P, C = Speaker.PRACTITIONER, Speaker.CLIENT
B = Behaviour
QUESTION = "What would you like to be different in six months?"
REFLECTION = "It sounds like you're exhausted, and underneath that there's a real sadness."
CHOICE = "It's up to you, nobody else can decide this for you."


def said(turn: int, speaker: Speaker, text: str, *codes: Behaviour | ClientTalk, number: int = 0) -> Example:
    return Example(UtteranceToCode(turn, number, speaker, text), codes)


def talk(*examples: Example) -> TrainingConversation:
    return TrainingConversation("t", Source.AUTHORED, "t", "good", examples)


def tallied(*examples: Example) -> VolleyTally:
    model = load_model()
    return tally(talk(*examples), model.parser, best_of_linear(model))


def test_what_the_machine_says_is_compared_volley_by_volley() -> None:
    found = tallied(
        said(0, P, CHOICE, B.EMPHASIZE), said(0, P, QUESTION, B.Q, number=1),
        said(1, C, "I don't know.", ClientTalk.FN), said(2, P, QUESTION, B.GI),
    )  # fmt: skip
    assert (found.shared[B.EMPHASIZE], found.shared[B.Q]) == (1, 1)
    assert (found.said[B.Q], found.held[B.Q], found.held[B.GI], found.shared[B.GI]) == (2, 1, 1, 0)
    assert found.micro_f1 == pytest.approx(2 * 2 / (3 + 3))


def test_a_volley_goes_on_over_a_back_channel_for_both() -> None:
    found = tallied(
        said(0, P, "We meet on Tuesdays in the hall.", B.NC), said(1, C, "Mm.", ClientTalk.FN),
        said(2, P, QUESTION, B.Q), said(3, C, "Less shouting.", ClientTalk.CT), said(4, P, QUESTION, B.Q),
    )  # fmt: skip
    assert (found.held[B.Q], found.said[B.Q]) == (2, 2)


def test_what_nobody_coded_counts_for_neither_side() -> None:
    uncoded = said(0, P, "The review is on the fourteenth of March.", *Behaviour)
    found = tallied(uncoded, replace(uncoded, allowed=(B.NC,)))
    assert sum(found.held.values()) == 0


def test_what_whole_utterances_hold_is_found_in_their_parts() -> None:
    both = frozenset({MainBehaviour.QUESTION, MainBehaviour.REFLECTION})
    model = load_model()
    found = presence(
        [
            talk(
                said(0, C, "I've been so tired since he left.", ClientTalk.FN),
                replace(said(1, P, f"{REFLECTION} {QUESTION}"), holds=both),
                replace(said(2, P, QUESTION), holds=frozenset()),
            )
        ],
        model.parser,
        best_of_linear(model),
    )
    assert (found.said[MainBehaviour.QUESTION], found.held[MainBehaviour.QUESTION]) == (2, 1)
    assert found.f1(MainBehaviour.REFLECTION) == 1.0
    assert found.f1(MainBehaviour.QUESTION) == pytest.approx(2 / 3)
    assert found.macro_f1(MainBehaviour.QUESTION) == pytest.approx(1 / 3), "its absence was never found"
    assert found.macro_f1(MainBehaviour.REFLECTION) == 1.0
    assert (found + found).f1(MainBehaviour.QUESTION) == pytest.approx(2 / 3)
    assert (found + found).macro_f1(MainBehaviour.QUESTION) == pytest.approx(1 / 3)


def test_tallies_add_up() -> None:
    one = VolleyTally({B.Q: 1}, {B.Q: 2}, {B.Q: 1, B.GI: 1})
    both = one + VolleyTally({B.GI: 1}, {B.GI: 1}, {B.GI: 1})
    assert both == VolleyTally({B.Q: 1, B.GI: 1}, {B.Q: 2, B.GI: 1}, {B.Q: 1, B.GI: 2})
    assert VolleyTally().micro_f1 == 1.0
