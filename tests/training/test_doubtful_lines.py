"""Doubtful words are marked on the lines that hold them, in plain words."""

from coding.speech.heard import DOUBT_SHOWN, Flag
from training.doubtful_lines import doubts_of_lines

TURN = "I drink. At home? Not much. At home? …"


def doubt(start: int, end: int, *reasons: Flag) -> dict[str, object]:
    return {"start": start, "end": end, "reasons": [reason.value for reason in reasons]}


def test_every_reason_has_plain_words() -> None:
    assert set(DOUBT_SHOWN) == set(Flag)


def test_a_line_is_doubtful_where_its_own_words_are() -> None:
    lines = ["I drink.", "At home?", "Not much.", "At home?", "…"]
    doubts = [doubt(28, 36, Flag.LOOP), doubt(37, 38, Flag.NO_WORDS)]

    assert doubts_of_lines(TURN, lines, doubts) == [
        (), (), (), ("may be repeated by mistake",), ("no words heard",),
    ]  # fmt: skip


def test_a_line_over_several_doubts_names_each_reason_once() -> None:
    doubts = [doubt(0, 8, Flag.LOOP), doubt(9, 17, Flag.TOO_FAST, Flag.LOOP)]

    assert doubts_of_lines(TURN, [TURN], doubts) == [
        ("may be repeated by mistake", "more words than anyone could say so fast")
    ]


def test_a_line_that_is_not_in_the_turn_takes_every_doubt_and_the_others_keep_their_places() -> None:
    doubts = [doubt(0, 8, Flag.LOOP)]

    assert doubts_of_lines(TURN, ["something else", "I drink.", "Not much."], doubts) == [
        ("may be repeated by mistake",), ("may be repeated by mistake",), (),
    ]  # fmt: skip


def test_lines_of_a_transcript_that_no_machine_wrote_have_no_doubts() -> None:
    assert doubts_of_lines(TURN, ["I drink.", "At home?"], ()) == [(), ()]
