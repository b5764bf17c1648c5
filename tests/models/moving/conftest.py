"""An installation with recordings, and what it may move to."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from pydantic import SecretStr

from api.house import House
from models.audit import record_audit
from models.columns import new_id
from models.keys import make_session_key
from models.practice import PracticeSession, Recording, SessionKind
from models.queue import enqueue
from models.settings import Settings
from models.storage import Storage, new_storage_key
from tests.conftest import People, migrated_database
from tests.models.moving.installation import SOUND
from tests.s3_service import ACCESS_KEY, SECRET_KEY, S3Service, s3_service
from web.move_command import target_of


@pytest.fixture
def target_url(postgres_server: str) -> Iterator[str]:
    """Of a database that is migrated and empty."""
    with migrated_database(postgres_server) as url:
        yield url


@pytest.fixture
def bucket() -> Iterator[S3Service]:
    with s3_service() as service:
        yield service


@pytest.fixture
def at_s3(settings: Settings, target_url: str, bucket: S3Service) -> Settings:
    to = target_of(settings, database=target_url, files="s3://evoke/moved")
    return to.model_copy(
        update={
            "files_endpoint": bucket.address, "files_region": "eu-west-2", "files_allow_http": True,
            "files_access_key": ACCESS_KEY, "files_secret_key": SecretStr(SECRET_KEY),
        }
    )  # fmt: skip


@pytest.fixture
def recorded(house: House, people: People) -> dict[UUID, bytes]:
    """Recordings with their sound, by id, a file that no row names, and a row whose file is gone."""
    storage, made = Storage(house.settings), {}
    with house.database.write() as session:
        for sound in [*SOUND, b"lost"]:
            practice = PracticeSession(
                id=new_id(), organisation_id=people.owner.organisation_id, team_id=people.team.id,
                practitioner_id=people.owner.person_id, added_by_id=people.owner.person_id,
                kind=SessionKind.ROLE_PLAY, held_on=date(2026, 1, 5), agreement_confirmed=True, sealed=b"x",
            )  # fmt: skip
            key = make_session_key(session, organisation_id=practice.organisation_id, session_id=practice.id)
            session.add(practice)
            session.flush()
            record_id = new_id()
            place = new_storage_key(practice.organisation_id, record_id)
            writer = storage.writer(place, key=key.file, record_id=record_id)
            writer.write(sound)
            writer.finish()
            session.add(
                Recording(id=record_id, session_id=practice.id, storage_key=place, original_name=None,
                          size_bytes=len(sound), sha256=writer.sha256)
            )  # fmt: skip
            made[record_id] = sound
        record_audit(session, action="signed_in", subject=people.team, organisation_id=people.owner.organisation_id,
                     by=people.owner.person_id)  # fmt: skip
        enqueue(session, "send_reset", organisation_id=people.owner.organisation_id, person_id=people.owner.person_id)
    storage.delete(place)
    storage.put(f"{people.owner.organisation_id}/recordings/nobody.sealed", b"nobody's")
    return made
