"""Who refused research is in no row of an evaluator's file, and cannot be worked out with the rows of the others."""

from datetime import date

import pytest
from sqlmodel import Session, col, select

from api.house import House
from models.coding import CodedBy
from models.columns import utc_now
from models.consent import Participant, Who
from models.figures import FigureSnapshot, SessionFigure
from models.organisation import Organisation
from models.permissions import Actor
from tests.conftest import People
from tests.web.adoption import Made, make_authority, opt_in
from tests.web.conftest import Client
from tests.web.test_adoption_export import SQLITE, fetch, table, word
from training.adoption.legs import WITHHELD
from training.adoption.mi_rows import keep_series
from training.adoption.wave import set_rows_for_evaluators
from web.worker import Worker

MONTHS = [date(2026, month, 1) for month in (1, 2, 3)]
SECRET = 100
"""How often the one who refuses persuaded and confronted in January."""
MEASURE = "mi_non_adherent_in_a_session"
SHOWN = "about 25 sessions"


@pytest.fixture
def made(house: House, people: People) -> Made:
    """An authority that takes part and gives rows: twenty-four people with a session a month, coded by the machine."""
    with house.database.write() as session:
        home = session.get_one(Organisation, people.lead.organisation_id)
        made = make_authority(session, home, people=24, months=MONTHS)
        set_rows_for_evaluators(session, allowed=True, by=people.lead)
        figure = session.get_one(SessionFigure, (made.sessions[0], CodedBy.MACHINE))
        figure.persuade, figure.confront = SECRET, 0
        session.add(figure)
    opt_in(house, people.lead.organisation_id)
    return made


def refuse(session: Session, people: People, made: Made, *numbers: int) -> None:
    """To research, in so many of the sessions."""
    for number in numbers:
        one = Participant(session_id=made.sessions[number], position=1, who=Who.STAFF)
        session.add(one)
        session.flush()
        session.add(word(one, people, given=False))


def subtracted(files: dict[str, str], month: str, *, sessions: int) -> list[float]:
    """What is left of a month's figure when the rows are taken from it, were it of so many sessions: a mean of all of
    them, times their number, less what the rows count."""
    rows = [
        row for row in table(files, "sessions.csv")
        if (row["period"], row["measure"], row["coded_by"]) == (month, MEASURE, "machine")
    ]  # fmt: skip
    figures = [
        row for row in table(files, "legs.csv")
        if (row["leg"], row["first"], row["last"], row["measure"], row["coded_by"])
        == ("mi", month, month, MEASURE, "machine")
    ]  # fmt: skip
    assert rows
    assert figures, "a figure that is withheld has its row, and says so"
    assert all(bool(row["value"]) != (row["note"] == WITHHELD) for row in figures)
    counted = sum(float(row["numerator"]) for row in rows)
    return [float(row["value"]) * sessions - counted for row in figures if row["value"]]


def test_who_refused_cannot_be_subtracted(
    house: House, client: Client, worker: Worker, evaluator: Actor, people: People, made: Made
) -> None:
    files = fetch(client, worker, evaluator)
    (left,) = subtracted(files, "2026-01", sessions=24)
    assert abs(left) < 2, "with a row for each session the figure is that of the rows"
    with house.database.write() as session:
        refuse(session, people, made, 0)
    files = fetch(client, worker, evaluator)
    assert subtracted(files, "2026-01", sessions=24) == [], f"less the rows it would be {SECRET} for the one"
    assert len(subtracted(files, "2026-02", sessions=24)) == 1, "in no other month anybody refused"
    with house.database.write() as session:
        refuse(session, people, made, *range(3, 12, 3))
    assert subtracted(fetch(client, worker, evaluator), "2026-01", sessions=24) == [], "nor four together"
    with house.database.write() as session:
        refuse(session, people, made, 12)
    (left,) = subtracted(fetch(client, worker, evaluator), "2026-01", sessions=24)
    assert left > SECRET, "five together may be told, and more than the one is in it"


def test_nor_on_the_pages(
    house: House, client: Client, worker: Worker, evaluator: Actor, people: People, made: Made
) -> None:
    """Whether they are worked out at once, or were at night; and from when on a file without the session is made."""
    home, today = people.lead.organisation_id, utc_now().date()
    one, path = client(evaluator), f"/adoption/authorities/{people.lead.organisation_id}"
    with house.database.write() as session:
        keep_series(session, home, today=today)
    before = one.get(path, params={"of": "role_play.chosen.machine"}).text
    assert WITHHELD not in before
    with house.database.write() as session:
        refuse(session, people, made, 2)  # of March, which is the newest
    fetch(client, worker, evaluator)
    told = one.get(path, params={"of": "role_play.chosen.machine"}).text
    assert told.count(WITHHELD) == before.count(SHOWN) - told.count(SHOWN) > 3
    assert "February 2026" in one.get("/adoption").text, "the newest that is told"
    with house.database.write() as session:
        for kept in session.exec(select(FigureSnapshot).where(col(FigureSnapshot.organisation_id) == home)):
            session.delete(kept)
    nonce_free = [text.partition('id="practice"')[2].partition("<h2")[0] for text in (told, one.get(path).text)]
    assert nonce_free[0] == nonce_free[1]


@SQLITE
def test_what_was_kept_by_older_rules_is_not_shown(
    house: House, client: Client, evaluator: Actor, people: People, made: Made
) -> None:
    home = people.lead.organisation_id
    with house.database.write() as session:
        keep_series(session, home, today=utc_now().date())
        refuse(session, people, made, 2)
        for kept in session.exec(select(FigureSnapshot).where(col(FigureSnapshot.organisation_id) == home)):
            kept.body = {name: value for name, value in kept.body.items() if name != "rules"}
            session.add(kept)
    assert WITHHELD in client(evaluator).get(f"/adoption/authorities/{home}").text


@SQLITE
def test_an_authority_without_rows_withholds_the_same(
    house: House, client: Client, worker: Worker, evaluator: Actor, people: People, made: Made
) -> None:
    """It may give rows of what is past at any time, and figures that were shown are then known."""
    with house.database.write() as session:
        refuse(session, people, made, 0)
        set_rows_for_evaluators(session, allowed=False, by=people.lead)
    legs = table(fetch(client, worker, evaluator), "legs.csv")
    assert {row["first"] for row in legs if row["note"] == WITHHELD} == {"2026-01"}
    with house.database.write() as session:
        refuse(session, people, made, 4, 2)
        keep_series(session, people.lead.organisation_id, today=utc_now().date())
    overview = client(evaluator).get("/adoption").text
    assert f"{WITHHELD.capitalize()}." in overview, "not that there were too few sessions"
    assert SHOWN not in overview
