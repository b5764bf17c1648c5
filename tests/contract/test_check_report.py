"""What kept schemathesis from checking is a failure as much as a check that failed."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.contract.check_report import read_report
from tests.contract.every_check import Site, run_every_check

ENDED = {"EngineFinished": {"running_time": 1.0, "stop_reason": "completed"}}
CASE = {"value": {"method": "GET", "path": "/a"}}


def _scenario(status: str = "success", checks: tuple[tuple[str, str], ...] = (), answer: int = 200) -> dict[str, Any]:
    recorder = {
        "label": "GET /a",
        "cases": {"1": CASE},
        "checks": {"1": [{"name": name, "status": how} for name, how in checks]},
        "interactions": {"1": {"response": {"status_code": answer}}},
    }
    return {"ScenarioFinished": {"phase": "fuzzing", "status": status, "recorder": recorder}}


def _report(*events: dict[str, Any]) -> str:
    return "\n".join(json.dumps(one) for one in events)


def test_a_run_in_which_all_went_well_has_no_failures() -> None:
    report = _report(_scenario(checks=(("status", "success"),)), _scenario(answer=404), _scenario("skip"), ENDED)
    outcome = read_report(report, status=0)
    assert (outcome.cases, outcome.failures, outcome.successes) == (3, (), {"GET /a": 2})


WRONG = {
    "a check failed": (_scenario("failure", (("status", "failure"),)), "GET /a: status"),
    "a check broke": (_scenario("error", (("status", "error"),)), "GET /a: status (error)"),
    "an operation was not asked": (_scenario("error"), "GET /a: error while fuzzing"),
    "an operation was broken off": (_scenario("interrupted"), "GET /a: interrupted while fuzzing"),
    "no cases could be made": (
        {"NonFatalError": {"label": "GET /a", "value": {"type": "Unsatisfiable", "message": "no"}}},
        "GET /a: Unsatisfiable: no",
    ),
    "it broke": ({"FatalError": {"exception": {"type": "KeyError", "message": "a"}}}, "KeyError: a"),
    "a phase broke": ({"PhaseFinished": {"phase": {"name": "coverage"}, "status": "error"}}, "coverage: error"),
    "it was interrupted": ({"Interrupted": {}}, "it was interrupted"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_went_wrong_is_a_failure(what: str) -> None:
    event, told = WRONG[what]
    assert read_report(_report(event, ENDED), status=1).failures == (told,)


def test_a_run_has_to_end_and_to_end_well() -> None:
    assert read_report(_report(_scenario()), status=0).failures == ("it did not come to its end",)
    assert read_report("", status=2).failures == ("it did not come to its end",)
    assert read_report(_report(ENDED), status=2, told="no such option").failures == ("it ended with 2: no such option",)
    stopped = {"EngineFinished": {"stop_reason": "server_unavailable"}}
    assert read_report(_report(stopped), status=0).failures == ("it stopped: server_unavailable",)


class _HangsUp(BaseHTTPRequestHandler):
    """Has a document, answers one of its routes, and hangs up at the other."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        operation = {"responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {}}}}}}
        document = {
            "openapi": "3.1.0",
            "info": {"title": "a", "version": "1"},
            "paths": {path: {"get": {"operationId": path[1:], **operation}} for path in ("/good", "/bad")},
        }
        if self.path not in ("/api/v1/openapi.json", "/good"):
            self.close_connection = True
            return
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hangs_up() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _HangsUp)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_site_that_hangs_up_did_not_pass(hangs_up: str) -> None:
    outcome = run_every_check(Site(hangs_up, {"owner": "a"}, {}, {}), examples=1, phases="fuzzing")
    assert [one for one in outcome.failures if one.startswith("GET /bad: ")]
    assert (set(outcome.successes), outcome.never) == ({"GET /good"}, {"bad"})
