import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.coder.features import BLOCKS, FeatureOptions, fit_features
from coding.coder.surroundings import surroundings
from coding.coder.words import FLAGS, flags_of, letter_groups, phrases_of, words_of
from coding.scheme.codes import Speaker
from tests.coding.coder.talk import VISIT, C, P, conversation


def test_words_keep_apostrophes_and_questions() -> None:
    assert words_of("I’m NOT sure… Siân, are you?") == ["i'm", "not", "sure", "...", "siân", "are", "you", "?"]


def test_phrases_know_start_and_end() -> None:
    assert phrases_of(["you", "feel"], 2) == ["you", "feel", "^ you", "you feel", "feel $"]


def test_letter_groups_mark_the_edges_of_a_word() -> None:
    assert {" n", "no", "o ", " no", "no ", " no "} == set(letter_groups("no"))


def test_context_is_the_other_speakers_last_run_and_ones_own_talk_since() -> None:
    said = conversation((C, "I drink."), (C, "Too much."), (P, "Okay."), (P, "How much?"), (C, "A bottle."))
    around = surroundings(said)
    assert [one.before for one in around] == ["", "", "I drink. Too much.", "I drink. Too much.", "Okay. How much?"]
    assert [one.earlier for one in around] == ["", "I drink.", "", "Okay.", ""]
    assert [one.after for one in around] == ["Okay. How much?"] * 2 + ["A bottle."] * 2 + [""]
    assert [(one.position, one.following) for one in around] == [(0, 1), (1, 0), (0, 1), (1, 0), (0, 0)]


def test_flags_say_what_they_name() -> None:
    held = {
        FLAGS[i]
        for i in flags_of(
            words_of("What do you want?"), position=0, following=0, before="Is it?", after="No", punctuated=True
        )
    }
    assert {"two to four words", "ends in a question mark", "starts like an open question", "other asked"} <= held
    assert {"answer is one word", "speaks of you", "first of its run"} <= held
    assert "has a negation" not in held


VISIT_AROUND = surroundings(conversation(*VISIT))
SPACE = fit_features(VISIT_AROUND, FeatureOptions(phrases=80, letters=80, around=20, least=1))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Speaker), st.text(max_size=40) | st.just("How have you been?")), max_size=6))
def test_each_block_of_a_row_has_its_weight_as_length_or_is_empty(said: list[tuple[Speaker, str]]) -> None:
    rows = SPACE.rows(surroundings(conversation(*said))).toarray()
    assert rows.shape == (len(said), SPACE.width)
    edges = SPACE.edges()
    for block in range(len(BLOCKS) - 1):
        length = np.linalg.norm(rows[:, edges[block] : edges[block + 1]], axis=1)
        assert all(x == 0 or x == pytest.approx(SPACE.weights[block], rel=1e-3) for x in length)


def test_the_most_frequent_pieces_are_kept_and_rare_ones_weigh_more() -> None:
    phrases = SPACE.vocabularies[0]
    assert len(phrases) == 80
    assert SPACE.rarity[phrases.index("for")] <= SPACE.rarity[-len(FLAGS) - 1] + 10
    common, rare = phrases.index("the"), len(phrases) - 1
    assert SPACE.rarity[common] < SPACE.rarity[rare]
