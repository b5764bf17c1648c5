"""Website and worker as processes of their own: what they tell reaches a collector, to the last."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from models.settings import Settings
from models.trace import HAND_OVER_SECONDS, hand_over, span, told_to
from tests.conftest import CONVERSATION
from tests.faults.machines import free_port
from tests.faults.test_killed_worker import ADMINISTRATOR, DETAILS, wait_for
from web.drain import LET_GO_SECONDS
from web.serve import AFTER_DRAIN_SECONDS
from web.telemetry import OpenTelemetry

ROOT = Path(__file__).parents[2]
NEVER_BY_ITSELF = {"OTEL_BSP_SCHEDULE_DELAY": "600000"}
"""Milliseconds: what comes was handed over at the process's end."""


@dataclass
class Collector:
    """`came` is each span by service and name, with the ids of its trace, its own and its parent's."""

    address: str
    came: dict[tuple[str, str], tuple[bytes, bytes, bytes]] = field(default_factory=dict)

    def take(self, body: bytes) -> None:
        for of_process in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = {one.key: one.value.string_value for one in of_process.resource.attributes}
            for scope in of_process.scope_spans:
                for one in scope.spans:
                    self.came[named["service.name"], one.name] = (one.trace_id, one.span_id, one.parent_span_id)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": self.address, "PYTHONPATH": str(ROOT), **NEVER_BY_ITSELF}


@contextmanager
def collecting() -> Iterator[Collector]:
    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield collector
        finally:
            server.shutdown()


@pytest.mark.slow
def test_a_request_and_its_job_in_the_workers_process_are_one_trace(settings: Settings) -> None:
    port = free_port()
    mine = settings.model_copy(update={"coder": "", "requests_per_minute": 0}).as_environment()
    command = [sys.executable, "-m", "web.cli", "serve", "--port", str(port)]
    with collecting() as collector:
        served = subprocess.Popen(command, env=collector.environment | mine)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=120) as client:
                wait_for(lambda: client.get("/health").status_code == 200)
                client.post("/first-administrator", data=ADMINISTRATOR)
                added = client.post("/api/v1/sessions", data=DETAILS, files={"file": ("a.txt", CONVERSATION.encode())})
                progress = f"/api/v1/sessions/{added.json()['id']}/progress"
                wait_for(lambda: client.get(progress).json()["stage"] == "ready")
        finally:
            served.terminate()
            served.wait(60)
    came = collector.came
    request, job = came["evoke-web", "POST /api/v1/sessions"], came["evoke-worker", "job code_transcript"]
    stage = came["evoke-worker", "stage code"]
    assert {request[0]} == {job[0], stage[0]}, "one trace"
    assert (job[2], stage[2]) == (request[1], job[1])


ENDING = """
import types
from models.trace import span
from web.drain import _let_go
from web.telemetry import set_up_traces
set_up_traces("evoke-worker")
with span("job that ended"):
    pass
_let_go(types.SimpleNamespace(settings=types.SimpleNamespace(drain_seconds=0), held=None))
"""


def test_a_worker_that_lets_its_job_go_tells_what_it_did_before() -> None:
    with collecting() as collector:
        ended = subprocess.run([sys.executable, "-c", ENDING], env=collector.environment, check=False, timeout=60)
    assert ended.returncode == 0
    assert list(collector.came) == [("evoke-worker", "job that ended")]


def test_a_silent_collector_holds_no_process_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        provider = TracerProvider(shutdown_on_exit=False)
        to = OTLPSpanExporter(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=3)
        provider.add_span_processor(BatchSpanProcessor(to, schedule_delay_millis=600_000))
        with told_to(OpenTelemetry(provider)):
            with span("job"):
                pass
            began = time.monotonic()
            hand_over(0.2)
            assert 0.2 <= time.monotonic() - began < 2
        provider.shutdown()
    assert LET_GO_SECONDS + HAND_OVER_SECONDS < AFTER_DRAIN_SECONDS, "else it would be killed meanwhile"
