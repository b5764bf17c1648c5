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


def keep(area: str, figure: Figure | NotMeasured) -> None:
    """Replaces the figure's last measurement; one that could not be measured now keeps it."""
    if isinstance(figure, NotMeasured):
        return
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    entry = {name: value for name, value in asdict(figure).items() if name != "name"}
    entry["value"] = float(f"{figure.value:.6g}")
    entry |= {"machine": machine(), "date": datetime.now(UTC).date().isoformat()}
    results.setdefault(area, {})[figure.name] = entry
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


def machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
