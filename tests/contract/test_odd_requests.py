"""Whatever is sent, to the API or a form, no answer is a fault of ours."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.schemas import APIOperation

from api.access import COOKIE
from models.settings import Settings
from tests.contract.conftest import Everybody
from tests.contract.routes import NOT_IN_IT, RULES
from tests.contract.rule import ADMINISTRATOR, OWNER, Rule
from tests.contract.test_who_may import Record, address
from tests.web.conftest import Client, PageClient
from web.app import create_app

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])  # which refuses more than SQLite
FEW = hypothesis_settings(
    max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
ODD = st.sampled_from(
    [
        "",
        " ",
        "\0",
        "ä" * 400,
        "9" * 400,
        "-1",
        "1e999",
        "NaN",
        "null",
        "'; --",
        "=1+1",
        "../..",
        "<b>",
        "2026-02-30",
        "é\u0301",
    ]
) | st.text(max_size=60)


def test_the_api_never_fails(settings: Settings, client: Client, everybody: Everybody, record_property: Record) -> None:
    """By its own description of itself: right requests, and wrong ones of every kind."""
    app = create_app(settings)
    signed_in = client(everybody.actors[OWNER])
    cookies = {COOKIE: signed_in.cookies[COOKIE]}
    ids = {"session_id": str(everybody.session_id), "recording_id": str(everybody.new_recording())}
    ids["resumable_id"] = str(everybody.new_resumable())
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == sum(" /api/v1/" in route and route not in NOT_IN_IT for route in RULES)
    record_property("odd", sum(_call(operation, ids, cookies) for operation in operations))
    app.state.house.database.close()


def _call(operation: APIOperation, ids: dict[str, str], cookies: dict[str, str]) -> int:
    """How many requests."""
    sent = 0

    @given(operation.as_strategy(), st.booleans())
    @FEW
    def send(case: Case, real: bool) -> None:
        if real:
            case.path_parameters |= {name: ids[name] for name in case.path_parameters if name in ids}
        nonlocal sent
        sent += 1
        answer = case.call(cookies=cookies)
        assert answer.status_code < 500, (case.method, case.path, answer.text)

    send()
    return sent


@pytest.mark.slow
@pytest.mark.parametrize("who", [OWNER, ADMINISTRATOR])
def test_no_form_fails(who: str, client: Client, everybody: Everybody, record_property: Record) -> None:
    """Its own fields with odd values, some missing, some that it does not know."""
    one, sent = client(everybody.actors[who]), 0
    for route, rule in RULES.items():
        if "/api/" not in route and who in rule.may and route != "POST /sign-out":
            sent += _fill_in(one, route, rule, address(route, everybody, fresh=not route.startswith("GET")))
    record_property("odd", sent)


def _fill_in(client: PageClient, route: str, rule: Rule, path: str) -> int:
    """How many requests."""
    known = [*rule.data, *rule.sends.get("params", {}), "next", "page", "q"]
    method = route.split(" ", 1)[0]
    count = 0

    @given(st.dictionaries(st.sampled_from(known) | st.text(max_size=9), ODD, max_size=6))
    @FEW
    def send(changes: dict[str, str]) -> None:
        sent = rule.data | changes
        way = {"params": sent} if method == "GET" else {"data": sent}
        nonlocal count
        count += 1
        answer = client.request(method, path, follow_redirects=False, **way)
        assert answer.status_code < 500, (route, sent)

    send()
    return count
