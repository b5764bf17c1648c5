"""A learning platform that is not ours, connected to one authority, and a browser that comes from it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlmodel import select

from api.house import House
from models.lti import LtiLaunch, LtiMatch, LtiPlatform
from models.lti_keys import key_set
from models.lti_platforms import PlatformDetails, keep_platform
from models.permissions import Actor
from models.settings import Settings
from tests.conftest import People
from tests.lti_platform import CLIENT, DEPLOYMENT, FakePlatform, fake_platform
from tests.web.conftest import PageClient
from training.modules.load import shipped_library

OWNER = "olu.owner@example.org"
TOP, FRAME = {"sec-fetch-dest": "document", "sec-fetch-site": "cross-site"}, {"sec-fetch-dest": "iframe"}
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
MODULE = shipped_library().modules[0].slug


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"site_url": "http://evoke.test", "outgoing_allowed": "127.0.0.1"})


@pytest.fixture
def platform(house: House, people: People, admin: Actor) -> Iterator[FakePlatform]:
    with fake_platform() as one:
        add(house, admin, one)
        yield one


def add(house: House, admin: Actor, one: FakePlatform, **others: str) -> None:
    values = {
        "name": "Ferndale Learning", "issuer": one.issuer, "client_id": CLIENT, "deployments": DEPLOYMENT,
        "authorization_endpoint": f"{one.issuer}/authorize", "token_endpoint": f"{one.issuer}/token",
        "jwks_uri": f"{one.issuer}/keys", "match": LtiMatch.EMAIL, "domains": "example.org",
    }  # fmt: skip
    with house.database.write() as session:
        kept = session.exec(select(LtiPlatform)).first()
        details = PlatformDetails(**{**values, **others})
        keep_platform(session, details=details, settings=house.settings, by=admin, platform=kept)
        one.tool_keys = {"keys": key_set(session, admin.organisation_id)}
    one.login_path = f"/lti/login/{admin.organisation_id}"


def begin(visitor: PageClient, platform: FakePlatform, **more: str) -> dict[str, str]:
    """What the platform is asked, once the browser was sent there."""
    parts = urlsplit(platform.login_address())
    sent = {name: values[0] for name, values in parse_qs(parts.query).items()} | more
    answer = visitor.post(parts.path, data=sent, headers=TOP, follow_redirects=False)
    if "lti_storage_target" in more:
        (address,) = re.findall(r'content="4;url=([^"]+)"', answer.text)
        address = address.replace("&amp;", "&")
    else:
        assert answer.status_code == 303, answer.text
        address = answer.headers["location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{platform.issuer}/authorize?")
    assert asked["response_type"] == "id_token"
    return asked


def arrive(visitor: PageClient, form: dict[str, str], how: dict[str, str] = TOP) -> httpx.Response:
    return visitor.post("/lti/launch", data=form, headers=how)


def launched(visitor: PageClient, platform: FakePlatform, how: dict[str, str] = TOP, **said: Any) -> httpx.Response:
    return arrive(visitor, platform.launch(begin(visitor, platform), **said), how)


def ticket_in(page: httpx.Response) -> str:
    (ticket,) = re.findall(r'name="ticket" value="([^"]+)"', page.text)
    return str(ticket)


def press(visitor: PageClient, page: httpx.Response) -> httpx.Response:
    return visitor.post("/lti/open", data={"ticket": ticket_in(page)}, headers={"sec-fetch-site": "same-origin"})


def log(house: House) -> list[str]:
    with house.database.read() as session:
        return [one.reason or one.outcome.value for one in session.exec(select(LtiLaunch).order_by(LtiLaunch.id))]  # type: ignore[arg-type]
