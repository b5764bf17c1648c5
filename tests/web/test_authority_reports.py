"""The report of the month: who gets it, that it is made and made anew, and that it can be read by everybody."""

import re
import zlib
from uuid import UUID

import pytest
from sqlmodel import col, select, update

from api.house import House
from coding.session_figures import ask_for_figures
from coding.withdraw import withdraw_session
from models.audit import AuditEvent
from models.figures import FigureSnapshot
from models.practice import PracticeSession
from models.withdrawal import Why
from tests.conftest import People, work_off
from tests.training.figures.authority import Planted, plant_authority
from tests.web.conftest import Client
from training.figures.report_view import build_report
from training.figures.snapshot import OVERVIEW
from web.paper import PdfLibrariesMissing
from web.render import render
from web.worker import Worker

REPORT = "/authority/report"


@pytest.fixture
def planted(house: House, people: People, worker: Worker) -> Planted:
    return plant_authority(house, people, worker, east="Family Safeguarding East")


def of_team(team_id: UUID) -> str:
    return f"/authority/teams/{team_id}/report"


def waiting(house: House) -> list[str]:
    """The reports that wait to be made."""
    with house.database.read() as session:
        rows = session.exec(select(FigureSnapshot).where(col(FigureSnapshot.name).startswith("report"))).all()
        return sorted(row.name for row in rows if not row.body)


def test_it_is_asked_for_made_and_downloaded(
    client: Client, house: House, people: People, worker: Worker, planted: Planted
) -> None:
    lead = client(people.lead)
    assert "Make the report of" in lead.get(REPORT).text
    assert lead.get(f"{REPORT}.pdf").status_code == 404
    assert "is being made" in lead.post(REPORT).text
    lead.post(REPORT)
    assert work_off(worker) == 1
    assert "is ready" in lead.get(REPORT).text
    answer = lead.get(f"{REPORT}.pdf")
    pdf = answer.content
    assert (answer.headers["content-type"], pdf[:4]) == ("application/pdf", b"%PDF")
    pdf += b"".join(zlib.decompress(one) for one in re.findall(rb"/FlateDecode.*?stream\n(.*?)\nendstream", pdf, re.S))
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang", b"pdfuaid", b"/Figure", b"/Alt", b"/TH"):
        assert mark in pdf
    with house.database.read() as session:
        noted = session.exec(select(AuditEvent.action).where(col(AuditEvent.action).startswith("figure"))).all()
    assert sorted(noted) == ["figure_report_asked", "figures_exported"]


def test_who_may(client: Client, house: House, people: People, planted: Planted) -> None:
    """A team's coach has the team's; nobody else has any but leads."""
    for who in (people.owner, people.teammate, people.stranger, people.stranger_coach):
        one = client(who)
        for path in (REPORT, of_team(planted.north)):
            answers = (one.get(path), one.post(path), one.get(f"{path}.pdf"))
            assert [answer.status_code for answer in answers] == [404] * 3
    coach = client(people.colleague)
    assert "Make the report of" in coach.get(of_team(planted.north)).text
    for path in (REPORT, of_team(planted.east)):
        assert [coach.get(path).status_code, coach.post(path).status_code] == [404] * 2
    assert waiting(house) == []


def test_a_report_names_nobody_and_a_teams_says_nothing_of_others(
    house: House, people: People, planted: Planted
) -> None:
    """A coach knows their team's sessions: the figures of all would tell them those of the others."""
    with house.database.read() as session:
        of_all = build_report(session, people.lead.organisation_id, team_id=None)
        of_north = build_report(session, people.lead.organisation_id, team_id=planted.north)
        of_small = build_report(session, people.lead.organisation_id, team_id=planted.small)
    whole, north, small = (
        render("figures_paper.html", nonce="", person=None, report=one) for one in (of_all, of_north, of_small)
    )
    for html in (whole, north, small):
        assert "Person" not in html
        assert "How to read this" in html
    assert "Family Safeguarding East" in whole
    assert "Small" in whole
    assert "Who is reached" in whole
    assert "Family Safeguarding East" not in north
    assert "All teams together" not in north
    assert "The newest 12 months" in north
    assert "No figures yet" in small
    assert whole.count("<title") == 1 + whole.count("<svg")  # every drawing has its words


def test_it_is_made_anew_once_a_session_is_deleted_or_a_month_is_over(
    client: Client, house: House, people: People, worker: Worker, planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No two reports can be held against each other."""
    lead = client(people.lead)
    lead.post(REPORT)
    monkeypatch.setattr("web.figure_report_job.as_pdf", lambda html: html.encode())
    work_off(worker)
    first = lead.get(f"{REPORT}.pdf").content
    with house.database.write() as session:
        ask_for_figures(session, people.lead.organisation_id)
    assert work_off(worker) == 1  # the same figures: the report stays
    assert lead.get(f"{REPORT}.pdf").content == first
    with house.database.write() as session:
        practice = session.exec(select(PracticeSession).where(col(PracticeSession.team_id) == planted.north)).first()
        assert practice is not None
        withdraw_session(session, practice=practice, why=Why.MISTAKE, by=people.colleague)
    work_off(worker)
    second = lead.get(f"{REPORT}.pdf").content
    assert b"from 54 sessions" in first
    assert b"from 53 sessions" in second
    with house.database.write() as session:
        kept = session.get_one(FigureSnapshot, (people.lead.organisation_id, OVERVIEW))
        body = {**kept.body, "months": ["2020-01", *kept.body["months"][1:]]}  # as a month ago
        session.exec(update(FigureSnapshot).where(col(FigureSnapshot.name) == OVERVIEW).values(body=body))
        ask_for_figures(session, people.lead.organisation_id)
    work_off(worker)
    for team in (planted.north, planted.east, planted.small, planted.empty):
        assert lead.get(f"{of_team(team)}.pdf").status_code == 200


def test_what_stopped_it_is_said(
    client: Client, people: People, worker: Worker, planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(html: str) -> bytes:
        raise PdfLibrariesMissing("pango")

    monkeypatch.setattr("web.figure_report_job.as_pdf", broken)
    lead = client(people.lead)
    lead.post(REPORT)
    work_off(worker)
    page = lead.get(REPORT).text
    assert "could not be made" in page
    assert "Make the report of" in page
    assert lead.get(f"{REPORT}.pdf").status_code == 404


def test_before_the_first_night(client: Client, people: People) -> None:
    assert "Nothing is worked out yet" in client(people.lead).get(REPORT).text
