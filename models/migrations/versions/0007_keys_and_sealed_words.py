"""Every session has a key, and what was said in it lies sealed under that key

Recordings from before keep the key their file was sealed with, the organisation's, in their own sealed part.
"""

import base64
import json
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import context, op

from models.cipher import derived_key, new_key, open_sealed, seal
from models.columns import JSON_TYPE, UtcDateTime, new_id, utc_now

revision = '0007'
down_revision = '0011'
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
SEALED: dict[str, tuple[str, bool]] = {
    'practice_session': ('sealed', False), 'recording': ('sealed', False), 'transcript_version': ('sealed', False),
    'coding': ('sealed', False), 'speaker_decision': ('sealed', False), 'heard_clip': ('sealed', False),
    'recording_in_progress': ('sealed', True),
}  # fmt: skip
"""By table the new column, and whether it may be empty."""
CLEAR: dict[str, dict[str, Any]] = {
    'practice_session': {'title': sa.String(length=200), 'change_goal': sa.Text()},
    'recording': {'original_name': sa.String(length=300), 'hotwords': sa.Text()},
    'transcript_version': {'practitioner_labels': JSON_TYPE, 'notes': JSON_TYPE},
    'coding': {'practitioner_labels': JSON_TYPE},
    'speaker_decision': {'practitioner_labels': JSON_TYPE},
    'heard_clip': {'data': JSON_TYPE},
    'recording_in_progress': {'details': JSON_TYPE},
    'utterance': {'text': sa.Text()},
    'code': {'reason': sa.Text()},
    'suggested_global': {'reason': sa.Text()},
}
"""What lay in clear text."""


def upgrade() -> None:
    _make_key_tables()
    for name, (column, _) in SEALED.items():
        op.add_column(name, sa.Column(column, sa.LargeBinary(), nullable=True))
    op.add_column('transcript_version', sa.Column('utterances', sa.LargeBinary(), nullable=True))
    op.add_column('recording', sa.Column('sealed_turns', sa.LargeBinary(), nullable=True))
    _Rows().seal_all()
    op.drop_table('turn')
    with op.batch_alter_table('organisation') as table:
        table.drop_column('wrapped_key')
    for name, columns in CLEAR.items():
        with op.batch_alter_table(name) as table:
            for column in columns:
                table.drop_column(column)
            if name in SEALED and not SEALED[name][1]:
                table.alter_column('sealed', existing_type=sa.LargeBinary(), nullable=False)
    with op.batch_alter_table('recording') as table:
        table.drop_column('heard_turns')
    with op.batch_alter_table('recording') as table:
        table.alter_column('sealed_turns', existing_type=sa.LargeBinary(), new_column_name='heard_turns')


