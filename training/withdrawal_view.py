"""What can be taken back of a session, and how far a deletion is: read without a word of what was said."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from coding.hold import is_held
from models.organisation import Team
from models.person import Person
from models.practice import PracticeSession
from models.withdrawal import DeletionProof, Why, Withdrawal
from training.ledger_view import ParticipantView, build_ledger_view
from training.session_lists import KIND_SHOWN

WHY_SHOWN = {
    Why.ASKED: "Somebody who took part took their agreement back",
    Why.MISTAKE: "It should not have been added",
    Why.AGREEMENT_ENDED: "An agreement came to its end",
    Why.RETENTION: "Its time was over",
}


@dataclass(frozen=True)
class RecordView:
    """A session for whoever may delete it, whether or not they may read it. `further` are the positions of those who
    agreed to more than supervision."""

    id: UUID
    kind_shown: str
    held_on: date
    practitioner: str
    team: str
    people: tuple[ParticipantView, ...]
    on_hold: bool
    further: tuple[int, ...]


@dataclass(frozen=True)
class DeletionView:
    """`gone` lists what went, by name and count; empty until it is done. `on_hold` says that a legal hold keeps it
    until then; `figures` how many codings stay as figures without a person."""

    id: UUID
    session_id: UUID
    why_shown: str
    at: datetime
    done_at: datetime | None
    gone: tuple[tuple[str, int], ...]
    public_key: str
    on_hold: bool
    figures: int


def build_record_view(session: Session, practice: PracticeSession) -> RecordView:
    people = build_ledger_view(session, practice).people
    team = session.get(Team, practice.team_id) if practice.team_id else None
    agreed = {one.position for one in people for given in one.agreements[1:] if given.state in ("yes", "expired")}
    return RecordView(
        id=practice.id, kind_shown=KIND_SHOWN[practice.kind], held_on=practice.held_on,
        practitioner=session.get_one(Person, practice.practitioner_id).name, team=team.name if team else "",
        people=people, on_hold=is_held(session, practice.id), further=tuple(sorted(agreed)),
    )  # fmt: skip


_NAMES = {
    "recording": "Recordings", "transcript_version": "Transcripts",
    "utterance": "Utterances", "coding": "Codings", "code": "Codes", "score": "Scores",
    "agreement": "Entries about consent", "participant": "People who took part",
}  # fmt: skip


def build_deletion_view(session: Session, withdrawal: Withdrawal, proof: DeletionProof | None) -> DeletionView:
    gone: list[tuple[str, int]] = []
    if proof is not None:
        rows = proof.document["rows"]
        gone = [("Files", len(proof.document["files"]))] + [
            (name, rows[table]["rows"]) for table, name in _NAMES.items() if table in rows
        ]
        rest = sum(one["rows"] for table, one in rows.items() if table not in _NAMES)
        gone.append(("Other rows", rest))
    return DeletionView(
        id=withdrawal.id, session_id=withdrawal.session_id, why_shown=WHY_SHOWN[withdrawal.why], at=withdrawal.at,
        done_at=withdrawal.done_at, gone=tuple(gone), public_key=proof.document["public_key"] if proof else "",
        on_hold=is_held(session, withdrawal.session_id),
        figures=proof.document.get("codings_kept_as_figures", 0) if proof else 0,
    )  # fmt: skip
