"""schemathesis over the whole document, with every check it has, against a site on a real socket."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from tests.contract.check_report import Outcome, read_report

CHECKS_OFF = {
    (
        "add_coded_session",
        "unsupported_method",
    ): "GET /sessions/coded is GET /sessions/{session_id} with an odd id: 404",
}
"""(operation, check) → why it cannot hold."""
_NEEDS = "what a conversation needs depends on its kind, on who sends it, who took part, and what is in the file"
_TUS = "headers of tus hold numbers and base64"
_CURSOR = "a cursor is good where it was given out"
STATUSES: dict[str, tuple[tuple[str, ...], str]] = {
    **dict.fromkeys(
        ("add_session", "add_coded_session", "begin_recording", "send_recording"), (("413", "422"), _NEEDS)
    ),
    **dict.fromkeys(("list_sessions", "read_codes", "list_people", "list_teams"), (("422",), _CURSOR)),
    "search": (("422",), f"{_CURSOR}; spaces alone are no words"),
    "put_recording_chunk": (("422",), "a piece belongs to the part that is being recorded"),
    "take_steps": (("422",), "a step fits the lines as they are by now"),
    "begin_upload": (("400", "413", "422"), f"{_TUS}; {_NEEDS}"),
    "send_upload_piece": (("400", "413", "422", "460"), f"{_TUS}; a checksum is that of the piece"),
    "add_webhook": (("422",), "an address is whole, begins with https and lies in a public network"),
    "set_practitioner": (("422",), "a label is that of somebody who speaks"),
    "send_webhook_deliveries_again": (("422",), "one of number and since"),
    "write_feedback": (("422",), "a point names lines that there are, and spaces alone say nothing"),
    "write_message": (("422",), "spaces alone say nothing"),
    "contest_code": (("422",), "a code is one that its speaker can have, and spaces alone are no reason"),
    "decide_contest": (("422",), "a code is one that its speaker can have, and spaces alone are no reason"),
    "read_sound": (("416",), "a range lies in the sound"),
}
"""Operation → statuses beside the usual with which it may answer what its schema allows, and why no schema says it."""
OF_HEADERS = {
    "IdempotencyKey": ("422", "a key is that of one request, and comes with no other"),
    "IfMatch": ("412", "a tag is that of what was read"),
}
"""The same for what takes one of these headers."""
HOOKS = """
import schemathesis
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")  # of tus: bytes as well
"""
USUAL = ("2xx", "3xx", "401", "403", "404", "409", "410", "429", "5xx")


@dataclass(frozen=True)
class Site:
    """`tokens` by who; `who` says for operations whose token they are asked with, else `owner`; `known` gives ids that
    are there, by the names of parameters, for operations that may have others."""

    address: str
    tokens: Mapping[str, str]
    who: Mapping[str, str]
    known: Mapping[str, Mapping[str, str]]


def run_every_check(site: Site, *, examples: int, phases: str = "examples,coverage,fuzzing,stateful") -> Outcome:
    """`examples` are cases of an operation in each phase that draws them."""
    document = httpx.get(f"{site.address}/api/v1/openapi.json", timeout=300).raise_for_status().json()  # made once
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "schemathesis.toml").write_text(_config(site, _statuses(document)))
        (folder / "hooks.py").write_text(HOOKS)
        report = folder / "report.ndjson"
        command = [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(folder / "schemathesis.toml"), "run",
            f"{site.address}/api/v1/openapi.json", "--phases", phases, "--max-examples", str(examples), "--seed", "4",
            "--report", "ndjson", "--report-ndjson-path", str(report), "--continue-on-failure", "--no-color",
        ]  # fmt: skip
        environment = os.environ | {
            "HYPOTHESIS_STORAGE_DIRECTORY": str(folder),
            "NO_PROXY": "127.0.0.1",
            "SCHEMATHESIS_HOOKS": str(folder / "hooks.py"),
        }
        ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        written = report.read_text() if report.exists() else ""
        if os.environ.get("EVERY_CHECK_OUT"):
            Path(os.environ["EVERY_CHECK_OUT"]).write_text(ran.stdout + ran.stderr)
            Path(os.environ["EVERY_CHECK_OUT"] + ".ndjson").write_text(written)
        outcome = read_report(written, status=ran.returncode, told=ran.stdout + ran.stderr)
        return replace(outcome, never=frozenset(_names(document, but=outcome.successes)))


def _names(document: Mapping[str, Any], *, but: Container[str]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        yield from (one["operationId"] for method, one in methods.items() if f"{method.upper()} {path}" not in but)


def _statuses(document: Mapping[str, Any]) -> dict[str, list[str]]:
    found = {operation: list(statuses) for operation, (statuses, _why) in STATUSES.items()}
    for methods in document["paths"].values():
        for one in methods.values():
            taken = [part.get("$ref", "").rpartition("/")[2] for part in one.get("parameters", ())]
            if more := [OF_HEADERS[name][0] for name in taken if name in OF_HEADERS]:
                found[one["operationId"]] = [*found.get(one["operationId"], ()), *more]
    return found


def _config(site: Site, statuses: Mapping[str, list[str]]) -> str:
    """As TOML, of which JSON's texts and lists are a part."""
    names = {name for known in site.known.values() for name in known}
    lines = [
        f"headers = {{ Authorization = {_bearer(site, 'owner')} }}",
        "request-timeout = 300",  # of a machine that is busy with other tests
        "[checks.positive_data_acceptance]",
        f"expected-statuses = {json.dumps(USUAL)}",
    ]
    for name in sorted(names):
        values = sorted({known[name] for known in site.known.values() if name in known})
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(values)}"]
    lines += ["[parameters]", *(f'{name} = {{ dictionary = "{name}", probability = 0.75 }}' for name in sorted(names))]
    operations = {*site.who, *(operation for operation, _ in CHECKS_OFF), *statuses}
    for operation in sorted(operations):
        lines += ["[[operations]]", f'include-operation-id = "{operation}"']
        if operation in site.who:
            lines.append(f"headers = {{ Authorization = {_bearer(site, site.who[operation])} }}")
        for (one, check), _why in CHECKS_OFF.items():
            if one == operation:
                lines.append(f"checks.{check}.enabled = false")
        if operation in statuses:
            allowed = json.dumps(sorted({*USUAL, *statuses[operation]}))
            lines.append(f"checks.positive_data_acceptance.expected-statuses = {allowed}")
    return "\n".join(lines) + "\n"


def _bearer(site: Site, who: str) -> str:
    return json.dumps(f"Bearer {site.tokens[who]}")
