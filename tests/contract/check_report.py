"""What schemathesis wrote of its run, read so that nothing that went wrong counts as passed."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Event = Mapping[str, Any]
ENDED = "EngineFinished"


@dataclass(frozen=True)
class Outcome:
    """`successes` are answers of 2xx, by operation as in `GET /path`; `never` are names of operations without one."""

    cases: int
    failures: tuple[str, ...]
    successes: Mapping[str, int]
    never: frozenset[str] = frozenset()


def read_report(report: str, *, status: int, told: str = "") -> Outcome:
    """Of a run that ended with `status` and said `told`: failures of checks, and whatever kept it from checking."""
    cases, failures, successes, kinds = 0, [], Counter[str](), set()
    for line in report.splitlines():
        event: dict[str, Event] = json.loads(line)
        for kind, one in event.items():
            kinds.add(kind)
            failures += _went_wrong(kind, one)
            if kind == "ScenarioFinished":
                cases += len(one["recorder"].get("cases", ()))
                successes.update(_succeeded(one["recorder"]))
    if ENDED not in kinds:
        failures.append("it did not come to its end")
    if status and not failures:
        failures.append(f"it ended with {status}: {told[-2000:]}")
    return Outcome(cases, tuple(failures), dict(successes))


def _went_wrong(kind: str, one: Event) -> Iterator[str]:
    if kind == "ScenarioFinished":
        recorder = one["recorder"]
        checks = [check for results in recorder.get("checks", {}).values() for check in results]
        failed = [check for check in checks if check["status"] != "success"]
        for check in failed:
            yield f"{recorder['label']}: {check['name']}" + _unless(check["status"], "failure")
        if one["status"] not in ("success", "skip") and not failed:
            yield f"{recorder['label']}: {one['status']} while {one['phase']}"
    elif kind == "PhaseFinished" and one["status"] in ("error", "interrupted"):
        yield f"{one['phase']['name']}: {one['status']}"
    elif kind == "NonFatalError":
        yield f"{one['label']}: {one['value']['type']}: {one['value']['message']}"
    elif kind == "FatalError":
        yield f"{one['exception']['type']}: {one['exception']['message']}"
    elif kind == "Interrupted":
        yield "it was interrupted"
    elif kind == ENDED:
        yield from (f"at the end: {failure}" for failure in one.get("failures", ()))
        if one["stop_reason"] != "completed":
            yield f"it stopped: {one['stop_reason']}"


def _unless(status: str, usual: str) -> str:
    return "" if status == usual else f" ({status})"


def _succeeded(recorder: Event) -> Iterator[str]:
    for id_, interaction in recorder.get("interactions", {}).items():
        if 200 <= interaction.get("response", {}).get("status_code", 0) < 300 and id_ in recorder["cases"]:
            case = recorder["cases"][id_]["value"]
            yield f"{case['method']} {case['path']}"
