import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.coder.report import expected_calibration_error
from coding.coder.roles import role_log_odds, who_is_practitioner
from coding.corpus.load import demo_conversations, load_corpus
from coding.scheme.codes import Speaker
from tests.coding.coder.talk import VISIT, P


@pytest.mark.parametrize(("first", "second"), [("A", "B"), ("Speaker 2", "Speaker 1")])
def test_the_practitioner_is_found_from_the_words(first: str, second: str) -> None:
    guess = who_is_practitioner([(first if speaker is P else second, text) for speaker, text in VISIT])
    assert guess.label == first
    assert guess.confidence > 0.95


def test_it_is_right_on_whole_conversations_it_was_not_trained_on() -> None:
    kept_out = [talk for talk in load_corpus() if talk.transcript_id in demo_conversations()]
    right = [
        who_is_practitioner([(u.speaker.value, u.text) for u in talk.utterances]).label == Speaker.PRACTITIONER
        for talk in kept_out
    ]
    assert len(right) == 24
    assert sum(right) >= 23


def test_the_practitioner_among_several_family_members() -> None:
    clients = iter(["Mum", "Nan", "Jay", "Mum"])
    turns = [("Visitor" if speaker is P else next(clients), text) for speaker, text in VISIT]
    assert who_is_practitioner(turns).label == "Visitor"


def test_little_said_is_little_known() -> None:
    short = who_is_practitioner([("A", "Yeah."), ("B", "Yeah.")])
    assert short.confidence == pytest.approx(0.5, abs=0.01)


def test_a_lone_speaker_who_sounds_like_a_client_is_a_doubtful_practitioner() -> None:
    guess = who_is_practitioner([("A", "I don't want to stop drinking, me mam says I should.")])
    assert guess.label == "A"
    assert guess.confidence < 0.5


def test_nobody_spoke() -> None:
    with pytest.raises(ValueError, match="at least one turn"):
        who_is_practitioner([])


def test_log_odds_of_single_sentences_point_to_the_right_person_and_know_little_of_a_nod() -> None:
    practitioner, client, nod = role_log_odds(
        ["What would you like to be different?", "I don't want to stop, me mam drinks more than me.", "Yeah."]
    )
    assert practitioner > 2
    assert client < -2
    assert abs(nod) < abs(practitioner)
    assert role_log_odds([]) == []


def test_log_odds_hold_on_talk_the_coder_was_not_trained_on() -> None:
    """Right in most of the demo's sentences one by one, and about as sure as it is right. Between 20 and 50 % it leans
    to the practitioner by nine points, so the mean gap is what is held here, not each stretch's."""
    kept_out = [u for talk in load_corpus() if talk.transcript_id in demo_conversations() for u in talk.utterances]
    chances = 1 / (1 + np.exp(-np.array(role_log_odds([u.text for u in kept_out]))))
    practitioner = np.array([u.speaker is P for u in kept_out])
    assert ((chances > 0.5) == practitioner).mean() > 0.85
    shares = np.stack([chances, 1 - chances], axis=1).astype(np.float32)
    assert expected_calibration_error(shares, np.where(practitioner, 0, 1)) < 0.05


@settings(deadline=None)  # the first call loads
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.text(max_size=30)), min_size=1, max_size=6))
def test_the_answer_is_always_one_of_the_speakers(turns: list[tuple[str, str]]) -> None:
    guess = who_is_practitioner(turns)
    assert guess.label in {label for label, _ in turns}
    assert 0 <= guess.confidence <= 1
