"""A set that is made while people work comes back without what was deleted since."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import col, select, update

from api.house import House
from coding.consent import agreements_of, participants_of
from coding.withdraw import withdraw_further_uses
from models.audit import AuditEvent
from models.audit_chain import check_chains
from models.backup.make import make_backup, read_note
from models.columns import utc_now
from models.consent import Agreement, HowGiven, Scope
from models.database import Database
from models.job import Job, JobState
from models.people.leaving import mark_as_left
from models.person import Person
from models.places import Place
from models.practice import PracticeSession
from models.session_permissions import visible_sessions
from models.settings import Settings
from models.withdrawal import Withdrawal
from tests.conftest import People, work_off
from tests.fixtures.role_play import MONO
from tests.web.backup.command import run
from tests.web.conftest import Client
from tests.web.test_withdrawal import ALL, add, left
from web.worker import Worker


def test_what_was_deleted_since_does_not_come_back(
    client: Client, people: People, house: House, worker: Worker, place: Place, private: Path, elsewhere: Settings,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    settings, owner = house.settings, client(people.owner)
    kept, taken_back = add(owner, title="This one stays"), add(owner, title="This one goes")
    recording = add(owner, MONO.name, MONO.read_bytes())
    with house.database.write() as session:  # it need not be written down, which takes long
        heard = update(Job).where(col(Job.name) == "transcribe_recording").values(state=JobState.CANCELLED)
        session.exec(heard)
    work_off(worker)
    further = _with_further_uses(house, kept, people)
    written: list[str] = []

    def somebody_works(said: str) -> None:
        if said == "Rows of practice_session":
            written.append(add(owner, title="Added meanwhile"))

    made = make_backup(house.database, settings, place, report=somebody_works)
    assert written, "the site goes on"
    assert made.manifest.files == 1
    assert made.manifest.missing == ()
    owner.post(f"/sessions/{taken_back}/withdraw", data=ALL)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, UUID(kept))
        assert withdraw_further_uses(session, practice=practice, positions=further, by=people.owner) == 1
        mark_as_left(session, person=session.get_one(Person, people.teammate.person_id), by=None)
    name, where = made.manifest.name, place.shown

    # Drill: everything is proved, and what was deleted since is found.
    assert run(monkeypatch, settings, "drill", f"{where}/latest", "--key", str(private)) == 0
    said = capsys.readouterr().out
    assert "GREEN" in said
    assert "1 opened and played" in said
    assert "Sessions scored again: 1" in said
    assert (read_note(settings, "last_drill.json") or {})["result"] == "ok"
    assert (read_note(settings, "last_backup.json") or {})["set"] == name

    # The other kind of database, elsewhere: the copy of the ledger beside the backups is not enough.
    assert run(monkeypatch, elsewhere, "restore", f"{where}/{name}", "--key", str(private)) == 2
    assert "--without-ledger" in capsys.readouterr().err
    ledger = str(settings.data_dir / "ledger")
    assert run(monkeypatch, elsewhere, "restore", f"{where}/{name}", "--key", str(private), "--ledger", ledger) == 0
    assert "The ledger of deletions was there and whole." in capsys.readouterr().out
    database, later = Database.of(elsewhere), Worker(elsewhere, "elsewhere")
    try:
        with database.read() as session:
            seen = {str(one.id) for one in session.exec(select(PracticeSession).where(visible_sessions(people.owner)))}
            assert seen == {kept, recording}
            agreed = {row.scope: row.given for row in agreements_of(session, UUID(kept))}
            assert agreed[Scope.RESEARCH] is False
            assert session.get_one(Person, people.teammate.person_id).left_at is not None
            assert all(one.broken is None for one in check_chains(session))
            actions = set(session.exec(select(AuditEvent.action).where(col(AuditEvent.action) == "backup_restored")))
            assert actions == {"backup_restored"}
        work_off(later)
        with database.read() as session:
            [gone] = session.exec(select(Withdrawal)).all()
            assert (str(gone.session_id), gone.done_at is not None) == (taken_back, True)
        restored = House.of(elsewhere)
        assert left(restored, taken_back) == {}
        restored.database.close()
        # What is restored can be backed up and goes on with the same ledger; it is not empty any more.
        assert (elsewhere.data_dir / "ledger" / "ledger.json").read_bytes() == Path(ledger, "ledger.json").read_bytes()
        assert run(monkeypatch, elsewhere, "restore", f"{where}/{name}", "--key", str(private), "--ledger", ledger) == 2
        assert "not empty" in capsys.readouterr().err
    finally:
        later.close()
        database.close()


def _with_further_uses(house: House, session_id: str, people: People) -> list[int]:
    """Everybody in it agrees to research; gives their positions."""
    with house.database.write() as session:
        first, *_ = participants_of(session, UUID(session_id))
        session.add(
            Agreement(
                participant_id=first.id, scope=Scope.RESEARCH, given=True, how=HowGiven.FORM, given_on=utc_now().date(),
                recorded_by_id=people.owner.person_id,
            )
        )  # fmt: skip
        return [first.position]
