"""For how long a person's token is good: chosen as it is made, shown, and said to a program that comes too late."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from api.house import House
from models.columns import utc_now
from models.person import ApiToken
from models.settings import Settings
from tests.conftest import People
from tests.web.conftest import Client
from web.cli import main
from web.render import shown_date

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def ends(house: House) -> list[int | None]:
    """In how many days, in the order in which they were made."""
    with house.database.read() as session:
        found = session.exec(select(ApiToken.expires_at).order_by(ApiToken.created_at)).all()  # type: ignore[arg-type]
    return [one and (one - utc_now()).days + 1 for one in found]


def test_a_token_is_good_for_a_year_unless_another_time_is_chosen(client: Client, people: People, house: House) -> None:
    owner = client(people.owner)
    assert 'value="365" selected' in owner.get("/account/tokens/new").text
    made = owner.post("/account/tokens", data={"name": "usual"})
    assert shown_date(utc_now() + timedelta(days=365)) in made.text
    owner.post("/account/tokens", data={"name": "short", "days": "90"})
    without = owner.post("/account/tokens", data={"name": "for good", "days": "no-end"})
    assert "You revoke it" in without.text
    assert ends(house) == [365, 90, None]
    page = owner.get("/account").text
    for days in (365, 90):
        assert f">{shown_date(utc_now() + timedelta(days=days))}</time>" in page
    assert page.count("no end") == 1


@pytest.mark.parametrize("days", ["730", "0", "-1", "None", "x"])
def test_no_other_time_can_be_sent(client: Client, people: People, house: House, days: str) -> None:
    wrong = client(people.owner).post("/account/tokens", data={"name": "script", "days": days})
    assert wrong.status_code == 422
    assert "Choose for how long the token is good." in wrong.text
    assert 'value="script"' in wrong.text
    assert ends(house) == []


def test_a_program_whose_token_ended_is_told_so_and_its_person_sees_it(
    client: Client, people: People, house: House
) -> None:
    owner, program = client(people.owner), client(None)
    (token,) = re.findall(r"evoke_[\w-]{43}", owner.post("/account/tokens", data={"name": "training room"}).text)
    program.headers["authorization"] = f"Bearer {token}"
    assert program.get("/api/v1/sessions").status_code == 200
    assert ">Ended<" not in owner.get("/account").text
    now = utc_now()
    with house.database.write() as session:
        session.exec(update(ApiToken).values(expires_at=now))
    refused = program.get("/api/v1/sessions")
    assert refused.status_code == 401
    assert f"This token ended on {now:%-d %B %Y}. Make another on Your account." in refused.text
    assert "sign_in_needed" in refused.text
    page = owner.get("/account").text
    assert ">Ended<" in page
    (token_id,) = re.findall(r"/account/tokens/([0-9a-f-]{36})/revoke", page)
    owner.post(f"/account/tokens/{token_id}/revoke")
    assert "This token ended" not in program.get("/api/v1/sessions").text
    assert ">Ended<" not in owner.get("/account").text


@pytest.mark.usefixtures("people")
def test_the_command_makes_them_too(
    house: House, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("models.settings.get_settings", lambda: settings)
    for more in ([], ["--days", "90"], ["--days", "no-end"]):
        assert main(["token", "olu.owner@example.org", *more]) == 0
    assert capsys.readouterr().out.count("evoke_") == 3
    assert ends(house) == [365, 90, None]
    with pytest.raises(SystemExit):
        main(["token", "olu.owner@example.org", "--days", "3650"])
