"""What the routes of reviews and feedback answer, for the document."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from training.contest_view import ContestView
from training.feedback_view import FeedbackView, MessageView, PointView

ReviewStateName = Literal["open", "signed_off", "put_away"]


class ReviewBegun(BaseModel):
    id: UUID
    url: str
    steps: int


class ReviewClosed(BaseModel):
    id: UUID
    state: ReviewStateName


class ReviewSigned(ReviewClosed):
    session: str


class DraftLineRead(BaseModel):
    model_config = {"extra": "allow"}

    key: str
    text: str
    role: str
    speaker_label: str
    code: str | None
    subtype: str | None


class DraftRead(BaseModel):
    lines: list[DraftLineRead]
    speakers: dict[str, str]
    ratings: dict[str, int | None]
    evidence: dict[str, list[str]]
    segment: list[str] | None
    skipped: list[str]


class DraftScore(BaseModel):
    name: str
    title: str
    value: float | None
    shown: str
    band: str | None
    note: str


class DraftFiguresRead(BaseModel):
    volleys: int
    counts: dict[str, int]
    open_questions: int
    closed_questions: int
    scores: list[DraftScore]
    lines: int
    uncoded: int
    looked_at: int


class AllFiguresRead(DraftFiguresRead):
    volley_of: dict[str, int | None]


class StretchRead(BaseModel):
    words: str
    chance_words: str
    whole_words: str
    starts: float
    ends: float
    of: float
    guessed: bool
    chance: list[str] | None
    by_chance: bool


class ReviewFacts(BaseModel):
    id: UUID
    state: ReviewStateName
    steps: int
    last: int
    redo: int | None


class ReviewRead(ReviewFacts):
    session_id: UUID
    begun_at: str
    draft: DraftRead
    stretch: StretchRead
    figures: AllFiguresRead


class ReviewChanges(ReviewFacts):
    """What is not as it was. `keys` is the order of all lines, null where it is the same."""

    lines: list[DraftLineRead]
    keys: list[str] | None
    speakers: dict[str, str]
    ratings: dict[str, int | None]
    evidence: dict[str, list[str]]
    segment: list[str] | None
    skipped: list[str]
    stretch: StretchRead
    figures: DraftFiguresRead


class FeedbackDraftRead(BaseModel):
    well: list[PointView]
    to_try: PointView
    suggested: bool
    changed_at: datetime | None


class FeedbackRead(BaseModel):
    practitioner: str
    signed_by: str
    is_practitioner: bool
    sent: list[FeedbackView]
    draft: FeedbackDraftRead | None
    messages: list[MessageView]
    contests: list[ContestView]
    may_talk: bool
    may_contest: bool
    gone: bool


class FeedbackState(BaseModel):
    id: UUID
    state: Literal["sent", "draft"]


class TakenBack(BaseModel):
    id: UUID
    state: Literal["taken_back"]


class OnlyId(BaseModel):
    id: UUID


class ContestOutcome(BaseModel):
    id: UUID
    outcome: str


class AgreementRead(BaseModel):
    """`people` and `machine` are reports, or null as long as there are none."""

    coded_twice: int
    needed: int
    made_at: str | None
    people: dict[str, Any] | None
    machine: dict[str, Any] | None


class NeededRead(BaseModel):
    """How many there must be for figures."""

    sessions: int
    practitioners: int
    coaches_of_a_team: int
    lines_of_a_code: int


class MachineAgreementRead(BaseModel):
    needed: NeededRead
    made_at: str | None
    versions: list[dict[str, Any]]
