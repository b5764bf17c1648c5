"""What a provider sends that is wrong is refused in SCIM's form, and is never a fault of Evoke."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from api.house import House
from models.permissions import Actor
from tests.web.conftest import Client
from tests.web.scim import ERROR, Provider, connected, refused


@pytest.fixture
def provider(house: House, client: Client, admin: Actor) -> Provider:
    return connected(house, client, admin)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "scim_type"),
    [
        ("GET", "/Users?filter=shoeSize eq 3", None, 400, "invalidFilter"),
        ("GET", "/Users?filter=userName is 3", None, 400, "invalidFilter"),
        ("GET", '/Users?filter=active gt "x"', None, 400, "invalidFilter"),
        ("GET", '/Groups?filter=meta.lastModified gt "yesterday"', None, 400, "invalidFilter"),
        ("GET", "/Users?count=many", None, 400, "invalidValue"),
        ("POST", "/Users", {"displayName": "Nobody"}, 400, "invalidValue"),
        ("POST", "/Users", {"userName": "no-address"}, 400, "invalidValue"),
        ("POST", "/Users", {"userName": "a@b.example", "active": "perhaps"}, 400, "invalidValue"),
        ("POST", "/Users", {"userName": "a@b.example", "name": "A B"}, 400, "invalidValue"),
        ("POST", "/Users", {"userName": "a@b.example", "displayName": "x" * 201}, 400, "invalidValue"),
        ("POST", "/Users", [], 400, "invalidSyntax"),
        ("PATCH", "/Users/NIA", {}, 400, "invalidSyntax"),
        ("PATCH", "/Users/NIA", {"Operations": [{"op": "move", "path": "x"}]}, 400, "invalidSyntax"),
        ("PATCH", "/Users/NIA", {"Operations": [{"op": "remove"}]}, 400, "noTarget"),
        ("PATCH", "/Users/NIA", {"Operations": [{"op": "remove", "path": "userName"}]}, 400, "mutability"),
        ("PATCH", "/Users/NIA", {"Operations": [{"op": "add", "path": "id", "value": "x"}]}, 400, "mutability"),
        ("PATCH", "/Users/NIA", {"Operations": [{"op": "add", "path": "shoeSize", "value": 1}]}, 400, "invalidPath"),
        ("PATCH", "/Users/NIA", {"Operations": [{"op": "add", "path": "name[", "value": 1}]}, 400, "invalidPath"),
        ("POST", "/Groups", {"members": []}, 400, "invalidValue"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_refused_says_why(
    provider: Provider, method: str, path: str, body: Any, status: int, scim_type: str
) -> None:
    nia = provider.user("nia.new")["id"]
    refused(provider.ask(method, path.replace("NIA", nia), body), status, scim_type)


VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["\0", "\ud800", "Ä" * 400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["value", "type", "primary", "familyName", "op", "path", "active", "userName", "members"])
        | st.text(max_size=5), inner, max_size=3,
    ),
    max_leaves=8,
)  # fmt: skip
PATHS = st.sampled_from(
    ["active", "userName", "emails", 'emails[type eq "work"].value', "name", "name.familyName", "members",
     "displayName", 'members[value eq "x"]', "externalId", "groups", "emails[not (type pr)]", "emails[type eq 3]",
     "a" * 3000]
) | st.text(max_size=12)  # fmt: skip
NAMES = ["userName", "name", "displayName", "emails", "active", "externalId", "members", "schemas", "groups", "id"]


@pytest.mark.parametrize("database_kind", ["postgresql"])  # which refuses more than SQLite
def test_nothing_that_is_sent_is_a_fault_of_ours(provider: Provider) -> None:
    nia, group = provider.user("nia.new")["id"], provider.group("South")["id"]

    @given(st.data())
    @hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def send(data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(["/Users", "/Groups", f"/Users/{nia}", f"/Groups/{group}"]))
        method = data.draw(st.sampled_from(["POST", "PUT", "PATCH", "GET"]))
        operation = st.fixed_dictionaries(
            {"op": st.sampled_from(["add", "Replace", "remove"]), "value": VALUES}, optional={"path": PATHS}
        )
        sent = data.draw(
            st.fixed_dictionaries({"Operations": st.lists(operation, max_size=3) | VALUES}) if method == "PATCH"
            else st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5)
        )  # fmt: skip
        filter_ = data.draw(st.text(max_size=30) | PATHS.map(lambda one: f'{one} eq "\0\\ud800"'))
        answer = provider.ask(
            method, path, content=json.dumps(sent), params={"filter": filter_.encode("utf-8", "replace").decode()},
        )  # fmt: skip
        assert answer.status_code < 500, (method, path, sent, answer.text)
        if answer.status_code >= 400:
            assert answer.json()["schemas"] == [ERROR]

    send()
    for odd in (b"", b"[" * 60_000, b'{"a":' * 20_000, b"\xff", b'{"a": NaN}', b"1" * 5000):
        assert provider.ask("POST", "/Users", content=odd).status_code == 400
