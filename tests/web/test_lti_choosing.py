"""Content that a teacher chooses for a course, and the keys that the answer is checked with."""

import re

from api.access import COOKIE
from api.house import House
from models.lti_keys import rotate_keys
from models.permissions import Actor
from tests.lti_platform import INSTRUCTOR, FakePlatform
from tests.web.conftest import Client
from tests.web.lti import FRAME, MODULE, launched, platform, settings, ticket_in
from training.modules.load import shipped_library

__all__ = ["platform", "settings"]


def test_content_is_chosen_without_a_sign_in_and_the_platform_takes_what_comes_back(
    client: Client, platform: FakePlatform, house: House
) -> None:
    visitor = client(None)
    page = launched(visitor, platform, FRAME, roles=(INSTRUCTOR,), choose={"of": "theirs"})
    assert "What shall your course open?" in page.text
    assert COOKIE not in visitor.cookies
    ticket = ticket_in(page)
    exercise = shipped_library().modules[0].exercises[0].id
    targets = [f"module:{MODULE}", f"exercise:{MODULE}/{exercise}", "parent:wine-at-night", "role-play"]
    empty = visitor.post("/lti/choose", data={"ticket": ticket})
    assert empty.status_code == 422
    assert visitor.post("/lti/choose", data={"ticket": ticket, "target": "module:no-such"}).status_code == 401
    back = visitor.post("/lti/choose", data={"ticket": ticket, "target": targets})
    assert f"form-action 'self' {platform.issuer}" in back.headers["content-security-policy"]
    assert f'action="{platform.issuer}/chosen"' in back.text
    (signed,) = re.findall(r'name="JWT" value="([^"]+)"', back.text)
    items = platform.chosen(signed)
    assert [one["custom"]["evoke_open"] for one in items] == targets
    assert ["lineItem" in one for one in items] == [True, False, True, True]
    assert {one["url"] for one in items} == {"http://evoke.test/lti/launch"}
    assert visitor.post("/lti/choose", data={"ticket": ticket, "target": targets}).status_code == 404
    learner = launched(client(None), platform, FRAME, choose={})
    assert learner.status_code == 401


def test_keys_are_shown_before_they_sign_and_after(
    client: Client, platform: FakePlatform, house: House, admin: Actor
) -> None:  # fmt: skip
    address = f"/lti/keys/{admin.organisation_id}"
    (first,) = client(None).get(address).json()["keys"]
    assert not {"d", "p", "q"} & set(first)
    with house.database.write() as session:
        rotate_keys(session, by=admin)
        rotate_keys(session, by=admin)
    both = client(None).get(address).json()["keys"]
    assert len(both) == 2
    assert first in both
    page = launched(client(None), platform, FRAME, roles=(INSTRUCTOR,), choose={})
    assert "What shall" in page.text
    assert client(None).get(f"/lti/configuration/{admin.organisation_id}").json()["public_jwk_url"].endswith(address)
