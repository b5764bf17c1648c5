"""Of a long conversation a stretch chosen by chance is scored: the same for all, 20 minutes, whole turns."""

from collections import Counter
from dataclasses import replace
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.review.draft import Draft, DraftLine
from coding.review.figures import figures_of
from coding.review.segment import LONG_MINUTES, SEGMENT_MINUTES, segment_by_chance, stretch_of
from coding.scheme.codes import Speaker
from training.stretch_view import scored_words, stretch_view

SEED = UUID("0199aaaa-0000-7000-8000-000000000001")
SPEAKERS = {"Worker": Speaker.PRACTITIONER, "Parent": Speaker.CLIENT}


def talk(minutes: float, *, timed: bool = True, turn: int = 3) -> tuple[DraftLine, ...]:
    """Lines of 6 seconds, or 15 words, `turn` of them to a turn."""
    labels = list(SPEAKERS)
    return tuple(
        DraftLine(
            key=str(at), role=SPEAKERS[label], speaker_label=label, text=" ".join(["word"] * 15),
            started=at * 6.0 if timed else None, ended=at * 6.0 + 5.5 if timed else None,
        )
        for at in range(round(minutes * 10)) for label in [labels[at // turn % 2]]
    )  # fmt: skip


@given(st.uuids(), st.floats(LONG_MINUTES + 0.1, 190), st.integers(1, 40), st.booleans())
def test_it_is_20_minutes_of_whole_turns(seed: UUID, minutes: float, turn: int, timed: bool) -> None:
    lines = talk(minutes, timed=timed, turn=turn)
    found = segment_by_chance(lines, seed=seed)
    assert found is not None
    assert found == segment_by_chance(lines, seed=seed)
    first, last = (int(key) for key in found)
    assert first % turn == 0
    assert last == len(lines) - 1 or (last + 1) % turn == 0
    stretch = stretch_of(Draft(lines, SPEAKERS, segment=found))
    assert SEGMENT_MINUTES - 0.01 <= stretch.minutes <= SEGMENT_MINUTES + turn / 10 + 0.01
    assert stretch.guessed is not timed


def test_every_part_of_a_conversation_has_its_chance() -> None:
    lines = talk(80)
    begins = Counter(
        int(found[0]) // 100
        for n in range(600)
        for found in [segment_by_chance(lines, seed=uuid5(SEED, str(n)))]
        if found is not None
    )
    assert sum(begins.values()) == 600
    assert set(begins) == set(range(6))  # tens of minutes: from the first one on to the sixth, when 20 are left
    assert all(70 <= count <= 130 for count in begins.values())


@pytest.mark.parametrize("lines", [(), talk(24.8), talk(24.8, timed=False)])
def test_of_a_short_one_all_is_scored(lines: tuple[DraftLine, ...]) -> None:
    assert segment_by_chance(lines, seed=SEED) is None
    assert stretch_view(Draft(lines, SPEAKERS), seed=SEED)["words"] == ""


def test_one_turn_without_an_end_is_not_cut() -> None:
    assert segment_by_chance(talk(60, turn=600), seed=SEED) is None


def test_times_that_run_back_or_are_missing_do_no_harm() -> None:
    lines = list(talk(60))
    lines[300] = replace(lines[300], started=5.0, ended=6.0)
    found = segment_by_chance(lines, seed=SEED)
    assert found is not None
    stretch = stretch_of(Draft(tuple(lines), SPEAKERS, segment=found))
    assert 20 <= stretch.minutes <= 20.5
    lines[300] = replace(lines[300], ended=None)
    assert stretch_of(Draft(tuple(lines), SPEAKERS)).guessed


def test_the_figures_count_it_alone_and_the_page_says_which_it_is() -> None:
    lines = talk(60)
    chance = segment_by_chance(lines, seed=SEED)
    draft = Draft(lines, SPEAKERS, segment=chance)
    assert figures_of(draft).lines == len(draft.scored_lines()) < 240
    shown = stretch_view(draft, seed=SEED)
    starts, ends = int(shown["starts"]), int(-(-shown["ends"] // 1))
    assert shown["words"] == f"Scoring minutes {starts} to {ends} of 60, chosen by chance."
    assert (shown["by_chance"], shown["chance"]) == (True, list(chance or ()))
    whole = stretch_view(replace(draft, segment=None), seed=SEED)
    for one in (shown, whole):
        assert (one["chance_words"], one["whole_words"]) == (shown["words"], whole["words"])
    assert (whole["words"], whole["by_chance"]) == ("Scoring all 60 minutes.", False)
    assert whole["chance"] == list(chance or ())
    by_hand = replace(draft, segment=("10", "49"))
    assert stretch_view(by_hand, seed=SEED)["words"] == "Scoring minutes 1 to 5 of 60, chosen by hand."
    assert scored_words(by_hand, seed=SEED) == "Scored minutes 1 to 5 of 60, chosen by hand."
    guessed = stretch_view(Draft(talk(60, timed=False), SPEAKERS), seed=SEED)
    assert guessed["words"] == "Scoring all about 60 minutes. The times are guessed from the number of words."
