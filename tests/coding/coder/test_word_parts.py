import numpy as np
import pytest

from coding.coder.model import DEFAULT
from coding.coder.windows import Pieces
from coding.coder.word_parts import reason, words_that_carried
from coding.scheme.codes import Behaviour, ClientTalk
from tests.coding.coder.talk import P, conversation


def carried(text: str, **parts: float) -> list[str]:
    """The words named in `parts` have those parts, all others none."""
    [piece] = Pieces(DEFAULT / "tokenizer.json").of(conversation((P, text)))
    said = [text[start:end].lower() for start, end in piece.places]
    return words_that_carried(text, piece, np.array([parts.get(word, 0.0) for word in said], np.float32))


def test_the_strongest_come_first_as_they_were_said() -> None:
    text = "So it Sounds like you were frightened, and then you stopped."
    assert carried(text, frightened=3.0, sounds=1.5, stopped=0.2) == ["frightened", "Sounds"]


def test_neighbours_are_a_phrase_and_a_comma_ends_it() -> None:
    text = "It sounds like you are tired, worn out."
    assert carried(text, sounds=2.0, tired=1.0, worn=1.0, out=1.0) == ["sounds", "tired", "worn out"]
    assert carried("It sounds so heavy", sounds=1.0, heavy=1.0) == ["sounds so heavy"]


@pytest.mark.parametrize("between", [", ", " “", "” ", " (", ") ", "… ", " … ", "...", "\n", "; ", " – ", "/"])
def test_whatever_is_neither_word_nor_space_ends_a_phrase(between: str) -> None:
    assert carried(f"so tired{between}worn now", tired=1.0, worn=1.0) == ["tired", "worn"]


@pytest.mark.parametrize("between", [" ", "  ", "\u00a0", "\t", " and ", " the "])
def test_spaces_and_one_small_word_do_not(between: str) -> None:
    assert carried(f"so tired{between}worn now", tired=1.0, worn=1.0) == [f"tired{between}worn"]


def test_between_strong_words_stands_one_small_word_and_no_other() -> None:
    assert carried("I want not stop", want=2.0, stop=1.5, **{"not": -5.0}) == ["want", "stop"]
    assert carried("I want to be stop", want=2.0, stop=1.5) == ["want", "stop"]
    assert carried("I want to, stop", want=2.0, stop=1.5) == ["want", "stop"]


def test_a_phrase_has_five_words_at_most() -> None:
    words = dict.fromkeys(["one", "two", "three", "four", "five", "six"], 1.0)
    assert carried(" ".join(words), **words) == ["one two three four five", "six"]


def test_a_question_mark_stands_alone_and_is_named_once() -> None:
    question = {"?": 2.0}
    assert carried("Really? Tell me more.", tell=1.0, **question) == ["?", "Tell"]
    assert carried("Really? Is it? Why?", why=1.0, **question) == ["?", "Why"]
    assert carried("You stopped? The day after?", the=1.0, stopped=1.0, day=1.0, **question) == ["?", "stopped", "day"]


def test_what_is_said_twice_is_named_once_as_it_was_strongest() -> None:
    assert carried("Did you, did you", did=1.0) == ["Did"]
    text = "Stop, red, stop, green, blue"
    assert carried(text, stop=4.0, red=3.0, green=2.0, blue=1.9) == ["Stop", "red", "green"]
    [piece] = Pieces(DEFAULT / "tokenizer.json").of(conversation((P, "Stop, stop")))
    assert words_that_carried("Stop, stop", piece, np.array([1.0, 0.0, 2.0], np.float32)) == ["stop"]


@pytest.mark.parametrize("text", ["", " ", "…", "🙂", "?"])
def test_text_without_words_names_none(text: str) -> None:
    assert carried(text) == []


def test_word_pieces_add_up_to_their_word() -> None:
    [piece] = Pieces(DEFAULT / "tokenizer.json").of(conversation((P, "Unhurriedly then")))
    assert len(piece.places) > 2
    parts = np.array([1.0] * (len(piece.places) - 1) + [1.4], np.float32)
    assert words_that_carried("Unhurriedly then", piece, parts)[0].startswith("Unhurriedly")


def test_little_words_are_named_only_where_there_is_nothing_else() -> None:
    assert carried("That is the way you chose", the=5.0, chose=1.0) == ["chose"]
    assert carried("That is the way", the=5.0) == ["the"]


def test_what_speaks_against_the_code_is_not_named() -> None:
    assert carried("You chose well", chose=-1.0, well=-2.0) == []


def test_at_most_three() -> None:
    text = "red, green, blue, brown"
    assert carried(text, red=1.0, green=2.0, blue=3.0, brown=4.0) == ["brown", "blue", "green"]


@pytest.mark.parametrize(
    ("phrases", "rival", "example", "sentence"),
    [
        (["you chose"], None, "", "“you chose” points to an affirmation."),
        ([], None, "", "The whole of it, read with what was said around it, points to an affirmation."),
        (
            ["a", "b"],
            Behaviour.CR,
            "You kept going.",
            "“a” and “b” point to an affirmation, but a complex reflection is close. Compare “You kept going.”, an "
            "example of an affirmation.",
        ),
    ],
)
def test_the_sentence(phrases: list[str], rival: Behaviour | None, example: str, sentence: str) -> None:
    assert reason(phrases, Behaviour.AF, rival, example) == sentence


def test_a_long_example_is_cut_at_a_word() -> None:
    said = reason([], ClientTalk.CT, None, "I want this " * 40)
    assert "… ”" not in said
    assert " …”, an example of change talk." in said
    assert len(said) < 300
