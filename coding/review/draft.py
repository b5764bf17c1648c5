"""A person's work on one coded conversation, as a value: its lines with their codes, ratings and their evidence."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from coding.scheme.authority import AuthorityDimension
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Speaker, Subtype, TalkKind, parse_code
from coding.scheme.summary import GlobalRating

RATINGS: tuple[str, ...] = (*(one.value for one in GlobalRating), *(one.value for one in AuthorityDimension))
"""What a person rates from 1 to 5: the four globals of MITI, and the three of authority that stand beside them."""


@dataclass(frozen=True)
class MachineCode:
    """What the machine said of a line. `confidence` is a share from 0 to 1."""

    code: Code
    subtype: Subtype | None = None
    confidence: float | None = None
    unsure: bool = False


@dataclass(frozen=True)
class DraftLine:
    """One utterance. `key` is its place in the transcript that the review began from ("12"); what a split made of it is
    "12.1" and "12.2", and a joined line keeps the first key and remembers in `joined` those that it took in.

    `accepted` says that a person looked at its code. Times are seconds; those of the parts of a split line are shared
    out by their characters. `machine` is None for a line that is not as the machine coded it.
    """

    key: str
    role: Speaker
    speaker_label: str
    text: str
    code: Code | None = None
    subtype: Subtype | None = None
    note: str = ""
    accepted: bool = False
    started: float | None = None
    ended: float | None = None
    machine: MachineCode | None = None
    joined: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """`lines` are in the order they were said. `speakers` gives each speaker's role. `evidence` holds for a rating the
    keys of the lines pinned to it. `segment` is the first and last key of the stretch that is scored, None for all of
    it. `skipped` are the ratings that the session does not allow."""

    lines: tuple[DraftLine, ...]
    speakers: dict[str, Speaker] = field(default_factory=dict)
    ratings: dict[str, int] = field(default_factory=dict)
    evidence: dict[str, tuple[str, ...]] = field(default_factory=dict)
    segment: tuple[str, str] | None = None
    skipped: tuple[str, ...] = ()

    def place_of(self, key: str) -> int | None:
        """The index of the line with this key."""
        return next((place for place, line in enumerate(self.lines) if line.key == key), None)

    def scored_lines(self) -> tuple[DraftLine, ...]:
        if self.segment is None:
            return self.lines
        keys = [line.key for line in self.lines]
        return self.lines[keys.index(self.segment[0]) : keys.index(self.segment[1]) + 1]

    def turns(self) -> Iterator[tuple[DraftLine, ...]]:
        """Runs of lines of one speaker."""
        run: list[DraftLine] = []
        for line in self.lines:
            if run and run[-1].speaker_label != line.speaker_label:
                yield tuple(run)
                run = []
            run.append(line)
        if run:
            yield tuple(run)

    def with_line(self, place: int, line: DraftLine) -> "Draft":
        return replace(self, lines=(*self.lines[:place], line, *self.lines[place + 1 :]))


def subtypes_of(code: Code | None) -> tuple[Subtype, ...]:
    """Those a line with this code may have."""
    if code is Behaviour.Q:
        return tuple(QuestionType)
    return tuple(TalkKind) if code in (ClientTalk.CT, ClientTalk.ST) else ()


def read_subtype(code: Code | None, value: str | None) -> Subtype | None:
    """Raises ValueError where the code has no such subtype."""
    if value is None:
        return None
    for one in subtypes_of(code):
        if one.value == value:
            return one
    raise ValueError(f"{code} has no subtype {value}")


def line_as_json(line: DraftLine) -> dict[str, Any]:
    machine = line.machine
    return {
        "key": line.key,
        "role": line.role.value,
        "speaker_label": line.speaker_label,
        "text": line.text,
        "code": line.code and line.code.value,
        "subtype": line.subtype and line.subtype.value,
        "note": line.note,
        "accepted": line.accepted,
        "started": line.started,
        "ended": line.ended,
        "machine": machine
        and {
            "code": machine.code.value,
            "subtype": machine.subtype and machine.subtype.value,
            "confidence": machine.confidence,
            "unsure": machine.unsure,
        },
        "joined": list(line.joined),
    }


def draft_as_json(draft: Draft) -> dict[str, Any]:
    return {
        "lines": [line_as_json(line) for line in draft.lines],
        "speakers": {label: role.value for label, role in draft.speakers.items()},
        "ratings": dict(draft.ratings),
        "evidence": {name: list(keys) for name, keys in draft.evidence.items()},
        "segment": draft.segment and list(draft.segment),
        "skipped": list(draft.skipped),
    }


def draft_from_json(kept: dict[str, Any]) -> Draft:
    segment = kept["segment"]
    return Draft(
        lines=tuple(_line(one) for one in kept["lines"]),
        speakers={label: Speaker(role) for label, role in kept["speakers"].items()},
        ratings=dict(kept["ratings"]),
        evidence={name: tuple(keys) for name, keys in kept["evidence"].items()},
        segment=(segment[0], segment[1]) if segment else None,
        skipped=tuple(kept["skipped"]),
    )


def _line(kept: dict[str, Any]) -> DraftLine:
    role = Speaker(kept["role"])
    code = parse_code(role, kept["code"]) if kept["code"] else None
    return DraftLine(
        **kept
        | {
            "role": role,
            "code": code,
            "subtype": read_subtype(code, kept["subtype"]),
            "machine": _machine(kept["machine"]) if kept["machine"] else None,
            "joined": tuple(kept["joined"]),
        }
    )


def _machine(kept: dict[str, Any]) -> MachineCode:
    # Of a line that was moved it is the other role's.
    code = next(code for code in (*Behaviour, *ClientTalk) if code.value == kept["code"])
    return MachineCode(code, read_subtype(code, kept["subtype"]), kept["confidence"], kept["unsure"])
