"""What a benchmark prints and keeps: figures, and those that could not be measured here."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from coding.coder.figures import Figure

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class NotMeasured:
    """`why` says what is missing here."""

    name: str
    target: str
    why: str

    def line(self) -> str:
        return f"{self.name}: not measured, {self.why} ({self.target}) short"


@dataclass(frozen=True)
class AsTrained:
    """What was measured when the coder was trained, on another day and it may be on another machine."""

    figure: Figure
    version: str

    def line(self) -> str:
        return f"{self.figure.line()}, as measured when {self.version} was trained"


def keep(area: str, figure: Figure | AsTrained | NotMeasured) -> None:
    """Replaces the figure's last measurement; one that was not measured now keeps it."""
    if not isinstance(figure, Figure):
        return
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    entry = {name: value for name, value in asdict(figure).items() if name != "name"}
    entry["value"] = float(f"{figure.value:.6g}")
    entry |= {"machine": machine(), "date": datetime.now(UTC).date().isoformat()}
    results.setdefault(area, {})[figure.name] = entry
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


def machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
