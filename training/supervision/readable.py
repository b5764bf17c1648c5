"""The sessions of a team of which parts may be read in its meeting, and their lines."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import bindparam, exists
from sqlmodel import Session, col, select

from coding.check_names import is_to_check
from coding.coding_words import coding_words
from coding.excerpts import agreed_by_practitioner, others_agreed
from coding.review.sign_off import signed_off
from coding.transcript.versions import utterances_of, words_of
from models.coding import CodeRow, Coding
from models.excerpt_agreement import ExcerptAgreement
from models.keys import WordsGone, open_session_keys
from models.organisation import Team
from models.permissions import Actor
from models.person import Person
from models.practice import PracticeSession, SessionKind, Stage
from models.retention import Part, RetentionStep
from models.review import Review, ReviewState
from models.session_permissions import visible_sessions
from models.transcript import TranscriptVersion
from training.supervision.moments import SaidLine

LOOK_BACK = timedelta(days=365)
"""Longer than the themes look back: who reads a stretch from a whole year guesses less well whose it is."""
MOST_SESSIONS, MOST_ASKED = 9, 30


@dataclass(frozen=True)
class Readable:
    """A signed-off session of which its practitioner, and everybody else who is to be asked, lets the team read."""

    id: UUID
    person_id: UUID
    kind: SessionKind
    lines: tuple[SaidLine, ...]


def signed_here(session: Session, team: Team, *, reader: Actor, since: date, hidden: Collection[UUID]) -> list[object]:
    """What must hold of a session of the team before anything of it goes into its meeting, as query conditions: a coach
    signed it off, and the reader may see it and is not to code it blind."""
    signed = exists().where(
        col(Review.session_id) == col(PracticeSession.id), col(Review.state) == ReviewState.SIGNED_OFF,
        col(Review.blind).is_(False),
    )  # fmt: skip
    return [
        visible_sessions(reader), col(PracticeSession.team_id) == team.id, col(PracticeSession.stage) == Stage.READY,
        col(PracticeSession.held_on) >= since, signed, col(PracticeSession.id).not_in(hidden),
    ]  # fmt: skip


def readable_sessions(
    session: Session, team: Team, *, reader: Actor, today: date, hidden: Collection[UUID]
) -> list[Readable]:  # fmt: skip
    """The newest, at most MOST_SESSIONS. People who left are not asked any more, so nothing of theirs is read."""
    gone = exists().where(
        col(RetentionStep.session_id) == col(PracticeSession.id), col(RetentionStep.part) == Part.WORDS
    )
    asked = exists().where(col(ExcerptAgreement.session_id) == col(PracticeSession.id))
    rows = (
        select(PracticeSession)
        .join(Person, col(Person.id) == col(PracticeSession.practitioner_id))
        .where(
            *signed_here(session, team, reader=reader, since=today - LOOK_BACK, hidden=hidden),  # type: ignore[arg-type]
            asked, ~gone, col(Person.left_at).is_(None),
        )
        .order_by(col(PracticeSession.held_on).desc(), col(PracticeSession.id).desc())
        .limit(MOST_ASKED)
    )  # fmt: skip
    practices = session.exec(rows).all()
    agreed = agreed_by_practitioner(session, [one.id for one in practices])
    open_session_keys(session, list(agreed))
    found: list[Readable] = []
    for practice in practices:
        if len(found) < MOST_SESSIONS and practice.id in agreed and _may(session, practice, today):
            lines = _lines(session, practice)
            if lines:
                found.append(Readable(practice.id, practice.practitioner_id, practice.kind, lines))
    return found


def _may(session: Session, practice: PracticeSession, today: date) -> bool:
    return not is_to_check(session, practice) and others_agreed(session, practice, today=today)


def _lines(session: Session, practice: PracticeSession) -> tuple[SaidLine, ...]:
    """As a coach signed them off, with the names replaced. None where the words are gone."""
    review = signed_off(session, practice.id)
    if review is None or review.made_coding_id is None:
        return ()
    coding = session.get_one(Coding, review.made_coding_id)
    version = session.get_one(TranscriptVersion, review.made_transcript_id or review.transcript_id)
    rows = session.exec(_CODES_GIVEN, params={"id": coding.id})
    given = {id_: (code, subtype, volley) for id_, code, subtype, volley in rows}
    try:
        said = utterances_of(session, version.id)
        if all(one.id in given for one in said):  # a code has a volley where the practitioner speaks
            practises = [given[one.id][2] is not None for one in said]
        else:  # all of it is opened only then: that takes as long as all the rest
            own, turns = coding_words(session, coding).practitioner_labels, words_of(session, version).turns
            practises = [turns[one.turn_position].speaker_label in own for one in said]
    except WordsGone:
        return ()
    found = []
    for one, by_practitioner in zip(said, practises, strict=True):
        code, subtype, _ = given.get(one.id, ("", None, None))
        found.append(SaidLine(by_practitioner, one.text, code, open_question=subtype == "open"))
    return tuple(found)


_CODES_GIVEN = select(CodeRow.utterance_id, CodeRow.code, CodeRow.subtype, CodeRow.volley).where(
    col(CodeRow.coding_id) == bindparam("id")
)
