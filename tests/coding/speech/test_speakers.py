"""Who said what: roles from the words where the voices share a channel, and which voice is the practitioner's."""

import itertools
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.scheme.codes import Speaker
from coding.speech.clips import Clip
from coding.speech.errors import NoSpeechFound
from coding.speech.heard import Flag, HeardClip, Segment, Transcription
from coding.speech.speakers import (
    GUESSED_ROLES,
    GUESSED_TURNS,
    ONE_PERSON,
    practitioner_among,
    roles_from_words,
    to_parsed_transcript,
    turns_with_roles,
)
from tests.coding.speech.test_pieces import heard

P, C = Speaker.PRACTITIONER, Speaker.CLIENT


def transcription(*clips: HeardClip) -> Transcription:
    return Transcription(clips, 60.0, "tiny")


def questions_are_the_practitioners(texts: Sequence[str]) -> list[float]:
    return [3.0 if text.endswith("?") else -3.0 for text in texts]


def test_clear_words_decide() -> None:
    assert roles_from_words([3, -3, 3], [1, 1]) == [P, C, P]
    assert roles_from_words([3], []) == [P]
    assert roles_from_words([-3], []) == [C]


def test_an_unclear_sentence_without_a_pause_belongs_to_its_neighbours() -> None:
    assert roles_from_words([3, -0.5, 3], [0.0, 0.0]) == [P, P, P]
    assert roles_from_words([-3, 0.5, -3], [0.0, 0.0]) == [C, C, C]


def test_a_change_is_likelier_at_a_pause() -> None:
    """Twice a change costs 2 ln(.85/.15) = 3.5 without pauses, and 2 ln(.6/.4) = 0.8 with them."""
    assert roles_from_words([4, -2, 4], [0.0, 0.0]) == [P, P, P]
    assert roles_from_words([4, -2, 4], [0.5, 0.5]) == [P, C, P]


@given(st.lists(st.tuples(st.floats(-4, 4), st.sampled_from([0.0, 1.0])), min_size=1, max_size=7))
def test_no_other_sequence_of_roles_is_likelier(sentences: list[tuple[float, float]]) -> None:
    values = [value for value, _ in sentences]
    pauses = [pause for _, pause in sentences[1:]]

    def likelihood(roles: Sequence[Speaker]) -> float:
        total = sum(value / 2 if role is P else -value / 2 for role, value in zip(roles, values, strict=True))
        for (before, after), pause in zip(itertools.pairwise(roles), pauses, strict=True):
            change = 0.4 if pause >= 0.3 else 0.15
            total += math.log(change if before is not after else 1 - change)
        return total

    best = max(likelihood(roles) for roles in itertools.product((P, C), repeat=len(values)))

    assert likelihood(roles_from_words(values, pauses)) == pytest.approx(best)


def test_the_practitioner_is_the_voice_whose_sentences_together_say_so() -> None:
    assert practitioner_among([0, 1, 0, 1], [3.0, 1.0, -1.5, 1.0]) == 1
    assert practitioner_among([0, 1, 0, 1], [3.0, 1.0, -0.5, 1.0]) == 0
    assert practitioner_among([1], [-4.0]) == 1


def test_voices_on_one_channel_are_told_apart_by_their_words() -> None:
    found, notes = turns_with_roles(
        transcription(heard("What worries you? My health. Anything else?", pauses={3: 0.5, 5: 0.5})),
        questions_are_the_practitioners,
    )

    assert [(turn.role, turn.label, turn.text) for turn in found] == [
        (P, "Practitioner", "What worries you?"),
        (C, "Client", "My health."),
        (P, "Practitioner", "Anything else?"),
    ]
    assert notes == [GUESSED_TURNS]


def test_voices_on_two_channels_keep_their_sentences_and_only_the_roles_are_guessed() -> None:
    found, notes = turns_with_roles(
        transcription(
            heard("I drink. Is that bad?", 0.0, speaker=0),
            heard("What worries you? What else?", 3.0, speaker=1),
        ),
        questions_are_the_practitioners,
    )

    assert [(turn.role, turn.label, turn.text) for turn in found] == [
        (C, "Speaker 1", "I drink. Is that bad?"),
        (P, "Speaker 2", "What worries you? What else?"),
    ]
    assert notes == [GUESSED_ROLES]


