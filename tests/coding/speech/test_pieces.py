"""Sentences of what was heard."""

import pytest

from coding.speech.clips import Clip
from coding.speech.heard import Flag, HeardClip, Segment, Transcription, Word
from coding.speech.pieces import Piece, pieces_of


def heard(
    text: str, start: float = 0.0, *, speaker: int | None = None, pauses: dict[int, float] | None = None
) -> HeardClip:
    """Words of 0.3 seconds; `pauses` maps a word's number to the silence before it."""
    words, at = [], start
    for number, word in enumerate(text.split()):
        at += (pauses or {}).get(number, 0.0)
        words.append(Word(at, at + 0.3, word, 0.9))
        at += 0.3
    segment = Segment(start, at, text, tuple(words), -0.1, 0.0, (Flag.LOOP,))
    return HeardClip(Clip(start, at, speaker or 0, speaker), (segment,), "en")


def texts(*clips: HeardClip) -> list[str]:
    return [piece.text for piece in pieces_of(Transcription(clips, 60.0, "tiny"))]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("I drink. Do you?", ["I drink.", "Do you?"]),
        ("Stop! I mean it… really", ["Stop!", "I mean it…", "really"]),
        ('She said "stop." So I did', ['She said "stop."', "So I did"]),
        ("about 3.5 units a day", ["about 3.5 units a day"]),
        ("no full stop at all", ["no full stop at all"]),
    ],
)
def test_a_piece_ends_with_its_sentence(text: str, sentences: list[str]) -> None:
    assert texts(heard(text)) == sentences


@pytest.mark.parametrize(("pause", "pieces"), [(0.55, 1), (0.65, 2)])
def test_a_piece_ends_where_its_speaker_pauses(pause: float, pieces: int) -> None:
    assert len(texts(heard("I do not know maybe", pauses={4: pause}))) == pieces


def test_pieces_have_the_times_of_their_words() -> None:
    first, second = pieces_of(Transcription((heard("I drink. Do you?", 10.0, speaker=1, pauses={2: 1.0}),), 60.0, "x"))

    assert (first.start, first.end) == pytest.approx((10.0, 10.6))
    assert (second.start, second.end) == pytest.approx((11.6, 12.2))
    assert [word.text for word in second.words] == ["Do", "you?"]
    assert (first.speaker, first.flags) == (1, (Flag.LOOP,))


def test_what_the_other_says_in_a_pause_comes_between() -> None:
    """Both were heard on their own channel, one clip around the other."""
    long = heard("I tried to stop. But then I did not.", 0.0, speaker=0, pauses={4: 2.0})
    short = heard("Mm.", 2.0, speaker=1)

    assert texts(long, short) == ["I tried to stop.", "Mm.", "But then I did not."]


def test_words_without_times_are_kept_whole() -> None:
    segment = Segment(1.0, 4.0, "I drink. Do you?", (), -0.1, 0.0)

    found = pieces_of(Transcription((HeardClip(Clip(1, 4, 0, None), (segment,), "en"),), 60.0, "x"))

    assert found == [Piece(1.0, 4.0, "I drink. Do you?", (), None, ())]


def test_silence_has_no_pieces() -> None:
    assert texts(HeardClip(Clip(0, 5, 0, None), (), "en")) == []


def not_heard(start: float, end: float) -> HeardClip:
    return HeardClip(Clip(start, end, 0, 1), (Segment(start, end, "", (), 0.0, 0.0, (Flag.NO_WORDS,)),), "en")


def test_a_voice_without_words_has_its_place_in_the_talk() -> None:
    found = pieces_of(Transcription((heard("I drink.", 0.0), not_heard(2.0, 5.0), heard("Do you?", 6.0)), 60.0, "x"))

    assert [piece.text for piece in found] == ["I drink.", "…", "Do you?"]
    assert found[1] == Piece(2.0, 5.0, "…", (), 1, (Flag.NO_WORDS,))


def test_voices_alone_have_no_pieces() -> None:
    assert texts(not_heard(2.0, 5.0), not_heard(6.0, 9.0)) == []
