"""ELAN annotation files, Evoke's own and those of others: who said what when, and what stands in tiers beside it."""

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from coding.interchange.coded import CodedSession
from coding.interchange.eaf_write import CHILD_TYPES, COPY, RATING, SPEAKER_TYPE
from coding.interchange.errors import ElanBroken
from coding.interchange.known_codes import read_code
from coding.interchange.raw import RawLine, RawSession, coded_from
from coding.interchange.times import LONGEST
from coding.review.draft import RATINGS
from coding.scheme.codes import Speaker

_MOST_ANNOTATIONS = 100_000
_MOST_BESIDE = 1_000_000
"""Codes and notes of all lines together: where all lines last the whole time each code is beside each line."""
_KINDS = {"comment": "note", "notes": "note", "comments": "note", "codes": "code", "coding": "code", "miti": "code"}


@dataclass(frozen=True)
class _Annotation:
    name: str
    value: str
    start: int | None
    end: int | None
    of: str = ""


@dataclass(frozen=True)
class _Tier:
    """`kind` is what the tier holds: "code", "subtype", "note", "evidence", "" for what was said, else its own name."""

    name: str
    speaker: str
    parent: str
    kind: str
    annotations: tuple[_Annotation, ...]


def read_eaf(name: str, title: str, data: bytes) -> CodedSession:
    """Raises ElanBroken, NoCodes, NobodyPractises."""
    root = _parse(name, data)
    if root.tag != "ANNOTATION_DOCUMENT":
        raise ElanBroken(name, "it is XML of another kind")
    tiers = _tiers(name, root)
    ours = _ours(root)
    said = [tier for tier in tiers if not tier.kind and tier.annotations]
    if not said:
        raise ElanBroken(name, "it has no tier of what was said")
    beside = [tier for tier in tiers if tier.kind]
    lines, names = _lines(name, said, beside, ours)
    properties = {one.get("NAME", ""): one.text or "" for one in root.findall("HEADER/PROPERTY")}
    evidence = _evidence(beside, names)
    other = ", ".join(sorted({tier.kind for tier in beside if tier.kind not in CHILD_TYPES}))
    return coded_from(
        RawSession(
            str(ours.get("title") or title), lines,
            ratings={key.removeprefix(RATING): value for key, value in properties.items() if key.startswith(RATING)},
            evidence=evidence, coder=root.get("AUTHOR", ""),
            remarks=(f"Tiers that Evoke does not know stand in the lines’ notes: {other}.",) if other else (),
        )
    )  # fmt: skip


def _parse(name: str, data: bytes) -> Element:
    """Without document types, entities or anything fetched."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise ElanBroken(name, "it declares entities, which ELAN never does") from None
    except (ParseError, ValueError, LookupError):
        raise ElanBroken(name, "it is damaged or cut short") from None
    return root


def _tiers(name: str, root: Element) -> list[_Tier]:
    times = {slot.get("TIME_SLOT_ID", ""): _ms(slot.get("TIME_VALUE")) for slot in root.findall("TIME_ORDER/TIME_SLOT")}
    if sum(1 for _ in root.iter("ANNOTATION")) > _MOST_ANNOTATIONS:
        raise ElanBroken(name, f"it has more than {_MOST_ANNOTATIONS:,} annotations")
    return [_tier(tier, times) for tier in root.findall("TIER")]


def _tier(tier: Element, times: Mapping[str, int | None]) -> _Tier:
    name, parent = tier.get("TIER_ID", ""), tier.get("PARENT_REF", "")
    annotations = []
    for one in tier.findall("ANNOTATION/*"):
        value = one.findtext("ANNOTATION_VALUE") or ""
        start, end = (times.get(one.get(f"TIME_SLOT_REF{which}", "")) for which in (1, 2))
        annotations.append(_Annotation(one.get("ANNOTATION_ID", ""), value, start, end, one.get("ANNOTATION_REF", "")))
    kind = _kind(name, tier.get("LINGUISTIC_TYPE_REF", ""), parent, annotations)
    speaker = tier.get("PARTICIPANT") or parent or name
    return _Tier(name, speaker, parent, kind, tuple(annotations))


def _kind(name: str, type_name: str, parent: str, annotations: Sequence[_Annotation]) -> str:
    """By the tier's type or the beginning of its name; a tier whose values are codes is one of codes, whatever it is
    called. What Evoke wrote as somebody's talk is talk, though all of it may read like a code."""
    if type_name == SPEAKER_TYPE and not parent:
        return ""
    for called in (type_name, name.partition("@")[0], *name.replace("_", " ").split()):
        wanted = called.strip().casefold()
        wanted = _KINDS.get(wanted, wanted)
        if wanted in CHILD_TYPES:
            return wanted
    values = [one.value for one in annotations if one.value.strip()]
    if values and sum(any(read_code(role, value) for role in Speaker) for value in values) * 2 > len(values):
        return "code"
    return name if parent else ""


