"""Proves a set: restores it into a place of its own, opens and plays recordings, and scores sessions again."""

import base64
import math
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import obstore
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import SecretStr
from sqlalchemy import inspect, text
from sqlmodel import Session, col, select

from coding.code_transcript import ready_to_code
from coding.coder.in_use import coder_in_use
from coding.context import Workshop
from coding.restore.ledger_found import LedgerFound
from coding.restore.restore import NotEmpty, Restored, restore_set
from models.audit_chain import check_chains
from models.backup.check import blob_problem
from models.backup.drill_folder import drill_folder, ends_in_order, sweep_drills
from models.backup.sets import FileInSet, Manifest, files_of
from models.cipher import SealBroken
from models.coding import CodedBy, Coding, Score
from models.database import Database
from models.errors import EvokeError
from models.keys import WordsGone
from models.master_key import MasterKeys
from models.places import Place
from models.practice import PracticeSession, Recording
from models.retention import Part, RetentionStep
from models.settings import Settings
from models.storage import Storage, open_recording
from models.transcript import TranscriptVersion

Report = Callable[[str], None]
_SHARE = 0.001
"""How far a score may be off its kept one: nothing but what another processor rounds otherwise."""
_LOOKED_AT = 50
"""Sessions of a sample that are looked at, at most, for each one that is wanted."""


@dataclass
class Drilled:
    """`problems` are sentences; without one the set is proved."""

    restored: Restored | None = None
    chains: int = 0
    played: int = 0
    played_minutes: float = 0.0
    scored: int = 0
    other_coder: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def is_green(self) -> bool:
        return not self.problems


def drill(
    settings: Settings, place: Place, manifest: Manifest, *, private: X25519PrivateKey, ledger: LedgerFound,
    sample: int = 3, report: Report = lambda _: None,
) -> Drilled:  # fmt: skip
    """`settings` are those of the place for the drill, an empty installation that has the master key.

    Raises what `restore_set` raises before there is anything to look at.
    """
    done = Drilled(problems=[f"The storage did not have {one} when the set was made." for one in manifest.missing])
    report("Every stored file of the set")
    for one in files_of(place, manifest):
        if said := blob_problem(place, one):
            done.problems.append(said)
    with _emptied(settings):
        done.restored = restore_set(
            settings, place, manifest, private=private, ledger=ledger, takes=lambda _: False, report=report
        )
        _look(settings, place, manifest, done, sample, report)
    return done


def _look(
    settings: Settings, place: Place, manifest: Manifest, done: Drilled, sample: int, report: Report
) -> None:  # fmt: skip
    database, storage = Database.of(settings), Storage(settings)
    workshop = Workshop(settings, database, storage)
    try:
        with database.read() as session:
            report("The audit trail")
            for chain in check_chains(session):
                done.chains += 1
                if chain.broken is not None:
                    done.problems.append(f"The audit trail {chain.chain} is broken at row {chain.broken}.")
            by_name = {one.name: one for one in files_of(place, manifest)}
            report("Recordings: opened and played")
            for recording in _recordings(session, sample):
                _play(session, storage, place, by_name, recording, done)
            report("Sessions: scored again")
            _score_some(session, workshop, sample, done)
    finally:
        workshop.close()
        database.close()


@contextmanager
def _emptied(settings: Settings) -> Iterator[None]:
    """What a drill brings into a server's database does not stay there, however it ends; so a database in which there
    is anything at all, of whichever program, is not touched. Raises NotEmpty."""
    database = Database.of(settings)
    try:
        if database.is_sqlite:
            yield
            return
        if found := inspect(database.write_engine).get_table_names():
            raise NotEmpty(
                f"The database for the drill is not empty (it has a table {found[0]}), so there was no drill: all that "
                "is in it goes at the end of one. Give it an empty database."
            )
        try:
            yield
        finally:
            with database.write_engine.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
    finally:
        database.close()


