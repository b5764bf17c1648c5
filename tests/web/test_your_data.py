"""A copy of what is held about somebody: all of theirs, nothing of others', for them alone and for some days."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlmodel import Session, col, select

from api.house import House
from coding.actions import SessionDetails, add_transcript_session
from coding.check_names import finish_check
from coding.end_copies import end_old_copies
from coding.ledger import Given, Ledger, TookPart
from coding.requests import ask
from coding.transcript.read import read_transcripts
from coding.withdraw import withdraw_session
from models.audit import AuditEvent
from models.coding import Coding
from models.columns import utc_now
from models.consent import HowGiven, Participant, Scope, Who
from models.data_copy import KEPT, CopyForm, DataCopy, DataCopyFile, copy_file
from models.keys import SessionKey
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role
from models.practice import PracticeSession, SessionKind
from models.session_request import RequestKind
from models.sweep import sweep_keys
from models.withdrawal import Why
from tests.conftest import CONVERSATION, People, add_person
from tests.web.conftest import Client, PageClient, work_off
from tests.web.kept_sessions import make_older
from tests.web.test_nightly import at_night
from training.modules.load import shipped_library
from training.own_data import FORMAT
from training.whose_words import SURE
from web.paper import PdfLibrariesMissing
from web.render import render, shown_date
from web.worker import Worker

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
MINE = "You've seen it's getting to the children and that worries you."
THEIRS = "all my mates drink"
GOAL = "give up the greyhounds"
CONTEST = "You counted it as nothing, and it is =1+1 what she wants."


@dataclass(frozen=True)
class Held:
    """The owner's coded session, in which an actor and a sister took part, and an administrator."""

    practice_id: UUID
    admin: Actor

    @property
    def copies(self) -> str:
        return f"/sessions/{self.practice_id}/copies"


@pytest.fixture
def held(house: House, people: People, worker: Worker) -> Held:
    agreed = {Scope.SUPERVISION: Given(HowGiven.SAID, utc_now().date())}
    ledger = Ledger((
        TookPart(Who.STAFF, "Practitioner", agreed), TookPart(Who.ACTOR, "Mother", agreed),
        TookPart(Who.ACTOR, "Sister", agreed),
    ))  # fmt: skip
    details = SessionDetails(
        practitioner_id=people.owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(),
        agreement_confirmed=True, title="Tuesday", change_goal=GOAL, ledger=ledger,
    )  # fmt: skip
    parsed = read_transcripts("talk.txt", f"{CONVERSATION}Sister: She stays with me on Fridays.\n".encode())[0]
    with house.database.write() as session:
        home = session.get_one(Organisation, people.owner.organisation_id)
        admin = add_person(session, home, "Addy Admin", role=Role.ADMINISTRATOR)
        practice = add_transcript_session(session, details=details, parsed=parsed, name="t", by=people.owner)
    work_off(worker)
    return Held(practice.id, admin)


