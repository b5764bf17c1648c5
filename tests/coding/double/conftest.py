"""A session that the first coach has signed off, drawn for the second."""

from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from sqlmodel import select

from coding.review.actions import begin_review, take_steps
from coding.review.sign_off import sign_off_review
from coding.review.steps import Recode, Step
from models.columns import new_id
from models.double_coding import DoubleCoding, DoubleCodingRule
from models.permissions import Actor
from models.practice import PracticeSession
from models.review import Review
from tests.coding.review.conftest import Bench, bench

__all__ = ["Bench", "Twice", "bench"]
CODES = ("Q", "CT", "CR", "ST", "Emphasize", "Q", "CT")
"""As a second coach would give them if they agreed on every line."""


@dataclass(frozen=True)
class Twice(Bench):
    """`coach` codes first, `second` blind."""

    def draw_every(self, percent: int = 100) -> None:
        with self.house.database.write() as session:
            session.exec(select(DoubleCodingRule)).one().percent = percent

    def sign(self, by: Actor, *steps: Step, practice_id: UUID | None = None) -> UUID:
        """Begins a review, takes the steps and signs off; the review's id."""
        with self.house.database.write() as session:
            practice = session.get_one(PracticeSession, practice_id or self.practice_id)
            review = begin_review(session, practice=practice, by=by)
            given = [(new_id(), step) for step in steps]
            take_steps(session, review=review, steps=given, expected=0, by=by)
            sign_off_review(session, review=review, expected=len(steps), by=by)
            return review.id

    def sign_blind(self, *others: Step, codes: tuple[str, ...] = CODES) -> UUID:
        coded = [Recode(str(place), code) for place, code in enumerate(codes)]
        return self.sign(self.second, *coded, *others)

    def task(self) -> DoubleCoding:
        with self.house.database.read() as session:
            return session.exec(select(DoubleCoding)).one()

    def review(self, review_id: UUID) -> Review:
        with self.house.database.read() as session:
            return session.get_one(Review, review_id)

    def of(self, practice_id: UUID) -> "Twice":
        return replace(self, practice_id=practice_id)


@pytest.fixture
def twice(bench: Bench) -> Twice:
    """Every session is drawn."""
    made = Twice(bench.house, bench.practice_id, bench.coach, bench.second)
    made.draw_every()
    return made
