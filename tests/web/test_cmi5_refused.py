"""A launch that is not what it says: somebody else's, another module's, used, made up, from elsewhere. And who may
connect a system, and undo a link."""

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from sqlmodel import select, update

from api.house import House
from models.audit import AuditEvent
from models.cmi5 import Cmi5Link, Cmi5Session, Cmi5State, Cmi5System
from models.cmi5_launches import CLAIM_GOOD_FOR, refuse_launch
from models.cmi5_sessions import take_up_sessions
from models.cmi5_systems import SystemWrong, connect_system
from models.columns import utc_now
from models.permissions import Actor
from tests.cmi5_lms import Lms, launch_path, running_lms
from tests.conftest import People
from tests.training.cmi5.rules import EXTENSIONS
from tests.web.cmi5 import OTHER, SLUG, connect, lms, outbox, press, publisher_id, sessions, settings
from tests.web.conftest import Client, admin, work_off
from tests.web.xapi import complete_a_module
from training.cmi5.enter import enter
from training.cmi5.launch import read_launch
from web.worker import Worker

__all__ = ["admin", "lms", "settings"]
MonkeyPatch = pytest.MonkeyPatch
SESSION_ID = f"{EXTENSIONS}/sessionid"
Changed = Callable[[dict[str, str]], dict[str, str]]


def with_actor(**there: Any) -> Changed:
    def change(sent: dict[str, str]) -> dict[str, str]:
        actor = json.loads(sent["actor"])
        return sent | {"actor": json.dumps(actor | {"account": actor["account"] | there})}

    return change


MADE_UP: dict[str, tuple[Changed, str]] = {
    "somebody else": (with_actor(name="u-99"), "does not know of this launch"),
    "another registration": (
        lambda sent: sent | {"registration": "0199aaaa-0000-7000-8000-000000000001"}, "does not know of this launch",
    ),
    "another activity": (lambda sent: sent | {"activityId": "https://lms.example.org/au/9"}, "does not know of this"),
    "another store": (lambda sent: sent | {"endpoint": "https://evil.example.org/xapi"}, "is not connected"),
    "another giver of tokens": (
        lambda sent: sent | {"fetch": "https://evil.example.org/fetch"}, "at another address than the one",
    ),
    "no actor": (lambda sent: sent | {"actor": "{"}, "missing or wrong"),
    "a deep actor": (lambda sent: sent | {"actor": "[" * 2000}, "missing or wrong"),
    "an actor by mail": (lambda sent: sent | {"actor": '{"mbox": "mailto:a@example.org"}'}, "missing or wrong"),
    "a group": (lambda sent: sent | {"actor": sent["actor"].replace("Agent", "Group")}, "missing or wrong"),
    "no registration": (lambda sent: sent | {"registration": "7"}, "missing or wrong"),
    "no fetch": (lambda sent: sent | {"fetch": "javascript:alert(1)"}, "missing or wrong"),
    "nothing": (lambda sent: {}, "missing or wrong"),
}  # fmt: skip


@pytest.mark.parametrize("what", MADE_UP)
def test_a_launch_that_somebody_changed_opens_nothing_and_links_nobody(
    house: House, people: People, admin: Actor, lms: Lms, worker: Worker, client: Client, what: str
) -> None:
    connect(house, admin, lms)
    change, words = MADE_UP[what]
    sent = change(lms.launch(publisher_id=publisher_id(house)))
    answer = client(people.owner).post(f"/cmi5/modules/{SLUG}", data=sent)
    assert answer.status_code == 422
    assert words in answer.text
    work_off(worker)
    assert lms.kept == {}
    with house.database.read() as session:
        assert session.exec(select(Cmi5Link)).first() is None
    assert all(one.state is Cmi5State.REFUSED and one.sealed == b"" for one in sessions(house))


