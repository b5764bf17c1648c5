"""Changes of a provider that meet each other: two at once, two groups with one role, two people with one name."""

import threading
import time
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from api.house import House
from api.scim import groups
from api.scim.patch import patched
from models.permissions import Actor
from models.person import Person, Role
from models.scim_kept import ScimRoleMember
from models.scim_role_groups import add_role_group, role_groups_with
from models.sign_in import current_grants
from tests.conftest import People
from tests.web.conftest import Client
from tests.web.scim import Provider, connected


@pytest.fixture
def provider(house: House, client: Client, admin: Actor) -> Provider:
    return connected(house, client, admin)


@pytest.mark.parametrize("database_kind", ["postgresql"])  # SQLite has one writer anyhow
def test_two_members_who_come_at_once_are_both_in(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [provider.user(name)["id"] for name in ("nia.new", "bo.new")]
    path = f"/Groups/{provider.group('South')['id']}"
    both = threading.Barrier(2)

    def late(*sent: Any) -> Any:
        """Of two that have both read the group, one ends before the other goes on."""
        with suppress(threading.BrokenBarrierError):
            if both.wait(1):
                time.sleep(1)
        return patched(*sent)

    monkeypatch.setattr(groups, "patched", late)
    threads = [
        threading.Thread(
            target=provider.patch, args=(path, {"op": "add", "path": "members", "value": [{"value": one}]})
        )
        for one in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one["value"] for one in provider.get(path)["members"]} == set(people)


def test_a_role_that_two_groups_give_stays_while_one_does(provider: Provider, house: House, admin: Actor) -> None:
    nia = provider.user("nia.new")["id"]
    with house.database.write() as session:
        for name in ("Leads North", "Leads South"):
            add_role_group(
                session, organisation_id=admin.organisation_id, name=name, role=Role.LEAD, team_id=None, by=None
            )
    north, south = (provider.group(name, nia)["id"] for name in ("Leads North", "Leads South"))
    gone = {"op": "replace", "path": "members", "value": []}
    assert provider.patch(f"/Groups/{north}", gone).status_code == 204
    assert [one["value"] for one in provider.get(f"/Groups/{south}")["members"]] == [nia], "she has the role still"
    with house.database.read() as session:
        assert role_groups_with(session, session.get_one(Person, UUID(nia))) == ["Leads South"]
    assert provider.patch(f"/Groups/{south}", gone).status_code == 204
    with house.database.read() as session:
        assert [one.role for one in current_grants(session, session.get_one(Person, UUID(nia)))] == []


def test_somebody_is_let_go_whose_address_is_anothers_user_name(
    provider: Provider, house: House, people: People
) -> None:
    provider.user("nia.new", userName="later@example.org")
    with house.database.write() as session:  # an administrator changes it, whom no directory asks
        session.get_one(Person, people.owner.person_id).email = "later@example.org"
    path = f"/Users/{people.owner.person_id}"
    assert provider.ask("DELETE", path).status_code == 204
    assert provider.ask("GET", path).status_code == 404
    assert provider.get("/Users", filter='userName eq "later@example.org"')["totalResults"] == 1


def test_who_is_active_is_asked_of_everybody(provider: Provider) -> None:
    here = provider.get("/Users")["totalResults"]
    nia = provider.user("nia.new", active=False)
    for wanted in ("active eq false", 'active eq "False"', "active ne true", "not (active eq true)"):
        assert [one["id"] for one in provider.get("/Users", filter=wanted)["Resources"]] == [nia["id"]], wanted
    for wanted in ("active eq true", 'ACTIVE eq "True"', "active ne false", "active pr and active eq true"):
        assert provider.get("/Users", filter=wanted)["totalResults"] == here, wanted
    assert provider.get("/Users", filter="active eq null")["totalResults"] == 0


def test_who_left_is_in_no_group_any_more(provider: Provider, house: House, admin: Actor) -> None:
    nia = provider.user("nia.new")["id"]
    with house.database.write() as session:
        add_role_group(
            session, organisation_id=admin.organisation_id, name="Leads", role=Role.LEAD, team_id=None, by=None
        )
    leads = provider.group("Leads", nia)["id"]
    off = {"op": "replace", "path": "active", "value": False}
    assert provider.patch(f"/Users/{nia}", off).status_code in (200, 204)
    with house.database.read() as session:
        assert session.exec(select(ScimRoleMember)).all() == []
    assert provider.patch(f"/Users/{nia}", off | {"value": True}).status_code in (200, 204)
    with house.database.read() as session:
        back = session.get_one(Person, UUID(nia))
        assert back.left_at is None
        assert current_grants(session, back) == [], "with the roles that the provider sends anew"
    again = {"op": "add", "path": "members", "value": [{"value": nia}]}
    assert provider.patch(f"/Groups/{leads}", again).status_code == 204
    with house.database.read() as session:
        assert [one.role for one in current_grants(session, session.get_one(Person, UUID(nia)))] == [Role.LEAD]