def _make_key_tables() -> None:
    op.create_table('organisation_key',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('wrapped', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id']),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('organisation_id', 'version')
    )
    op.create_table('session_key',
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_key_id', sa.Uuid(), nullable=True),
    sa.Column('wrapped', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('shredded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(wrapped IS NULL) = (shredded_at IS NOT NULL)', name='key_or_when_shredded'),
    sa.CheckConstraint('(wrapped IS NULL) = (organisation_key_id IS NULL)', name='wrapped_says_by_what'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id']),
    sa.ForeignKeyConstraint(['organisation_key_id'], ['organisation_key.id']),
    sa.PrimaryKeyConstraint('session_id')
    )
    op.create_index('ix_session_key_organisation_id', 'session_key', ['organisation_id'])
    op.create_index('ix_session_key_organisation_key_id', 'session_key', ['organisation_key_id'])


def downgrade() -> None:
    """Opens everything again. Refused where a recording came since: its file cannot be opened by an older version."""
    for name, columns in CLEAR.items():
        for column, kind in columns.items():
            op.add_column(name, sa.Column(column, kind, nullable=True))
    op.add_column('organisation', sa.Column('wrapped_key', sa.LargeBinary(), nullable=True))
    op.create_table('turn',
    sa.Column('id', BIG_ID, nullable=False),
    sa.Column('transcript_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('speaker_label', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('started', sa.Float(), nullable=True),
    sa.Column('ended', sa.Float(), nullable=True),
    sa.Column('doubts', JSON_TYPE, nullable=True),
    sa.CheckConstraint('ended IS NULL OR started IS NULL OR ended >= started', name='turn_ends_after_start'),
    sa.ForeignKeyConstraint(['transcript_id'], ['transcript_version.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('transcript_id', 'position')
    )
    _Rows().open_all()
    for name, columns in CLEAR.items():
        with op.batch_alter_table(name) as table:
            for column, kind in columns.items():
                table.alter_column(column, existing_type=kind, nullable=False)
            if name in SEALED:
                table.drop_column('sealed')
    with op.batch_alter_table('recording') as table:
        table.drop_column('heard_turns')
        table.add_column(sa.Column('heard_turns_json', JSON_TYPE, nullable=True))
    with op.batch_alter_table('recording') as table:
        table.alter_column('heard_turns_json', existing_type=JSON_TYPE, new_column_name='heard_turns')
    with op.batch_alter_table('transcript_version') as table:
        table.drop_column('utterances')
    with op.batch_alter_table('organisation') as table:
        table.alter_column('wrapped_key', existing_type=sa.LargeBinary(), nullable=False)
    op.drop_table('session_key')
    op.drop_table('organisation_key')


def _table(name: str, /, **columns: Any) -> sa.TableClause:
    """As both versions of it together."""
    clear = {column: kind() if isinstance(kind, type) else kind for column, kind in CLEAR.get(name, {}).items()}
    own = {'sealed': sa.LargeBinary()} if name in SEALED else {}
    every = {**columns, **clear, **own}
    return sa.table(name, *(sa.column(column, kind) for column, kind in every.items()))


ORGANISATION = _table('organisation', id=sa.Uuid(), wrapped_key=sa.LargeBinary())
ORGANISATION_KEY = _table(
    'organisation_key', id=sa.Uuid(), organisation_id=sa.Uuid(), version=sa.Integer(), wrapped=sa.LargeBinary(),
    created_at=UtcDateTime(),
)  # fmt: skip
SESSION_KEY = sa.table(
    'session_key', sa.column('session_id', sa.Uuid()), sa.column('organisation_id', sa.Uuid()),
    sa.column('organisation_key_id', sa.Uuid()), sa.column('wrapped', sa.LargeBinary()),
    sa.column('created_at', UtcDateTime()),
)  # fmt: skip
PRACTICE = _table('practice_session', id=sa.Uuid(), organisation_id=sa.Uuid())
RECORDING = _table(
    'recording', id=sa.Uuid(), session_id=sa.Uuid(), heard_turns=JSON_TYPE(), sealed_turns=sa.LargeBinary()
)
SEALED_RECORDING = _table('recording', id=sa.Uuid(), session_id=sa.Uuid(), heard_turns=sa.LargeBinary())
IN_PROGRESS = _table('recording_in_progress', id=sa.Uuid(), organisation_id=sa.Uuid(), state=sa.String())
VERSION = _table('transcript_version', id=sa.Uuid(), session_id=sa.Uuid(), utterances=sa.LargeBinary())
TURN = sa.table('turn', *(sa.column(name, kind) for name, kind in {
    'transcript_id': sa.Uuid(), 'position': sa.Integer(), 'speaker_label': sa.String(), 'text': sa.Text(),
    'started': sa.Float(), 'ended': sa.Float(), 'doubts': JSON_TYPE(none_as_null=True),
}.items()))  # fmt: skip
UTTERANCE = _table('utterance', id=BIG_ID, transcript_id=sa.Uuid(), sequence=sa.Integer())
CODING = _table('coding', id=sa.Uuid(), transcript_id=sa.Uuid())
CODE = _table('code', coding_id=sa.Uuid(), utterance_id=BIG_ID)
GLOBAL = _table('suggested_global', coding_id=sa.Uuid(), name=sa.String())
DECISION = _table('speaker_decision', id=sa.Uuid(), transcript_id=sa.Uuid())
TOO_LATE = 'Sessions were added or deleted since, which an older version cannot read. Go back to a backup instead.'
CLIP = _table('heard_clip', id=BIG_ID, recording_id=sa.Uuid())


class _Words:
    """Of one session: seals and opens what lies in its rows."""

    def __init__(self, session_id: UUID, key: bytes) -> None:
        self._key = derived_key(key, purpose='words', record_id=session_id)

    def seal(self, place: str, row_id: UUID | int, value: object) -> bytes:
        clear = json.dumps(value, ensure_ascii=False, separators=(',', ':')).encode()
        return seal(self._key, clear, f'{place} {row_id}'.encode())

    def open(self, place: str, row_id: UUID | int, sealed: bytes) -> Any:
        return json.loads(open_sealed(self._key, sealed, f'{place} {row_id}'.encode()))


class _Rows:
    def __init__(self) -> None:
        self.bind = op.get_bind()
        self.organisation_keys: dict[UUID, bytes] = {}

    def all(self, query: sa.Select[Any]) -> list[Any]:
        return list(self.bind.execute(query))

    def of(self, table: sa.TableClause, column: str, value: object) -> list[Any]:
        return self.all(sa.select(table).where(table.c[column] == value))

    def change(self, table: sa.TableClause, row_id: object, **values: object) -> None:
        self.bind.execute(sa.update(table).where(table.c.id == row_id).values(**values))

    # Sealing

    def seal_all(self) -> None:
        key_ids: dict[UUID, UUID] = {}
        for row in self.all(sa.select(ORGANISATION)):
            key_ids[row.id] = new_id()
            self.bind.execute(sa.insert(ORGANISATION_KEY).values(
                id=key_ids[row.id], organisation_id=row.id, version=1, wrapped=row.wrapped_key, created_at=utc_now()
            ))  # fmt: skip
        for practice in self.all(sa.select(PRACTICE)):
            words = self._new_key(practice.id, practice.organisation_id, key_ids)
            about = {'title': practice.title, 'change_goal': practice.change_goal}
            self.change(PRACTICE, practice.id, sealed=words.seal('practice_session.sealed', practice.id, about))
            self._seal_recordings(practice.id, words, self._old_key(practice.organisation_id))
            for version in self.of(VERSION, 'session_id', practice.id):
                self._seal_transcript(version, words)
        for one in self.of(IN_PROGRESS, 'state', 'open'):
            words = self._new_key(one.id, one.organisation_id, key_ids)
            kept = {'details': one.details, 'old_file_key': self._old_key(one.organisation_id)}
            self.change(IN_PROGRESS, one.id, sealed=words.seal('recording_in_progress.sealed', one.id, kept))

    def _new_key(self, session_id: UUID, organisation_id: UUID, key_ids: dict[UUID, UUID]) -> _Words:
        if organisation_id not in self.organisation_keys:
            found = self.of(ORGANISATION_KEY, 'organisation_id', organisation_id)[0]
            masters = context.config.attributes['masters']
            self.organisation_keys[organisation_id] = masters.unwrap(found.wrapped, organisation_id.bytes)
        key = new_key()
        self.bind.execute(sa.insert(SESSION_KEY).values(
            session_id=session_id, organisation_id=organisation_id, organisation_key_id=key_ids[organisation_id],
            wrapped=seal(self.organisation_keys[organisation_id], key, session_id.bytes), created_at=utc_now(),
        ))  # fmt: skip
        return _Words(session_id, key)

    def _old_key(self, organisation_id: UUID) -> str:
        return base64.b64encode(self.organisation_keys[organisation_id]).decode()

    def _seal_recordings(self, session_id: UUID, words: _Words, old_key: str) -> None:
        for row in self.of(RECORDING, 'session_id', session_id):
            kept = {'original_name': row.original_name, 'hotwords': row.hotwords, 'old_file_key': old_key}
            self.change(RECORDING, row.id, sealed=words.seal('recording.sealed', row.id, kept))
            if row.heard_turns is not None:
                heard = words.seal('recording.heard_turns', row.id, row.heard_turns)
                self.change(RECORDING, row.id, sealed_turns=heard)
            for clip in self.of(CLIP, 'recording_id', row.id):
                self.change(CLIP, clip.id, sealed=words.seal('heard_clip.sealed', clip.id, clip.data))

    def _seal_transcript(self, version: Any, words: _Words) -> None:
        turns = [
            {'position': row.position, 'speaker_label': row.speaker_label, 'text': row.text, 'started': row.started,
             'ended': row.ended, 'doubts': row.doubts or []}
            for row in sorted(self.of(TURN, 'transcript_id', version.id), key=lambda row: row.position)
        ]  # fmt: skip
        kept = {'turns': turns, 'practitioner_labels': version.practitioner_labels, 'notes': version.notes}
        said = self._utterances(version.id)
        drawn = words.seal('transcript_version.utterances', version.id, [row.text for row in said]) if said else None
        sealed = words.seal('transcript_version.sealed', version.id, kept)
        self.change(VERSION, version.id, sealed=sealed, utterances=drawn)
        for coding in self.of(CODING, 'transcript_id', version.id):
            reasons = {row.utterance_id: row.reason for row in self.of(CODE, 'coding_id', coding.id)}
            judged = {
                'practitioner_labels': coding.practitioner_labels, 'reasons': [reasons.get(row.id, '') for row in said],
                'global_reasons': {row.name: row.reason for row in self.of(GLOBAL, 'coding_id', coding.id)},
            }  # fmt: skip
            self.change(CODING, coding.id, sealed=words.seal('coding.sealed', coding.id, judged))
        for row in self.of(DECISION, 'transcript_id', version.id):
            labels = words.seal('speaker_decision.sealed', row.id, row.practitioner_labels)
            self.change(DECISION, row.id, sealed=labels)

    def _utterances(self, transcript_id: UUID) -> list[Any]:
        found = self.of(UTTERANCE, 'transcript_id', transcript_id)
        return sorted(found, key=lambda row: row.sequence)

    # Opening

    def open_all(self) -> None:
        newest: dict[UUID, Any] = {}
        for row in sorted(self.all(sa.select(ORGANISATION_KEY)), key=lambda row: row.version):
            self.organisation_keys[row.id] = row.wrapped
            newest[row.organisation_id] = row.wrapped
        for organisation in self.all(sa.select(ORGANISATION.c.id)):
            self.change(ORGANISATION, organisation.id, wrapped_key=newest.get(organisation.id, b''))
        self.bind.execute(sa.update(IN_PROGRESS).values(details={}))
        keys = {row.session_id: row for row in self.all(sa.select(SESSION_KEY)) if row.wrapped is not None}
        masters = context.config.attributes['masters']
        for practice in self.all(sa.select(PRACTICE)):
            row = keys.get(practice.id)
            if row is None:
                raise RuntimeError(TOO_LATE)
            wraps = masters.unwrap(self.organisation_keys[row.organisation_key_id], row.organisation_id.bytes)
            words = _Words(practice.id, open_sealed(wraps, row.wrapped, practice.id.bytes))
            about = words.open('practice_session.sealed', practice.id, practice.sealed)
            self.change(PRACTICE, practice.id, title=about['title'], change_goal=about['change_goal'])
            for recording in self.of(SEALED_RECORDING, 'session_id', practice.id):
                kept = words.open('recording.sealed', recording.id, recording.sealed)
                if not kept.pop('old_file_key', None) or self._is_being_heard(recording):
                    raise RuntimeError(TOO_LATE)
                self.change(SEALED_RECORDING, recording.id, **kept)
            for version in self.of(VERSION, 'session_id', practice.id):
                self._open_transcript(version, words)
        if self.all(sa.select(IN_PROGRESS.c.id).where(IN_PROGRESS.c.state == 'open')):
            raise RuntimeError(TOO_LATE)

    def _is_being_heard(self, recording: Any) -> bool:
        return recording.heard_turns is not None or bool(self.of(CLIP, 'recording_id', recording.id))

    def _open_transcript(self, version: Any, words: _Words) -> None:
        kept = words.open('transcript_version.sealed', version.id, version.sealed)
        self.change(VERSION, version.id, practitioner_labels=kept['practitioner_labels'], notes=kept['notes'])
        for turn in kept['turns']:
            # What later versions keep with a turn has no column here.
            values = {name: value for name, value in turn.items() if name in TURN.c} | {'doubts': turn['doubts'] or None}
            self.bind.execute(sa.insert(TURN).values(transcript_id=version.id, **values))
        said = self._utterances(version.id)
        texts = words.open('transcript_version.utterances', version.id, version.utterances) if said else []
        for row, text in zip(said, texts, strict=True):
            self.change(UTTERANCE, row.id, text=text)
        for coding in self.of(CODING, 'transcript_id', version.id):
            judged = words.open('coding.sealed', coding.id, coding.sealed)
            self.change(CODING, coding.id, practitioner_labels=judged['practitioner_labels'])
            for row, reason in zip(said, judged['reasons'], strict=True):
                here = (CODE.c.coding_id == coding.id) & (CODE.c.utterance_id == row.id)
                self.bind.execute(sa.update(CODE).where(here).values(reason=reason))
            for name, reason in judged['global_reasons'].items():
                there = (GLOBAL.c.coding_id == coding.id) & (GLOBAL.c.name == name)
                self.bind.execute(sa.update(GLOBAL).where(there).values(reason=reason))
        for row in self.of(DECISION, 'transcript_id', version.id):
            labels = words.open('speaker_decision.sealed', row.id, row.sealed)
            self.change(DECISION, row.id, practitioner_labels=labels)