def test_one_module_cannot_be_told_of_by_another(
    house: House, people: People, admin: Actor, lms: Lms, worker: Worker, client: Client
) -> None:
    connect(house, admin, lms)
    complete_a_module(house, people.owner)
    sent = lms.launch(publisher_id=publisher_id(house, OTHER.slug))
    answer = client(people.owner).post(f"/cmi5/modules/{SLUG}", data=sent)
    assert "opened another module" in answer.text
    work_off(worker)
    assert lms.kept == {}
    assert client(people.owner).get(launch_path("no-such-module", sent)).status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        {"launchMode": "Exam"}, {"contextTemplate": []}, {"contextTemplate": {"extensions": {}}},
        *({"contextTemplate": {"extensions": {SESSION_ID: one}}} for one in ("a\x00b", "\ud800", ["\x00"])),
        {"contextTemplate": {"extensions": {SESSION_ID: "1", "x": float("nan")}}},
    ],
)  # fmt: skip
def test_launch_data_that_is_not_as_the_standard_has_it(
    house: House, people: People, admin: Actor, lms: Lms, client: Client, data: dict[str, Any]
) -> None:
    connect(house, admin, lms)
    answer = client(people.owner).post(
        f"/cmi5/modules/{SLUG}", data=lms.launch(publisher_id=publisher_id(house), **data)
    )
    assert (answer.status_code, "is not as the cmi5 standard has it" in answer.text) == (422, True)


def test_a_token_is_fetched_once_and_two_presses_open_once(
    house: House, people: People, admin: Actor, lms: Lms, worker: Worker, client: Client
) -> None:
    connect(house, admin, lms)
    learner = client(people.owner)
    sent = lms.launch(publisher_id=publisher_id(house))
    assert [press(learner, sent) for _ in range(3)] == [303, 303, 303]
    assert learner.get(launch_path(SLUG, sent), follow_redirects=False).headers["location"] == f"/learn/{SLUG}"
    work_off(worker)
    assert lms.requests.count("POST /fetch") == 1
    assert lms.sessions[0].verbs == ["initialized"]
    taken = client(people.teammate).post(f"/cmi5/modules/{SLUG}", data=sent)
    assert taken.status_code in (409, 422), "somebody else with the same address"
    spent = lms.launch(publisher_id=publisher_id(house))
    lms.sessions[1].fetched = True
    assert "has been opened already" in learner.post(f"/cmi5/modules/{SLUG}", data=spent).text
    lms.grants_token = False
    none = lms.launch(publisher_id=publisher_id(house))
    assert "did not let Evoke in" in learner.post(f"/cmi5/modules/{SLUG}", data=none).text
    lms.grants_token = True
    assert press(learner, none) == 303, "what came to nothing may be tried again"
    lms.broken = True
    off = lms.launch(publisher_id=publisher_id(house))
    assert "stopped answering" in learner.post(f"/cmi5/modules/{SLUG}", data=off).text
    log = client(admin).get("/connections/cmi5").text
    assert "the launch had been used already" in log


def test_a_system_that_is_away_is_tried_again_by_the_person(
    house: House, people: People, admin: Actor, client: Client
) -> None:
    with running_lms() as gone:
        connect(house, admin, gone)
        sent = gone.launch(publisher_id=publisher_id(house))
    answer = client(people.owner).post(f"/cmi5/modules/{SLUG}", data=sent)
    assert "did not answer" in answer.text
    assert sessions(house)[0].reason == "not_reached"