@contextmanager
def place_for_drill(settings: Settings, *, database_url: str) -> Iterator[Settings]:
    """Settings of an empty installation with this one's keys and coder. Its folder lies in the data folder, where the
    disk is as well kept as for the data itself, and goes afterwards, also where this process is told to end."""
    masters = MasterKeys(settings)
    current = base64.b64encode(masters.current).decode()
    others = ",".join(base64.b64encode(one).decode() for one in masters.every[1:])
    sweep_drills(settings)
    with drill_folder(settings) as folder, ends_in_order():
        yield settings.model_copy(
            update={
                "data_dir": folder, "database_url": database_url, "files_url": "", "ledger_url": "",
                "master_key": SecretStr(current), "old_master_keys": SecretStr(others),
                "coder": str(coder_in_use(settings)),
            }
        )  # fmt: skip


def _recordings(session: Session, sample: int) -> list[Recording]:
    let_go = select(RetentionStep.session_id).where(col(RetentionStep.part) == Part.RECORDING)
    there = (
        select(Recording)
        .join(PracticeSession, col(PracticeSession.id) == col(Recording.session_id))
        .where(col(PracticeSession.withdrawn_at).is_(None), col(Recording.session_id).not_in(let_go))
    )
    found = session.exec(there).all()
    return random.sample(list(found), min(sample, len(found)))


def _play(
    session: Session, storage: Storage, place: Place, by_name: dict[str, FileInSet], recording: Recording, done: Drilled
) -> None:  # fmt: skip
    from coding.speech.decode import decode

    kept = by_name.get(recording.storage_key)
    if kept is None:
        return  # it is among the missing
    try:
        with obstore.open_writer(storage.store, kept.name) as out:
            for piece in place.pieces(kept.blob):
                out.write(piece)
        with open_recording(session, storage, recording) as clear:
            decoded = decode(clear, limit_minutes=math.inf)
            done.played += 1
            done.played_minutes += decoded.decoded_seconds / 60
    except (FileNotFoundError, SealBroken, EvokeError) as error:
        done.problems.append(f"The recording of session {recording.session_id} does not play: {_what(error)}.")
    finally:
        storage.delete(kept.name)


def _score_some(session: Session, workshop: Workshop, sample: int, done: Drilled) -> None:
    coder = workshop.coder
    found = list(
        session.exec(
            select(Coding.id, Coding.model_version)
            .join(TranscriptVersion, col(TranscriptVersion.id) == col(Coding.transcript_id))
            .join(PracticeSession, col(PracticeSession.id) == col(TranscriptVersion.session_id))
            .where(col(Coding.coded_by) == CodedBy.MACHINE, col(PracticeSession.withdrawn_at).is_(None))
        )
    )
    random.shuffle(found)
    found.sort(key=lambda one: one[1] != coder.version)  # those that can be compared first
    for coding_id, _ in found[: sample * _LOOKED_AT]:
        if done.scored >= sample:
            break
        coding = session.get_one(Coding, coding_id)
        if coding.model_version != coder.version:
            done.other_coder += 1
            continue
        version = session.get_one(TranscriptVersion, coding.transcript_id)
        practice = session.get_one(PracticeSession, version.session_id)
        words_went = select(RetentionStep.id).where(
            col(RetentionStep.session_id) == practice.id, col(RetentionStep.part) == Part.WORDS
        )
        if session.exec(words_went).first() is not None or not _is_newest(session, coding):
            continue
        try:
            _, ready = ready_to_code(session, version, practice, more=workshop.name_finders)
        except WordsGone:
            continue
        except (SealBroken, ValueError) as error:
            done.problems.append(f"The words of session {practice.id} cannot be opened: {_what(error)}.")
            continue
        again = {one.name.value: one.value for one in ready.coded_by(coder).figures}
        rows = select(Score.name, Score.value).where(col(Score.coding_id) == coding.id)
        kept: dict[str, float | None] = dict(session.exec(rows).all())
        done.scored += 1
        if other := sorted(name for name in {*kept, *again} if not _same(kept.get(name), again.get(name))):
            done.problems.append(f"Session {practice.id} scores otherwise than before: {', '.join(other)}.")


def _is_newest(session: Session, coding: Coding) -> bool:
    rows = select(Coding.id).where(
        col(Coding.transcript_id) == coding.transcript_id, col(Coding.coded_by) == CodedBy.MACHINE
    )
    newest: UUID | None = session.exec(rows.order_by(col(Coding.created_at).desc()).limit(1)).first()
    return newest == coding.id


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_SHARE, abs_tol=_SHARE)


def _what(error: Exception) -> str:
    return error.message.rstrip(".") if isinstance(error, EvokeError) else type(error).__name__
