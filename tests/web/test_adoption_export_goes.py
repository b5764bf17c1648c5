"""When an evaluator's file goes, and when what was made of it is not kept."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from api.house import House
from coding.withdraw import begin_deletion, withdraw_further_uses
from models.adoption import AuthorityAdoption, EvaluationExport
from models.adoption_kept import end_old_exports
from models.audit import AuditEvent
from models.columns import utc_now
from models.consent import Participant, Who
from models.keys import SessionKey
from models.permissions import Actor
from models.person import Person
from models.practice import PracticeSession
from models.sweep import sweep_keys
from models.withdrawal import Why
from tests.conftest import People, work_off
from tests.web.adoption import Made, opt_in
from tests.web.conftest import Client
from tests.web.test_adoption_export import SQLITE, fetch, made, table, word
from training.adoption.wave import set_rows_for_evaluators
from web.worker import Worker

__all__ = ["made"]


def nothing_is_kept(one: TestClient, worker: Worker) -> None:
    one.post("/adoption/export")
    work_off(worker)
    assert "Nothing of it was kept. Ask for it again." in one.get("/adoption/export").text
    assert one.get("/adoption/export/evoke-evaluation.zip").status_code == 404


def test_it_goes_when_somebody_takes_back_that_research_may_use_theirs(
    house: House, client: Client, worker: Worker, evaluator: Actor, people: People, made: Made
) -> None:
    _asked(house, people, made)
    fetch(client, worker, evaluator)
    one = client(evaluator)
    _taken_back(house, made)
    assert one.get("/adoption/export/evoke-evaluation.zip").status_code == 404
    rows = table(fetch(client, worker, evaluator), "sessions.csv")
    assert len({row["session"] for row in rows}) == len(made.sessions) - 1


@SQLITE
def test_what_is_taken_back_while_it_is_made_is_not_in_it(
    house: House, client: Client, worker: Worker, evaluator: Actor, people: People, made: Made,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from training.adoption import export_file

    _asked(house, people, made)
    once = export_file.bounds_of

    def and_meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(export_file, "bounds_of", once)
        _taken_back(house, made)
        return once(*args)

    monkeypatch.setattr(export_file, "bounds_of", and_meanwhile)
    nothing_is_kept(client(evaluator), worker)


def _asked(house: House, people: People, made: Made) -> None:
    with house.database.write() as session:
        asked = Participant(session_id=made.sessions[0], position=1, who=Who.STAFF)
        session.add(asked)
        session.flush()
        session.add(word(asked, people, given=True))


def _taken_back(house: House, made: Made) -> None:
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, made.sessions[0])
        owner = session.get_one(Person, practice.practitioner_id)
        by = Actor(owner.id, owner.organisation_id, owner.name)
        withdraw_further_uses(session, practice=practice, positions=[1], by=by)


def test_it_is_noted_sealed_and_goes(
    house: House, client: Client, worker: Worker, evaluator: Actor, people: People, made: Made
) -> None:
    fetch(client, worker, evaluator)
    one = client(evaluator)
    page = one.get("/adoption/export").text
    assert "Download evoke-evaluation.zip" in page
    with house.database.read() as session:
        export = session.exec(select(EvaluationExport)).one()
        assert export.sealed is not None
        assert b"PK" not in export.sealed[:4]
        noted = select(AuditEvent.chain, AuditEvent.action).where(
            col(AuditEvent.action).startswith("evaluation_export")
        )
        seen = set(session.exec(noted))
    for authority in (people.lead.organisation_id, people.stranger.organisation_id):
        assert {(authority, "evaluation_export_made"), (authority, "evaluation_export_taken")} <= seen
    assert (evaluator.organisation_id, "evaluation_export_asked") in seen
    _age_keys(house)
    sweep_keys(house.database)
    assert one.get("/adoption/export/evoke-evaluation.zip").status_code == 200, "the sweep leaves its key"
    with house.database.write() as session:
        practice = session.get_one(PracticeSession, made.sessions[3])
        begin_deletion(session, practice=practice, why=Why.ASKED, by=None)
    assert one.get("/adoption/export/evoke-evaluation.zip").status_code == 404, "what is withdrawn is in no file here"
    rows = table(fetch(client, worker, evaluator), "sessions.csv")
    assert len({row["session"] for row in rows}) == len(made.sessions) - 1
    with house.database.write() as session:
        set_rows_for_evaluators(session, allowed=False, by=people.lead)
    assert one.get("/adoption/export/evoke-evaluation.zip").status_code == 404
    assert table(fetch(client, worker, evaluator), "sessions.csv") == []
    opt_in(house, people.lead.organisation_id, on=False)
    assert one.get("/adoption/export/evoke-evaluation.zip").status_code == 404
    fetch(client, worker, evaluator)
    with house.database.write() as session:
        export = session.exec(select(EvaluationExport)).one()
        export.expires_at = utc_now() - timedelta(minutes=1)
        session.add(export)
    assert one.get("/adoption/export/evoke-evaluation.zip").status_code == 404
    with house.database.write() as session:
        assert end_old_exports(session) == 1
        assert session.exec(select(EvaluationExport)).all() == []


def _age_keys(house: House) -> None:
    with house.database.write() as session:
        for key in session.exec(select(SessionKey)):
            key.created_at = utc_now() - timedelta(days=2)
            session.add(key)


@SQLITE
def test_what_changes_while_it_is_made_is_not_in_it(
    house: House, client: Client, worker: Worker, evaluator: Actor, people: People, made: Made,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from training.adoption import export_file

    once = export_file.leg_rows

    def and_meanwhile(*args: Any, **named: Any) -> Any:
        monkeypatch.setattr(export_file, "leg_rows", once)
        with house.database.write() as session:
            row = session.get_one(AuthorityAdoption, people.lead.organisation_id)
            row.rows_for_evaluators = False
            session.add(row)
        return once(*args, **named)

    monkeypatch.setattr(export_file, "leg_rows", and_meanwhile)
    nothing_is_kept(client(evaluator), worker)
