"""JSON of codes: everything there is, under plain names."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from coding.interchange.coded import CodedLine, CodedSession, Written
from coding.interchange.errors import CodesBroken
from coding.interchange.raw import RawLine, RawSession, coded_from
from coding.interchange.times import ms_from_seconds
from coding.review.draft import RATINGS

FORMAT = "evoke-coded-session-1"


def write_json_codes(session: CodedSession) -> Written:
    """`{"format", "sessions": [{"title", "kind", "picked", "coder", "ratings", "evidence", "lines"}]}`, times in
    seconds, evidence by the 0-based numbers of lines; `kind` and `picked` are null where they are not known."""
    shown = {
        "title": session.title,
        "kind": session.kind.value if session.kind else None,
        "picked": session.picked.value if session.picked else None,
        "coder": session.coder,
        "ratings": dict(session.ratings),
        "evidence": {name: list(places) for name, places in session.evidence.items()},
        "lines": [_line_shown(line) for line in session.lines],
    }
    data = json.dumps({"format": FORMAT, "sessions": [shown]}, ensure_ascii=False, indent=1)
    return Written("codes.json", "application/json", data.encode())


def _line_shown(line: CodedLine) -> dict[str, Any]:
    return {
        "speaker": line.speaker,
        "role": line.role.value,
        "text": line.text,
        "code": line.code.value if line.code else line.foreign or None,
        "subtype": line.subtype.value if line.subtype else None,
        "note": line.note,
        "start": None if line.start is None else line.start / 1000,
        "end": None if line.end is None else line.end / 1000,
        "confidence": line.confidence,
        "unsure": line.unsure,
    }


def read_json_codes(name: str, title: str, text: str) -> list[CodedSession]:
    """What `write_json_codes` writes, and what `evoke code --format json` does. Raises CodesBroken, NoCodes,
    NobodyPractises."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise CodesBroken(name, "it is not JSON") from None
    sessions = found.get("sessions") if isinstance(found, Mapping) else None
    if not isinstance(sessions, list) or not all(isinstance(one, Mapping) for one in sessions) or not sessions:
        raise CodesBroken(name, "it has no list of sessions")
    return [coded_from(_session(one, title, len(sessions), number)) for number, one in enumerate(sessions, start=1)]


def _session(one: Mapping[str, Any], title: str, sessions: int, number: int) -> RawSession:
    own = _text(one, "title") or _text(one, "transcript_id")
    ratings, evidence = _mapping(one, "ratings"), _mapping(one, "evidence")
    return RawSession(
        own or (title if sessions == 1 else f"{title} {number}"), _lines(one),
        ratings={str(name): str(value) for name, value in ratings.items() if isinstance(value, int | str)},
        evidence={name: _places(evidence.get(name)) for name in RATINGS}, coder=_text(one, "coder"),
        kind=_text(one, "kind"), picked=_text(one, "picked"),
    )  # fmt: skip


def _lines(one: Mapping[str, Any]) -> list[RawLine]:
    lines, turns = one.get("lines"), one.get("turns")
    if isinstance(lines, list):
        return [line for row in lines if isinstance(row, Mapping) for line in [_line(row, row)] if line.text.strip()]
    return [
        line
        for turn in (turns if isinstance(turns, list) else [])
        if isinstance(turn, Mapping) and isinstance(turn.get("utterances"), list)
        for row in turn["utterances"]
        if isinstance(row, Mapping)
        for line in [_line(row, turn)]
        if line.text.strip()
    ]


def _line(row: Mapping[str, Any], turn: Mapping[str, Any]) -> RawLine:
    """Times are the line's own: those of a whole turn are not those of each of its lines."""
    return RawLine(
        speaker=_text(turn, "speaker"), text=_text(row, "text"), role=_text(turn, "role"), code=_text(row, "code"),
        subtype=_text(row, "subtype"), note=_text(row, "note"), start=_ms(row.get("start")), end=_ms(row.get("end")),
        confidence=_share(row.get("confidence")), unsure=row.get("unsure") is True,
    )  # fmt: skip


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _mapping(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row.get(key)
    return value if isinstance(value, Mapping) else {}


def _places(value: object) -> Sequence[int]:
    return [one for one in value if isinstance(one, int)] if isinstance(value, list) else []


def _ms(value: object) -> int | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    try:
        return ms_from_seconds(float(value)) if number else None  # type: ignore[arg-type]
    except OverflowError:
        return None


def _share(value: object) -> float | None:
    share = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return round(float(value), 4) if share else None  # type: ignore[arg-type]
