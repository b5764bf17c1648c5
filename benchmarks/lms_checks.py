"""Every check that schemathesis has, over the whole document, with more cases than the test draws."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure, at_most, for_information

ROOT = Path(__file__).parent.parent
TEST = "tests/contract/test_every_check.py"
EXAMPLES = 30


def measure() -> Iterator[Figure | NotMeasured]:
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        command = [
            sys.executable, "-m", "pytest", "-q", "-n0", "-o", "junit_family=xunit1", f"--junitxml={report.name}", TEST,
        ]  # fmt: skip
        environment = os.environ | {"EVERY_CHECK_EXAMPLES": str(EXAMPLES)}
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False, env=environment)
        (case,) = ElementTree.parse(report.name).iter("testcase")
    told = {one.get("name"): one.get("value") for one in case.iter("property")}
    if "failures" not in told:
        yield NotMeasured("schemathesis: failures of any check", "<= 0", f"{TEST} did not come to its end")
        return
    yield at_most("schemathesis: failures of any check", float(told["failures"] or 0), 0)
    yield for_information("schemathesis: cases", float(told["cases"] or 0))
