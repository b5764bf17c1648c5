"""The rows of made-up sessions, as the application would have kept them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import numpy as np
from sqlmodel import Session

from benchmarks.bulk import pour
from benchmarks.programme_codings import add_coding, add_review, pour_codes
from benchmarks.programme_made import Held, Made, Poured, Rows, sealed
from benchmarks.programme_people import Ids
from benchmarks.programme_talks import Codes, Talks, coded, recoded, talks
from benchmarks.programme_words import CLIENT_LABEL, NOTHING, PRACTITIONER_LABEL, Spoken, spoken
from models.cipher import derived_key, new_key, seal
from models.coding import CODES
from models.consent import Agreement, HowGiven, LawfulBasis, Participant, Scope, SessionBasis, Who
from models.conversation import Conversation, ConversationState
from models.excerpt_agreement import ExcerptAgreement
from models.figures import SessionFigure
from models.keys import SessionKey
from models.many_rows import put_rows, row
from models.practice import PracticeSession, SessionKind, Stage
from models.retention import Part, RetentionStep
from models.session_words import SessionWords
from models.transcript import TranscriptSource, TranscriptVersion

BIG = ("utterance", "code", "volley_count", "score")
WORDS_KEPT = timedelta(days=365)
_GROWS = 0.25
"""By how much people become more skilled in a year."""
_SESSION_NOISE = 0.45
_READ_ALOUD = 0.5
"""Of how many of their own sessions people let parts be read in their team."""
_AGREED = {Scope.SUPERVISION: 1.0, Scope.TEAM_LEARNING: 0.7, Scope.IMPROVING: 0.5, Scope.RESEARCH: 0.4}

_COLUMNS = {
    "utterance": ("id", "transcript_id", "turn_position", "position", "sequence"),
    "code": ("coding_id", "utterance_id", "code", "subtype", "confidence", "unsure", "volley", "probabilities"),
    "volley_count": ("coding_id", "volley", "code"),
    "score": ("coding_id", "name", "value", "low", "high", "band", "note"),
}


def make_sessions(
    session: Session, sessions: Sequence[Held], *, ids: Ids, dice: np.random.Generator, utterances: int, first_id: int,
    today: date, scenario: str, words: bool = False,
) -> int:  # fmt: skip
    """Of `utterances` each on average, whose ids begin with `first_id`; how many utterances they have. With `words`
    there is what was said, unless its time is over, and those that were recorded are half as long again."""
    lengths = dice.integers(utterances * 3 // 5, utterances * 7 // 5 + 1, len(sessions))
    if words:
        lengths = np.where([one.heard for one in sessions], lengths * 3 // 2, lengths)
    said = talks(dice, lengths)
    years = np.array([(one.on - today).days / 365 + 2.5 for one in sessions])
    skill = np.array([one.who.skill for one in sessions]) + _GROWS * years
    skill = skill + dice.normal(0, _SESSION_NOISE, len(sessions))
    machine = coded(dice, said, skill)
    coach = recoded(dice, said, machine, skill)
    rows: Rows = defaultdict(list)
    poured: Poured = {table: [] for table in BIG}
    made = [
        _session(one, rows, ids, today, scenario, _spoken(one, number, said, machine, today) if words else NOTHING)
        for number, one in enumerate(sessions)
    ]
    of_machine = [add_coding(one, rows, poured, ids, number, machine, lengths) for number, one in enumerate(made)]
    of_coach: list[UUID | None] = [
        add_review(one, of_machine[number], rows, poured, ids, number, coach, lengths, today)
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
    pour_codes(poured, said, machine, [one.hex for one in of_machine], first_id, sure, shares=words)
    pour_codes(poured, said, coach, [one.hex if one else None for one in of_coach], first_id, None)
    for table, found in rows.items():
        put_rows(session, table, found)
    for name in BIG:
        pour(session, name, _COLUMNS[name], poured[name])
    return len(said)


def _spoken(held: Held, number: int, said: Talks, codes: Codes, today: date) -> Spoken:
    if today - held.on > WORDS_KEPT:
        return NOTHING
    first, end = np.searchsorted(said.session, (number, number + 1))
    of_utterances = [CODES[code] for code in codes.code[first:end].tolist()]
    return spoken(said.turn[first:end].tolist(), of_utterances, begin=int(first), heard=held.heard)


def _session(held: Held, rows: Rows, ids: Ids, today: date, scenario: str, talk: Spoken) -> Made:
    at = datetime.combine(held.on, time(9), UTC) + timedelta(seconds=ids.dice.randrange(40_000))
    id_, transcript_id, key = ids.at(at), ids.at(at), new_key()
    made = Made(held, id_, transcript_id, derived_key(key, purpose="words", record_id=id_), at, talk)
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
            sealed=sealed(made, f"practice_session.sealed {id_}", asdict(SessionWords(title, "", title, ""))),
        )
    )  # fmt: skip
    texts = sealed(made, f"transcript_version.utterances {transcript_id}", talk.texts) if talk.texts else None
    rows[TranscriptVersion].append(
        row(
            id=transcript_id, session_id=id_, version=1, source=TranscriptSource.FILE, method="made up",
            utterances_given=True, created_at=at,
            sealed=sealed(made, f"transcript_version.sealed {transcript_id}", talk.words.as_json()),
            utterances=texts,
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
        _basis(made, rows, ids)
        _ledger(made, rows, ids, Who.FAMILY_MEMBER)
    elif talk.texts and held.heard:
        _ledger(made, rows, ids, Who.STAFF)
    if talk.texts and held.heard and ids.dice.random() < _READ_ALOUD:
        rows[ExcerptAgreement].append(row(id=ids.at(at), session_id=id_, agreed=True, at=at))
    if today - held.on > WORDS_KEPT:
        gone = at + WORDS_KEPT
        rows[RetentionStep].append(
            row(
                id=ids.at(gone), organisation_id=organisation, session_id=id_, kind=held.kind, part=Part.WORDS,
                since=at, since_coded=True, period="12 months", at=gone, done_at=gone,
            )
        )  # fmt: skip
    return made


def _basis(made: Made, rows: Rows, ids: Ids) -> None:
    rows[SessionBasis].append(
        row(
            id=ids.at(made.at), session_id=made.id, basis=LawfulBasis.PUBLIC_TASK, recorded_by_id=made.held.who.id,
            created_at=made.at,
        )
    )  # fmt: skip


def _ledger(made: Made, rows: Rows, ids: Ids, other: Who) -> None:
    by = made.held.who.id
    for position, (who, label) in enumerate(((Who.STAFF, PRACTITIONER_LABEL), (other, CLIENT_LABEL)), 1):
        id_ = ids.at(made.at)
        rows[Participant].append(
            row(
                id=id_, session_id=made.id, position=position, who=who, created_at=made.at,
                label=sealed(made, f"participant.label {id_}", label),
            )
        )  # fmt: skip
        rows[Agreement].extend(
            row(
                id=ids.at(made.at), participant_id=id_, scope=scope, how=HowGiven.FORM, given_on=made.held.on,
                given=who is Who.STAFF or ids.dice.random() < chance, recorded_by_id=by, created_at=made.at,
            )
            for scope, chance in _AGREED.items()
        )  # fmt: skip
