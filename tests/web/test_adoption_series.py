"""Months of practice as they are worked out at night, and read on the pages of adoption."""

import re
from datetime import date

from sqlmodel import col, delete

from api.house import House
from models.columns import utc_now
from models.figures import SessionFigure
from models.organisation import Organisation
from models.permissions import Actor
from models.sign_in import make_organisation
from tests.conftest import People
from tests.web.adoption import make_authority, opt_in
from tests.web.conftest import Client
from tests.web.test_team import statements
from training.adoption.legs import LEG_MEASURE
from training.adoption.mi_rows import keep_series, leg_series, series_of, work_out
from training.figures.snapshot import bodies, keep


def test_a_series_worked_out_at_night_is_what_the_page_would_work_out(
    house: House, client: Client, people: People, evaluator: Actor
) -> None:
    home = people.lead.organisation_id
    opt_in(house, home)
    with house.database.write() as session:
        made = make_authority(session, session.get_one(Organisation, home), people=12, months=[date(2026, 3, 1)])
    today, one = utc_now().date(), client(evaluator)
    before = one.get("/adoption").text
    with house.database.write() as session:
        keep_series(session, home, today=today)
        keep(session, home, bodies(session, home, now=utc_now()))
        worked_out = work_out(session, home, today=today)
        assert series_of(session, home, today=today) == worked_out
        leg = leg_series(session, [home], today=today)[home]
        assert {one: [set(period.measures) for period in leg[one]] for one in leg} == {
            one: [{LEG_MEASURE} & set(period.measures) for period in worked_out[one]] for one in worked_out
        }  # fmt: skip
    nonce = re.compile(r"nonce=\"[^\"]+\"")
    assert nonce.sub("", one.get("/adoption").text) == nonce.sub("", before)
    with house.database.write() as session:
        session.exec(delete(SessionFigure).where(col(SessionFigure.session_id).in_(made.sessions)))
    assert "about 10 sessions" in one.get("/adoption").text, "the page reads no session"
    with house.database.write() as session:
        keep_series(session, home, today=today)
    assert "need 10 sessions of 10 people" in one.get("/adoption").text


def test_sessions_that_are_not_alike_are_drawn_one_kind_at_a_time(
    house: House, client: Client, people: People, evaluator: Actor
) -> None:
    home = people.lead.organisation_id
    opt_in(house, home)
    with house.database.write() as session:
        make_authority(session, session.get_one(Organisation, home), people=24, months=[date(2026, 3, 1)])
    path, one = f"/adoption/authorities/{home}", client(evaluator)
    machine, coach = "role_play.chosen.machine", "role_play.chosen.person"
    text = one.get(path).text
    assert [re.search(rf'<option value="{name}"( selected)?>', text) is not None for name in (machine, coach)] == [
        True, True
    ]  # fmt: skip
    assert (f'value="{machine}" selected' in text, f'value="{coach}" selected' in text) == (True, False)
    charts = text.count('id="t-mi-')
    assert charts
    chosen = one.get(path, params={"of": coach}).text
    assert f'value="{coach}" selected' in chosen
    assert chosen.count('id="t-mi-') == charts
    heading = "Role play, chosen by practitioners, coded by a coach"
    assert (f">{heading}</h3>" in chosen, f">{heading}</h3>" in text) == (True, False)
    assert f'value="{machine}" selected' in one.get(path, params={"of": "nonsense"}).text


def test_many_authorities_are_read_in_as_many_queries_as_one(
    house: House, client: Client, people: People, evaluator: Actor
) -> None:
    def authority(name: str, seed: int) -> None:
        with house.database.write() as session:
            one = make_organisation(session, name=name)
            make_authority(session, one, people=12, months=[date(2026, 3, 1)], seed=seed)
            keep_series(session, one.id, today=utc_now().date())
            one_id = one.id
        opt_in(house, one_id)

    def asked() -> int:
        client(evaluator).get("/adoption")
        with statements(house) as seen:
            text = client(evaluator).get("/adoption").text
        assert text.count("about 10 sessions") == text.count('class="evoke-authority"')
        return len(seen)

    authority("Alderbrook Council", 2)
    one = asked()
    authority("Birchwood Council", 3)
    authority("Cressing Council", 4)
    assert asked() == one
