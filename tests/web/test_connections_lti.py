"""An administrator's pages of learning platforms, and platforms that register themselves."""

import re
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import select

from api.house import House
from models.columns import utc_now
from models.lti import LtiCourse, LtiLaunch, LtiLink, LtiLogin, LtiPlatform, LtiTicket
from models.lti_keys import key_set
from models.lti_launches import LOG_KEPT
from models.permissions import Actor
from tests.conftest import People
from tests.lti_platform import DEPLOYMENT, LEARNER, FakePlatform
from tests.web.conftest import Client
from tests.web.lti import FRAME, OWNER, launched, platform, settings
from tests.web.test_nightly import at_night
from web.worker import Worker

__all__ = ["platform", "settings"]


def test_an_administrator_enters_a_platform_tests_it_and_reads_why_a_launch_was_refused(
    client: Client, platform: FakePlatform, house: House, admin: Actor, people: People
) -> None:
    one = client(admin)
    platform.members = [
        {"user_id": "user-1", "roles": [LEARNER], "name": "Olu Owner", "email": OWNER},
        {"user_id": "user-2", "roles": [LEARNER], "name": "Nia New", "email": "nia@example.org"},
    ]
    with house.database.write() as session:
        row = session.exec(select(LtiPlatform)).one()
        row.deployments = []
        session.add(row)
    page = f"/connections/lti/{row.id}"
    assert "Nobody has opened Evoke from here yet" in one.get(page).text
    assert launched(client(None), platform, email=OWNER).status_code == 401
    refused = one.get(page).text
    assert "The deployment is not one that was entered here" in refused
    assert one.post(f"{page}/allow", data={"deployment": "never seen"}).status_code == 404
    assert "may open Evoke now" in one.post(f"{page}/allow", data={"deployment": DEPLOYMENT}).text
    assert launched(client(None), platform, email=OWNER).url.path == "/"
    tested = one.post(f"{page}/test").text
    assert "key set was read: 1 key" in tested
    assert "gave a token" in tested
    with house.database.read() as session:
        (course,) = session.exec(select(LtiCourse)).all()
    who = one.post(f"{page}/courses/{course.id}").text
    assert "1 of 2 have an account" in who
    assert "Nia New" in who
    sent = {"name": "F", "issuer": platform.issuer, "client_id": "x", "match": "email", "scores": "completion"}
    wrong = one.post("/connections/lti", data=sent)
    assert wrong.status_code == 422
    for name in ("authorization_endpoint", "jwks_uri", "domains"):
        assert f'id="{name}-error"' in wrong.text
    for who_else in (people.owner, people.lead, people.colleague):
        assert client(who_else).get("/connections/lti").status_code == 404
    assert "taken out" in one.post(f"{page}/end").text
    with house.database.read() as session:
        assert session.exec(select(LtiLink)).all() == []


def test_a_platform_registers_itself_once(
    client: Client, platform: FakePlatform, house: House, admin: Actor
) -> None:  # fmt: skip
    """The platform's half of dynamic registration is written here, from the specification: the library has none."""
    with house.database.write() as session:
        session.delete(session.exec(select(LtiPlatform)).one())
    made = client(admin).post("/connections/lti/invite")
    (address,) = re.findall(r"http://evoke\.test(/lti/register/[\w-]+)", made.text)
    visitor = client(None)
    described = {"openid_configuration": f"{platform.issuer}/description", "registration_token": "let me in"}
    assert "Register" in visitor.get(address, params=described).text
    assert visitor.post(address, data={"configuration": "https://[", "token": "let me in"}).status_code == 502
    sent = {"configuration": described["openid_configuration"], "token": "not it"}
    assert visitor.post(address, data=sent).status_code == 502
    assert "know each other now" in visitor.post(address, data=sent | {"token": "let me in"}).text
    assert platform.tool is not None
    assert platform.tool["jwks_uri"] == f"http://evoke.test/lti/keys/{admin.organisation_id}"
    assert visitor.get(address).status_code == 404
    with house.database.read() as session:
        platform.tool_keys = {"keys": key_set(session, admin.organisation_id)}
    assert launched(client(None), platform, email=OWNER).url.path == "/sign-in"  # known by signing in, until changed


def test_what_was_kept_of_launches_goes_at_night_though_nobody_comes_any_more(
    client: Client, platform: FakePlatform, house: House, worker: Worker
) -> None:
    launched(client(None), platform, FRAME, name="Olu Owner")
    launched(client(None), platform, email=OWNER)
    with house.database.write() as session:
        for table in (LtiLogin, LtiTicket):
            session.exec(update(table).values(expires_at=utc_now() - timedelta(minutes=1)))
        session.exec(update(LtiLaunch).values(at=utc_now() - LOG_KEPT - timedelta(minutes=1)))
        assert session.exec(select(LtiTicket)).one().who == "Olu Owner"
    at_night(house, worker)
    with house.database.read() as session:
        for table in (LtiLogin, LtiTicket, LtiLaunch):
            assert session.exec(select(table)).all() == []
