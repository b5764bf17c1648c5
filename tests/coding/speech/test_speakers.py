"""Who said what: sentences of one voice as turns, and what is told about how sure that is."""

from dataclasses import replace

import pytest

from coding.speech.errors import NoSpeechFound
from coding.speech.heard import Flag, HeardClip, Transcription
from coding.speech.speakers import ONE_PERSON, TOLD_BY_VOICE, heard_turns, to_parsed_transcript
from tests.coding.speech.test_pieces import heard


def transcription(*clips: HeardClip) -> Transcription:
    return Transcription(clips, 60.0, "tiny")


def on_one_channel(*clips: HeardClip) -> Transcription:
    return transcription(*(replace(one, clip=replace(one.clip, channel=0)) for one in clips))


def test_each_voice_keeps_its_sentences() -> None:
    found = heard_turns(
        transcription(
            heard("I drink. Is that bad?", 0.0, speaker=0),
            heard("What worries you? What else?", 3.0, speaker=1),
            heard("My health.", 6.0, speaker=0),
        )
    )

    assert [(turn.label, turn.text) for turn in found] == [
        ("Speaker 1", "I drink. Is that bad?"),
        ("Speaker 2", "What worries you? What else?"),
        ("Speaker 1", "My health."),
    ]


@pytest.mark.parametrize(("gap", "turns"), [(4.9, 1), (5.1, 2)])
def test_a_long_silence_begins_a_new_turn_of_the_same_person(gap: float, turns: int) -> None:
    clips = heard("I drink.", 0.0, speaker=0), heard("And smoke.", 0.6 + gap, speaker=0)

    found = heard_turns(transcription(*clips))

    assert len(found) == turns
    assert " ".join(turn.text for turn in found) == "I drink. And smoke."
    assert found[0].flags == (Flag.LOOP,)
    assert sum(len(turn.words) for turn in found) == 4


def test_the_doubtful_part_of_a_turn_is_named() -> None:
    sure, doubtful = heard("I drink.", 0.0, speaker=0), heard("And smoke.", 1.0, speaker=0)
    sure = replace(sure, segments=(replace(sure.segments[0], flags=()),))

    parsed = to_parsed_transcript("talk", transcription(sure, doubtful))

    (turn,) = parsed.turns
    assert [(turn.text[one.start : one.end], one.reasons) for one in turn.doubts] == [("And smoke.", ("loop",))]
    assert parsed.doubtful_share == pytest.approx(0.5)


def test_a_transcript_has_numbered_turns_with_times_and_leaves_the_roles_open() -> None:
    parsed = to_parsed_transcript(
        "talk",
        on_one_channel(heard("What worries you?", 7.0, speaker=0), heard("My health.", 9.0, speaker=1)),
        notes=("Half is missing.",),
    )

    assert parsed.transcript_id == "talk"
    assert [(turn.turn, turn.speaker_label, turn.role) for turn in parsed.turns] == [
        ("1", "Speaker 1", None),
        ("2", "Speaker 2", None),
    ]
    assert [turn.utterances for turn in parsed.turns] == [("What worries you?",), ("My health.",)]
    assert (parsed.turns[0].start, parsed.turns[1].end) == pytest.approx((7.0, 9.6))
    assert not parsed.utterances_given
    assert parsed.notes[:2] == ("Half is missing.", TOLD_BY_VOICE)


def test_voices_on_channels_of_their_own_need_no_warning_and_one_alone_does() -> None:
    two = transcription(heard("What worries you?", speaker=0), heard("My health.", 3.0, speaker=1))
    one = transcription(heard("I drink.", speaker=0))

    assert TOLD_BY_VOICE not in to_parsed_transcript("a", two).notes
    assert ONE_PERSON in to_parsed_transcript("a", one).notes
    assert TOLD_BY_VOICE not in to_parsed_transcript("a", one).notes


def test_where_no_words_were_heard_there_is_no_transcript() -> None:
    with pytest.raises(NoSpeechFound):
        to_parsed_transcript("a", transcription())
