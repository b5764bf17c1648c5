"""What a person does to a draft, one small value for each kind, and the way to and from JSON."""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, get_args, get_type_hints


class StepWrong(ValueError):
    """A step that cannot be done; the message says what to do."""


@dataclass(frozen=True)
class Recode:
    """`code` and `subtype` by value, such as "CR" and "open"."""

    kind: ClassVar[str] = "recode"
    key: str
    code: str
    subtype: str | None = None


@dataclass(frozen=True)
class Accept:
    kind: ClassVar[str] = "accept"
    key: str


@dataclass(frozen=True)
class Uncode:
    kind: ClassVar[str] = "uncode"
    key: str


@dataclass(frozen=True)
class Split:
    """In front of the character `at` of its text, between two words."""

    kind: ClassVar[str] = "split"
    key: str
    at: int


@dataclass(frozen=True)
class Join:
    """With the line after it, which is of the same speaker."""

    kind: ClassVar[str] = "join"
    key: str


@dataclass(frozen=True)
class Move:
    """To another speaker of the conversation."""

    kind: ClassVar[str] = "move"
    key: str
    speaker_label: str


@dataclass(frozen=True)
class SwapRoles:
    kind: ClassVar[str] = "swap_roles"


@dataclass(frozen=True)
class EditWords:
    kind: ClassVar[str] = "edit_words"
    key: str
    text: str


@dataclass(frozen=True)
class WriteNote:
    """An empty text takes the note away."""

    kind: ClassVar[str] = "write_note"
    key: str
    text: str


@dataclass(frozen=True)
class Pin:
    """The line is evidence of a rating."""

    kind: ClassVar[str] = "pin"
    key: str
    rating: str


@dataclass(frozen=True)
class Unpin:
    kind: ClassVar[str] = "unpin"
    key: str
    rating: str


@dataclass(frozen=True)
class Rate:
    """`value` is 1–5; None takes the rating away."""

    kind: ClassVar[str] = "rate"
    name: str
    value: int | None = None


@dataclass(frozen=True)
class ChooseSegment:
    """Only the lines from `first` to `last` are scored; both None for the whole conversation."""

    kind: ClassVar[str] = "choose_segment"
    first: str | None = None
    last: str | None = None


Step = (
    Recode | Accept | Uncode | Split | Join | Move | SwapRoles | EditWords | WriteNote | Pin | Unpin | Rate
    | ChooseSegment
)  # fmt: skip
KINDS: dict[str, type[Step]] = {one.kind: one for one in get_args(Step)}


def step_as_json(step: Step) -> dict[str, Any]:
    return {"kind": step.kind, **asdict(step)}


def step_from_json(given: Any) -> Step:
    """Raises StepWrong."""
    kind = KINDS.get(str(given.get("kind"))) if isinstance(given, dict) else None
    if kind is None:
        raise StepWrong(f"A step is an object with a kind: one of {', '.join(KINDS)}.")
    said = {name: _clean(value) for name, value in given.items() if name != "kind"}
    hints = get_type_hints(kind)
    for one in fields(kind):
        if one.name in said and (isinstance(said[one.name], bool) or not isinstance(said[one.name], hints[one.name])):
            raise StepWrong(f"“{one.name}” of a step {kind.kind} is of another type. See the description of the API.")
    try:
        return kind(**said)
    except TypeError:
        names = ", ".join(one.name for one in fields(kind)) or "nothing else"
        raise StepWrong(f"A step {kind.kind} has {names}. See the description of the API.") from None


def _clean(value: Any) -> Any:
    """Without halves of characters, which no encoding can keep."""
    return value.encode(errors="ignore").decode() if isinstance(value, str) else value
