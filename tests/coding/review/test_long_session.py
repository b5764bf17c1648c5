"""A long session to its page: a stretch is scored, all of it if the coach wants, and undo is exact."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlmodel import col, select

from coding.review.actions import undo
from coding.review.figures import figures_of
from coding.review.kept import draft_of
from coding.review.segment import segment_by_chance
from coding.review.sign_off import sign_off_review
from coding.review.steps import ChooseSegment
from models.coding import CodeRow
from models.practice import PracticeSession
from models.review import Review
from tests.coding.review.conftest import CONVERSATION, Bench, add_coded_session
from tests.conftest import People
from training.build_session_view import build_session_view
from training.review_view import review_changes, review_state
from web.worker import Worker


@pytest.fixture
def long_bench(bench: Bench, people: People, worker: Worker) -> Bench:
    """Of about half an hour of words."""
    filler = "and then there was a good deal more of the same to say about all that happened since"
    talk = "".join(CONVERSATION.replace(".\n", f", {filler}.\n").replace("?\n", f", {filler}?\n") for _ in range(40))
    return replace(bench, practice_id=add_coded_session(bench.house, worker, people.owner, talk=talk))


def test_a_stretch_is_scored_and_all_of_it_on_demand(long_bench: Bench, people: People) -> None:
    review_id = long_bench.begin()
    with long_bench.house.database.read() as session:
        begun = draft_of(session, session.get_one(Review, review_id))
    assert begun.segment == segment_by_chance(begun.lines, seed=long_bench.practice_id) is not None
    scored = len(begun.scored_lines())
    assert 0 < scored < len(begun.lines)

    whole = long_bench.take(review_id, ChooseSegment())
    assert (whole.now, figures_of(whole.now).lines) == (replace(begun, segment=None), len(begun.lines))
    with long_bench.house.database.write() as session:
        review = session.get_one(Review, review_id)
        changed = review_changes(review, whole)
        assert (changed["lines"], changed["segment"], changed["stretch"]["by_chance"]) == ([], None, False)
        first, last = changed["stretch"]["chance"]
        assert undo(session, review=review, number=1, by=long_bench.coach).now == begun
    back = long_bench.take(review_id, ChooseSegment(first, last))
    assert back.now == begun

    with long_bench.house.database.write() as session:
        review = session.get_one(Review, review_id)
        assert "chosen by chance" in review_state(review, back)["stretch"]["words"]
        coding = sign_off_review(session, review=review, expected=2, by=long_bench.coach)
        coded = select(CodeRow).where(col(CodeRow.coding_id) == coding.id)
        assert len(session.exec(coded).all()) == scored
    with long_bench.house.database.read() as session:
        view = build_session_view(session, session.get_one(PracticeSession, long_bench.practice_id))
    assert view.checked is not None
    assert view.checked.scored.startswith("Scored about minutes ")
    assert view.checked.changed == 0
    names = [line.name for turn in view.turns for line in turn.utterances]
    assert names.count("Not scored") == len(begun.lines) - scored


def test_two_coaches_score_the_same_stretch(long_bench: Bench) -> None:
    def segment(review_id: UUID) -> tuple[str, str] | None:
        with long_bench.house.database.read() as session:
            return draft_of(session, session.get_one(Review, review_id)).segment

    assert segment(long_bench.begin()) == segment(long_bench.begin(long_bench.second)) is not None
