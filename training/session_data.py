"""One session in a copy of what is held about somebody: whose words go into it, and what goes beside them.

Plain JSON values. A conversation is at least two people's: the words of the one whose copy it is stand there in full.
Of everybody else's lines a practitioner's copy has the code that was given to them, what they answered to; a
participant's has none, because the practitioner's way of talking could be counted from them.
"""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session, col, select

from coding.consent import agreements_of, participants_of
from coding.excerpts import answers_of
from coding.requests import requests_about
from coding.retention import steps_of
from models.audit_hash import plain
from models.consent import Who
from models.permissions import Actor
from models.practice import PracticeSession, Recording, Stage
from models.retention import Part
from models.session_words import participant_label, session_words
from training.build_session_view import build_session_view
from training.feedback_data import feedback_data
from training.ledger_view import HOW_SHOWN, SCOPE_SHOWN, state_of
from training.session_lists import KIND_SHOWN, PICKED_SHOWN
from training.session_view import SessionView, TurnView, UtteranceView
from training.whose_words import why_not_known
from training.workbook.own_data import note_data

NOT_READY = "It is not coded yet, or is being coded. Ask for a new copy when it is."
TIME_OVER = "What was said in it is gone, because its time was over."
Data = dict[str, Any]


def practitioners_session(session: Session, practice: PracticeSession, *, practitioner: Actor) -> Data:
    """Of the session's practitioner. Raises WordsGone."""
    return {
        **session_facts(session, practice),
        "title": session_words(session, practice).title,
        "added_by": "you" if practice.added_by_id == practitioner.person_id else "somebody else",
        "agreements": agreements(session, practice, of=lambda who, _: who is Who.STAFF),
        "your_team_may_read_parts": [
            {"answer": "yes" if one.agreed else "no", "at": plain(one.at)} for one in answers_of(session, practice.id)
        ],
        **_conversation(session, practice, whose=lambda view: view.practitioner_labels, figures=True),
        "requests": [
            {
                "kind": one.kind.value, "asked_at": plain(one.asked_at), "words": one.words,
                "answered_at": plain(one.answered_at), "answered_by": one.answered_by or None,
                "answer": one.answer or None,
            }
            for one in requests_about(session, practice, by=practitioner)
        ],
        **feedback_data(session, practice, practitioner=practitioner),
        "workbook_note": note_data(session, practice),
    }  # fmt: skip


def participants_session(session: Session, practice: PracticeSession, *, position: int, labels: list[str]) -> Data:
    """Of a participant: the words of the speakers with these labels. Raises WordsGone."""
    return {
        **session_facts(session, practice),
        "agreements": agreements(session, practice, of=lambda _, at: at == position),
        **_conversation(session, practice, whose=lambda _: tuple(labels), figures=False),
    }


def session_facts(session: Session, practice: PracticeSession) -> Data:
    kept = select(Recording).where(col(Recording.session_id) == practice.id)
    recordings = [] if Part.RECORDING in steps_of(session, practice.id) else session.exec(kept).all()
    return {
        "id": str(practice.id),
        "kind": KIND_SHOWN[practice.kind],
        "picked": PICKED_SHOWN[practice.picked],
        "held_on": practice.held_on.isoformat(),
        "added_at": plain(practice.created_at),
        "recordings": [
            {"kept_since": plain(one.created_at), "seconds": one.seconds, "size_bytes": one.size_bytes}
            for one in recordings
        ],
    }


def agreements(session: Session, practice: PracticeSession, *, of: Callable[[Who, int], bool]) -> list[Data]:
    """Every entry of those participants whose kind and position fit, the oldest first."""
    people = {one.id: one for one in participants_of(session, practice.id) if of(one.who, one.position)}
    return [
        {
            "part": participant_label(session, people[row.participant_id]),
            "scope": SCOPE_SHOWN[row.scope],
            "state": state_of(row, row.created_at.date()),
            "how": HOW_SHOWN[row.how],
            "given_on": row.given_on.isoformat(),
            "expires_on": row.expires_on.isoformat() if row.expires_on else None,
            "withdrawn_at": plain(row.withdrawn_at),
            "written_down_at": plain(row.created_at),
        }
        for row in agreements_of(session, practice.id)
        if row.participant_id in people
    ]


def _conversation(
    session: Session, practice: PracticeSession, *, whose: Callable[[SessionView], tuple[str, ...]], figures: bool
) -> Data:
    """`words_missing` says why there are none."""
    if practice.stage is not Stage.READY:
        return {"words_missing": NOT_READY, "turns": []}
    view = build_session_view(session, practice)
    missing = why_no_words(session, practice, view)
    labels = () if missing else whose(view)
    found: Data = {
        "words_missing": missing or None,
        "turns": [_turn(turn, labels, codes_of_others=figures) for turn in view.turns],
    }
    if figures:
        found["coding"] = _coding(view)
    return found


def why_no_words(session: Session, practice: PracticeSession, view: SessionView) -> str:
    """Why nobody's words of the session can be given; empty where they can."""
    if Part.WORDS in steps_of(session, practice.id):
        return TIME_OVER
    return why_not_known(view) if practice.stage is Stage.READY else NOT_READY


def _turn(turn: TurnView, labels: tuple[str, ...], *, codes_of_others: bool) -> Data:
    theirs = turn.speaker_label in labels
    shown = turn.utterances if theirs or codes_of_others else ()
    return {
        "turn": turn.position + 1,
        "speaker": "you" if theirs else "somebody else" if labels else "not certain",
        "from_seconds": turn.started if theirs else None,
        "to_seconds": turn.ended if theirs else None,
        "lines": [_line(one, theirs=theirs) for one in shown],
    }


def _line(one: UtteranceView, *, theirs: bool) -> Data:
    if not theirs:
        return {"code": one.code, "meaning": one.name}
    return {
        "text": one.text,
        "code": one.code,
        "meaning": one.name,
        "subtype": one.subtype or None,
        "confidence": one.confidence,
        "unsure": one.unsure,
    }


def _coding(view: SessionView) -> Data:
    return {
        "coded_by": view.coded_by,
        "model_version": view.model_version or None,
        "counts": [
            {"code": one.code, "meaning": one.name, "count": one.count, "low": one.low, "high": one.high}
            for one in view.counts
        ],
        "scores": [
            {
                "name": one.name, "title": one.title, "value": one.value, "low": one.low, "high": one.high,
                "band": one.band or None, "shown": one.shown,
                "range_shown": one.interval_shown or None, "note": one.note or None,
            }
            for one in (*view.scores, *view.extras)
        ],
        "checked_at": plain(view.checked.at) if view.checked else None,
        "ratings": [
            {"name": one.name, "title": one.title, "value": one.value}
            for one in (view.checked.ratings if view.checked else ())
        ],
        "suggested_ratings": [
            {"name": one.name, "title": one.title, "low": one.low, "high": one.high} for one in view.globals
        ],
    }  # fmt: skip