def _ours(root: Element) -> Mapping[str, Any]:
    """What `write_eaf` keeps in the header besides; empty for the files of others."""
    for one in root.findall("HEADER/PROPERTY"):
        if one.get("NAME") == COPY:
            try:
                found = json.loads(one.text or "")
            except (ValueError, RecursionError):
                return {}
            return found if isinstance(found, dict) else {}
    return {}


def _lines(
    name: str, said: Sequence[_Tier], beside: Sequence[_Tier], ours: Mapping[str, Any]
) -> tuple[list[RawLine], dict[str, int]]:
    """In the order they were said; with the place of each by its annotation's name."""
    spoken = _in_order([(tier, one) for tier in said for one in tier.annotations if one.value.strip()], ours)
    held = _Beside(name, beside)
    roles, moved = _mapping(ours, "roles"), _mapping(ours, "times")
    lines = []
    for tier, one in spoken:
        found = held.of(tier, one)
        other = [f"{kind}: {value}" for kind, value in found.items() if kind not in CHILD_TYPES]
        start, end = _own_times(moved.get(one.name), one)
        lines.append(
            RawLine(
                speaker=tier.speaker, text=one.value, role=str(roles.get(tier.speaker, "")),
                code=found.get("code", ""), subtype=found.get("subtype", ""),
                note="\n".join(filter(None, [found.get("note", ""), *other])), start=start, end=end,
            )
        )  # fmt: skip
    return lines, {one.name: place for place, (_, one) in enumerate(spoken)}


def _in_order(
    spoken: list[tuple[_Tier, _Annotation]], ours: Mapping[str, Any]
) -> list[tuple[_Tier, _Annotation]]:  # fmt: skip
    """By time; where no line came or went since Evoke wrote the file, as they were said, though people talked at
    once."""
    by_name = {one.name: (tier, one) for tier, one in spoken}
    written = [f"a{number}" for number in range(1, len(spoken) + 1)]
    if ours.get("lines") == len(spoken) and all(name in by_name for name in written):
        return [by_name[name] for name in written]
    never = LONGEST + 1
    return sorted(spoken, key=lambda pair: (never if pair[1].start is None else pair[1].start, pair[1].end or 0))


def _own_times(kept: object, one: _Annotation) -> tuple[int | None, int | None]:
    """`kept` are a line's true times, and when it was shown instead: they hold as long as nobody has moved it."""
    if isinstance(kept, list) and len(kept) == 4 and kept[2:] == [one.start, one.end]:
        start, end = (time if isinstance(time, int) and 0 <= time <= LONGEST else None for time in kept[:2])
        return start, end
    return one.start, one.end


def _mapping(ours: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = ours.get(name)
    return found if isinstance(found, dict) else {}


class _Beside:
    """What the tiers of codes and notes hold for a line: what refers to it, else what has its middle in it."""

    def __init__(self, name: str, tiers: Sequence[_Tier]) -> None:
        self._name, self._given = name, 0
        self._refers: dict[str, list[tuple[str, str]]] = {}
        timed: list[tuple[float, _Tier, str]] = []
        for tier in tiers:
            for one in tier.annotations:
                if one.of:
                    self._refers.setdefault(one.of, []).append((tier.kind, one.value))
                elif one.start is not None and one.end is not None:
                    timed.append(((one.start + one.end) / 2, tier, one.value))
        self._timed = sorted(timed, key=lambda entry: entry[0])
        self._middles = [middle for middle, _, _ in self._timed]

    def of(self, tier: _Tier, one: _Annotation) -> dict[str, str]:
        values = list(self._refers.get(one.name, ()))
        if one.start is not None and one.end is not None:
            first, last = bisect_left(self._middles, one.start), bisect_left(self._middles, one.end)
            self._given += max(0, last - first)
            if self._given > _MOST_BESIDE:
                raise ElanBroken(self._name, "its lines lie over one another")
            for _, other, value in self._timed[first:last]:
                if other.parent in ("", tier.name) or other.speaker == tier.speaker:
                    values.append((other.kind, value))
        found: dict[str, str] = {}
        for kind, value in values:
            found[kind] = f"{found[kind]} / {value}" if kind in found else value
        return found


def _evidence(beside: Sequence[_Tier], places: Mapping[str, int]) -> dict[str, list[int]]:
    pinned: dict[str, list[int]] = {}
    for tier in beside:
        for one in tier.annotations if tier.kind == "evidence" else ():
            for name in one.value.split():
                if name in RATINGS and one.of in places:
                    pinned.setdefault(name, []).append(places[one.of])
    return pinned


def _ms(value: str | None) -> int | None:
    return int(value) if value is not None and value.isdecimal() and len(value) < 12 and int(value) <= LONGEST else None