@pytest.fixture
def quick_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that are not about the PDF: a real one takes a second."""
    monkeypatch.setattr("web.data_copy_job.as_pdf", lambda html: b"%PDF " + html.encode())


def make(one: PageClient, worker: Worker, path: str = "/your-data", **form: Any) -> str:
    """Asks for a copy and has it made; the page that offers it."""
    assert "is being made" in one.post(path, data=form).text
    assert work_off(worker) == 1
    return str(one.get(path.partition("/copies")[0] + "/copies" if "/copies/" in path else path).text)


def fetched(one: PageClient, path: str = "/your-data") -> dict[str, Any]:
    answer = one.get(f"{path}/copy.json")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    return dict(json.loads(answer.content))


def only(session: Session) -> DataCopy:
    return session.exec(select(DataCopy)).one()


def actions(house: House, *names: str) -> list[tuple[str, UUID | None, UUID]]:
    with house.database.read() as session:
        rows = select(AuditEvent).where(col(AuditEvent.action).in_(names)).order_by(col(AuditEvent.sequence))
        return [(row.action, row.actor_id, row.subject_id) for row in session.exec(rows)]


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
def test_it_goes_when_a_session_in_it_goes_also_while_it_is_made(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    owner, admin = client(people.owner), client(held.admin)
    make(owner, worker)
    make(admin, worker, f"{held.copies}/2", label="Parent")
    admin.post(f"{held.copies}/3", data={"label": "Sister"})  # waits to be made
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, held.practice_id)
        withdraw_session(session, practice=practice, why=Why.ASKED, by=people.owner)
    with house.database.read() as session:
        assert session.exec(select(DataCopy)).all() == session.exec(select(DataCopyFile)).all() == []
    work_off(worker)
    with house.database.read() as session:
        assert session.exec(select(DataCopyFile)).all() == session.exec(select(PracticeSession)).all() == []
    assert len(actions(house, "data_copy_ended")) == 3
    make(owner, worker)
    assert fetched(owner)["sessions"] == []


@pytest.mark.usefixtures("quick_paper")
@on_sqlite
def test_it_goes_when_names_are_checked(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    make(client(people.owner), worker)
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, held.practice_id)
        finish_check(session, practice=practice, no_names=(), more=(), bleep=False, by=people.owner)
    with house.database.read() as session:
        assert session.exec(select(DataCopy)).all() == []


@pytest.mark.usefixtures("quick_paper")
@on_sqlite
def test_it_goes_when_the_time_of_words_is_over_and_the_next_says_so(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    owner, admin = client(people.owner), client(held.admin)
    make(owner, worker)
    make_older(house, str(held.practice_id), days=400)
    at_night(house, worker)
    assert owner.get("/your-data/copy.json").status_code == 404
    make(owner, worker)
    (one,) = fetched(owner)["sessions"]
    assert "its time was over" in one["words_missing"]
    assert one["coding"]["scores"]
    assert "its time was over" in admin.get(held.copies).text


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


@pytest.mark.usefixtures("quick_paper")
def test_an_administrator_makes_one_for_who_took_part(
    house: House, client: Client, people: People, held: Held, worker: Worker
) -> None:
    for other in (people.owner, people.colleague, people.teammate, people.stranger, people.lead):
        one = client(other)
        assert one.get(held.copies).status_code == 404
        assert one.post(f"{held.copies}/2", data={"label": "Parent"}).status_code == 404
    assert "Consent and retention" in client(people.colleague).get(f"/sessions/{held.practice_id}/consent").text
    admin = client(held.admin)
    assert held.copies in admin.get("/retention").text
    page = admin.get(held.copies).text
    assert "Practitioner <span" not in page  # staff make their own
    for label in ("Worker", "Nobody"):
        refused = admin.post(f"{held.copies}/2", data={"label": label})
        assert refused.status_code == 422
        assert "Choose from the speakers" in refused.text
    assert admin.post(f"{held.copies}/1", data={"label": "Parent"}).status_code == 404
    assert "kept until" in make(admin, worker, f"{held.copies}/2", label="Parent")
    data = fetched(admin, f"{held.copies}/2")
    assert data["participant"]["part"] == "Mother"
    assert THEIRS in json.dumps(data)
    turns = [turn for one in data["sessions"] for turn in one["turns"]]
    assert {turn["speaker"] for turn in turns if turn["lines"]} == {"you"}  # nothing to count the practitioner from
    assert any(turn["speaker"] == "somebody else" for turn in turns)
    for others in (MINE, "stays with me", GOAL, "Tuesday", "Olu", "Sister", "scores", "accounts"):
        assert others not in json.dumps(data), others
    assert {row["part"] for row in data["sessions"][0]["agreements"]} == {"Mother"}
    assert {row["by"] for row in data["trail"]} <= {"somebody else", "Evoke"}
    assert admin.get(f"{held.copies}/2/copy.pdf").content.startswith(b"%PDF")
    assert admin.get(f"{held.copies}/3/copy.json").status_code == 404
    assert actions(house, "exported") == [("exported", held.admin.person_id, held.practice_id)] * 2
    for other in (people.owner, people.colleague, people.stranger):
        assert client(other).get(f"{held.copies}/2/copy.json").status_code == 404
    assert admin.get(f"{held.copies}/2/progress").json()["stage"] == "ready"
    assert "The copy is deleted." in admin.post(f"{held.copies}/2/end").text


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
def test_nobody_took_part(house: House, client: Client, people: People, held: Held) -> None:
    with house.database.write() as session:
        session.exec(update(Participant).values(who=Who.STAFF))
    assert "Nobody without an account took part" in client(held.admin).get(held.copies).text


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
