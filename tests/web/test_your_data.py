"""One's own copy of what Evoke holds: what is in it, and that nobody else reads it."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlmodel import select

from api.house import House
from coding.end_copies import end_old_copies
from coding.requests import ask
from models.coding import Coding
from models.columns import utc_now
from models.data_copy import KEPT, CopyForm, DataCopy, DataCopyFile, copy_file
from models.keys import SessionKey
from models.practice import PracticeSession
from models.session_request import RequestKind
from models.sweep import sweep_keys
from tests.conftest import People
from tests.web.conftest import Client, work_off
from tests.web.data_copies import GOAL, MINE, THEIRS, Held, actions, fetched, held, make, on_sqlite, only, quick_paper
from training.modules.load import shipped_library
from training.own_data import FORMAT
from training.whose_words import SURE
from web.paper import PdfLibrariesMissing
from web.render import render, shown_date
from web.worker import Worker

__all__ = ["held", "quick_paper"]
CONTEST = "You counted it as nothing, and it is =1+1 what she wants."


def test_ones_own_copy_has_all_of_ones_own_and_no_word_of_others(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, held.practice_id)
        ask(session, practice=practice, kind=RequestKind.CONTEST, words=CONTEST, by=people.owner)
    client(people.colleague).get(f"/sessions/{held.practice_id}")
    owner = client(people.owner)
    page = make(owner, worker)
    assert "To read: PDF" in page
    assert owner.get("/your-data/copy.pdf").content.startswith(b"%PDF")
    data = fetched(owner)
    assert data["format"] == FORMAT
    assert data["account"]["email"] == "olu.owner@example.org"
    assert [(one["role"], one["team"]) for one in data["roles"]] == [("trainee", people.team.name)]
    assert [one["team"] for one in data["teams"]] == [people.team.name]
    assert data["sign_ins"]
    (one,) = data["sessions"]
    assert (one["title"], one["kind"], one["picked"]) == ("Tuesday", "Role play", "Somebody chose it")
    lines = [line for turn in one["turns"] for line in turn["lines"]]
    assert MINE in " ".join(line["text"] for line in lines if "text" in line)
    assert all(line["code"] for line in lines)
    assert one["coding"]["scores"]
    assert [row["words"] for row in one["requests"]] == [CONTEST]
    assert {row["part"] for row in one["agreements"]} == {"Practitioner"}
    assert f"held on {shown_date(utc_now())}" in render("data_paper.html", nonce="", person=None, data=data)
    for others in (THEIRS, GOAL, "stays with me", "Mother", "Cass Coach", "colleague"):
        assert others not in json.dumps(data)
        assert others not in render("data_paper.html", nonce="", person=None, data=data)
    assert MINE in render("data_paper.html", nonce="", person=None, data=data).replace("&#39;", "'")
    told = [(row["action"], row["by"]) for row in data["trail"]]
    assert ("session_seen", "somebody else") in told
    assert ("contest_asked", "you") in told
    assert [action for action, _, _ in actions(house, "data_copy_asked", "exported")] == [
        "data_copy_asked", "exported", "exported",
    ]  # fmt: skip


@pytest.mark.usefixtures("quick_paper")
def test_a_copy_lies_sealed_is_its_owners_alone_and_ends(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    owner = client(people.owner)
    make(owner, worker)
    with house.database.read() as session:
        kept = session.connection().execute(text("SELECT sealed FROM data_copy_file")).scalars().all()
        assert len(kept) == 2
        assert not any(b"children" in bytes(one) or b"%PDF" in bytes(one) for one in kept)
    assert sweep_keys(house.database, older_than_hours=-1) == 0
    for other in (people.colleague, people.teammate, people.stranger, held.admin):
        assert client(other).get("/your-data/copy.json").status_code == 404
        assert "Make a new copy" not in client(other).get("/your-data").text
    assert owner.get("/your-data/copy.xml").status_code == 404
    assert "The copy is deleted." in owner.post("/your-data/end").text
    assert owner.get("/your-data/copy.json").status_code == 404
    make(owner, worker)
    with house.database.write() as session:
        session.exec(update(DataCopy).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert owner.get("/your-data/copy.json").status_code == 404
    with house.database.write() as session:
        copy_id = only(session).id
        assert end_old_copies(session) == 1
    with house.database.read() as session:
        assert session.exec(select(DataCopyFile)).all() == session.exec(select(DataCopy)).all() == []
        assert session.get(SessionKey, copy_id) is None


@pytest.mark.usefixtures("quick_paper")
@on_sqlite
def test_a_new_copy_takes_the_place_of_the_one_before(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    owner = client(people.owner)
    make(owner, worker)
    with house.database.read() as session:
        first = only(session)
        assert first.made_at
        assert first.expires_at == first.made_at + KEPT
        assert copy_file(session, first, CopyForm.JSON)
    owner.post("/your-data")
    owner.post("/your-data")
    assert owner.get("/your-data/progress").json() == {"stage": "making", "progress": 0, "problem": ""}
    assert work_off(worker) == 1
    with house.database.read() as session:
        assert only(session).id != first.id
    assert owner.get("/your-data/progress").json()["stage"] == "ready"


@pytest.mark.usefixtures("quick_paper")
@on_sqlite
def test_where_the_practitioner_is_guessed_with_doubt_no_word_is_given(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    with house.database.write() as session:
        session.exec(update(Coding).values(practitioner_confidence=SURE - 0.01))
    owner, admin = client(people.owner), client(held.admin)
    make(owner, worker)
    (one,) = fetched(owner)["sessions"]
    assert "not certain" in one["words_missing"]
    assert not any("text" in line for turn in one["turns"] for line in turn["lines"])
    assert "So a copy holds the agreements" in admin.get(held.copies).text
    assert admin.post(f"{held.copies}/2", data={"label": "Parent"}).status_code == 422


@on_sqlite
def test_without_the_libraries_for_a_pdf_there_is_the_json(
    client: Client, people: People, held: Held, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> bytes:
        raise PdfLibrariesMissing("libpango")

    monkeypatch.setattr("web.data_copy_job.as_pdf", missing)
    owner = client(people.owner)
    page = make(owner, worker)
    assert "The PDF could not be made" in page
    assert fetched(owner)["sessions"]
    assert owner.get("/your-data/copy.pdf").status_code == 404


@pytest.mark.usefixtures("quick_paper")
@on_sqlite
def test_one_that_cannot_be_made_says_so_and_can_be_asked_for_again(
    house: House, client: Client, people: People, held: Held, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.queue.MAX_ATTEMPTS", 1)
    monkeypatch.setattr("web.worker.MAX_ATTEMPTS", 1)

    def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError("no paper")

    owner = client(people.owner)
    with monkeypatch.context() as patched:
        patched.setattr("web.data_copy_job.as_pdf", broken)
        page = make(owner, worker)
    assert "The copy could not be made." in page
    assert "To read: PDF" in make(owner, worker)


@on_sqlite
def test_what_was_learnt_is_in_the_copy(client: Client, people: People, worker: Worker, quick_paper: None) -> None:
    module = shipped_library().modules[0]
    owner = client(people.owner)
    owner.post(f"/learn/{module.slug}/parts/1")
    owner.post(f"/learn/{module.slug}/check", data={f"question-{number}": "1" for number in range(1, 7)})
    assert "1 module you began, and what you answered in 1 check" in owner.get("/your-data").text
    make(owner, worker)
    learning = fetched(owner)["learning"]
    assert [(one["module"], one["parts_read"]) for one in learning["modules"]] == [(module.slug, 1)]
    assert [one["answers"] for one in learning["checks"]] == [[1] * len(module.head.check)]
    assert "Modules you learnt from" in owner.get("/your-data/copy.pdf").text
    make(client(people.colleague), worker)
    assert not any(fetched(client(people.colleague))["learning"].values())
