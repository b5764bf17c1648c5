import re
import subprocess
import sys
from math import isclose

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.coder import encoder_coder
from coding.coder.encoder_coder import EncoderCoder
from coding.coder.load import load_default_coder
from coding.coder.reasons import NAMES
from coding.coder.result import UtteranceToCode
from coding.coder.windows import LENGTH, laid_out, windows_of
from coding.corpus.load import demo_conversations, load_corpus
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Speaker, Subtype, TalkKind
from tests.coding.coder.talk import VISIT, C, P, conversation

Said = tuple[Speaker, str]


@pytest.mark.parametrize(
    ("before", "text", "code", "subtype"),
    [
        ("", "Hello, come on in and have a seat.", Behaviour.NC, None),
        ("I don't know what to do.", "What would you like to be different in six months?", Behaviour.Q, "open"),
        ("I keep meaning to ring them.", "Have you rung the clinic yet?", Behaviour.Q, "closed"),
        ("I've been so tired since he left.", "You've been tired since he left.", Behaviour.SR, None),
        (
            "I've been so tired since he left.",
            "It sounds like you're exhausted, and underneath that there's a real sadness about being on your own.",
            Behaviour.CR,
            None,
        ),
        (
            "I got up and took them to school every day.",
            "You got them there every single day on no sleep, and that takes real determination.",
            Behaviour.AF,
            None,
        ),
        ("I don't know about that.", "Would it be okay if I shared some ideas with you?", Behaviour.SEEK, None),
        ("So you'll make me.", "It's up to you, nobody else can decide this for you.", Behaviour.EMPHASIZE, None),
        ("It was one drink.", "You're not being honest with me, that is just an excuse.", Behaviour.CONFRONT, None),
        (
            "It was one drink.",
            "You really need to stop, you should just pour it away tonight.",
            Behaviour.PERSUADE,
            None,
        ),
        (
            "What do other people do?",
            "Since you asked, some parents find it helps to put phones away at eight, though it may not suit you.",
            Behaviour.PWP,
            None,
        ),
        ("", "The review conference is on the fourteenth of March, with a chair.", Behaviour.GI, None),
    ],
)
def test_each_practitioner_code_is_reached_on_a_plain_example(
    before: str, text: str, code: Behaviour, subtype: str | None
) -> None:
    said: list[Said] = [(C, before)] if before else []
    estimate = load_default_coder().code(conversation(*said, (P, text)))[-1]
    assert estimate.code is code
    assert estimate.subtype == (QuestionType(subtype) if subtype else None)


@pytest.mark.parametrize(
    ("text", "code", "subtype"),
    [
        ("I'm going to ring them tomorrow, I promise I will.", ClientTalk.CT, TalkKind.COMMITMENT),
        ("I want to stop drinking, I really want to.", ClientTalk.CT, TalkKind.DESIRE),
        ("I can't give it up, I've tried and I can't do it.", ClientTalk.ST, TalkKind.ABILITY),
        ("I don't want to stop, it's the only thing that helps me.", ClientTalk.ST, TalkKind.DESIRE),
        ("Yeah, it was on Tuesday.", ClientTalk.FN, None),
    ],
)
def test_client_talk_and_its_kind(text: str, code: ClientTalk, subtype: Subtype | None) -> None:
    estimate = load_default_coder().code(conversation((P, "What do you think?"), (C, text)))[-1]
    assert (estimate.code, estimate.subtype) == (code, subtype)


lines = st.lists(st.tuples(st.sampled_from(Speaker), st.text(max_size=60)), max_size=8)
WORDS = "i you we really want can't to stop okay sounds like what ? don't know"
spoken = st.lists(st.sampled_from(WORDS.split()))


@settings(deadline=None)  # the first call loads
@given(lines | st.lists(st.tuples(st.sampled_from(Speaker), spoken.map(" ".join)), max_size=8))
def test_whatever_is_said_each_utterance_gets_an_estimate_that_holds_together(said: list[Said]) -> None:
    coder = load_default_coder()
    estimates = coder.code(conversation(*said))
    assert len(estimates) == len(said)
    for (speaker, text), estimate in zip(said, estimates, strict=True):
        codes: set[Code] = set(Behaviour) if speaker is P else set(ClientTalk)
        assert set(estimate.probabilities) == codes
        assert isclose(sum(estimate.probabilities.values()), 1, abs_tol=1e-6)
        assert estimate.confidence == max(estimate.probabilities.values()) == estimate.probabilities[estimate.code]
        assert estimate.unsure is (estimate.confidence < coder.model.thresholds[speaker])
        asked_or_valued = estimate.code in (Behaviour.Q, ClientTalk.CT, ClientTalk.ST)
        assert (estimate.subtype is not None) is asked_or_valued
        for quoted in re.findall("“([^”]*)”", estimate.reason.split(" Compare “")[0]):
            assert quoted in text


