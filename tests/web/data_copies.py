"""A coded session that others took part in, and copies of what is held about somebody: asked for, made and fetched."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from api.house import House
from coding.actions import SessionDetails, add_transcript_session
from coding.ledger import Given, Ledger, TookPart
from coding.transcript.read import read_transcripts
from models.audit import AuditEvent
from models.columns import utc_now
from models.consent import HowGiven, Scope, Who
from models.data_copy import DataCopy
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role
from models.practice import SessionKind
from tests.conftest import CONVERSATION, People, add_person
from tests.web.conftest import PageClient, work_off
from web.worker import Worker

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
MINE = "You've seen it's getting to the children and that worries you."
THEIRS = "all my mates drink"
GOAL = "give up the greyhounds"


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
