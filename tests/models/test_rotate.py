"""Keys change while sessions are read; a destroyed organisation's sessions are closed for good, and no other's."""

import base64
import os
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlmodel import Session, col, select

from api.house import House
from models.audit import AuditEvent
from models.cipher import KeyDoesNotFit
from models.columns import new_id
from models.database import Database
from models.job import Job, JobState
from models.keys import (
    OrganisationGone,
    OrganisationKey,
    SessionKey,
    WordsGone,
    make_session_key,
    open_session_key,
)
from models.master_key import MasterKeyUnusable, load_master_key
from models.organisation import Organisation
from models.rotate import keys_in_use, rotate_master_key, rotate_organisation_key, shred_organisation
from models.settings import Settings
from tests.conftest import People, work_off
from web.cli import main
from web.worker import Worker


@pytest.fixture
def sessions(house: House, people: People) -> dict[UUID, bytes]:
    """Ten keys of sessions, nine of the owner's authority: `opened` must always find them so."""
    made = {}
    with house.database.write() as session:
        for number in range(10):
            organisation_id = (people.owner if number else people.stranger).organisation_id
            session_id = new_id()
            made[session_id] = make_session_key(session, organisation_id=organisation_id, session_id=session_id).file
    return made


def opened(database: Database, sessions: dict[UUID, bytes]) -> dict[UUID, bytes]:
    with database.read() as session:
        return {one: open_session_key(session, one).file for one in sessions}


def home(session: Session, people: People) -> Organisation:
    return session.get_one(Organisation, people.owner.organisation_id)


def versions(house: House, people: People) -> list[int]:
    with house.database.read() as session:
        ours = col(OrganisationKey.organisation_id) == people.owner.organisation_id
        return sorted(key.version for key in session.exec(select(OrganisationKey).where(ours)))


def test_a_new_key_wraps_every_session_and_the_old_one_goes(
    house: House, people: People, sessions: dict[UUID, bytes], worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.rotate.BATCH", 4)
    with house.database.write() as session:
        made = rotate_organisation_key(session, organisation=home(session, people), by=people.lead.person_id)
    assert versions(house, people) == [1, 2]
    assert opened(house.database, sessions) == sessions
    assert work_off(worker) == 1
    assert versions(house, people) == [2]
    assert opened(house.database, sessions) == sessions
    with house.database.read() as session:
        ours = select(SessionKey).where(SessionKey.organisation_id == people.owner.organisation_id)
        assert {key.organisation_key_id for key in session.exec(ours)} == {made.id}
        assert "organisation_key_rotated" in {event.action for event in session.exec(select(AuditEvent))}


def test_two_rotations_at_once_end_with_the_newest_key(
    house: House, people: People, sessions: dict[UUID, bytes], worker: Worker
) -> None:
    for _ in range(2):
        with house.database.write() as session:
            rotate_organisation_key(session, organisation=home(session, people), by=None)
    assert work_off(worker) == 2
    assert versions(house, people) == [3]
    assert opened(house.database, sessions) == sessions


def with_new_master(settings: Settings) -> Settings:
    """A new master key, beside which the old one still opens."""
    old = base64.b64encode(load_master_key(settings)).decode()
    new = base64.b64encode(os.urandom(32)).decode()
    return settings.model_copy(update={"master_key": SecretStr(new), "old_master_keys": SecretStr(old)})


def test_the_master_key_changes_without_a_session_that_cannot_be_opened(
    house: House, people: People, sessions: dict[UUID, bytes]
) -> None:
    both = with_new_master(house.settings)
    database = Database.of(both)
    assert opened(database, sessions) == sessions
    with database.write() as session:
        assert not any(key.current_master for key in keys_in_use(session))
        assert rotate_master_key(session) == 2
    with database.write() as session:
        assert rotate_master_key(session) == 0
        assert all(key.current_master for key in keys_in_use(session))
    database.close()
    alone = Database.of(both.model_copy(update={"old_master_keys": SecretStr("")}))
    assert opened(alone, sessions) == sessions
    alone.close()
    old = Database.of(house.settings)
    with pytest.raises(KeyDoesNotFit):
        opened(old, sessions)
    old.close()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_key_service_is_asked_and_an_answer_that_is_no_key_is_told(settings: Settings) -> None:
    key = base64.b64encode(bytes(range(32))).decode()
    asked = settings.model_copy(update={"master_key_command": f"echo {key}"})
    assert load_master_key(asked) == bytes(range(32))
    for command in ("echo secret-that-is-none", "false", "no-such-command-here", "'"):
        with pytest.raises(MasterKeyUnusable, match="EVOKE_MASTER_KEY_COMMAND") as told:
            load_master_key(settings.model_copy(update={"master_key_command": command}))
        assert "secret-that-is-none" not in str(told.value)


def test_a_destroyed_organisation_is_closed_for_good_and_the_others_are_not(
    house: House, people: People, sessions: dict[UUID, bytes]
) -> None:
    theirs, *ours = sessions
    with house.database.write() as session:
        session.add(Job(name="waits", args={}, organisation_id=people.owner.organisation_id))
        assert shred_organisation(session, organisation=home(session, people), by=None) == 9
    assert opened(house.database, {theirs: b""}) == {theirs: sessions[theirs]}
    for one in ours:
        with pytest.raises(WordsGone):
            opened(house.database, {one: b""})
    with house.database.write() as session:
        assert session.exec(select(Job)).one().state is JobState.CANCELLED
        with pytest.raises(OrganisationGone):
            make_session_key(session, organisation_id=people.owner.organisation_id, session_id=new_id())
        with pytest.raises(OrganisationGone):
            rotate_organisation_key(session, organisation=home(session, people), by=None)


def test_the_command_asks_for_the_name_again(
    house: House, people: People, sessions: dict[UUID, bytes], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    import io

    monkeypatch.setattr("models.settings.get_settings", lambda: house.settings)
    monkeypatch.setattr("sys.stdin", io.StringIO("ferndale\n"))
    assert main(["keys", "shred-organisation", "Ferndale Council"]) == 2
    assert opened(house.database, sessions) == sessions
    assert main(["keys", "shred-organisation", "Nowhere"]) == 2
    assert main(["keys", "rotate", "--organisation", "Ferndale Council"]) == 0
    assert main(["keys"]) == 0
    assert "Ferndale Council: key 1 since" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("Ferndale Council\n"))
    assert main(["keys", "shred-organisation", "Ferndale Council"]) == 0
    assert "9 sessions cannot be opened" in capsys.readouterr().out
    assert versions(house, people) == []