def test_the_reason_names_the_words_and_says_when_another_code_is_close() -> None:
    estimate = load_default_coder().code(conversation((P, "Would it be okay if I told you what I think?")))[0]
    assert "seeking collaboration" in estimate.reason
    assert "“" in estimate.reason
    kept_out = next(talk for talk in load_corpus() if talk.transcript_id in demo_conversations())
    estimates = load_default_coder().code([UtteranceToCode(u.turn, 0, u.speaker, u.text) for u in kept_out.utterances])
    assert {e.unsure for e in estimates} == {True, False}
    assert all((" is close." in e.reason) is e.unsure for e in estimates)
    compared = [e for e in estimates if "Compare “" in e.reason]
    assert len(compared) > len(estimates) / 2
    assert all(e.reason.endswith(f"an example of {NAMES[e.code]}.") for e in compared)


def test_what_stands_around_an_utterance_can_change_its_code_probability() -> None:
    coder = load_default_coder()
    after_question, alone = (
        coder.code(conversation(*before, (P, "Tired since he left.")))[-1]
        for before in ([(C, "I've been so tired since he left.")], [])
    )
    assert after_question.probabilities[Behaviour.SR] > alone.probabilities[Behaviour.SR]


def test_a_long_conversation_is_coded_as_its_utterances_would_be_in_any_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_coder, "_CHUNK", 200)
    coder = load_default_coder()
    long = conversation(*(VISIT[:7] * 60))  # seven fit no chunk evenly, so an utterance that slips shows
    whole = coder.code(long)
    again = coder.code(long[160:320])
    same = [one.code == other.code for one, other in zip(whole[168:312], again[8:-8], strict=True)]
    assert sum(same) > 0.97 * len(same)  # windows begin elsewhere, so what is read beside an utterance differs a little


def test_no_utterances_no_estimates() -> None:
    assert load_default_coder().code([]) == []


def test_turn_numbers_do_not_matter_only_who_speaks_after_whom() -> None:
    coder = load_default_coder()
    one_turn_each = conversation(*VISIT)
    other = [UtteranceToCode(u.turn // 2, u.turn % 2, u.speaker, u.text) for u in one_turn_each]
    assert coder.code(one_turn_each) == coder.code(other)


def test_coding_imports_neither_scikit_learn_nor_spacy() -> None:
    """Both are slow to import; the command line's start-up rests on this."""
    program = (
        "import sys; from coding.coder.load import load_default_coder; from coding.coder.result import *;"
        "from coding.scheme.codes import Speaker;"
        "load_default_coder().code([UtteranceToCode(0, 0, Speaker.CLIENT, 'I want to stop.')]);"
        "assert not {'sklearn', 'spacy', 'torch', 'scipy.optimize', 'sqlmodel'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_is_read_is_what_each_utterance_reads_alone_of_its_window() -> None:
    """Its mean and its mark, by the readout: as products of its own, whatever is multiplied at once."""
    coder = load_default_coder()
    assert isinstance(coder, EncoderCoder)
    encoder, readout = coder.encoder, coder.model.readout
    talk = next(talk for talk in load_corpus() if talk.transcript_id in demo_conversations())
    said = [UtteranceToCode(u.turn, 0, u.speaker, u.text) for u in talk.utterances]
    pieces, head = encoder.pieces.of(said), encoder.pieces.goal("drink less")
    alone = []
    for window in windows_of([len(piece.ids) for piece in pieces], LENGTH - len(head)):
        inside = pieces[window.start : window.end]
        vectors, at = encoder.vectors(*laid_out(head, inside)), len(head)
        for place, piece in enumerate(inside, window.start):
            mine, at = vectors[at : at + len(piece.ids)], at + len(piece.ids)
            if window.first <= place < window.last:
                alone.append((piece, mine.mean(axis=0) @ readout.of_mean + mine[0] @ readout.of_mark))
    read = list(encoder.read(said, "drink less", readout))
    assert [piece for piece, _ in read] == pieces == [piece for piece, _ in alone]
    for (piece, one), (_, outputs) in zip(read, alone, strict=True):
        np.testing.assert_allclose(one.outputs, outputs + readout.intercepts, atol=1e-5)
        assert one.parts.shape == (len(piece.ids) - 1, readout.explained)
        assert one.parts.dtype == one.outputs.dtype == np.float32