def test_one_wild_sentence_does_not_decide_and_no_number_is_no_opinion() -> None:
    clips = (heard("One. Two. Three.", 0.0, speaker=0), heard("Four.", 3.0, speaker=1))

    found, _ = turns_with_roles(transcription(*clips), lambda texts: [2.0, 2.0, 2.0, 1e9])
    assert found[0].role is P
    found, _ = turns_with_roles(transcription(*clips), lambda texts: [math.nan, math.nan, -0.1, 0.1])
    assert found[1].role is P


@pytest.mark.parametrize("speaker", [None, 0])
def test_a_recording_of_one_person_says_so(speaker: int | None) -> None:
    _, notes = turns_with_roles(transcription(heard("I drink.", speaker=speaker)), lambda texts: [-2.0] * len(texts))

    assert notes[-1] == ONE_PERSON


@pytest.mark.parametrize(("gap", "turns"), [(4.9, 1), (5.1, 2)])
def test_a_long_silence_begins_a_new_turn_of_the_same_person(gap: float, turns: int) -> None:
    clips = heard("I drink.", 0.0, speaker=0), heard("And smoke.", 0.6 + gap, speaker=0)

    found, _ = turns_with_roles(transcription(*clips), lambda texts: [0.0] * len(texts))

    assert len(found) == turns
    assert " ".join(turn.text for turn in found) == "I drink. And smoke."
    assert found[0].flags == (Flag.LOOP,)
    assert sum(len(turn.words) for turn in found) == 4


def test_a_transcript_has_numbered_turns_with_times_and_its_notes_in_order() -> None:
    parsed = to_parsed_transcript(
        "talk", transcription(heard("What worries you? My health.", 7.0, pauses={3: 0.5})),
        questions_are_the_practitioners, notes=("Half is missing.",),
    )  # fmt: skip

    assert parsed.transcript_id == "talk"
    assert [(turn.turn, turn.speaker_label, turn.role) for turn in parsed.turns] == [
        ("1", "Practitioner", P),
        ("2", "Client", C),
    ]
    assert [turn.utterances for turn in parsed.turns] == [("What worries you?",), ("My health.",)]
    assert parsed.turns[0].start == 7.0
    assert parsed.turns[1].end == pytest.approx(7.0 + 5 * 0.3 + 0.5)
    assert not parsed.utterances_given
    assert parsed.notes[:2] == ("Half is missing.", GUESSED_TURNS)
    assert parsed.notes[2].startswith("100% of the speech was hard")


@pytest.mark.parametrize(("doubtful", "noted"), [(0.0, False), (0.005, False), (0.02, True)])
def test_hardly_any_doubt_is_not_worth_a_note(doubtful: float, noted: bool) -> None:
    segments = (
        Segment(0.0, 100.0 * (1 - doubtful), "Clear.", (), -0.1, 0.0),
        Segment(100.0 * (1 - doubtful), 100.0, "Hm?", (), -0.1, 0.0, (Flag.LOW_PROBABILITY,)),
    )

    parsed = to_parsed_transcript(
        "talk",
        Transcription((HeardClip(Clip(0.0, 100.0, 0, None), segments, "en"),), 100.0, "x"),
        questions_are_the_practitioners,
    )

    assert any("2% of the speech was hard" in note for note in parsed.notes) == noted


def test_silence_is_no_transcript() -> None:
    with pytest.raises(NoSpeechFound) as refusal:
        to_parsed_transcript("talk", transcription(), questions_are_the_practitioners)

    assert refusal.value.facts == {"minutes": 1.0}


def test_notes_ask_for_nothing_that_cannot_be_done() -> None:
    """Turns cannot be changed on a page; a corrected transcript can be added."""
    for note in (GUESSED_TURNS, ONE_PERSON):
        assert "transcript" in note
        assert "by hand" not in note
