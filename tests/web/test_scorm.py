"""A package taken, opened by who learns, and what the learning system then hears: that it is completed, and no more."""

import html
import io
import json
import re
import zipfile
from urllib.parse import quote

import pytest
from sqlmodel import select

from api.house import House
from models.audit import AuditEvent
from models.columns import utc_now
from models.learning import ModuleProgress
from models.permissions import Actor
from tests.conftest import People
from tests.training.cmi5.rules import SPACE, check_structure
from tests.web.conftest import Client, PageClient, admin, client
from training.modules.load import shipped_library

__all__ = ["admin", "client"]
SLUG = shipped_library().modules[0].slug
LAUNCH = "ab" * 32


def taken(keeper: PageClient, form: str = "scorm-1.2") -> str:
    """The token in the package."""
    answer = keeper.post("/connections/scorm", data={"module": SLUG, "form": form})
    assert answer.headers["content-type"] == "application/zip"
    assert f'filename="{SLUG}-{form}.zip"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        page = packed.read("index.html").decode()
    found = re.search(r'data-opens="([^"]*)"', page)
    assert found
    return str(json.loads(html.unescape(found[1]))["token"])


def complete(house: House, who: Actor) -> None:
    with house.database.write() as session:
        session.add(ModuleProgress(
            person_id=who.person_id, module=SLUG, edition="1", read_at=utc_now(), completed_at=utc_now(),
            completed_edition="1",
        ))  # fmt: skip


def open_it(one: PageClient, token: str, launch: str = LAUNCH) -> int:
    return one.post("/courses/open", data={"package": token, "launch": launch}, follow_redirects=False).status_code


def test_the_learning_system_hears_that_it_is_completed_and_no_more(
    client: Client, admin: Actor, people: People, house: House
) -> None:
    token, learner, system = taken(client(admin)), client(people.owner), client(None)
    assert system.get(f"/courses/launches/{LAUNCH}").json() == {"opened": False, "completed": False, "ended": False}
    page = learner.get("/courses/open", params={"package": token, "launch": LAUNCH})
    assert "From your learning system" in page.text
    assert "If you go on, your learning system hears when you have completed it" in page.text
    assert "You are signed in as Olu Owner" in page.text
    assert system.get(f"/courses/launches/{LAUNCH}").json()["opened"] is False, "looking tells nobody"
    assert open_it(learner, token) == 303
    assert open_it(learner, token) == 303
    heard = system.get(f"/courses/launches/{LAUNCH}")
    assert heard.json() == {"opened": True, "completed": False, "ended": False}
    assert heard.headers["access-control-allow-origin"] == "*"
    known = learner.get("/courses/open", params={"package": token, "launch": LAUNCH}).text
    assert "If you go on" not in known
    assert "without telling anybody" not in known, "it has been told already"
    complete(house, people.owner)
    assert "You completed this module on" in learner.get(f"/courses/open?package={token}&launch={LAUNCH}").text
    assert system.get(f"/courses/launches/{LAUNCH}").json() == {"opened": True, "completed": True, "ended": False}
    with house.database.read() as session:
        actions = list(session.exec(select(AuditEvent.action)))
    assert actions.count("course_opened") == 1
    assert "course_package_taken" in actions


def test_who_is_not_signed_in_comes_back_to_the_course_after_it(client: Client, admin: Actor) -> None:
    token = taken(client(admin), "scorm-2004")
    answer = client(None).get(f"/courses/open?package={token}&launch={LAUNCH}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=/courses/open")


def test_who_is_signed_in_as_somebody_else_signs_in_as_themselves_and_comes_back(
    client: Client, admin: Actor, people: People
) -> None:
    token, learner = taken(client(admin)), client(people.owner)
    here = f"/courses/open?package={token}&launch={LAUNCH}"
    assert open_it(client(people.teammate), token) == 303
    refused = learner.get(here)
    assert refused.status_code == 404
    assert "opened from your learning system by somebody with another account" in refused.text
    assert "You are signed in as <strong>Olu Owner</strong>" in refused.text
    assert "Toni" not in refused.text, "who it was is nobody's business"
    assert "does not open anything for you" in client(people.stranger).get(here).text
    out = learner.post("/sign-out", data={"next": here}, follow_redirects=False)
    assert out.headers["location"] == f"/sign-in?next={quote(here)}"
    away = client(people.owner).post("/sign-out", data={"next": "//evil.example/"}, follow_redirects=False)
    assert away.headers["location"] == "/sign-in"