def test_a_process_that_dies_between_the_token_and_the_end_leaves_a_launch_that_says_so(
    house: House, people: People, admin: Actor, lms: Lms, worker: Worker, client: Client, monkeypatch: MonkeyPatch
) -> None:
    """As if it were killed: nothing after the fetch is written, not even that it came to nothing."""
    connect(house, admin, lms)
    learner, sent = client(people.owner), lms.launch(publisher_id=publisher_id(house))
    with monkeypatch.context() as killed:
        killed.setattr("training.cmi5.enter.link", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            enter_as(house, people.owner, sent)
    assert [one.state for one in sessions(house)] == [Cmi5State.OPENING]
    assert lms.requests.count("POST /fetch") == 1
    soon = learner.post(f"/cmi5/modules/{SLUG}", data=sent)
    assert (soon.status_code, "Try again in a minute" in soon.text) == (422, True), "and not the module, as if it heard"
    assert ">Try again<" in soon.text
    assert "opened this" not in learner.get(f"/learn/{SLUG}").text
    assert "Being opened" in client(admin).get("/connections/cmi5").text
    with house.database.write() as session:
        session.exec(update(Cmi5Session).values(seen_at=utc_now() - CLAIM_GOOD_FOR))
    assert "Broken off while it was being opened" in client(admin).get("/connections/cmi5").text
    late = learner.post(f"/cmi5/modules/{SLUG}", data=sent)
    assert "has been opened already" in late.text
    assert "open the module from your learning system again" in late.text
    assert [(one.state, one.reason) for one in sessions(house)] == [(Cmi5State.REFUSED, "used")]
    again = lms.launch(
        publisher_id=publisher_id(house), registration=sent["registration"], activity_id=sent["activityId"]
    )
    assert press(learner, again) == 303
    work_off(worker)
    assert [one.verbs for one in lms.sessions] == [[], ["initialized"]]
    with house.database.write() as session:
        session.exec(update(Cmi5Session).values(at=utc_now() - timedelta(days=91)))
        take_up_sessions(session)
    assert [one.state for one in sessions(house)] == [Cmi5State.OVER], "what came to nothing is forgotten"


def test_of_two_who_open_it_the_later_does_not_refuse_what_the_first_has_opened(
    house: House, people: People, admin: Actor, lms: Lms, client: Client
) -> None:
    """The first was so slow that another was let in."""
    connect(house, admin, lms)
    sent = lms.launch(publisher_id=publisher_id(house))
    assert press(client(people.owner), sent) == 303
    with house.database.write() as session:
        refuse_launch(session, sessions(house)[0].id, reason="used")
    assert sessions(house)[0].state is Cmi5State.OPEN


def enter_as(house: House, who: Actor, sent: dict[str, str]) -> None:
    enter(house.database, module=SLUG, launch=read_launch(sent), settings=house.settings, by=who)


def test_who_is_signed_in_as_somebody_else_signs_in_as_themselves_and_comes_back_to_the_launch(
    house: House, people: People, admin: Actor, lms: Lms, client: Client
) -> None:
    connect(house, admin, lms)
    mine = lms.launch(publisher_id=publisher_id(house))
    assert press(client(people.owner), mine) == 303
    sent = lms.launch(publisher_id=publisher_id(house))
    other = client(people.teammate)
    for page in (other.get(launch_path(SLUG, sent)), other.post(f"/cmi5/modules/{SLUG}", data=sent)):
        assert page.status_code == 409
        assert "You are signed in as Toni Teammate. " in page.text
        found = re.search(r'name="next" value="([^"]+)"', page.text)
        assert found
        out = other.post("/sign-out", data={"next": html.unescape(found[1])}, follow_redirects=False)
        assert out.headers["location"].startswith(f"/sign-in?next=/cmi5/modules/{SLUG}%3Fendpoint%3D")
        other = client(people.teammate)


def test_an_account_is_one_persons_and_a_person_has_one_account(
    house: House, people: People, admin: Actor, lms: Lms, client: Client
) -> None:
    connect(house, admin, lms)
    learner, other, keeper = client(people.owner), client(people.teammate), client(admin)
    assert press(learner, lms.launch(publisher_id=publisher_id(house))) == 303
    theirs = lms.launch(publisher_id=publisher_id(house))
    page = other.get(launch_path(SLUG, theirs))
    assert (page.status_code, "linked to somebody else here" in page.text) == (409, True)
    assert press(other, theirs) == 409
    second = lms.launch(publisher_id=publisher_id(house), account="u-18")
    assert "linked to another account there" in learner.get(launch_path(SLUG, second)).text
    assert press(learner, second) == 409
    assert lms.requests.count("POST /fetch") == 1, "what cannot be linked spends no token"
    page = keeper.get("/connections/cmi5").text
    assert "Olu Owner" in page
    assert "u-17" in page
    with house.database.read() as session:
        (kept,) = session.exec(select(Cmi5Link))
    for who in (people.owner, people.lead, people.stranger):
        assert client(who).post(f"/connections/cmi5/links/{kept.id}/undo").status_code == 404
    assert keeper.post(f"/connections/cmi5/links/{kept.id}/undo").status_code == 200
    assert outbox(house) == []
    assert press(other, theirs) == 303
    with house.database.read() as session:
        actions = [one.action for one in session.exec(select(AuditEvent))]
    assert actions.count("cmi5_unlinked") == 1


def test_who_is_not_signed_in_comes_back_to_the_launch_after_it(
    house: House, admin: Actor, lms: Lms, client: Client
) -> None:
    connect(house, admin, lms)
    sent = lms.launch(publisher_id=publisher_id(house))
    answer = client(None).get(launch_path(SLUG, sent), follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/sign-in?next=/cmi5/modules/{SLUG}%3Fendpoint%3D")
    assert lms.requests == []


def test_another_authority_is_not_opened_to_and_another_persons_launch_is_not_ended(
    house: House, people: People, admin: Actor, lms: Lms, client: Client
) -> None:
    connect(house, admin, lms)
    sent = lms.launch(publisher_id=publisher_id(house))
    answer = client(people.stranger).get(launch_path(SLUG, sent))
    assert "is not connected to your authority" in answer.text
    assert press(client(people.owner), sent) == 303
    (row,) = sessions(house)
    for who in (people.teammate, people.colleague, people.stranger, admin):
        assert client(who).post("/cmi5/end", data={"launch": str(row.id)}).status_code == 404
        assert client(who).get(f"/cmi5/ended/{row.id}").status_code == 404
    assert client(people.owner).post("/cmi5/end", data={"launch": "none"}).status_code == 404
    assert sessions(house)[0].state is Cmi5State.OPEN


def test_an_administrator_who_opens_a_module_is_led_to_connect_the_system(
    house: House, people: People, admin: Actor, lms: Lms, client: Client
) -> None:
    keeper = client(admin)
    sent = lms.launch(publisher_id=publisher_id(house))
    page = keeper.get(launch_path(SLUG, sent))
    assert "Connect it" in page.text
    assert "Connect it" not in client(people.owner).get(launch_path(SLUG, sent)).text
    form = keeper.get("/connections/cmi5", params={"endpoint": sent["endpoint"], "address": lms.address})
    assert sent["endpoint"] in form.text
    made = {"name": "Ferndale Learning", "endpoint": sent["endpoint"], "address": lms.address}
    answer = keeper.post("/connections/cmi5", data=made)
    assert "Connected." in answer.text
    assert press(keeper, sent) == 303
    with house.database.read() as session:
        (system,) = session.exec(select(Cmi5System))
    assert (system.endpoint, system.origin) == (lms.endpoint, lms.address)
    assert "It works." in keeper.post(f"/connections/cmi5/{system.id}/test").text
    assert "Working" in keeper.get("/connections").text
    for who in (people.lead, people.owner, people.stranger):
        assert client(who).get("/connections/cmi5").status_code == 404
        assert client(who).post("/connections/cmi5", data=made).status_code == 404
        for what in ("test", "end"):
            assert client(who).post(f"/connections/cmi5/{system.id}/{what}").status_code == 404
    assert "Disconnected" in keeper.post(f"/connections/cmi5/{system.id}/end").text
    assert sessions(house) == []
    assert press(keeper, sent) == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("endpoint", "http://lms.example.org/xapi"), ("endpoint", "https://10.0.0.1/xapi"),
     ("endpoint", "https://lms.example.org/xapi?x=1"), ("address", "nowhere")],
)  # fmt: skip
def test_an_address_that_nothing_may_be_sent_to_is_not_taken(
    house: House, admin: Actor, client: Client, field: str, value: str
) -> None:
    right = {"name": "Learning", "endpoint": "https://lms.example.org/xapi", "address": ""}
    answer = client(admin).post("/connections/cmi5", data=right | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    with house.database.write() as session, pytest.raises(SystemWrong):
        connect_system(session, **(right | {field: value}), settings=house.settings, by=admin)


def test_their_own_copy_says_which_account_is_theirs_and_what_was_told(
    house: House, people: People, admin: Actor, lms: Lms, worker: Worker, client: Client
) -> None:
    from models.organisation import Organisation
    from models.person import Person
    from training.cmi5.connection_view import known_there, launched_there

    connect(house, admin, lms)
    assert press(client(people.owner), lms.launch(publisher_id=publisher_id(house))) == 303
    work_off(worker)
    with house.database.read() as session:
        person = session.get_one(Person, people.owner.person_id)
        assert session.get_one(Organisation, person.organisation_id)
        (known,), (launched,) = known_there(session, person), launched_there(session, person)
    assert (known["system"], known["account"]) == ("Ferndale Learning", "u-17")
    assert (launched["module"], launched["told"]) == (SLUG, ["initialized"])
