"""The rows of made-up sessions: as the application would have kept them, but for the words, of which there are none."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel import Session, SQLModel

from benchmarks.bulk import pour
from benchmarks.programme_people import Ids, MadeAuthority, Practitioner
from benchmarks.programme_talks import SUBTYPES, Codes, Talks, coded, counts_of, recoded, talks
from coding.coding_words import CodingWords
from coding.feedback.point import FeedbackWords, Point
from coding.scheme.summary import Figure, Globals, count_scores, global_scores
from coding.transcript.words import TranscriptWords
from models.cipher import derived_key, new_key, seal
from models.coding import CODES, CodedBy, Coding
from models.consent import Agreement, HowGiven, LawfulBasis, Participant, Scope, SessionBasis, Who
from models.conversation import Conversation, ConversationState
from models.feedback import Feedback
from models.figures import COUNTS, SessionFigure
from models.keys import SessionKey
from models.many_rows import put_rows, row
from models.practice import Picked, PracticeSession, SessionKind, Stage
from models.retention import Part, RetentionStep
from models.review import RATED, Rating, Review, ReviewState
from models.session_words import SessionWords
from models.transcript import TranscriptSource, TranscriptVersion

BIG = ("utterance", "code", "volley_count", "score")
MODEL = "made-up-1"
WORDS_KEPT = timedelta(days=365)
_GROWS = 0.25
"""By how much people become more skilled in a year."""
_SESSION_NOISE = 0.45
_AGREED = {Scope.SUPERVISION: 1.0, Scope.TEAM_LEARNING: 0.7, Scope.IMPROVING: 0.5, Scope.RESEARCH: 0.4}

Rows = dict[type[SQLModel], list[dict[str, Any]]]
Poured = dict[str, list[tuple[Any, ...]]]
_COLUMNS = {
    "utterance": ("id", "transcript_id", "turn_position", "position", "sequence"),
    "code": ("coding_id", "utterance_id", "code", "subtype", "confidence", "unsure", "volley"),
    "volley_count": ("coding_id", "volley", "code"),
    "score": ("coding_id", "name", "value", "low", "high", "band", "note"),
}


@dataclass(frozen=True)
class Held:
    """A session that is to be made."""

    authority: MadeAuthority
    who: Practitioner
    kind: SessionKind
    picked: Picked
    on: date
    signed: bool


@dataclass(frozen=True)
class _Made:
    held: Held
    id: UUID
    transcript_id: UUID
    words_key: bytes
    at: datetime


def make_sessions(
    session: Session, sessions: Sequence[Held], *, ids: Ids, dice: np.random.Generator, utterances: int, first_id: int,
    today: date, scenario: str,
) -> int:  # fmt: skip
    """Of `utterances` each on average, whose ids begin with `first_id`; how many utterances they have."""
    lengths = dice.integers(utterances * 3 // 5, utterances * 7 // 5 + 1, len(sessions))
    said = talks(dice, lengths)
    years = np.array([(one.on - today).days / 365 + 2.5 for one in sessions])
    skill = np.array([one.who.skill for one in sessions]) + _GROWS * years
    skill = skill + dice.normal(0, _SESSION_NOISE, len(sessions))
    machine = coded(dice, said, skill)
    coach = recoded(dice, said, machine, skill)
    rows: Rows = defaultdict(list)
    poured: Poured = {table: [] for table in BIG}
    made = [_session(one, rows, ids, today, scenario) for one in sessions]
    of_machine = [_coding(one, rows, poured, ids, number, machine, lengths) for number, one in enumerate(made)]
    of_coach: list[UUID | None] = [
        _review(one, of_machine[number], rows, poured, ids, number, coach, lengths, today)
        for number, one in enumerate(made)
    ]
    transcripts = [one.transcript_id.hex for one in made]
    poured["utterance"] = [
        (number, transcripts[at], turn, position, sequence)
        for number, at, turn, position, sequence in zip(
            range(first_id, first_id + len(said)), said.session.tolist(), said.turn.tolist(), said.position.tolist(),
            said.sequence.tolist(), strict=True,
        )
    ]  # fmt: skip
    sure = np.round(dice.uniform(0.35, 1.0, len(said)), 3).tolist()
    unsure = np.bincount(said.session, weights=np.array(sure) < 0.5, minlength=len(made)) / lengths
    shares = dict(zip(of_machine, unsure.tolist(), strict=True))
    for figure in rows[SessionFigure]:
        figure["unsure_share"] = shares.get(figure["coding_id"], 0.0)  # people are sure
    _pour_codes(poured, said, machine, [one.hex for one in of_machine], first_id, sure)
    _pour_codes(poured, said, coach, [one.hex if one else None for one in of_coach], first_id, None)
    for table, found in rows.items():
        put_rows(session, table, found)
    for name in BIG:
        pour(session, name, _COLUMNS[name], poured[name])
    return len(said)


def _session(held: Held, rows: Rows, ids: Ids, today: date, scenario: str) -> _Made:
    at = datetime.combine(held.on, time(9), UTC) + timedelta(seconds=ids.dice.randrange(40_000))
    id_, transcript_id, key = ids.at(at), ids.at(at), new_key()
    made = _Made(held, id_, transcript_id, derived_key(key, purpose="words", record_id=id_), at)
    organisation = held.authority.id
    rows[SessionKey].append(
        row(
            session_id=id_, organisation_id=organisation, organisation_key_id=held.authority.wraps.id,
            wrapped=seal(held.authority.key, key, id_.bytes), created_at=at,
        )
    )  # fmt: skip
    title = f"Session of {held.on}"
    rows[PracticeSession].append(
        row(
            id=id_, organisation_id=organisation, team_id=held.who.team, practitioner_id=held.who.id,
            added_by_id=held.who.id, kind=held.kind, picked=held.picked, held_on=held.on, agreement_confirmed=True,
            stage=Stage.READY, progress=100, created_at=at,
            sealed=_sealed(made, f"practice_session.sealed {id_}", asdict(SessionWords(title, "", title, ""))),
        )
    )  # fmt: skip
    rows[TranscriptVersion].append(
        row(
            id=transcript_id, session_id=id_, version=1, source=TranscriptSource.FILE, method="made up",
            utterances_given=True, created_at=at,
            sealed=_sealed(made, f"transcript_version.sealed {transcript_id}", TranscriptWords(()).as_json()),
        )
    )  # fmt: skip
    if held.kind is SessionKind.SIMULATED:
        rows[Conversation].append(
            row(
                id=id_, organisation_id=organisation, person_id=held.who.id, scenario=scenario, scenario_version=1,
                seed="1", state=ConversationState.FINISHED, begun_at=at, changed_at=at, finished_at=at,
            )
        )  # fmt: skip
    if held.kind is SessionKind.REAL_PRACTICE:
        _ledger(made, rows, ids)
    if today - held.on > WORDS_KEPT:
        gone = at + WORDS_KEPT
        rows[RetentionStep].append(
            row(
                id=ids.at(gone), organisation_id=organisation, session_id=id_, kind=held.kind, part=Part.WORDS,
                since=at, since_coded=True, period="12 months", at=gone, done_at=gone,
            )
        )  # fmt: skip
    return made


def _ledger(made: _Made, rows: Rows, ids: Ids) -> None:
    by = made.held.who.id
    rows[SessionBasis].append(
        row(
            id=ids.at(made.at), session_id=made.id, basis=LawfulBasis.PUBLIC_TASK, recorded_by_id=by,
            created_at=made.at,
        )
    )  # fmt: skip
    for position, (who, label) in enumerate(((Who.STAFF, "Worker"), (Who.FAMILY_MEMBER, "Parent")), 1):
        id_ = ids.at(made.at)
        rows[Participant].append(
            row(
                id=id_, session_id=made.id, position=position, who=who, created_at=made.at,
                label=_sealed(made, f"participant.label {id_}", label),
            )
        )  # fmt: skip
        rows[Agreement].extend(
            row(
                id=ids.at(made.at), participant_id=id_, scope=scope, how=HowGiven.FORM, given_on=made.held.on,
                given=who is Who.STAFF or ids.dice.random() < chance, recorded_by_id=by, created_at=made.at,
            )
            for scope, chance in _AGREED.items()
        )  # fmt: skip


def _coding(
    made: _Made, rows: Rows, poured: Poured, ids: Ids, number: int, codes: Codes, lengths: Any,
    *, by: UUID | None = None, at: datetime | None = None, ratings: dict[str, int] | None = None,
) -> UUID:  # fmt: skip
    """By a machine ten minutes after the session, or by a person. With its scores and its row of figures."""
    at = at or made.at + timedelta(minutes=10)
    id_, held = ids.at(at), made.held
    stream = CodedBy.PERSON if by else CodedBy.MACHINE
    rows[Coding].append(
        row(
            id=id_, transcript_id=made.transcript_id, coded_by=stream, model_version=None if by else MODEL,
            person_id=by, created_at=at, count_intervals={},
            sealed=_sealed(made, f"coding.sealed {id_}", asdict(CodingWords(("Worker",)))),
        )
    )  # fmt: skip
    counts = dict(zip(CODES, codes.counts[number].tolist(), strict=True))
    open_, closed = codes.open_closed[number].tolist()
    words = int(lengths[number]) * 5
    figures: list[Figure] = list(count_scores(counts_of(codes, number, (words, words))))
    if ratings is not None:
        given = {name: ratings[name] for name in RATED if name in Globals.__dataclass_fields__ and name in ratings}
        figures.extend(global_scores(Globals(**given)))
    poured["score"].extend(
        (
            id_.hex, one.name.value, one.value, *_around(one.value, known=by is not None),
            one.band.value if one.band else None, one.note,
        )
        for one in figures
    )  # fmt: skip
    rows[SessionFigure].append(
        row(
            session_id=made.id, coded_by=stream, coding_id=id_, organisation_id=held.authority.id,
            team_id=held.who.team, practitioner_id=held.who.id, kind=held.kind, picked=held.picked,
            model_version=None if by else MODEL, held_on=held.on, counted_on=at.date(), open_questions=open_,
            closed_questions=closed, **{column: counts[code] for column, code in COUNTS.items()},
            **{name: (ratings or {}).get(name) for name in RATED},
        )
    )  # fmt: skip
    return id_


def _around(value: float | None, *, known: bool) -> tuple[float | None, float | None]:
    return (None, None) if value is None or known else (round(value * 0.85, 4), round(value * 1.15, 4))


def _review(
    made: _Made, coding_id: UUID, rows: Rows, poured: Poured, ids: Ids, number: int, codes: Codes, lengths: Any,
    today: date,
) -> UUID | None:  # fmt: skip
    """A coach's coding with ratings, and feedback on it; None where nobody signed it off."""
    at = made.at + timedelta(hours=ids.dice.uniform(10, 500))
    if not made.held.signed or at.date() >= today:
        return None
    coach = made.held.authority.coaches[made.held.who.team]
    ratings = _ratings(made.held.who.skill, ids)
    id_ = _coding(made, rows, poured, ids, number, codes, lengths, by=coach, at=at, ratings=ratings)
    review_id, feedback_id = ids.at(at), ids.at(at)
    rows[Review].append(
        row(
            id=review_id, session_id=made.id, transcript_id=made.transcript_id, coding_id=coding_id, reviewer_id=coach,
            state=ReviewState.SIGNED_OFF, blind=False, created_at=at - timedelta(hours=1), closed_at=at,
            made_coding_id=id_,
        )
    )  # fmt: skip
    for name, value in ratings.items():
        rating = ids.at(at)
        rows[Rating].append(
            row(
                id=rating, coding_id=id_, name=name, value=value,
                evidence=_sealed(made, f"rating.evidence {rating}", []),
            )
        )  # fmt: skip
    words = FeedbackWords((Point("You gave back what mattered."),), Point("Ask a little less."))
    rows[Feedback].append(
        row(
            id=feedback_id, session_id=made.id, review_id=review_id, by_id=coach, changed_at=at, sent_at=at, read_at=at,
            sealed=_sealed(made, f"feedback.sealed {feedback_id}", asdict(words)),
        )
    )  # fmt: skip
    return id_


