"""Evoke opened from a learning platform, which is played by a library that is not ours: from the login to the page."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import col, select

from api.access import COOKIE
from api.house import House
from models.lti import LtiPlatform
from models.lti_platforms import PlatformDetails, PlatformWrong, keep_platform
from models.organisation import Organisation
from models.permissions import Actor
from models.person import Role
from models.settings import Settings
from tests.conftest import People, add_person
from tests.lti_platform import CLIENT, FakePlatform, key_pair
from tests.web.conftest import Client, PageClient
from tests.web.lti import FRAME, MODULE, OWNER, arrive, begin, launched, log, platform, press, settings, ticket_in
from web.app import create_app

__all__ = ["platform", "settings"]


def test_a_launch_in_a_window_of_its_own_leads_straight_to_what_the_course_names(
    client: Client, platform: FakePlatform, house: House
) -> None:
    visitor = client(None)
    landed = launched(visitor, platform, email=OWNER, target=f"module:{MODULE}")
    assert landed.url.path == f"/learn/{MODULE}"
    assert OWNER in visitor.get("/account").text
    assert landed.headers["content-security-policy"].endswith("frame-ancestors 'none'")
    again = client(None)  # known by their ID from now on, whatever the platform says of their address
    assert launched(again, platform, email="other@elsewhere.org").url.path == "/"
    assert OWNER in again.get("/account").text
    assert log(house) == ["opened", "opened"]


def test_within_the_platforms_page_nothing_is_signed_in_until_a_window_of_its_own_opens(
    client: Client, platform: FakePlatform
) -> None:
    """With cookies of frames blocked: the browser that comes back has none."""
    asked = begin(client(None), platform)
    framed = client(None)
    page = arrive(framed, platform.launch(asked, email=OWNER, target=f"module:{MODULE}"), FRAME)
    assert page.status_code == 200
    assert COOKIE not in framed.cookies
    assert "Olu Owner" in page.text
    assert "Open Evoke in a new window" in page.text
    assert f"frame-ancestors {platform.issuer}" in page.headers["content-security-policy"]
    window = client(None)
    assert press(window, page).url.path == f"/learn/{MODULE}"
    assert OWNER in window.get("/account").text
    assert press(client(None), page).status_code == 404  # once


def test_a_launch_that_began_in_another_browser_is_refused(
    client: Client, platform: FakePlatform, house: House
) -> None:  # fmt: skip
    victim = client(None)
    form = platform.launch(begin(client(None), platform), email=OWNER)
    answer = arrive(victim, form)
    assert answer.status_code == 401
    assert COOKIE not in victim.cookies
    assert log(house) == ["another_browser"]


@pytest.mark.parametrize("given_back", ["of another login", ""])
def test_where_the_platform_keeps_the_secret_another_browsers_or_none_is_refused(
    client: Client, platform: FakePlatform, house: House, given_back: str
) -> None:
    visitor = client(None)
    asked = begin(visitor, platform, lti_storage_target="platform_storage")
    page = arrive(client(None), platform.launch(asked, email=OWNER), FRAME)
    assert 'data-lti-get="evoke_lti_' in page.text
    ticket = ticket_in(page)
    answer = client(None).post("/lti/open", data={"ticket": ticket, "stored": given_back})
    assert answer.status_code == 401
    assert "the browser kept nothing by which to tell" in answer.text
    assert log(house) == ["another_browser"]
    asked = begin(visitor, platform, lti_storage_target="platform_storage")
    stored = dict(visitor.cookies)[[name for name in dict(visitor.cookies) if name.startswith("evoke_lti_")][-1]]
    page = arrive(client(None), platform.launch(asked, email=OWNER), FRAME)
    ticket = ticket_in(page)
    assert client(None).post("/lti/open", data={"ticket": ticket, "stored": stored}).url.path == "/"


def test_a_launch_works_once_and_a_message_with_another_login_not_at_all(
    client: Client, platform: FakePlatform, house: House
) -> None:
    visitor = client(None)
    form = platform.launch(begin(visitor, platform), email=OWNER)
    kept = dict(visitor.cookies)
    assert arrive(visitor, form).url.path == "/"
    for name, value in kept.items():
        visitor.cookies.set(name, value)
    assert arrive(visitor, form).status_code == 401
    assert arrive(visitor, form).status_code == 401  # of which the log says nothing more
    other = begin(visitor, platform)
    assert arrive(visitor, form | {"state": other["state"]}).status_code == 401  # its nonce was used
    assert arrive(visitor, form | {"state": "made up"}).status_code == 401
    assert log(house) == ["opened", "state_used", "nonce"]


def test_a_platform_that_changed_its_key_is_looked_at_anew(client: Client, platform: FakePlatform) -> None:
    assert launched(client(None), platform, email=OWNER).url.path == "/"
    platform.pair = key_pair()
    assert launched(client(None), platform, email=OWNER).url.path == "/"


def test_an_unknown_platform_and_one_that_leads_elsewhere_are_sent_nowhere(
    client: Client, platform: FakePlatform
) -> None:
    visitor = client(None)
    for sent in (
        {"iss": "https://elsewhere.example", "login_hint": "x"}, {}, {"iss": platform.issuer, "login_hint": ""},
        {"iss": platform.issuer, "client_id": "another", "login_hint": "x"},
        {"iss": platform.issuer, "login_hint": "x", "target_link_uri": "https://evil.example/"},
        {"iss": platform.issuer, "login_hint": "x", "target_link_uri": "http://[evoke.test/"},
    ):  # fmt: skip
        for path in ("/lti/login", platform.login_path):
            answer = visitor.get(path, params=sent, follow_redirects=False)
            assert answer.status_code == 401
            assert "location" not in answer.headers


def test_another_authority_cannot_take_a_platform_by_entering_it(
    house: House, client: Client, people: People, admin: Actor, platform: FakePlatform
) -> None:
    """Whoever enters it first, each authority's people come by their own address."""
    with house.database.write() as session:
        away = session.get_one(Organisation, people.stranger.organisation_id)
        other = add_person(session, away, "Eve Elsewhere", role=Role.ADMINISTRATOR)
        mine = session.exec(select(LtiPlatform)).one()
        details = PlatformDetails(
            name="Not theirs", issuer=mine.issuer, client_id=mine.client_id, deployments="1",
            authorization_endpoint="https://elsewhere.example/authorize", token_endpoint=mine.token_endpoint,
            jwks_uri=mine.jwks_uri,
        )  # fmt: skip
        with pytest.raises(PlatformWrong):
            keep_platform(session, details=details, settings=house.settings, by=admin)
        taken = keep_platform(session, details=details, settings=house.settings, by=other)
    named = {"iss": platform.issuer, "client_id": CLIENT, "login_hint": "x"}
    assert begin(client(None), platform)["client_id"] == CLIENT
    general = client(None).get("/lti/login", params=named, follow_redirects=False)
    assert general.status_code == 401, "neither was entered when there was one address for all"
    theirs = client(None).get(f"/lti/login/{other.organisation_id}", params=named, follow_redirects=False)
    assert theirs.headers["location"].startswith("https://elsewhere.example/")
    with house.database.write() as session:
        old = session.exec(select(LtiPlatform).where(col(LtiPlatform.id) != taken.id)).one()
        old.general_login = True
        session.add(old)
    general = client(None).get("/lti/login", params=named, follow_redirects=False)
    assert general.headers["location"].startswith(f"{platform.issuer}/authorize")


