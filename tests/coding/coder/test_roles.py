import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.coder.roles import who_is_practitioner
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


@pytest.mark.parametrize(
    "introduction",
    [
        "Hello, I'm Sarah, the new social worker.",
        "My name is Amir and I am from children’s services.",
        "This is Jo, your recovery worker.",
        "I'm Lena from the family safeguarding team.",
    ],
)
def test_an_introduction_tells_the_practitioner_where_little_else_is_said(introduction: str) -> None:
    guess = who_is_practitioner([("A", introduction), ("B", "Hi."), ("A", "Yeah."), ("B", "Yeah, okay.")])
    assert guess.label == "A"
    assert guess.confidence > 0.95


@pytest.mark.parametrize(
    "talk",
    [
        "My social worker says I drink too much.",
        "I'm sick of every social worker.",
        "I said this is my house, not the council’s.",
    ],
)
def test_to_speak_of_workers_is_no_introduction(talk: str) -> None:
    sure = who_is_practitioner([("A", "What would you like to be different?"), ("B", talk)])
    assert sure.label == "A"
    assert sure.confidence > 0.9


def test_little_said_is_little_known() -> None:
    short = who_is_practitioner([("A", "Yeah."), ("B", "Yeah.")])
    assert short.confidence == pytest.approx(0.5, abs=0.01)


def test_speech_without_words_says_nothing_of_who_speaks() -> None:
    with_gaps = who_is_practitioner([*[("A", "…")] * 30, ("A", "What worries you?"), ("B", "My drinking.")])
    assert with_gaps == who_is_practitioner([("A", "What worries you?"), ("B", "My drinking.")])
    assert who_is_practitioner([("A", "…"), ("B", "…")]).confidence == pytest.approx(0.5)


def test_a_lone_speaker_who_sounds_like_a_client_is_a_doubtful_practitioner() -> None:
    guess = who_is_practitioner([("A", "I don't want to stop drinking, me mam says I should.")])
    assert guess.label == "A"
    assert guess.confidence < 0.5


def test_nobody_spoke() -> None:
    with pytest.raises(ValueError, match="at least one turn"):
        who_is_practitioner([])


@settings(deadline=None)  # the first call loads
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.text(max_size=30)), min_size=1, max_size=6))
def test_the_answer_is_always_one_of_the_speakers(turns: list[tuple[str, str]]) -> None:
    guess = who_is_practitioner(turns)
    assert guess.label in {label for label, _ in turns}
    assert 0 <= guess.confidence <= 1