def _ratings(skill: float, ids: Ids) -> dict[str, int]:
    """Most sessions have all; a change goal is missing from some, and what is the authority's own from others."""
    found = {name: min(5, max(1, round(ids.dice.gauss(3 + 0.6 * skill, 0.8)))) for name in RATED}
    if ids.dice.random() < 0.1:
        del found["cultivating_change_talk"], found["softening_sustain_talk"]
    if ids.dice.random() < 0.3:
        del found["child_focus"]
    return found


def _pour_codes(
    poured: Poured, said: Talks, codes: Codes, coding_of: Sequence[str | None], first_id: int, sure: list[float] | None
) -> None:
    """Of the sessions that have a coding. A machine says how sure it is."""
    certain: Sequence[float | None] = sure or [None] * len(said)
    poured["code"].extend(
        (coding_of[at], number, CODES[code], SUBTYPES[subtype], share, share is not None and share < 0.5,
         volley if volley >= 0 else None)
        for number, at, code, subtype, share, volley in zip(
            range(first_id, first_id + len(said)), said.session.tolist(), codes.code.tolist(), codes.subtype.tolist(),
            certain, said.volley.tolist(), strict=True,
        )
        if coding_of[at] is not None
    )  # fmt: skip
    poured["volley_count"].extend(
        (coding_of[at], volley, CODES[code]) for at, volley, code in codes.volleys.tolist() if coding_of[at] is not None
    )


def _sealed(made: _Made, about: str, value: object) -> bytes:
    """As `models.sealed.seal_into` does, without a query for the key."""
    clear = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return seal(made.words_key, clear, about.encode())
