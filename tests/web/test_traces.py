"""One trace from the request over its job to the job's stages, and nothing in it of what was said or who said it."""

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlmodel import select

from api.house import House
from models.job import Job
from models.trace import told_to
from tests.conftest import CONVERSATION, People, work_off
from tests.web.conftest import Client
from web.telemetry import OpenTelemetry, wanted
from web.worker import Worker

WORDS = ("kestrel", "Olu", "olu.owner", "drink", "Ferndale", "kids")


def told(spans: tuple[ReadableSpan, ...]) -> str:
    return "\n".join(span.to_json() for span in spans)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_request_its_job_and_its_stages_are_one_trace(
    house: House, people: People, client: Client, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    one = client(people.owner)
    with told_to(OpenTelemetry(provider)):
        sent = {"kind": "role_play", "agreement_confirmed": "yes", "title": "kestrel", "change_goal": "drink less"}
        file = {"file": ("kestrel.txt", CONVERSATION.encode())}
        session_id = one.post("/api/v1/sessions", data=sent, files=file).json()["id"]
        assert one.get("/reset-password/kestrel-secret").status_code == 410
        work_off(worker)

        def broken(*_args: object, **_named: object) -> None:
            raise ValueError("the kestrel of Olu")

        monkeypatch.setattr("web.pages.account.account_page", broken)
        monkeypatch.setattr("coding.code_transcript.code_conversation", broken)
        one.post("/api/v1/sessions", data=sent, files={"file": ("b.txt", CONVERSATION.replace("kids", "cat").encode())})
        worker.run_one()
    spans = kept.get_finished_spans()
    by_name = {span.name: span for span in reversed(spans)}
    request, job = by_name["POST /api/v1/sessions"], by_name["job code_transcript"]
    trace = [span for span in spans if span.context.trace_id == request.context.trace_id]
    names = [span.name for span in trace]
    assert names[0] == "POST /api/v1/sessions"
    assert {"job code_transcript", "stage replace names", "stage code", "stage keep the codes"} <= set(names)
    assert job.parent is not None
    assert job.parent.span_id == request.context.span_id
    stage = by_name["stage code"]
    assert stage.parent is not None
    assert stage.parent.span_id == job.context.span_id
    assert stage.attributes is not None
    assert stage.attributes["evoke.session_id"] == session_id
    assert [word for word in (*WORDS, "kestrel-secret") if word in told(spans)] == []
    failed = [span for span in spans if span.status.description == "ValueError"]
    assert {span.name for span in failed} == {"job code_transcript", "stage code"}
    assert not any(span.events for span in spans)
    with house.database.read() as session:
        assert all(
            len(job.traceparent or "") == 55 for job in session.exec(select(Job)) if job.name == "code_transcript"
        )


@pytest.mark.parametrize(
    ("variables", "on"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_traces_are_off_unless_asked_for(variables: dict[str, str], on: bool) -> None:
    assert wanted(variables) is on


def test_without_them_nothing_of_it_is_loaded() -> None:
    names = "[name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'prometheus'))]"
    code = f"import sys, web.app, web.website; print(*{names})"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []
