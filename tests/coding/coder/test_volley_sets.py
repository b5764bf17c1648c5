from dataclasses import replace

import pytest

from coding.coder.linear import load_default_coder
from coding.coder.result import UtteranceToCode
from coding.coder.training_data import Example, Source, TrainingConversation
from coding.coder.volley_sets import VolleyTally, tally
from coding.scheme.codes import Behaviour, ClientTalk, Speaker

P, C = Speaker.PRACTITIONER, Speaker.CLIENT
B = Behaviour
QUESTION = "What would you like to be different in six months?"
CHOICE = "It's up to you, nobody else can decide this for you."


def said(turn: int, speaker: Speaker, text: str, *codes: Behaviour | ClientTalk, number: int = 0) -> Example:
    return Example(UtteranceToCode(turn, number, speaker, text), codes)


def talk(*examples: Example) -> TrainingConversation:
    return TrainingConversation("t", Source.AUTHORED, "t", "good", examples)


def test_what_the_machine_says_is_compared_volley_by_volley() -> None:
    found = tally(
        talk(
            said(0, P, CHOICE, B.EMPHASIZE), said(0, P, QUESTION, B.Q, number=1),
            said(1, C, "I don't know.", ClientTalk.FN), said(2, P, QUESTION, B.GI),
        ),
        load_default_coder().model,
    )  # fmt: skip
    assert (found.shared[B.EMPHASIZE], found.shared[B.Q]) == (1, 1)
    assert (found.said[B.Q], found.held[B.Q], found.held[B.GI], found.shared[B.GI]) == (2, 1, 1, 0)
    assert found.micro_f1 == pytest.approx(2 * 2 / (3 + 3))


def test_a_volley_goes_on_over_a_back_channel_for_both() -> None:
    found = tally(
        talk(
            said(0, P, "We meet on Tuesdays in the hall.", B.NC), said(1, C, "Mm.", ClientTalk.FN),
            said(2, P, QUESTION, B.Q), said(3, C, "Less shouting.", ClientTalk.CT), said(4, P, QUESTION, B.Q),
        ),
        load_default_coder().model,
    )  # fmt: skip
    assert (found.held[B.Q], found.said[B.Q]) == (2, 2)


def test_what_nobody_coded_counts_for_neither_side() -> None:
    uncoded = said(0, P, "The review is on the fourteenth of March.", *Behaviour)
    found = tally(talk(uncoded, replace(uncoded, allowed=(B.NC,))), load_default_coder().model)
    assert sum(found.held.values()) == 0


def test_tallies_add_up() -> None:
    one = VolleyTally({B.Q: 1}, {B.Q: 2}, {B.Q: 1, B.GI: 1})
    both = one + VolleyTally({B.GI: 1}, {B.GI: 1}, {B.GI: 1})
    assert both == VolleyTally({B.Q: 1, B.GI: 1}, {B.Q: 2, B.GI: 1}, {B.Q: 1, B.GI: 2})
    assert VolleyTally().micro_f1 == 1.0