@pytest.mark.parametrize("launch", ["", "short", "AB" * 32, "x" * 64, "ab" * 33])
def test_a_launch_that_no_launcher_made_opens_nothing(
    client: Client, admin: Actor, people: People, launch: str
) -> None:
    assert open_it(client(people.owner), taken(client(admin)), launch) == 404


def test_another_authority_and_another_person_and_an_ended_package_open_nothing(
    client: Client, admin: Actor, people: People
) -> None:
    keeper = client(admin)
    token = taken(keeper)
    assert open_it(client(people.stranger), token) == 404
    assert open_it(client(people.owner), token) == 303
    assert open_it(client(people.teammate), token) == 404, "the launch is somebody else's"
    assert open_it(client(people.owner), taken(keeper)) == 404, "and of another package"
    assert open_it(client(people.owner), "no-token", "cd" * 32) == 404
    keeper.post("/connections/scorm-end")
    assert open_it(client(people.owner), token) == 404
    assert ">Ended<" in keeper.get("/connections/scorm").text


def test_of_a_package_that_was_ended_the_system_hears_nothing_more(
    client: Client, admin: Actor, people: People, house: House
) -> None:
    token, system = taken(client(admin)), client(None)
    assert open_it(client(people.owner), token) == 303
    client(admin).post("/connections/scorm-end")
    complete(house, people.owner)
    heard = system.get(f"/courses/launches/{LAUNCH}").json()
    assert heard == {"opened": True, "completed": False, "ended": True}


def test_who_may_take_packages(client: Client, people: People, admin: Actor) -> None:
    for who in (admin, people.lead):
        assert client(who).get("/connections/scorm").status_code == 200
    for who in (people.owner, people.colleague, people.stranger):
        assert client(who).get("/connections/scorm").status_code == 404
        sent = {"module": SLUG, "form": "scorm-1.2"}
        assert client(who).post("/connections/scorm", data=sent).status_code == 404
    assert client(admin).post("/connections/scorm", data={"module": "no-such", "form": "scorm-1.2"}).status_code == 404


def test_cmi5_packages_are_of_the_whole_programme_or_of_one_module(
    client: Client, people: People, admin: Actor
) -> None:
    keeper = client(admin)
    whole = keeper.get("/connections/scorm/cmi5/programme.xml")
    assert whole.headers["content-type"].startswith("application/xml")
    assert 'filename="cmi5.xml"' in whole.headers["content-disposition"]
    units = check_structure(whole.text).findall(f"{SPACE}au")
    assert len(units) == len(shipped_library().modules)
    one = keeper.post("/connections/scorm", data={"module": SLUG, "form": "cmi5"})
    assert one.url.path == f"/connections/scorm/cmi5/{SLUG}.zip"
    with zipfile.ZipFile(io.BytesIO(one.content)) as packed:
        assert len(check_structure(packed.read("cmi5.xml").decode())) == 2
    for name in ("no-such-module.zip", "programme.exe", "programme", ".xml"):
        assert keeper.get(f"/connections/scorm/cmi5/{name}").status_code == 404
    for who in (people.owner, people.colleague, people.stranger):
        assert client(who).get("/connections/scorm/cmi5/programme.zip").status_code == 404
    assert "programme.zip" in keeper.get("/connections/scorm").text


def test_who_chooses_nothing_is_told_what_to_choose_and_sees_who_opened_what(
    client: Client, admin: Actor, people: People
) -> None:
    keeper = client(admin)
    assert "None yet" in keeper.get("/connections/scorm").text
    nothing = keeper.post("/connections/scorm", data={"form": "scorm-3"})
    assert nothing.status_code == 422
    assert "Choose a module" in nothing.text
    assert "Choose what your system knows" in nothing.text
    token = taken(keeper)
    assert "not opened by anybody yet" in keeper.get("/connections/scorm").text
    assert open_it(client(people.owner), token) == 303
    assert open_it(client(people.owner), token, "cd" * 32) == 303
    assert "opened by 1 person" in keeper.get("/connections/scorm").text
    assert 'href="/connections"' in keeper.get("/connections/scorm").text
    assert 'href="/connections/cmi5"' in keeper.get("/connections/scorm").text
    leads = client(people.lead).get("/connections/scorm").text
    assert not re.findall(r'href="/connections(?!/scorm)[^"]*"', leads), "they are closed to leads"
