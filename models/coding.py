"""Codings of a transcript: the codes of a machine or a person, what they count to, and the scores."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.columns import BIG_INTEGER, JSON_TYPE, UtcDateTime, enum_type, new_id, utc_now

CODES = ("GI", "Persuade", "PWP", "Q", "SR", "CR", "AF", "Seek", "Emphasize", "Confront", "NC", "CT", "ST", "FN")
"""Every code a row may hold: those of MITI 4.2.1, NC, and client talk."""

COUNTED = CODES[:10]
"""The codes that count towards a volley."""

GLOBALS = ("cultivating_change_talk", "softening_sustain_talk", "partnership", "empathy")
"""The four global ratings of MITI 4.2.1."""


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(v) for v in values)})"


class CodedBy(StrEnum):
    MACHINE = "machine"
    PERSON = "person"


class Coding(SQLModel, table=True):
    """One coding of one transcript version. Machine and human codings are separate rows, never edits of each other.

    `sealed` holds the labels of the speakers coded as practitioner and every reason, which quotes (see
    `coding.coding_words`); `practitioner_confidence` is set when those speakers were guessed from the words (0–1) and
    empty when the transcript or a person said so. `count_intervals` holds, by code,
    the 90 % interval of how often it counts; it has none for a person's coding."""

    __table_args__ = (
        CheckConstraint(
            "(coded_by = 'machine') = (model_version IS NOT NULL) AND (coded_by = 'person') = (person_id IS NOT NULL)",
            name="coding_says_who",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    transcript_id: UUID = Field(foreign_key="transcript_version.id", index=True)
    coded_by: CodedBy = Field(sa_type=enum_type(CodedBy))
    model_version: str | None = Field(default=None, max_length=100)
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    practitioner_confidence: float | None = None
    count_intervals: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_TYPE)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    def count_interval(self, code: str) -> tuple[int | None, int | None]:
        low, high = self.count_intervals.get(code, (None, None))
        return low, high


class CodeRow(SQLModel, table=True):
    """The code of one utterance in one coding. `volley` is the 0-based volley it counts in; empty for the client."""

    __tablename__ = "code"
    __table_args__ = (
        CheckConstraint(_one_of("code", CODES), name="code_known"),
        CheckConstraint("confidence IS NULL OR (confidence >= 0 AND confidence <= 1)", name="confidence_share"),
    )

    coding_id: UUID = Field(foreign_key="coding.id", primary_key=True)
    utterance_id: int = Field(foreign_key="utterance.id", primary_key=True, sa_type=BIG_INTEGER)
    code: str = Field(max_length=16)
    subtype: str | None = Field(default=None, max_length=20)
    confidence: float | None = None
    unsure: bool = False
    probabilities: dict[str, Any] | None = Field(default=None, sa_type=JSON_TYPE)
    volley: int | None = None


class VolleyCount(SQLModel, table=True):
    """A code that counts once in a volley. Its utterances are the rows of `code` with the same coding and volley."""

    __tablename__ = "volley_count"
    __table_args__ = (CheckConstraint(_one_of("code", COUNTED), name="volley_code_known"),)

    coding_id: UUID = Field(foreign_key="coding.id", primary_key=True)
    volley: int = Field(primary_key=True)
    code: str = Field(max_length=16, primary_key=True)


class Score(SQLModel, table=True):
    """One figure of a coding. `value` is empty when there is not enough to score, and `note` then says why.

    `low` and `high` bound the 90 % interval that comes from the coder's uncertainty."""

    __table_args__ = (CheckConstraint("low IS NULL OR (low <= value AND value <= high)", name="interval_holds_value"),)

    coding_id: UUID = Field(foreign_key="coding.id", primary_key=True)
    name: str = Field(max_length=40, primary_key=True)
    value: float | None = None
    low: float | None = None
    high: float | None = None
    band: str | None = Field(default=None, max_length=16)
    note: str = Field(default="", sa_type=Text)


class SuggestedGlobal(SQLModel, table=True):
    """What the machine suggests for one global rating, from `low` to `high`. It is no rating: a coach gives those.

    Both are empty where it suggests nothing. What moved the range, or why there is none, is kept with the coding."""

    __tablename__ = "suggested_global"
    __table_args__ = (
        CheckConstraint(_one_of("name", GLOBALS), name="global_known"),
        CheckConstraint("(low IS NULL) = (high IS NULL)", name="range_has_two_ends"),
        CheckConstraint("low IS NULL OR (1 <= low AND low <= high AND high <= 5)", name="range_of_ratings"),
    )

    coding_id: UUID = Field(foreign_key="coding.id", primary_key=True)
    name: str = Field(max_length=40, primary_key=True)
    low: int | None = None
    high: int | None = None
    model_version: str = Field(max_length=100)
