"""From what a file says of each line to a coded conversation: who is who, and which code of ours is meant."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from coding.interchange.coded import CodedLine, CodedSession
from coding.interchange.errors import NobodyPractises, NoCodes
from coding.interchange.known_codes import Reading, name_of, read_code, role_of
from coding.review.draft import RATINGS, read_subtype
from coding.scheme.codes import Code, Speaker, Subtype
from coding.transcript.encoding import without_control_characters
from coding.transcript.roles import roles_of
from coding.transcript.turns import same_label, tidy
from models.practice import Picked, SessionKind

IN_THE_FILE = "In the file: "
"""Before what a file calls a code, in the note of its line."""
_One = TypeVar("_One", bound=StrEnum)


@dataclass(frozen=True)
class RawLine:
    """Everything as the file writes it; times in milliseconds."""

    speaker: str
    text: str
    role: str = ""
    code: str = ""
    subtype: str = ""
    note: str = ""
    start: int | None = None
    end: int | None = None
    confidence: float | None = None
    unsure: bool = False


@dataclass(frozen=True)
class RawSession:
    """`ratings` and `evidence` by the file's own names."""

    title: str
    lines: Sequence[RawLine]
    ratings: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, Sequence[int]] = field(default_factory=dict)
    coder: str = ""
    remarks: tuple[str, ...] = ()
    kind: str = ""
    picked: str = ""


def coded_from(raw: RawSession) -> CodedSession:
    """Raises NoCodes, NobodyPractises."""
    if not any(line.code.strip() for line in raw.lines):
        raise NoCodes(raw.title)
    roles = _roles(raw)
    spelling: dict[str, str] = {}
    read: Counter[tuple[str, str]] = Counter()
    lines = tuple(_line(line, roles, spelling, read) for line in raw.lines)
    ratings, left = read_ratings(raw.ratings)
    evidence = {
        name: tuple(sorted({place for place in raw.evidence[name] if 0 <= place < len(lines)}))
        for name in RATINGS
        if raw.evidence.get(name)
    }
    remarks = (*raw.remarks, *_remarks(read), *_unreadable_times(raw.lines), *left)
    coder = tidy(raw.coder)[:200]
    kind, picked = _known(SessionKind, raw.kind), _known(Picked, raw.picked)
    return CodedSession(tidy(raw.title)[:200], lines, ratings, evidence, coder, remarks, kind, picked)


def _known(words: type[_One], value: str) -> _One | None:
    return next((one for one in words if one.value == value.strip().casefold()), None)


def read_ratings(given: Mapping[str, str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Those that are ours, and a sentence on each that is not, so that it is not lost."""
    ratings: dict[str, int] = {}
    left: list[str] = []
    for name, value in given.items():
        ours = rating_name(name)
        number = value.strip()
        if ours and number in ("1", "2", "3", "4", "5"):
            ratings[ours] = int(number)
        elif number:
            left.append(f"{name.strip()}: {number}")
    said = (f"Ratings in the file that Evoke has none for: {'; '.join(left)}.",) if left else ()
    return {name: ratings[name] for name in RATINGS if name in ratings}, said


_RATINGS = {"cultivating": "cultivating_change_talk", "softening": "softening_sustain_talk"} | {
    "softening_sustaining_talk": "softening_sustain_talk", "clarity": "clarity_about_concerns"
}  # fmt: skip


def rating_name(name: str) -> str:
    """Ours, from what a file calls it ("Cultivating Change Talk"); empty where Evoke has no such rating."""
    wanted = "_".join(name.casefold().replace("-", " ").replace("_", " ").split())
    wanted = _RATINGS.get(wanted, wanted)
    return wanted if wanted in RATINGS else ""


def _roles(raw: RawSession) -> dict[str, Speaker]:
    """What the file says; else what the codes say by their majority; else what the labels say."""
    said: dict[str, Counter[Speaker]] = {}
    for line in raw.lines:
        votes = said.setdefault(same_label(line.speaker), Counter())
        given = _role(line.role)
        if given is not None:
            votes[given] += len(raw.lines) + 1  # outweighs every code
        elif (role := role_of(line.code)) is not None:
            votes[role] += 1
    found: dict[str, Speaker] = {label: votes.most_common(1)[0][0] for label, votes in said.items() if votes}
    unsaid = [label for label in said if label not in found]
    if unsaid and Speaker.PRACTITIONER not in found.values():
        found |= {label: role for label, role in roles_of(unsaid).items() if role is not None}
        if len(rest := [label for label in unsaid if label not in found]) == 1 and found:
            found[rest[0]] = Speaker.PRACTITIONER
    if Speaker.PRACTITIONER not in found.values():
        raise NobodyPractises(raw.title)
    return {label: found.get(label, Speaker.CLIENT) for label in said}


def _role(name: str) -> Speaker | None:
    wanted = name.strip().casefold()
    if wanted in ("practitioner", "therapist", "t"):
        return Speaker.PRACTITIONER
    return Speaker.CLIENT if wanted in ("client", "c") else None


def _line(
    line: RawLine, roles: Mapping[str, Speaker], spelling: dict[str, str], read: Counter[tuple[str, str]]
) -> CodedLine:
    label = same_label(line.speaker)
    role, given = roles[label], tidy(line.code)
    reading = read_code(role, given) if given else None
    code, subtype, kept = _with_subtype(reading, line.subtype)
    foreign = given if given and reading is None else ""
    if foreign or (reading is not None and reading.less):
        kept = f"{given} {kept}".strip()
    if given and (code is None or given.casefold() not in (code.value.casefold(), name_of(code, subtype).casefold())):
        read[given, name_of(code, subtype) if code else ""] += 1
    start, end = (time if time is not None and time >= 0 else None for time in (line.start, line.end))
    if start is not None and end is not None and end < start:
        end = None
    return CodedLine(
        speaker=spelling.setdefault(label, tidy(line.speaker)[:200]), role=role, text=tidy(line.text), code=code,
        subtype=subtype, note=_note(line.note, kept), start=start, end=end, foreign=foreign,
        confidence=line.confidence, unsure=line.unsure,
    )  # fmt: skip


def _with_subtype(reading: Reading | None, name: str) -> tuple[Code | None, Subtype | None, str]:
    """And what is left of the file's subtype, where it is none of ours."""
    wanted = "_".join(name.casefold().replace("-", " ").split())
    if reading is None:
        return None, None, wanted
    if not wanted:
        return reading.code, reading.subtype, ""
    try:
        return reading.code, read_subtype(reading.code, wanted), ""
    except ValueError:
        return reading.code, reading.subtype, wanted


def _note(note: str, kept: str) -> str:
    note = without_control_characters(note.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not kept or f"{IN_THE_FILE}{kept}" in note:
        return note
    return f"{note}\n{IN_THE_FILE}{kept}".strip()


def _remarks(read: Counter[tuple[str, str]]) -> list[str]:
    """How codes with other names were read, and which could not be."""
    as_ours = [f"{given} as {ours} ({times})" for (given, ours), times in sorted(read.items()) if ours]
    unknown = [f"{given} ({times})" for (given, ours), times in sorted(read.items()) if not ours]
    found = [f"Codes read under another name: {', '.join(as_ours)}."] if as_ours else []
    if unknown:
        found.append(
            f"Codes that Evoke has none for: {', '.join(unknown)}. These lines have no code yet; what the file calls "
            "it stands in their notes."
        )
    return found


def _unreadable_times(lines: Sequence[RawLine]) -> list[str]:
    turned = sum(one.start is not None and one.end is not None and one.end < one.start for one in lines)
    return [f"{turned} lines ended before they began; their end was left out."] if turned else []
