"""One measured figure: a line on the screen and an entry in results.json."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Measured:
    """`value` is None when the figure could not be measured here; `why` then says what is missing."""

    name: str
    value: float | None
    unit: str
    target: str
    ok: bool
    why: str = ""

    def line(self) -> str:
        if self.value is None:
            return f"{self.name}: not measured, {self.why} ({self.target}) short"
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.name}: {self.value:.4g}{unit} ({self.target}) {'ok' if self.ok else 'short'}"


def at_least(name: str, value: float, unit: str, floor: float) -> Measured:
    return Measured(name, value, unit, f">= {floor:g}", value >= floor)


def at_most(name: str, value: float, unit: str, ceiling: float) -> Measured:
    return Measured(name, value, unit, f"<= {ceiling:g}", value <= ceiling)


def not_measured(name: str, unit: str, target: str, why: str) -> Measured:
    return Measured(name, None, unit, target, False, why)


def keep(area: str, figure: Measured) -> None:
    """Replaces the figure's last measurement; one that could not be measured now keeps it."""
    if figure.value is None:
        return
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    entry = {name: value for name, value in asdict(figure).items() if name not in ("name", "why")}
    entry["value"] = float(f"{figure.value:.6g}")
    entry |= {"machine": machine(), "date": datetime.now(UTC).date().isoformat()}
    results.setdefault(area, {})[figure.name] = entry
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


def machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
