"""Traces go to OpenTelemetry where the standard variables say so (OTEL_EXPORTER_OTLP_ENDPOINT and its like).

Needs `pip install 'evoke[telemetry]'`. The provider is Evoke's own and not the process's: no library that knows
OpenTelemetry adds spans with addresses or statements of its own. Of an error a span has the name, never the message.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from models.trace import Fact, tell_to

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

log = logging.getLogger("evoke.telemetry")
WHERE_TO = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def wanted(environment: Mapping[str, str]) -> bool:
    """As the specification of OpenTelemetry has it; without an address nothing goes anywhere."""
    off = (
        environment.get("OTEL_SDK_DISABLED", "").lower() == "true" or environment.get("OTEL_TRACES_EXPORTER") == "none"
    )
    return not off and any(environment.get(name) for name in WHERE_TO)


def set_up_traces(service: str) -> None:
    """For a process's start. `service` is what it is called where OTEL_SERVICE_NAME does not say. At its end the
    process calls `models.trace.hand_over`."""
    if not wanted(os.environ):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning("traces are asked for, and OpenTelemetry is not installed: pip install 'evoke[telemetry]'")
        return
    name = os.environ.get("OTEL_SERVICE_NAME") or service
    # OpenTelemetry's own end would wait ten seconds and more for a collector that is silent.
    provider = TracerProvider(resource=Resource.create({"service.name": name}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tell_to(OpenTelemetry(provider))


class OpenTelemetry:
    """A `models.trace.Teller`."""

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider, self._tracer = provider, provider.get_tracer("evoke")
        self._carried = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, *, parent: str | None, **facts: Fact) -> "Iterator[_Told]":
        context = self._carried.extract({"traceparent": parent}) if parent else None
        with self._tracer.start_as_current_span(
            name, context=context, attributes=_named(facts), record_exception=False, set_status_on_exception=False
        ) as span:
            told = _Told(span)
            try:
                yield told
            except Exception as error:
                told.failed(type(error).__name__)
                raise

    def traceparent(self) -> str | None:
        carrier: dict[str, str] = {}
        self._carried.inject(carrier)
        return carrier.get("traceparent")

    def hand_over(self) -> None:
        self._provider.force_flush()


class _Told:
    def __init__(self, span: "Span") -> None:
        self._span = span

    def note(self, **facts: Fact) -> None:
        self._span.set_attributes(_named(facts))

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def failed(self, kind: str) -> None:
        from opentelemetry.trace import Status, StatusCode

        self._span.set_status(Status(StatusCode.ERROR, kind))


def _named(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return {f"evoke.{name}": value for name, value in facts.items()}
