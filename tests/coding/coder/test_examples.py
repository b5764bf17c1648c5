import numpy as np

from coding.coder.examples import Examples
from coding.scheme.codes import Behaviour

B = Behaviour
EXAMPLES = Examples(
    ("You never gave up.", "You kept going.", "What happened then?"),
    ("AF", "AF", "Q"),
    np.array([[127, 0], [90, 90], [0, 127]], np.int8),
)


def nearest(direction: tuple[float, float], code: Behaviour, text: str = "something else") -> str:
    return EXAMPLES.nearest(np.array([direction], np.float32), [code], [text])[0]


def test_the_nearest_of_the_same_code_is_found_however_long_the_direction() -> None:
    assert nearest((1.0, 0.1), B.AF) == "You never gave up."
    assert nearest((300.0, 250.0), B.AF) == "You kept going."
    assert nearest((0.1, 1.0), B.Q) == "What happened then?"


def test_far_is_worse_than_none() -> None:
    assert nearest((-1.0, 0.0), B.AF) == ""
    assert nearest((1.0, 0.0), B.Q) == ""


def test_a_code_without_examples_has_none() -> None:
    assert nearest((1.0, 0.0), B.CONFRONT) == ""


def test_the_very_same_words_are_passed_over_for_the_next() -> None:
    assert nearest((1.0, 0.2), B.AF, "you never gave up") == "You kept going."
    assert nearest((0.0, 1.0), B.Q, "What happened then?") == ""


def test_a_stock_phrase_however_often_it_stands_there_does_not_hide_the_next() -> None:
    texts = (*(("Right.", "right") * 20), "You kept going.")
    many = Examples(texts, ("NC",) * 41, np.array([[127, 0]] * 40 + [[100, 50]], np.int8))
    assert many.nearest(np.array([[1, 0]], np.float32), [B.NC], ["Right!"]) == ["You kept going."]
    assert many.nearest(np.array([[1, 0]], np.float32), [B.NC], ["Okay."]) == ["Right."]


def test_the_same_words_of_another_code_are_no_hindrance() -> None:
    assert nearest((0.0, 1.0), B.Q, "You kept going.") == "What happened then?"


def test_text_without_letters_has_examples_too() -> None:
    assert nearest((1.0, 0.1), B.AF, "…") == "You never gave up."


def test_rows_keep_their_order() -> None:
    rows = np.array([[0, 1], [1, 0], [1, 1]], np.float32)
    found = EXAMPLES.nearest(rows, [B.Q, B.AF, B.AF], ["a", "b", "c"])
    assert found == ["What happened then?", "You never gave up.", "You kept going."]
