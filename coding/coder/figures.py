"""A measured figure beside its target."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`target` is written as ">= 0.74"; where there is none it is "for information" and `ok` is true."""

    name: str
    value: float
    unit: str
    target: str
    ok: bool

    def line(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.name}: {self.value:.4g}{unit} ({self.target}) {'ok' if self.ok else 'short'}"


def at_least(name: str, value: float, floor: float, unit: str = "") -> Figure:
    return Figure(name, value, unit, f">= {floor:g}", value >= floor)


def at_most(name: str, value: float, ceiling: float, unit: str = "") -> Figure:
    return Figure(name, value, unit, f"<= {ceiling:g}", value <= ceiling)


def for_information(name: str, value: float, unit: str = "") -> Figure:
    return Figure(name, value, unit, "for information", True)
