"""`make audit`: the locked libraries against the known vulnerabilities that PyPI lists.

Ends with 1 where one has a version that mends it; one without is told. A package that the index in use knows nothing
about is counted as not looked up: an index that mirrors files only makes an audit of nothing, and says so.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

LOCKS = ("requirements.txt", "requirements-dev.txt")


def main() -> int:
    found: dict[str, Mapping[str, Any]] = {}
    for lock in LOCKS:
        command = [sys.executable, "-m", "pip_audit", "-r", lock, "--disable-pip", "--require-hashes", "-f", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not done.stdout.startswith("{"):
            last = done.stderr.strip().splitlines()[-1:] or ["it gave no reason"]
            print(f"Not audited: the list of vulnerabilities cannot be reached ({last[0]}).")
            return 0
        found |= {one["name"]: one for one in json.loads(done.stdout)["dependencies"]}
    return report(list(found.values()))


def report(dependencies: Sequence[Mapping[str, Any]]) -> int:
    """As pip-audit's JSON lists them; answers the exit status."""
    unknown = [one for one in dependencies if "skip_reason" in one]
    mendable = 0
    for one in dependencies:
        for vulnerability in one.get("vulns", ()):
            mended = ", ".join(vulnerability["fix_versions"])
            mendable += bool(mended)
            state = f"mended in {mended}" if mended else "not mended yet"
            print(f"{one['name']} {one['version']}: {vulnerability['id']}, {state}")
    looked_up = len(dependencies) - len(unknown)
    print(f"{looked_up} of {len(dependencies)} libraries were looked up; {mendable} vulnerabilities can be mended.")
    if unknown:
        print(f"{len(unknown)} could not be looked up, as this package index does not know their vulnerabilities.")
    return 1 if mendable else 0


if __name__ == "__main__":
    sys.exit(main())
