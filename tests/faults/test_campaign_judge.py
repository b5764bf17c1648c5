"""The judge of the fault campaign finds each kind of wrong, made by hand, and nothing where all is well."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from api.house import House
from benchmarks.faults.judge import Kind, judge, judge_rows
from benchmarks.faults.said import Said
from benchmarks.faults.watch import Seen, Watch
from coding.actions import add_transcript_session
from coding.details import SessionDetails
from coding.transcript.read import read_transcripts
from coding.withdraw import withdraw_session
from models.coding import Coding
from models.columns import new_id, utc_now
from models.database import Database
from models.keys import MASTERS
from models.permissions import Actor
from models.practice import PracticeSession, Recording, SessionKind
from models.session_words import RecordingWords, keep_recording_words
from models.storage import new_storage_key
from models.transcript import TranscriptVersion
from models.withdrawal import Why
from tests.conftest import CONVERSATION, People, work_off
from web.worker import Worker


def add(session: Session, owner: Actor, title: str) -> UUID:
    (parsed,) = read_transcripts("talk.txt", CONVERSATION.encode())
    details = SessionDetails(
        practitioner_id=owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(), title=title,
        agreement_confirmed=True,
    )  # fmt: skip
    return add_transcript_session(session, details=details, parsed=parsed, name="talk", by=owner).id


@pytest.fixture
def said(house: House, people: People, worker: Worker) -> Said:
    """Two sessions, coded, and a third that was taken back and is gone."""
    said = Said()
    with house.database.write() as session:
        for title in ("one", "two", "three"):
            said.accept(title, add(session, people.owner, title))
    work_off(worker)
    gone = said.accepted["three"]
    with house.database.write() as session:
        withdraw_session(session, practice=session.get_one(PracticeSession, gone), why=Why.ASKED, by=people.owner)
    said.withdrawn.add(gone)
    work_off(worker)
    return said


def uncoded(session: Session, one: UUID) -> None:
    session.connection().execute(text("UPDATE practice_session SET stage = 'coding' WHERE id = :id"), {"id": one.hex})


def codeless(session: Session, one: UUID) -> None:
    session.connection().execute(text("DELETE FROM code WHERE utterance_id = (SELECT min(utterance_id) FROM code)"))


def scoreless(session: Session, one: UUID) -> None:
    session.connection().execute(text("DELETE FROM score"))


def speechless(session: Session, one: UUID) -> None:
    set_stage = "UPDATE practice_session SET stage = 'stopped', problem_code = 'gave_up', problem = '' WHERE id = :id"
    session.connection().execute(text(set_stage), {"id": one.hex})


def coded_twice(session: Session, one: UUID) -> None:
    transcript = session.exec(select(TranscriptVersion).where(col(TranscriptVersion.session_id) == one)).one()
    coding = session.exec(select(Coding).where(col(Coding.transcript_id) == transcript.id)).one()
    session.add(Coding(transcript_id=transcript.id, coded_by=coding.coded_by, model_version=coding.model_version))


def hidden(session: Session, one: UUID) -> None:
    session.get_one(PracticeSession, one).withdrawn_at = utc_now()


def keyless(session: Session, one: UUID) -> None:
    session.connection().execute(text("DELETE FROM session_key WHERE session_id = :id"), {"id": one.hex})


def without_proof(session: Session, one: UUID) -> None:
    session.connection().execute(text("DELETE FROM deletion_proof"))


def altered(session: Session, one: UUID) -> None:
    for (name,) in session.connection().execute(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'")
    ).all():  # fmt: skip
        session.connection().execute(text(f"DROP TRIGGER {name}"))
    session.connection().execute(text("UPDATE audit_event SET action = 'nothing' WHERE sequence = 2"))


WRONGS: dict[Callable[[Session, UUID], None], Kind] = {
    uncoded: Kind.LOST, codeless: Kind.LOST, scoreless: Kind.LOST, speechless: Kind.LOST, coded_twice: Kind.DUPLICATED,
    hidden: Kind.CONSENT, keyless: Kind.CONSENT, without_proof: Kind.CONSENT, altered: Kind.AUDIT,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_it_finds_each_wrong(house: House, people: People, worker: Worker, said: Said) -> None:
    verdict = judge(house.settings, house.database, said)
    assert verdict.wrongs == []
    assert (verdict.coded, verdict.told, verdict.deleted) == (2, 0, 1)
    for make, kind in WRONGS.items():
        with Session(house.database.write_engine, info={MASTERS: house.database.masters}) as session:
            make(session, said.accepted["one"])
            session.flush()
            assert {one.kind for one in judge_rows(session, said).wrongs} == {kind}, make.__name__
            session.rollback()
    promised(house, said)
    doubled(house, people, worker, said)
    files(house, people, said)


def promised(house: House, said: Said) -> None:
    def found(accepted: dict[str, UUID], withdrawn: set[UUID]) -> set[Kind]:
        with house.database.read() as session:
            return {one.kind for one in judge_rows(session, Said(accepted, withdrawn=withdrawn)).wrongs}

    one = said.accepted["one"]
    assert found({**said.accepted, "four": uuid4()}, said.withdrawn) == {Kind.LOST}
    assert found({**said.accepted, "four": one}, said.withdrawn) == {Kind.LOST}
    assert found(said.accepted, {one}) == {Kind.CONSENT}
    other = Said({**said.accepted})
    other.accept("one", uuid4())
    with house.database.read() as session:
        assert {one.kind for one in judge_rows(session, other).wrongs} == {Kind.DUPLICATED}
    for code, detail in (("database_busy", "Try again."), ("our_fault", "Something went wrong."), ("x", ""), ("", "x")):
        other = Said({**said.accepted}, withdrawn=said.withdrawn)
        other.put_off(httpx.Response(503, json={"code": code, "detail": detail}))
        with house.database.read() as session:
            wrongs = judge_rows(session, other).wrongs
        assert {one.kind for one in wrongs} == (set() if code == "database_busy" else {Kind.UNEXPLAINED})
    other.put_off(httpx.Response(502, text="a proxy's page"))
    assert len(other.unexplained) == 2


def doubled(house: House, people: People, worker: Worker, said: Said) -> None:
    """An upload that became two sessions."""
    for title in ("one", "three"):  # the other is there, and was taken back
        with house.database.write() as session:
            add(session, people.owner, title)
    work_off(worker)
    verdict = judge(house.settings, house.database, said)
    assert [one.kind for one in verdict.wrongs] == [Kind.DUPLICATED] * 2


def files(house: House, people: People, said: Said) -> None:
    """Without rows, and rows without files."""
    owner = people.owner
    with house.database.write() as session:
        for number in range(2):
            recording = Recording(
                id=new_id(), session_id=said.accepted["one"], storage_key="", size_bytes=1, sha256=""
            )  # fmt: skip
            recording.storage_key = new_storage_key(owner.organisation_id, recording.id)
            keep_recording_words(session, recording, RecordingWords(f"{number}.ogg"))
            session.add(recording)
    verdict = judge(house.settings, house.database, said)
    assert [one.kind for one in verdict.wrongs].count(Kind.FILES) == 2
    folder = house.storage.folder
    assert folder is not None
    unnamed(folder, f"{owner.organisation_id}/aside.sealed")
    unnamed(folder, f"{owner.organisation_id}/strange.txt")
    verdict = judge(house.settings, house.database, said)
    assert [one.kind for one in verdict.wrongs].count(Kind.FILES) == 3
    assert verdict.set_aside == 1


def unnamed(folder: Path, name: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")


def test_the_watch_counts_only_what_could_go_on(tmp_path: Path) -> None:
    """A job that is due while neither it nor one before it is claimed; what goes on behind it excuses nothing."""
    job, earlier, later = uuid4(), uuid4(), uuid4()
    due = utc_now()
    before, after = due - timedelta(seconds=9), due + timedelta(seconds=9)
    watch = Watch(Database(f"sqlite:///{tmp_path}/none.sqlite3"))

    def note(second: float, *begun: tuple[UUID, datetime, datetime], waits: bool = True) -> None:
        watch.note(
            Seen(
                {job: due} if waits else {},
                {one: (run_at, at) for one, run_at, at in begun},
                1 if waits else 0,
                {job: "code_transcript"},
            ),
            second,
        )

    note(0)
    note(5, (earlier, before, due))
    assert (watch.stands(5), watch.longest) == (0, 5), "the queue moves"
    note(9, (earlier, before, due))
    note(10, (earlier, before, due), (later, after, due))
    assert watch.stands(10) == 5, "the one behind it went first"
    note(12, (earlier, before, after), (later, after, due))
    assert (watch.stands(12), watch.longest) == (0, 7), "the one before it was claimed again"
    note(32, (earlier, before, after), (later, after, due), waits=False)
    assert (watch.stands(32), watch.longest, watch.left) == (0, 20, 0), "nobody looked meanwhile"
    assert watch.which == "code_transcript, until 32 s after the first look"
