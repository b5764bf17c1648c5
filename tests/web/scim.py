"""A provider connected by SCIM, and what it asks."""

from typing import Any

import httpx

from models.permissions import Actor
from models.scim import make_provider_token
from tests.web.conftest import Client, PageClient

BASE = "/scim/v2"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class Provider:
    """Of one authority, with its token."""

    def __init__(self, web: PageClient, token: str) -> None:
        self.web = web
        self.headers = {"authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, json: Any = None, **more: Any) -> httpx.Response:
        headers = self.headers | more.pop("headers", {})
        if json is not None:
            headers["content-type"] = "application/scim+json"
            more["json"] = json
        return self.web.request(method, BASE + path, headers=headers, **more)

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        answer = self.ask("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/scim+json"
        return dict(answer.json())

    def user(self, name: str = "nia.new", **more: Any) -> dict[str, Any]:
        given, family = (part.capitalize() for part in name.split("."))
        address = f"{name}@example.org"
        body = {
            "schemas": [USER], "userName": address, "externalId": f"ext-{name}", "active": True,
            "name": {"givenName": given, "familyName": family}, "displayName": f"{given} {family}",
            "emails": [{"primary": True, "type": "work", "value": address}], **more,
        }  # fmt: skip
        answer = self.ask("POST", "/Users", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def group(self, name: str = "South", *members: str) -> dict[str, Any]:
        body = {"schemas": [GROUP], "displayName": name, "members": [{"value": one} for one in members]}
        answer = self.ask("POST", "/Groups", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def patch(self, path: str, *operations: dict[str, Any], **more: Any) -> httpx.Response:
        return self.ask("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, **more)


def connected(house: Any, client: Client, admin: Actor) -> Provider:
    with house.database.write() as session:
        token = make_provider_token(session, organisation_id=admin.organisation_id, days=365, by=admin.person_id)
    return Provider(client(None), token)


def refused(answer: Any, status: int, scim_type: str | None = None) -> None:
    said = answer.json()
    assert (answer.status_code, said["status"], said.get("scimType")) == (status, str(status), scim_type), said
    assert said["schemas"] == [ERROR]
    assert answer.headers["content-type"] == "application/scim+json"
