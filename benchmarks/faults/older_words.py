"""What was said, as an older version kept it in the clear and as today's keeps it sealed: the same form of both, by
place and row, to be compared."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, MetaData, Row, Table, select
from sqlmodel import Session, SQLModel
from sqlmodel import select as select_of

from models.coding import Coding
from models.consent import Participant, Who
from models.database import Database
from models.keys import open_session_keys
from models.master_key import MasterKeys
from models.practice import PracticeSession, Recording
from models.recording_in_progress import RecordingInProgress
from models.sealed import open_from
from models.session_words import file_key, participant_label
from models.transcript import HeardClipRow, SpeakerDecision, TranscriptVersion

_Table = TypeVar("_Table", bound=SQLModel)
Words = dict[tuple[str, str], Any]
"""By place and the row's id in hexadecimal."""
_TURN = ("position", "speaker_label", "text", "started", "ended")
OTHERS = {
    "role_play": (Who.STAFF, "Colleague"), "simulated": (Who.ACTOR, "Actor"),
    "real_practice": (Who.FAMILY_MEMBER, "Family member"),
}  # fmt: skip
"""Who is taken to have been there beside the practitioner, where the agreement of all was confirmed."""


def words_in_the_clear(connection: Connection, tables: MetaData, masters: MasterKeys) -> Words:
    return dict(_Clear(connection, tables, masters).all())


def words_under_seal(database: Database) -> Words:
    with database.read() as session:
        return dict(_under_seal(session))


class _Clear:
    def __init__(self, connection: Connection, tables: MetaData, masters: MasterKeys) -> None:
        self.connection, self.tables, self.masters = connection, tables.tables, masters

    def rows(self, name: str, *order: str) -> list[Row[Any]]:
        table: Table = self.tables[name]
        return list(self.connection.execute(select(table).order_by(*(table.c[one] for one in order))))

    def by(self, name: str, column: str, *order: str) -> dict[object, list[Row[Any]]]:
        found = self.rows(name, column, *order)
        return {key: list(group) for key, group in groupby(found, lambda row: getattr(row, column))}

    def all(self) -> Iterator[tuple[tuple[str, str], Any]]:
        keys = {one.id: self._key(one) for one in self.rows("organisation")}
        home = {}
        for one in self.rows("practice_session"):
            home[one.id] = keys[one.organisation_id]
            yield ("session", _hex(one.id)), {"title": one.title, "change_goal": one.change_goal}
            if one.agreement_confirmed:
                yield ("took part", _hex(one.id)), [[1, Who.STAFF, "Practitioner"], [2, *OTHERS[one.kind]]]
        for one in self.rows("recording"):
            named = {"original_name": one.original_name, "hotwords": one.hotwords}
            yield ("recording", _hex(one.id)), named | {"key": home[one.session_id]}
            yield ("heard turns", _hex(one.id)), one.heard_turns
        for one in self.rows("heard_clip"):
            yield ("clip", str(one.id)), one.data
        for one in self.rows("recording_in_progress"):
            if one.state == "open":
                yield ("in progress", _hex(one.id)), {"details": one.details, "key": keys[one.organisation_id]}
        for one in self.rows("speaker_decision"):
            yield ("decision", _hex(one.id)), one.practitioner_labels
        yield from self._transcripts()

    def _key(self, organisation: Row[Any]) -> str:
        return self.masters.unwrap(bytes(organisation.wrapped_key), UUID(_hex(organisation.id)).bytes).hex()

    def _transcripts(self) -> Iterator[tuple[tuple[str, str], Any]]:
        turns = self.by("turn", "transcript_id", "position")
        said = self.by("utterance", "transcript_id", "sequence")
        reasons = {(one.coding_id, one.utterance_id): one.reason for one in self.rows("code")}
        rated = self.by("suggested_global", "coding_id")
        for one in self.rows("transcript_version"):
            kept = [{name: getattr(turn, name) for name in _TURN} | {"doubts": turn.doubts or []}
                    for turn in turns.get(one.id, [])]  # fmt: skip
            labelled = {"practitioner_labels": one.practitioner_labels, "notes": one.notes}
            yield ("transcript", _hex(one.id)), {"turns": kept} | labelled
            yield ("utterances", _hex(one.id)), [row.text for row in said.get(one.id, [])]
        for one in self.rows("coding"):
            yield (
                ("coding", _hex(one.id)),
                {
                    "practitioner_labels": one.practitioner_labels,
                    "reasons": [reasons.get((one.id, row.id), "") for row in said.get(one.transcript_id, [])],
                    "global_reasons": {row.name: row.reason for row in rated.get(one.id, [])},
                },
            )


def _under_seal(session: Session) -> Iterator[tuple[tuple[str, str], Any]]:
    def rows(table: type[_Table]) -> list[_Table]:
        return list(session.exec(select_of(table)).all())

    practices, recordings, transcripts = rows(PracticeSession), rows(Recording), rows(TranscriptVersion)
    open_session_keys(session, [one.id for one in practices])
    of = {one.id: one.session_id for one in recordings} | {one.id: one.session_id for one in transcripts}
    for practice in practices:
        kept = open_from(session, practice, session_id=practice.id)
        yield ("session", practice.id.hex), {name: kept.get(name) for name in ("title", "change_goal")}
    took_part: dict[UUID, list[list[Any]]] = {}
    for one in sorted(rows(Participant), key=lambda row: row.position):
        took_part.setdefault(one.session_id, []).append([one.position, one.who, participant_label(session, one)])
    for session_id, people in took_part.items():
        yield ("took part", session_id.hex), people
    for recording in recordings:
        kept = open_from(session, recording, session_id=recording.session_id)
        named = {name: kept.get(name) for name in ("original_name", "hotwords")}
        yield ("recording", recording.id.hex), named | {"key": file_key(session, recording).hex()}
        heard = open_from(session, recording, session_id=recording.session_id, column="heard_turns")
        yield ("heard turns", recording.id.hex), heard
    for clip in rows(HeardClipRow):
        yield ("clip", str(clip.id)), open_from(session, clip, session_id=of[clip.recording_id])
    for begun in rows(RecordingInProgress):
        if begun.sealed:
            kept = open_from(session, begun, session_id=begun.id)
            yield ("in progress", begun.id.hex), {"details": kept["details"], "key": file_key(session, begun).hex()}
    for decision in rows(SpeakerDecision):
        labels = open_from(session, decision, session_id=of[decision.transcript_id])
        yield ("decision", decision.id.hex), labels
    for transcript in transcripts:
        yield ("transcript", transcript.id.hex), open_from(session, transcript, session_id=transcript.session_id)
        texts = open_from(session, transcript, session_id=transcript.session_id, column="utterances")
        yield ("utterances", transcript.id.hex), texts
    for coding in rows(Coding):
        yield ("coding", coding.id.hex), open_from(session, coding, session_id=of[coding.transcript_id])


def _hex(value: object) -> str:
    return value.hex if isinstance(value, UUID) else str(value)
