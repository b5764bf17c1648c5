"""Who sees what they must not, what is left of what was taken back, and what reading sealed words costs. The first two
are counted by the tests that look for them, which are run here."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure, at_least, at_most, for_information

if TYPE_CHECKING:
    from api.house import House
    from models.permissions import Actor

ROOT = Path(__file__).parents[1]
CONTRACT = "tests/contract"
BYTES = (
    "tests/web/test_nightly.py",
    "tests/web/test_listening.py::test_no_byte_of_the_copy_is_left_after_a_withdrawal",
)
KILLED = tuple(f"tests/faults/test_killed_{what}.py" for what in ("deletion", "retention", "rotation"))
_SESSIONS = 1_000
_TALK = 30  # exchanges in each session that is searched, some twenty minutes of talk


def measure() -> Iterator[Figure | NotMeasured]:
    yield from _who_may()
    yield from _what_is_left()
    yield from _killed()
    yield from _search()


def _who_may() -> Iterator[Figure | NotMeasured]:
    cases = _run(CONTRACT)
    counts = _counts(cases)
    for what, name in (
        ("refused", "leaks, changes and wrong answers to who may not"),
        ("answered", "leaks and wrong answers to who may"),
    ):
        if what in counts:
            yield at_most(name, counts[f"{what}_wrong"], 0)
            yield for_information(f"{name}: requests", counts[what])
        else:
            yield NotMeasured(name, "<= 0", "the test did not come so far")
    odd = [case for case in cases if "odd_requests" in case.get("classname", "")]
    name = "tests with a server error, of odd requests and forms"
    if not odd:
        yield NotMeasured(name, "<= 0", "no test ran")
        return
    yield at_most(name, sum(map(_failed, odd)), 0)
    yield for_information("odd requests and forms sent", counts.get("odd", 0))


def _what_is_left() -> Iterator[Figure | NotMeasured]:
    counts = _counts([case for case in _run(*BYTES) if "no_byte" in case.get("name", "")])
    name = "pieces of sessions taken back that a byte search finds"
    if "found" not in counts:
        yield NotMeasured(name, "<= 0", "the test did not come so far")
        return
    yield at_most(name, counts["found"], 0)
    yield for_information("pieces that were looked for", counts["looked_for"])


def _killed() -> Iterator[Figure | NotMeasured]:
    cases = [case for case in _run(*KILLED) if case.find("skipped") is None]
    whole = sum(not _failed(case) for case in cases)
    name = "share of killed deletions, retentions and changes of keys that ended whole"
    if not cases:
        yield NotMeasured(name, ">= 1", "no test ran")
        return
    yield at_least(name, whole / len(cases), 1)
    yield for_information("of how many", len(cases))


def _run(*paths: str) -> list[ElementTree.Element]:
    """The test cases, one process."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n0",
            "-o",
            "junit_family=xunit1",
            f"--junitxml={report.name}",
        ]
        subprocess.run([*command, *paths], cwd=ROOT, stdout=subprocess.DEVNULL, check=False, env=os.environ)
        return list(ElementTree.parse(report.name).iter("testcase"))


def _failed(case: ElementTree.Element) -> bool:
    return case.find("failure") is not None or case.find("error") is not None


def _counts(cases: list[ElementTree.Element]) -> dict[str, float]:
    """What the tests recorded, added up."""
    counts: dict[str, float] = {}
    for case in cases:
        for one in case.iter("property"):
            counts[one.attrib["name"]] = counts.get(one.attrib["name"], 0) + float(one.attrib["value"])
    return counts


def _search() -> Iterator[Figure]:
    """Of a coach in an installation of their own: every session is opened, and no line is found."""
    from api.house import House
    from models.migrations import upgrade
    from tests.conftest import settings_of_tests

    with tempfile.TemporaryDirectory() as name:
        house = House.of(settings_of_tests(Path(name)))
        upgrade(house.database)
        took = _searches(house)
        house.database.close()
    yield for_information(f"search of {_SESSIONS:,} sessions that finds nothing", statistics.median(took), "s")


def _searches(house: "House") -> list[float]:
    from training.search import search_words

    coach = _fill(house)
    took = []
    for _ in range(5):
        started, before, looked_at = time.perf_counter(), "", 0
        while True:
            with house.database.read() as session:
                result = search_words(session, coach, "zebra crossings", before=before)
            looked_at, before = looked_at + result.looked_at, result.further
            if not before:
                break
        took.append(time.perf_counter() - started)
        if looked_at != _SESSIONS:
            raise AssertionError(f"{looked_at} sessions were searched, not {_SESSIONS}")
    return took


def _fill(house: "House") -> "Actor":
    """One team with so many coded sessions; its coach."""
    from coding.actions import add_transcript_session
    from coding.details import SessionDetails
    from coding.transcript.read import read_transcripts
    from models.columns import utc_now
    from models.organisation import Team
    from models.person import Role
    from models.practice import SessionKind
    from models.sign_in import make_organisation
    from tests.conftest import CONVERSATION, add_person, work_off
    from web.worker import Worker

    with house.database.write() as session:
        home = make_organisation(session, name="Ferndale Council")
        team = Team(organisation_id=home.id, name="North")
        session.add(team)
        session.flush()
        owner = add_person(session, home, "Olu Owner", team=team, role=Role.TRAINEE, role_team=team)
        coach = add_person(session, home, "Cass Coach", team=team, role=Role.COACH, role_team=team)
    exchanges = CONVERSATION.splitlines()
    talk = "\n".join(exchanges[number % len(exchanges)] for number in range(2 * _TALK))
    (parsed,) = read_transcripts("talk.txt", talk.encode())
    details = SessionDetails(
        practitioner_id=owner.person_id, kind=SessionKind.ROLE_PLAY, held_on=utc_now().date(), agreement_confirmed=True
    )
    worker = Worker(house.settings, "benchmark")
    for _ in range(_SESSIONS):
        with house.database.write() as session:
            add_transcript_session(session, details=details, parsed=parsed, name="talk", by=owner)
    work_off(worker)
    worker.close()
    return coach
