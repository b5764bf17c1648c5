"""Every table and every file of an installation are moved, from either kind of database."""

import random
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import select

from api.house import House
from models.columns import new_id
from models.database import Database
from models.keys import make_session_key
from models.moving import move as moving
from models.moving.refused import MoveRefused
from models.moving.state import require_whole
from models.organisation import Organisation
from models.places import beside_files
from models.settings import Settings
from models.storage import LEDGER, Storage
from tests.conftest import People
from tests.filled import fill_every_table
from tests.models.moving.installation import SOUND, only_sqlite, opened, quiet, sums, take_key_along
from tests.s3_service import S3Service
from web.move_command import target_of


@only_sqlite
def test_every_table_and_every_file_are_moved_to_postgresql_and_a_bucket(
    house: House, people: People, recorded: dict[UUID, bytes], at_s3: Settings, bucket: S3Service
) -> None:
    with house.database.write() as session:
        fill_every_table(session, dice=random.Random(7))
    before = sums(house.database)
    there = Storage(house.settings)
    files_before = {one.key: there.read(one.key) for one in there.files()}
    heard: list[int] = []
    done = moving.move(house.settings, at_s3, tell=lambda progress: heard.append(progress.percent))
    assert done.is_whole
    assert heard == sorted(heard)
    assert heard[-1] >= 95
    assert all(one.source.count for one in done.tables)  # not one table without a row
    target = Database.of(at_s3)
    assert sums(target) == before == sums(house.database)
    assert done.files is not None
    assert len(done.files.sums) == len(SOUND)
    assert {one.key: one.size for one in done.files.sums} == {
        name.removeprefix("evoke/moved/"): len(kept.body) for name, kept in bucket.objects.items()
    }
    assert len(done.sorted_files.unnamed) == 1
    assert any(len(str(one)) > 40 for one in done.sorted_files.missing)
    assert opened(at_s3, recorded) == {one: None if sound == b"lost" else sound for one, sound in recorded.items()}
    assert {one.key: there.read(one.key) for one in there.files()} == files_before
    # The target works: what counts up goes on, what may not be changed may not, and nobody moves to it again.
    with target.write() as session:
        make_session_key(session, organisation_id=people.owner.organisation_id, session_id=new_id())
        last = session.connection().execute(text("SELECT max(id) FROM heard_clip")).scalar_one()
        taken = session.connection().execute(
            text("INSERT INTO heard_clip (recording_id, method, sealed) SELECT recording_id, 'new', sealed "
                 "FROM heard_clip LIMIT 1 RETURNING id")
        ).scalar_one()  # fmt: skip
        assert taken > last
    with pytest.raises(Exception, match="never changed"), target.write() as session:
        session.connection().execute(text("DELETE FROM audit_event"))
    require_whole(target)
    target.close()
    with pytest.raises(MoveRefused, match="was moved to that database at"):
        moving.move(house.settings, at_s3, tell=quiet)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_it_moves_from_postgresql_to_another_folder_too(
    house: House, people: People, recorded: dict[UUID, bytes], target_url: str, tmp_path: Path
) -> None:
    to = target_of(house.settings, database=target_url, files=str(tmp_path / "new"))
    with house.database.read() as session:
        session.exec(select(Organisation.id)).all()  # somebody is connected
        with pytest.raises(MoveRefused, match="other connections"):
            moving.move(house.settings, to, tell=quiet)
    house.database.close()
    take_key_along(house.settings, to)
    beside_files(house.settings).put(f"{LEDGER}/2026-01-05/one.json", b"{}")
    done = moving.move(house.settings, to, tell=quiet)
    assert done.is_whole
    assert done.unfinished == 1
    assert beside_files(to).get(f"{LEDGER}/2026-01-05/one.json") == b"{}"
    assert list(opened(to, recorded).values()) == [*SOUND, None]
    checked = moving.check(house.settings, to, tell=quiet)
    assert checked.is_whole
    assert checked.files is not None
    assert done.files is not None
    assert checked.files.checksum == done.files.checksum
    assert checked.was_finished
