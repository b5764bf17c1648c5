"""What is wrong with content, said so that a trainer can mend it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`file` is the file's name in its folder, `line` 1-based (None: the whole file), `field` a path such as
    `exercises.3.want.any_of` ("" where it is about no field). `what` says what is wrong and what to do."""

    file: str
    what: str
    line: int | None = None
    field: str = ""

    def __str__(self) -> str:
        where = self.file + (f", line {self.line}" if self.line else "") + (f", {self.field}" if self.field else "")
        return f"{where}: {self.what}"


class ContentFaulty(Exception):
    """Content that cannot be read at all. `faults` is never empty."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults
