"""The owner's session, signed off by a coach of the team, with a second coach beside."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlmodel import Session

from api.house import House
from coding.feedback.lines import signed_lines
from coding.feedback.point import FeedbackWords, Point
from coding.feedback.write import save_feedback
from coding.review.sign_off import sign_off_review, signed_off
from models.feedback import Feedback
from models.permissions import Actor
from models.practice import PracticeSession
from models.review import Review
from tests.coding.review.conftest import Bench, bench
from tests.conftest import People

__all__ = ["bench"]
WORDS = FeedbackWords(
    (Point("You gave back what it means to her.", ("2", "3")), Point("You left the choice with her.", ("4",))),
    Point("Try to stay with Friday at the sister’s.", ("6",)),
)


@dataclass(frozen=True)
class Signed:
    house: House
    practice_id: UUID
    review_id: UUID
    owner: Actor
    coach: Actor
    second: Actor

    @contextmanager
    def write(self) -> Iterator[tuple[Session, PracticeSession]]:
        with self.house.database.write() as session:
            yield session, session.get_one(PracticeSession, self.practice_id)

    def give(self, *, send: bool = True, words: FeedbackWords = WORDS, by: Actor | None = None) -> Feedback:
        with self.write() as (session, practice):
            return save_feedback(session, practice=practice, words=words, send=send, by=by or self.coach)

    def line(self, number: int) -> int:
        """The utterance's id in the coding that counts now."""
        with self.house.database.read() as session:
            review = signed_off(session, self.practice_id)
            assert review is not None
            return signed_lines(session, review)[number - 1].id


@pytest.fixture
def signed(bench: Bench, people: People) -> Signed:
    review_id = bench.begin()
    with bench.house.database.write() as session:
        sign_off_review(session, review=session.get_one(Review, review_id), expected=0, by=bench.coach)
    return Signed(bench.house, bench.practice_id, review_id, people.owner, bench.coach, bench.second)
