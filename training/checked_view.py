"""Who checked a coding and signed it off, what they rated, and the machine's layer that it stands beside."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from coding.feedback.lines import root_of
from coding.review.actions import state_of
from coding.review.kept import begun_of
from coding.review.layers import Change, layer_diff
from models.coding import Coding, Score
from models.person import Person
from models.review import RATED, Rating, Review
from models.sealed import open_from
from training.score_view import ScoreView, score_views
from training.stretch_view import scored_words


@dataclass(frozen=True)
class RatingView:
    """`evidence` are the sequence numbers of the utterances pinned to it."""

    name: str
    title: str
    value: int
    evidence: tuple[int, ...]


@dataclass(frozen=True)
class CheckedView:
    """`shown` says who checked and signed, and when; `since` what was changed after a contest, a sentence each.
    `changed` is how many lines are not as the machine had them, None
    once what was said is gone. `scored` says which part of a long conversation counts, empty where all of it does or
    what was said is gone. `machine_scores` are those of the coding that the review began from."""

    by: str
    at: datetime
    shown: str
    ratings: tuple[RatingView, ...]
    changed: int | None
    scored: str
    machine_version: str
    machine_scores: tuple[ScoreView, ...]
    since: tuple[str, ...] = ()


def build_checked_view(session: Session, review: Review) -> tuple[CheckedView, dict[int, str]]:
    """And for the lines that the person coded otherwise, by sequence number, the machine's code. Raises WordsGone."""
    assert review.closed_at is not None, "it is signed off"
    machine = session.get_one(Coding, review.coding_id)
    whole = root_of(session, review)
    assert whole.closed_at is not None, "it is signed off too"
    by = session.get_one(Person, whole.reviewer_id).name
    changed, codes, scored = _changes(session, review)
    shown = f"Checked and signed by {by}, {_day(whole.closed_at)}"
    view = CheckedView(
        by, whole.closed_at, shown, _ratings(session, review), changed, scored, machine.model_version or "",
        score_views(session.exec(select(Score).where(col(Score.coding_id) == machine.id)).all()),
        tuple(_since(session, review)),
    )  # fmt: skip
    return view, codes


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _since(session: Session, review: Review) -> Iterator[str]:
    """The first change first."""
    if review.follows_id is not None:
        assert review.closed_at is not None, "it is signed off"
        yield from _since(session, session.get_one(Review, review.follows_id))
        by = session.get_one(Person, review.reviewer_id).name
        yield f"{by} changed one code on {_day(review.closed_at)}, after it was contested."


def codes_given_otherwise(session: Session, review: Review) -> dict[int, str]:
    """The machine's code of the lines that the person coded otherwise, by sequence number. Raises WordsGone."""
    return _changes(session, review)[1]


def _changes(session: Session, review: Review) -> tuple[int | None, dict[int, str], str]:
    if review.begun is None:
        return None, {}, ""
    draft = state_of(session, review).now
    places = {line.key: place for place, line in enumerate(draft.lines)}
    diff = layer_diff(begun_of(session, review), draft)
    otherwise = [one for one in diff if Change.CODE in one.changes and one.code_before is not None]
    codes = {places[one.key]: one.code_before.value for one in otherwise if one.code_before is not None}
    return len(diff), codes, scored_words(draft, seed=review.session_id)


def _ratings(session: Session, review: Review) -> tuple[RatingView, ...]:
    rows = session.exec(select(Rating).where(col(Rating.coding_id) == review.made_coding_id)).all()
    return tuple(
        RatingView(
            row.name, row.name.replace("_", " ").capitalize(), row.value,
            tuple(open_from(session, row, session_id=review.session_id, column="evidence")),
        )
        for row in sorted(rows, key=lambda row: RATED.index(row.name))
    )  # fmt: skip
