"""Who a learning platform's user is here, and whom a launch signs in."""

from typing import Any

import pytest
from sqlmodel import select

from api.access import COOKIE
from api.house import House
from models.lti import LtiLink, LtiMatch
from models.permissions import Actor
from models.single_sign_on_kept import SingleSignOn
from tests.conftest import PASSWORD, People
from tests.lti_platform import INSTRUCTOR, FakePlatform
from tests.web.conftest import Client
from tests.web.lti import FRAME, MODULE, OWNER, launched, platform, press, settings, ticket_in
from web.pages.lti import LINKING

__all__ = ["platform", "settings"]


@pytest.mark.parametrize(
    "said",
    [
        {"email": "sam.stranger@example.org"}, {"email": "nobody@example.org"}, {"email": ""},
        {"email": OWNER, "extra": {"email_verified": False}},
        {"email": "cass.coach@example.org"},  # sees what is others': signs in themselves
        {"email": "ada.administrator@example.org", "roles": (INSTRUCTOR,)},
    ],
)  # fmt: skip
def test_who_is_not_known_signs_in_once_and_gets_no_role(
    client: Client, platform: FakePlatform, house: House, said: dict[str, Any]
) -> None:
    visitor = client(None)
    landed = launched(visitor, platform, target=f"module:{MODULE}", **said)
    assert landed.url.path == "/sign-in"
    assert COOKIE not in visitor.cookies
    linking = visitor.post("/sign-in", data={"email": OWNER, "password": PASSWORD, "next": "/lti/link"})
    assert "Both are me" in linking.text
    assert visitor.post("/lti/link").url.path == f"/learn/{MODULE}"
    with house.database.read() as session:
        assert [one.how for one in session.exec(select(LtiLink))] == [LtiMatch.SIGN_IN]
    again = client(None)
    assert launched(again, platform).url.path == "/"
    assert OWNER in again.get("/account").text


def test_a_coach_who_linked_is_led_there_and_still_signs_in(
    client: Client, platform: FakePlatform, people: People
) -> None:  # fmt: skip
    visitor = client(people.colleague)
    launched(visitor, platform)
    assert visitor.post("/lti/link").url.path == "/"
    fresh = client(None)
    assert launched(fresh, platform, target=f"module:{MODULE}").url.path == "/sign-in"
    assert launched(visitor, platform, target=f"module:{MODULE}").url.path == f"/learn/{MODULE}"


def test_where_single_sign_on_is_the_only_way_in_a_launch_is_none(
    client: Client, platform: FakePlatform, house: House, admin: Actor
) -> None:
    with house.database.write() as session:
        provider = SingleSignOn(
            organisation_id=admin.organisation_id, issuer="https://id.example", client_id="evoke", sealed_secret=b"",
            only_way=True, break_glass_id=admin.person_id,
        )  # fmt: skip
        session.add(provider)
    visitor = client(None)
    assert launched(visitor, platform, email=OWNER, target=f"module:{MODULE}").url.path == "/sign-in"
    assert COOKIE not in visitor.cookies


def test_who_is_of_another_authority_links_nothing(
    client: Client, platform: FakePlatform, house: House, people: People
) -> None:  # fmt: skip
    visitor = client(people.stranger)
    assert "Both are me" in launched(visitor, platform).text
    answer = visitor.post("/lti/link")
    assert answer.status_code == 403
    assert "another authority" in answer.text
    with house.database.read() as session:
        assert session.exec(select(LtiLink)).all() == []


def test_the_ticket_of_who_chooses_content_opens_and_links_nothing(
    client: Client, platform: FakePlatform, people: People
) -> None:  # fmt: skip
    page = launched(client(None), platform, FRAME, roles=(INSTRUCTOR,), choose={})
    visitor = client(people.owner)
    assert press(visitor, page).status_code == 404
    visitor.cookies.set(LINKING, ticket_in(page))
    assert visitor.get("/lti/link").status_code == 404
    assert visitor.post("/lti/link").status_code == 404
