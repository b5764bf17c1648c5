"""ELAN annotation files: a tier of utterances for each speaker, and under it one each of codes, subtypes, notes and
ratings.

Elements and attributes as in the EAF 3.0 schema of the Max Planck Institute for Psycholinguistics.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from coding.interchange.coded import CodedLine, CodedSession, Written, pinned_to

SPEAKER_TYPE = "utterance"
CHILD_TYPES = ("code", "subtype", "note", "evidence")
RATING, COPY = "evoke-rating-", "evoke-session"
_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_WITHOUT_TIME = 1000
"""Milliseconds that a line gets which has no times: ELAN shows nothing without."""


@dataclass(frozen=True)
class Slot:
    """When ELAN shows a line. Lines of one speaker do not overlap there, and none is empty."""

    start: int
    end: int


def write_eaf(session: CodedSession, *, at: datetime) -> Written:
    """`at` is when it is written."""
    slots = slots_for(session.lines)
    moved = {
        f"a{place + 1}": [line.start, line.end, slot.start, slot.end]
        for place, (line, slot) in enumerate(zip(session.lines, slots, strict=True))
        if (line.start, line.end) != (slot.start, slot.end)
    }
    ElementTree.register_namespace("xsi", _XSI)
    root = ElementTree.Element(
        "ANNOTATION_DOCUMENT",
        {"AUTHOR": session.coder, "DATE": at.isoformat(timespec="seconds"), "FORMAT": "3.0", "VERSION": "3.0",
         f"{{{_XSI}}}noNamespaceSchemaLocation": _SCHEMA},
    )  # fmt: skip
    _header(root, session, moved)
    _times(root, slots)
    _tiers(root, session)
    _types(root)
    lost = []
    if any(line.confidence is not None or line.unsure for line in session.lines):
        lost.append("How sure the machine is of each code is not in an ELAN file.")
    if moved:
        lost.append(
            f"{len(moved)} of {len(session.lines)} lines have no times, or times that ELAN cannot show. They stand one "
            "after the other there; Evoke reads their own times back."
        )
    data = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Written("codes.eaf", "application/xml", data, tuple(lost))


def slots_for(lines: Sequence[CodedLine]) -> list[Slot]:
    """Each line's own times where ELAN can show them; else right after the line of that speaker before."""
    free: dict[str, int] = {}
    slots: list[Slot] = []
    last = 0
    for line in lines:
        start = max(line.start if line.start is not None else last, free.get(line.speaker, 0))
        end = line.end if line.end is not None and line.end > start else start + _WITHOUT_TIME
        free[line.speaker] = last = end
        slots.append(Slot(start, end))
    return slots


def _header(root: ElementTree.Element, session: CodedSession, moved: dict[str, list[int | None]]) -> None:
    header = ElementTree.SubElement(root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    roles = {line.speaker: line.role.value for line in session.lines}
    ours = {"title": session.title, "lines": len(session.lines), "roles": roles, "times": moved}
    _property(header, COPY, json.dumps(ours, ensure_ascii=False))
    for name, value in session.ratings.items():
        _property(header, f"{RATING}{name}", str(value))


def _property(header: ElementTree.Element, name: str, value: str) -> None:
    ElementTree.SubElement(header, "PROPERTY", {"NAME": name}).text = value


def _times(root: ElementTree.Element, slots: Sequence[Slot]) -> None:
    order = ElementTree.SubElement(root, "TIME_ORDER")
    ends = [(slot.start, f"ts{2 * place + 1}") for place, slot in enumerate(slots)]
    ends += [(slot.end, f"ts{2 * place + 2}") for place, slot in enumerate(slots)]
    for time, name in sorted(ends, key=lambda end: (end[0], int(end[1][2:]))):
        ElementTree.SubElement(order, "TIME_SLOT", {"TIME_SLOT_ID": name, "TIME_VALUE": str(time)})


def _tiers(root: ElementTree.Element, session: CodedSession) -> None:
    pins = pinned_to(session)
    speakers = list(dict.fromkeys(line.speaker for line in session.lines))
    for number, speaker in enumerate(speakers, start=1):
        name = speaker if "@" not in speaker else f"speaker {number}"  # tiers under it are called code@…
        tier = _tier(root, name, SPEAKER_TYPE, speaker)
        own = [(place, line) for place, line in enumerate(session.lines) if line.speaker == speaker]
        for place, line in own:
            _annotation(
                tier, "ALIGNABLE_ANNOTATION", f"a{place + 1}", line.text, TIME_SLOT_REF1=f"ts{2 * place + 1}",
                TIME_SLOT_REF2=f"ts{2 * place + 2}",
            )  # fmt: skip
        values = {
            "code": [line.code.value if line.code else line.foreign for _, line in own],
            "subtype": [line.subtype.value if line.subtype else "" for _, line in own],
            "note": [line.note for _, line in own],
            "evidence": [" ".join(pins.get(place, ())) for place, _ in own],
        }
        for kind in CHILD_TYPES:
            child = _tier(root, f"{kind}@{name}", kind, speaker, PARENT_REF=name)
            for (place, _), value in zip(own, values[kind], strict=True):
                if value:
                    _annotation(
                        child, "REF_ANNOTATION", f"{kind}{place + 1}", value, ANNOTATION_REF=f"a{place + 1}"
                    )  # fmt: skip


def _tier(root: ElementTree.Element, name: str, kind: str, speaker: str, **more: str) -> ElementTree.Element:
    named = {"TIER_ID": name, "LINGUISTIC_TYPE_REF": kind, "PARTICIPANT": speaker, **more}
    return ElementTree.SubElement(root, "TIER", named)


def _annotation(tier: ElementTree.Element, tag: str, name: str, value: str, **more: str) -> None:
    around = ElementTree.SubElement(tier, "ANNOTATION")
    one = ElementTree.SubElement(around, tag, {"ANNOTATION_ID": name, **more})
    ElementTree.SubElement(one, "ANNOTATION_VALUE").text = value


def _types(root: ElementTree.Element) -> None:
    def add(name: str, **more: str) -> None:
        ElementTree.SubElement(
            root, "LINGUISTIC_TYPE", {"LINGUISTIC_TYPE_ID": name, "GRAPHIC_REFERENCES": "false", **more}
        )

    add(SPEAKER_TYPE, TIME_ALIGNABLE="true")
    for kind in CHILD_TYPES:
        add(kind, TIME_ALIGNABLE="false", CONSTRAINTS="Symbolic_Association")
    constraint = {"STEREOTYPE": "Symbolic_Association", "DESCRIPTION": "1-1 association with a parent annotation"}
    ElementTree.SubElement(root, "CONSTRAINT", constraint)