def test_only_the_two_addresses_of_platforms_take_forms_of_other_sites(client: Client, platform: FakePlatform) -> None:
    elsewhere = {"sec-fetch-site": "cross-site"}
    for path in ("/lti/open", "/lti/link", "/lti/choose", "/lti/launch/", "/sign-out"):
        assert client(None).post(path, headers=elsewhere).status_code == 403


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_behind_https_the_cookie_of_a_launch_also_comes_back_within_another_sites_page(
    settings: Settings, platform: FakePlatform
) -> None:
    app = create_app(settings.model_copy(update={"secure_cookies": True}))
    with PageClient(app, base_url="https://evoke.test") as visitor:
        path, _, query = platform.login_address().removeprefix(platform.tool_site).partition("?")
        begun = visitor.get(f"{path}?{query}", follow_redirects=False)
        name, _, rest = begun.headers["set-cookie"].partition("=")
        assert name.startswith("__Host-evoke_lti_")
        there = {"Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"}
        assert set(rest.split("; ")[1:]) == there | {"Max-Age=600"}
        asked = {key: values[0] for key, values in parse_qs(urlsplit(begun.headers["location"]).query).items()}
        ended = visitor.post("/lti/launch", data=platform.launch(asked, email=OWNER), headers=FRAME)
        assert "Open Evoke in a new window" in ended.text
        assert "data-lti-get" not in ended.text
        gone, _, rest = ended.headers["set-cookie"].partition("=")
        assert (gone, set(rest.split("; "))) == (name, there | {"", "Max-Age=0"})
    app.state.house.database.close()
