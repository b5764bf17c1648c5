"""Agreement taken back: hidden at once, deleted by a job, proved; and the proof can be checked."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select

from api.house import House
from models.audit import AuditEvent
from models.cascade import rows_of_session, tables_of_sessions
from models.consent import Agreement, Scope
from models.job import Job, JobState
from models.organisation import Organisation
from models.person import Role
from models.withdrawal import Withdrawal
from tests.conftest import People, add_person, work_off
from tests.fixtures.role_play import MONO
from tests.web.conftest import CONVERSATION, Client, PageClient
from web.cli import main
from web.worker import Worker

ROLE_PLAY = {"kind": "role_play", "agreement_confirmed": "yes"}
ALL = {"what": "all", "why": "asked"}


def add(client: PageClient, name: str = "talk.txt", data: bytes = CONVERSATION.encode(), **more: str) -> str:
    answer = client.post("/api/v1/sessions", data=ROLE_PLAY | more, files={"file": (name, data)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def left(house: House, session_id: str) -> dict[str, int]:
    """How many rows of the session each table still has."""
    with house.database.read() as session:
        connection = session.connection()
        counts = {
            table.name: len(connection.execute(table.select().where(rows_of_session(table, UUID(session_id)))).all())
            for table in tables_of_sessions()
        }
    return {name: count for name, count in counts.items() if count}


def test_everything_goes_and_the_proof_says_so(
    client: Client, people: People, house: House, worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    owner, coach = client(people.owner), client(people.colleague)
    kept = add(owner, title="This one stays")
    session_id = add(owner)
    recording_id = add(owner, MONO.name, MONO.read_bytes())
    assert work_off(worker) >= 2
    before = left(house, session_id)
    assert {"utterance", "code", "score", "agreement", "practice_session"} <= set(before)
    files = set(house.storage.keys())
    page = coach.post(f"/sessions/{session_id}/withdraw", data=ALL)
    assert "being deleted" in page.text
    for path in (f"/sessions/{session_id}", f"/sessions/{session_id}/consent", f"/api/v1/sessions/{session_id}"):
        assert owner.get(path).status_code == coach.get(path).status_code == 404
    assert session_id not in owner.get("/").text
    assert session_id not in owner.get("/api/v1/sessions").text
    assert coach.get(f"{page.url.path}/proof.json").status_code == 404
    withdrawn = owner.post(f"/sessions/{recording_id}/withdraw", data=ALL)
    assert work_off(worker) == 2
    assert left(house, session_id) == left(house, recording_id) == {}
    assert left(house, kept)["practice_session"] == 1
    assert set(house.storage.keys()) == {name for name in files if recording_id not in name} - gone_files(house)
    proof = coach.get(f"{page.url.path}/proof.json").json()
    assert {name: entry["rows"] for name, entry in proof["rows"].items()} == before
    of_recording = owner.get(f"{withdrawn.url.path}/proof.json").json()
    assert [file["bytes"] > MONO.stat().st_size for file in of_recording["files"]] == [True]
    assert "Tuesday" not in json.dumps(proof)
    check(proof, tmp_path, house, monkeypatch, capsys)
    assert 'data-verdict="genuine"' in client(None).post("/check-a-proof", data={"proof": json.dumps(proof)}).text
    with house.database.read() as session:
        actions = {event.action for event in session.exec(select(AuditEvent))}
    assert {"session_withdrawn", "session_deleted"} <= actions


def gone_files(house: House) -> set[str]:
    with house.database.read() as session:
        return {file["name"] for one in session.exec(select(Withdrawal)) for file in one.files or ()}


def check(
    proof: dict[str, object], folder: Path, house: House, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("models.settings.get_settings", lambda: house.settings)
    file = folder / "proof.json"
    file.write_text(json.dumps(proof, indent=2))
    assert main(["proof", "check", str(file)]) == 0
    assert "Genuine" in capsys.readouterr().out
    for changed in (proof | {"why": "retention"}, proof | {"rows": {}}, proof | {"signature": "AAAA"}):
        file.write_text(json.dumps(changed))
        assert main(["proof", "check", str(file)]) == 1
        assert "Changed" in capsys.readouterr().out
    file.write_text(json.dumps({name: value for name, value in proof.items() if name != "format"}))
    assert main(["proof", "check", str(file)]) == 1
    file.write_text(json.dumps(proof))
    assert main(["proof", "check", str(file), "--key", "AAAA"]) == 1
    assert "another key" in capsys.readouterr().out
    assert main(["proof", "check", str(folder / "none.json")]) == 2


def test_work_that_is_going_on_ends(client: Client, people: People, house: House, worker: Worker) -> None:
    owner = client(people.owner)
    session_id = add(owner)
    assert owner.post(f"/sessions/{session_id}/withdraw", data=ALL).status_code == 200
    with house.database.read() as session:
        states = {job.name: job.state for job in session.exec(select(Job))}
    assert states == {"code_transcript": JobState.CANCELLED, "delete_session": JobState.WAITING}
    assert work_off(worker) == 1
    assert left(house, session_id) == {}
    assert owner.post(f"/sessions/{session_id}/withdraw", data=ALL).status_code == 404


def test_only_the_further_uses(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    more = {"person-2-who": "actor", "person-2-supervision": "yes", "person-2-research": "yes"}
    session_id = add(owner, **{"person-1-who": "staff", "person-1-supervision": "yes"}, **more)
    path = f"/sessions/{session_id}/withdraw"
    assert owner.post(path, data={"what": "further"}).status_code == 422
    assert owner.post(path, data={"what": "all", "why": "retention"}).status_code == 422
    page = owner.post(path, data={"what": "further", "person": "2"})
    assert "Taken back on" in page.text
    assert "Only the further uses" not in page.text
    assert owner.get(f"/sessions/{session_id}").status_code == 200
    with house.database.read() as session:
        rows = session.exec(select(Agreement).where(Agreement.withdrawn_at.is_not(None))).all()  # type: ignore[union-attr]
    assert [row.scope for row in rows] == [Scope.RESEARCH]


def test_data_protection_acts_for_a_family_and_reads_nothing(client: Client, people: People, house: House) -> None:
    session_id = add(client(people.owner), title="A quiet word")
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        dot = add_person(session, home, "Dot Protection", role=Role.DATA_PROTECTION)
    officer = client(dot)
    assert officer.get(f"/sessions/{session_id}").status_code == 404
    page = officer.get(f"/sessions/{session_id}/withdraw")
    assert page.status_code == 200
    assert "quiet word" not in page.text
    assert 'class="govuk-back-link" href="/retention"' in page.text
    assert f'class="govuk-back-link" href="/sessions/{session_id}"' in client(people.owner).get(
        f"/sessions/{session_id}/withdraw"
    ).text  # fmt: skip
    assert '<a class="govuk-link" href="/retention">consent and retention</a>' in officer.get("/").text
    assert 'href="/retention"' not in client(people.owner).get("/").text
    assert "being deleted" in officer.post(f"/sessions/{session_id}/withdraw", data=ALL).text
