"""Bringing a coded conversation in: a session as any other, and the codes of the person who coded it elsewhere."""

from collections.abc import Sequence

from sqlmodel import Session

from coding.actions import add_transcript_session
from coding.details import SessionDetails, SessionDetailsWrong
from coding.interchange.coded import CodedLine, CodedSession
from coding.interchange.kept_import import add_import, imported_from
from coding.transcript.errors import OneSpeakerOnly
from coding.transcript.parsed import ParsedTranscript, ParsedTurn
from models.audit import record_audit
from models.permissions import Actor, Permission
from models.practice import PracticeSession
from models.session_permissions import may_on


def add_coded_session(
    session: Session, *, details: SessionDetails, coded: CodedSession, form: str, coder: str, by: Actor
) -> PracticeSession:
    """Coded by the machine too, as every session: two layers. `coder` is who coded it, in the words of whoever brings
    it; they stand for the codes with their own name, so it is nobody's own session.

    Raises SessionDetailsWrong, OneSpeakerOnly.
    """
    labels = list(dict.fromkeys(line.speaker for line in coded.lines))
    if len(labels) < 2:
        raise OneSpeakerOnly(coded.title, labels[0] if labels else "")
    practice = add_transcript_session(session, details=details, parsed=_parsed(coded), name=coded.title, by=by)
    if not may_on(by, Permission.REVIEW_SESSION, practice):
        raise SessionDetailsWrong(
            {"practitioner": "Choose somebody in a team you coach. Your own sessions are coded by others."}
        )
    add_import(session, practice=practice, form=form, imported=imported_from(coded, coder=coder), by=by.person_id)
    record_audit(
        session, action="codes_brought_in", subject=practice, organisation_id=practice.organisation_id,
        by=by.person_id, form=form, lines=str(len(coded.lines)), without_code=str(coded.without_code),
    )  # fmt: skip
    return practice


def _parsed(coded: CodedSession) -> ParsedTranscript:
    turns = tuple(_turn(number, lines) for number, (_, lines) in enumerate(coded.turns(), start=1))
    halves = sum((line.start is None) is not (line.end is None) for line in coded.lines)
    said = f"{halves} lines had only a beginning or only an end in the file; the other is reckoned from the turn."
    return ParsedTranscript(coded.title, turns, utterances_given=True, notes=(said,) if halves else ())


def _turn(number: int, lines: Sequence[CodedLine]) -> ParsedTurn:
    """The times of its lines are kept as those of words, so that each line keeps its own."""
    times: list[tuple[int, int, float, float]] = []
    at = 0
    for line in lines:
        if line.start is not None and line.end is not None:
            times.append((at, at + len(line.text), line.start / 1000, line.end / 1000))
        at += len(line.text) + 1
    starts = [line.start for line in lines if line.start is not None]
    ends = [line.end for line in lines if line.end is not None]
    return ParsedTurn(
        turn=str(number), speaker_label=lines[0].speaker, utterances=tuple(line.text for line in lines),
        role=lines[0].role, start=min(starts) / 1000 if starts else None, end=max(ends) / 1000 if ends else None,
        times=tuple(times),
    )  # fmt: skip
