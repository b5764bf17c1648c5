"""Large recordings in pieces: who sends them for whom, how many, and when they go."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select, update

from api.finish_upload import LEFT_FREE
from api.house import House
from coding import resumable
from models.columns import utc_now
from models.permissions import Permission, narrowed
from models.person import Person
from models.practice import PracticeSession
from models.resumable_upload import ResumableUpload
from models.sweep import sweep_files, sweep_in_progress, sweep_keys
from tests.conftest import People
from tests.web.chunks import actions, files
from tests.web.conftest import Client
from tests.web.resumable import FIELDS, UPLOADS, begin, begun, count, send

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_a_program_sends_for_whom_it_may(client: Client, people: People, house: House, wav: bytes) -> None:
    from models.organisation import Organisation
    from tests.contract.made_places import add_client
    from training.own_data import own_data

    with house.database.write() as session:
        program = add_client(session, session.get_one(Organisation, people.owner.organisation_id))
        elsewhere = add_client(session, session.get_one(Organisation, people.stranger.organisation_id))
    lms, other = client(program), client(elsewhere)
    fields = {**FIELDS, "practitioner": str(people.owner.person_id)}
    assert begin(lms, 10).status_code == 422  # nobody's practice
    assert begin(other, 10, fields).status_code == 422
    url = begun(lms, len(wav), fields)
    with house.database.read() as session:
        data = own_data(session, session.get_one(Person, people.owner.person_id))
    assert [(one["state"], one["bytes"]) for one in data["uploads"]] == [("open", len(wav))]
    for stranger in (other, client(people.stranger), client(people.teammate)):
        for answer in (stranger.head(url), stranger.get(url), send(stranger, url, 0, b"x"), stranger.delete(url),
                       stranger.post(f"{url}/finish")):  # fmt: skip
            assert answer.status_code == 404
        assert stranger.get(UPLOADS).json()["uploads"] == []
    assert client(people.owner).get(url).status_code == 403  # it is of theirs, and not theirs to touch
    narrow = client(narrowed(program, (Permission.FOLLOW_SESSION,)))
    assert begin(narrow, 10, fields).json()["code"] == send(narrow, url, 0, b"x").json()["code"] == "insufficient_scope"
    assert client(None).head(url).status_code == 401
    assert send(lms, url, 0, wav).status_code == 204
    done = lms.post(f"{url}/finish")
    assert done.status_code == 201
    assert client(people.owner).get(done.json()["url"]).status_code == 200


def test_begun_twice_with_one_key_is_one(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    first, again = (begin(owner, 10, **{"idempotency-key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert begin(owner, 11, **{"idempotency-key": "k"}).json()["code"] == "idempotency_key_reused"
    assert begin(owner, 0, **{"idempotency-key": "l"}).status_code == 422
    assert begin(owner, 10, **{"idempotency-key": "l"}).status_code == 201
    assert count(house, ResumableUpload) == 2


@on_sqlite
def test_how_many_may_be_open_and_how_much_room_there_is(
    client: Client, people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = client(people.owner)
    monkeypatch.setattr(resumable, "MOST_OPEN", 2)
    url = begun(owner, 1_000_000)
    begun(owner, 10)
    assert begin(owner, 10).json()["code"] == "too_many_uploads"
    assert owner.delete(url).status_code == 204
    begun(owner, 1_000_000)

    def free(bytes_free: int) -> None:
        monkeypatch.setattr("models.storage.shutil.disk_usage", lambda path: type("Disk", (), {"free": bytes_free}))

    free(LEFT_FREE + 1_500_000)
    monkeypatch.setattr(resumable, "MOST_OPEN", 9)
    assert begin(owner, 1_000_000).json()["code"] == "no_room_for_upload"  # the rest of the other is to come too
    assert begin(owner, 400_000).status_code == 201
    with house.database.write() as session:
        session.exec(update(ResumableUpload).values(changed_at=utc_now() - resumable.COMING_FOR))
    assert begin(owner, 1_000_000).status_code == 201  # it does not come


def test_what_nothing_comes_to_goes(client: Client, people: People, house: House, wav: bytes) -> None:
    owner = client(people.owner)
    stays, goes, done = (begun(owner, len(wav)) for _ in range(3))
    for url in (stays, goes, done):
        send(owner, url, 0, wav)
    assert owner.post(f"{done}/finish").status_code == 201
    long_ago = utc_now() - timedelta(days=house.settings.unsent_recording_days, minutes=1)
    with house.database.write() as session:
        old = col(ResumableUpload.id).in_([UUID(url.rpartition("/")[2]) for url in (goes, done)])
        session.exec(update(ResumableUpload).where(old).values(changed_at=long_ago))
    assert sweep_in_progress(house.database, house.settings) == 2
    assert sweep_files(house.database, house.settings, older_than_hours=-1).lost == 0
    sweep_keys(house.database, older_than_hours=-1)
    assert owner.get(goes).status_code == owner.get(done).status_code == 404
    assert actions(house)[-1] == "upload_expired"
    assert len(files(house)) == 2
    assert owner.post(f"{stays}/finish").status_code == 201


def test_it_goes_with_its_session_and_is_in_ones_own_data(
    client: Client, people: People, house: House, wav: bytes
) -> None:
    from models.cascade import delete_rows
    from training.own_data import own_data

    owner = client(people.owner)
    url = begun(owner, len(wav))
    send(owner, url, 0, wav)
    begun(owner, 10)
    session_id = owner.post(f"{url}/finish").json()["id"]
    with house.database.read() as session:
        data = own_data(session, session.get_one(Person, people.owner.person_id))
    assert [(one["state"], one["bytes_that_came"]) for one in data["uploads"]] == [
        ("finished", len(wav)), ("open", 0),
    ]  # fmt: skip
    with house.database.write() as session:
        gone = delete_rows(session, session.exec(select(PracticeSession)).one().id)
    assert gone["resumable_upload"]["rows"] == 1
    assert owner.get(url).status_code == owner.post(f"{url}/finish").status_code == 404
    assert session_id
