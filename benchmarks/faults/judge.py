"""Whether everything is as it should be when the faults are over: looks straight into the database and the files.

It is for when nothing runs any more; then it sweeps first, as workers do once a day, without their day of patience.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from benchmarks.faults.judge_files import judge_files
from benchmarks.faults.said import Said
from models.audit_chain import check_chains
from models.cascade import rows_of_session, tables_of_sessions
from models.coding import CodeRow, Coding, Score
from models.database import Database
from models.keys import SessionKey
from models.practice import PracticeSession, Recording, Stage
from models.session_words import session_words
from models.settings import Settings
from models.transcript import HeardClipRow, TranscriptVersion, UtteranceRow
from models.withdrawal import DeletionProof, Withdrawal


class Kind(StrEnum):
    LOST = "lost"
    DUPLICATED = "duplicated"
    FILES = "files"
    CONSENT = "consent"
    AUDIT = "audit"
    STUCK = "stuck"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True)
class Wrong:
    kind: Kind
    words: str


@dataclass
class Verdict:
    """`coded`, `told` (stopped with a sentence for a person) and `deleted` are numbers of sessions; `messages` how
    often each kind of stop; `set_aside` files that the sweep put under lost/, as nothing names them."""

    wrongs: list[Wrong] = field(default_factory=list)
    coded: int = 0
    told: int = 0
    deleted: int = 0
    set_aside: int = 0
    messages: Counter[str] = field(default_factory=Counter)

    def count(self, *kinds: Kind) -> int:
        return sum(one.kind in kinds for one in self.wrongs)


def judge(settings: Settings, database: Database, said: Said) -> Verdict:
    with database.read() as session:
        verdict = judge_rows(session, said)
    files, verdict.set_aside = judge_files(settings, database)
    verdict.wrongs += [Wrong(Kind.CONSENT if one.of_deleted else Kind.FILES, one.words) for one in files]
    return verdict


def judge_rows(session: Session, said: Said) -> Verdict:
    """Without files."""
    verdict = Verdict()
    for practice in session.exec(select(PracticeSession)).all():
        verdict.wrongs += _of_session(session, practice, verdict)
    verdict.wrongs += _as_said(session, said)
    verdict.wrongs += _doubled(session, said)
    verdict.wrongs += _withdrawn(session, said, verdict)
    verdict.wrongs += [
        Wrong(Kind.AUDIT, f"chain {one.chain}: row {one.broken}: {one.problem}")
        for one in check_chains(session)
        if one.broken is not None
    ]
    return verdict


def _of_session(session: Session, practice: PracticeSession, verdict: Verdict) -> Iterator[Wrong]:
    """Coded whole, or stopped with a sentence; its key is there. Withdrawn ones are judged apart."""
    if practice.withdrawn_at is not None:
        return
    if not _has_key(session, practice.id):
        yield Wrong(Kind.CONSENT, f"session {practice.id} is there, and its key is not")
    if practice.stage is Stage.STOPPED:
        verdict.told += 1
        verdict.messages[practice.problem_code or ""] += 1
        if not practice.problem:
            yield Wrong(Kind.LOST, f"session {practice.id} stopped, and no sentence says why")
    elif practice.stage is not Stage.READY:
        yield Wrong(Kind.LOST, f"session {practice.id} is neither coded nor stopped: {practice.stage.value}")
    elif problem := _not_whole(session, practice):
        yield Wrong(Kind.LOST, f"session {practice.id} says it is ready, and {problem}")
    else:
        verdict.coded += 1


def _has_key(session: Session, session_id: UUID) -> bool:
    kept = session.get(SessionKey, session_id)
    return kept is not None and kept.wrapped is not None


def _not_whole(session: Session, practice: PracticeSession) -> str:
    transcript = session.exec(
        select(TranscriptVersion).where(col(TranscriptVersion.session_id) == practice.id).limit(1)
    ).first()  # fmt: skip
    if transcript is None:
        return "has no transcript"
    coding = session.exec(select(Coding).where(col(Coding.transcript_id) == transcript.id).limit(1)).first()
    if coding is None:
        return "has no codes"
    said = _number(session, UtteranceRow, col(UtteranceRow.transcript_id) == transcript.id)
    coded = _number(session, CodeRow, col(CodeRow.coding_id) == coding.id)
    if not said or said != coded:
        return f"{coded} of {said} utterances have a code"
    if not _number(session, Score, col(Score.coding_id) == coding.id):
        return "has no scores"
    clips = select(Recording.id).where(col(Recording.session_id) == practice.id)
    if _number(session, HeardClipRow, col(HeardClipRow.recording_id).in_(clips)):
        return "has clips of its hearing left"
    return ""


def _number(session: Session, table: type, where: object) -> int:
    return session.exec(select(func.count()).select_from(table).where(where)).one()  # type: ignore[arg-type]


def _as_said(session: Session, said: Said) -> Iterator[Wrong]:
    there = set(session.exec(select(PracticeSession.id))) | set(session.exec(select(Withdrawal.session_id)))
    for title, session_id in said.accepted.items():
        if session_id not in there:
            yield Wrong(Kind.LOST, f"{title} was accepted as {session_id}, which is not there")
    for text in said.changed:
        yield Wrong(Kind.DUPLICATED, text)
    for text, times in said.unexplained.items():
        yield Wrong(Kind.UNEXPLAINED, f"{times} times: {text}")
    for session_id, times in Counter(said.accepted.values()).items():
        if times > 1:
            yield Wrong(Kind.LOST, f"{times} uploads were accepted as the one session {session_id}")


def _doubled(session: Session, said: Said) -> Iterator[Wrong]:
    """Sessions of one upload, versions of one transcript, recordings of one session, codings of one version. Nobody
    asks for a second of any in a campaign."""
    practices = session.exec(select(PracticeSession).where(col(PracticeSession.withdrawn_at).is_(None))).all()
    titles = Counter(session_words(session, one).title for one in practices if _has_key(session, one.id))
    ids = {one.id for one in practices}
    titles.update(title for title, session_id in said.accepted.items() if session_id not in ids)  # deleted since
    groups: dict[str, Counter[Any]] = {
        "sessions of upload": titles,
        "transcripts of session": Counter(session.exec(select(TranscriptVersion.session_id))),
        "recordings of session": Counter(session.exec(select(Recording.session_id))),
        "codings of transcript": Counter(session.exec(select(Coding.transcript_id))),
    }
    for what, numbers in groups.items():
        for of, number in numbers.items():
            if number > 1:
                yield Wrong(Kind.DUPLICATED, f"{number} {what} {of}")


def _withdrawn(session: Session, said: Said, verdict: Verdict) -> Iterator[Wrong]:
    """A session that was taken back is gone wholly, with a proof of it; one that was not taken back is seen."""
    asked = {one.session_id: one for one in session.exec(select(Withdrawal)).all()}
    for session_id in said.withdrawn - set(asked):
        yield Wrong(Kind.CONSENT, f"session {session_id} was said to be deleted, and nothing deletes it")
    for hidden in session.exec(select(PracticeSession.id).where(col(PracticeSession.withdrawn_at).is_not(None))):
        if hidden not in asked:
            yield Wrong(Kind.CONSENT, f"session {hidden} is hidden, and nothing deletes it")
    for session_id, withdrawal in asked.items():
        left = [
            table.name
            for table in tables_of_sessions()
            if session.connection().execute(
                select(func.count()).select_from(table).where(rows_of_session(table, session_id))
            ).scalar_one()
        ]  # fmt: skip
        if _has_key(session, session_id):
            left.append("its key")
        if withdrawal.done_at is None or session.get(DeletionProof, withdrawal.id) is None:
            left.append("no proof of its deletion")
        if left:
            yield Wrong(Kind.CONSENT, f"session {session_id} was taken back, and of it there is: {', '.join(left)}")
        else:
            verdict.deleted += 1
