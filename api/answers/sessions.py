"""What the routes of sessions answer, for the document."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from training.ledger_view import LedgerView
from training.score_view import ScoreView
from training.session_view import CountView, GlobalView, SessionRow, SessionView

StageName = Literal["queued", "transcribing", "coding", "ready", "stopped"]


class SessionLink(BaseModel):
    id: UUID
    stage: StageName
    url: str


class SessionsAdded(SessionLink):
    """The first, and in `sessions` every one that was made."""

    sessions: list[SessionLink]


class CodedAdded(BaseModel):
    sessions: list[SessionLink]


class SessionPicked(SessionLink):
    picked: Literal["chosen", "drawn"]


class SessionList(BaseModel):
    """`cut`: there are more. `next` is the address of the next page, null on the last one and without `limit`."""

    sessions: list[SessionRow]
    cut: bool
    next: str | None


@dataclass(frozen=True, kw_only=True)
class SessionRead(SessionView):
    """`contest` is `contested` or `answered`, else empty."""

    consent: LedgerView
    contest: str


class Progress(BaseModel):
    """`progress` is 0 to 100 and never falls while the stages go on. `problem` is a sentence, where it stopped."""

    stage: StageName
    progress: int
    problem_code: str
    problem: str


class CodedLineRead(BaseModel):
    """`line` counts from 1. `id` is the line's in contests. `volley` counts from 0; null for the client's lines."""

    line: int
    id: int
    turn: int
    role: Literal["practitioner", "client"]
    speaker_label: str
    started: float | None
    ended: float | None
    text: str
    code: str
    subtype: str
    confidence: float | None
    unsure: bool
    volley: int | None
    machine_code: str


class Codes(BaseModel):
    """`coded_by` is `machine` or `person`, empty before it is coded. `total` is of all lines."""

    session_id: UUID
    coded_by: Literal["machine", "person", ""]
    model_version: str
    total: int
    lines: list[CodedLineRead]
    next: str | None


class Scores(BaseModel):
    """`scores` are MITI's summary scores, `extras` training figures outside MITI, `globals` ranges that the machine
    suggests to a coach. Each has its interval, and in `note` why there is no figure. `signed_by` is the
    coach's name, null before a coach signed it off."""

    session_id: UUID
    stage: StageName
    coded_by: Literal["machine", "person", ""]
    model_version: str
    signed_by: str | None
    contest: str
    scores: list[ScoreView]
    extras: list[ScoreView]
    counts: list[CountView]
    globals: list[GlobalView]
    cannot_judge: list[str]


class ReviewLine(BaseModel):
    """`mine`: its steps can be read under `url`, which is null for others'. `shown`: it is what the session shows."""

    id: UUID
    state: Literal["open", "signed_off", "put_away"]
    by: str
    mine: bool
    shown: bool
    begun_at: str
    closed_at: str | None
    url: str | None


class Reviews(BaseModel):
    session_id: UUID
    reviews: list[ReviewLine]


class ExportLine(BaseModel):
    """A file that can be taken away from `url`. `what` says in a few words what it is for."""

    format: str
    layer: Literal["machine", "person"]
    what: str
    url: str


class Exports(BaseModel):
    session_id: UUID
    exports: list[ExportLine]


class ListeningState(BaseModel):
    state: Literal["working", "ready"]


class PeaksRead(BaseModel):
    rate: int
    seconds: float
    peaks: str


class RecordingShown(BaseModel):
    """What has come of a recording in progress."""

    id: UUID
    url: str
    state: Literal["open", "sent", "thrown_away"]
    next_chunk: int
    parts: int
    size_bytes: int
    seconds: float
    media_type: str
    microphones: int
    details: dict[str, str]
    begun_at: str
    changed_at: str
    session_id: UUID | None


class RecordingsShown(BaseModel):
    recordings: list[RecordingShown]


class ChunkTaken(BaseModel):
    next_chunk: int
    size_bytes: int
    seconds: float


class NoteSource(BaseModel):
    session_id: UUID
    kind: Literal["role_play", "simulated", "real_practice"]
    held_on: date


class NoteHeading(BaseModel):
    key: str
    title: str
    text: str
    quotations: list[str]


class NoteLeftOut(BaseModel):
    what: str
    why: str


class WorkbookNote(BaseModel):
    """Its own JSON Schema is in the documentation: *Notes for a workbook*."""

    format: Literal["evoke-workbook-note"]
    version: int
    kind: str
    about_a_real_family: bool
    title: str
    warning: str | None
    language: str
    practitioner: str
    source: NoteSource | None
    generated_at: str
    edited_at: str | None
    headings: list[NoteHeading]
    placeholders: list[str]
    left_out: list[NoteLeftOut]
