"""A recording in progress is its recorder's alone, has limits, and goes when it is never sent."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from api.house import House
from coding.recordings import MOST_OPEN
from coding.retention import set_periods
from coding.retention_periods import Periods
from models.columns import utc_now
from models.organisation import Organisation
from models.person import Role
from models.practice import SessionKind
from models.recording_in_progress import RecordingInProgress, RecordingState
from models.sweep import sweep_files, sweep_in_progress
from tests.conftest import People, add_person
from tests.web.chunks import BASE, DETAILS, NEW, actions, begin, files, put, put_all, send, webm
from tests.web.conftest import Client


def test_the_page_says_who_hears_it_and_how_long_it_is_kept(client: Client, people: People, house: House) -> None:
    coach = client(people.colleague)
    page = coach.get("/sessions/record").text
    assert "deleted 30 days after it was written down and marked, and the words 12 months after." in page
    assert "Role play:" not in page
    assert "Olu Owner" in page  # a coach records for the team
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        ada = add_person(session, home, "Ada Administrator", role=Role.ADMINISTRATOR)
        times = Periods(recording_days=7)
        set_periods(session, organisation_id=home.id, kind=SessionKind.SIMULATED, periods=times, by=ada)
    page = coach.get("/sessions/record").text
    assert "<strong>Simulated:</strong> The recording is deleted 7 days after" in page
    assert "<strong>Role play:</strong> The recording is deleted 30 days after" in page
    assert client(None).get("/sessions/record", follow_redirects=False).headers["location"].startswith("/sign-in?next=")


def test_without_agreement_nothing_begins(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    answer = owner.post(BASE, json={**NEW, "details": {"kind": "role_play", "held_on": "2999-01-01"}})
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"agreement_confirmed", "held_on"}
    for wrong in ({"media_type": "video/webm"}, {"microphones": 3}, {"details": "yes"}):
        refused = owner.post(BASE, json={**NEW, **wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, "not_understood")
    other = owner.post(BASE, json={**NEW, "details": {**DETAILS, "practitioner": str(people.stranger.person_id)}})
    assert set(other.json()["fields"]) == {"practitioner"}
    assert actions(house) == []


CALLS = [("GET", ""), ("PUT", "/chunks/0?seconds=1"), ("GET", "/parts/0"), ("POST", "/send"), ("DELETE", "")]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_it_is_the_recorders_alone(client: Client, people: People, house: House, method: str, path: str) -> None:
    """A coach of the team hears that it is not theirs; all others, that there is no such thing."""
    owner = client(people.owner)
    url = begin(owner)
    sound = webm(2)
    put(owner, url, 0, sound)
    sent = {"json": {"chunks": 1}} if path == "/send" else {"content": sound} if method == "PUT" else {}
    for who, status in (
        (people.colleague, 403), (people.teammate, 404), (people.lead, 404), (people.stranger, 404),
        (people.stranger_coach, 404), (None, 401),
    ):  # fmt: skip
        answer = client(who).request(method, f"{url}{path}", **sent)
        assert answer.status_code == status, who
        assert answer.headers["content-type"] == "application/problem+json"
    assert client(people.colleague).get(BASE).json()["recordings"] == []
    elsewhere = owner.request(method, f"{url}{path}", headers={"sec-fetch-site": "cross-site"}, **sent)
    assert elsewhere.status_code == (200 if method == "GET" else 403)
    assert owner.get(url).json()["next_chunk"] == 1
    assert owner.request(method, f"{BASE}/not-an-id{path}", **sent).status_code == 404
    assert owner.request(method, f"{url}{path}", **sent).status_code in (200, 201, 204)


def test_a_coach_records_for_somebody_of_the_team(client: Client, people: People, house: House) -> None:
    coach = client(people.colleague)
    url = begin(coach, details={**DETAILS, "practitioner": str(people.owner.person_id)})
    chunks = put_all(coach, url, webm(2))
    assert client(people.owner).get(url).status_code == 403
    answer = send(coach, url, chunks)
    assert client(people.owner).get(answer.json()["url"]).status_code == 200


def test_there_is_an_end(client: Client, people: People, house: House) -> None:
    """What came before the limit stays and can be sent."""
    limited = house.settings.model_copy(update={"upload_limit_mb": 1, "recording_limit_minutes": 1})
    owner = client(people.owner)
    owner.app.state.house = replace(house, settings=limited)
    url = begin(owner)
    chunks = put_all(owner, url, webm(2))
    for answer in (put(owner, url, chunks, bytes(10), seconds=61), put(owner, url, chunks, bytes(999_000))):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert put(owner, url, chunks, bytes(4_000_001)).status_code == 413
    assert put(owner, url, chunks, b"").json()["code"] == "upload_broken"
    assert put(owner, url, chunks, b"x", seconds=float("nan")).status_code == 422
    assert send(owner, url, chunks).status_code == 201
    for _ in range(MOST_OPEN):
        begin(owner)  # and then the microphone did not start: the page has nothing to show of these
        put(owner, begin(owner), 0, b"sound")
    assert owner.post(BASE, json=NEW).json()["code"] == "too_many_recordings"


def age(house: House, **days: float) -> None:
    with house.database.write() as session:
        for one in session.exec(select(RecordingInProgress)):
            one.changed_at = utc_now() - timedelta(**days)
            session.add(one)


def test_what_is_never_sent_goes_after_some_days(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    url = begin(owner)
    put_all(owner, url, webm(2))
    age(house, days=6)
    shown = owner.get(url).json()
    left = datetime.fromisoformat(shown["changed_at"]) + timedelta(days=7) - utc_now()
    assert timedelta(hours=23) < left < timedelta(days=1)
    assert sweep_in_progress(house.database, house.settings) == 0
    assert sweep_files(house.database, house.settings, older_than_hours=-1).lost == 0
    assert len(files(house)) == 3
    age(house, days=8)
    assert sweep_in_progress(house.database, house.settings) == 1
    assert files(house) == []
    assert actions(house) == ["recording_begun", "recording_expired"]
    with house.database.read() as session:
        assert session.exec(select(RecordingInProgress)).all() == []


def test_sound_that_outlived_its_end_is_swept(client: Client, people: People, house: House) -> None:
    """The process died after the session was made, and before the chunks were deleted."""
    owner = client(people.owner)
    url = begin(owner)
    chunks = put_all(owner, url, webm(2))
    root = house.settings.data_dir / "files"
    left = {path: path.read_bytes() for path in root.rglob("*.sealed")}
    assert send(owner, url, chunks).status_code == 201
    for path, sealed in left.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sealed)
    assert sweep_in_progress(house.database, house.settings) == 0
    assert len(files(house)) == 1
    with house.database.read() as session:
        assert session.exec(select(RecordingInProgress)).one().state is RecordingState.SENT
    age(house, days=8)
    assert sweep_in_progress(house.database, house.settings) == 1
    assert send(owner, url, chunks).status_code == 404
