"""JSON: Evoke's own output, lists of turns, and Whisper-style segments."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from coding.scheme.codes import Speaker
from coding.transcript.errors import JsonBroken, NoSpeakers, NotATranscript, NoWords
from coding.transcript.parsed import ParsedTranscript, ParsedTurn
from coding.transcript.turns import Line, in_order, same_label, tidy, turns_of

_TURN_LISTS = ("turns", "utterances", "segments", "transcript", "conversation", "messages")
_SPEAKER_KEYS = ("speaker", "speaker_label", "interlocutor", "name", "author")
_TEXT_KEYS = ("text", "utterance", "content")


def looks_like_json(text: str) -> bool:
    """Whether it is whole JSON and not a line that starts with a bracket, such as "[00:01] Anna: …"."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        _load(text)
    except JsonBroken:
        return False
    return True


def read_json(name: str, transcript_id: str, text: str) -> list[ParsedTranscript]:
    """Turns with a `turn` number or with `utterances` of their own stay apart; other neighbours of one speaker join.

    Raises JsonBroken with the line, NotATranscript for JSON of another shape, NoSpeakers and NoWords.
    """
    found = _load(text)
    sessions = found.get("sessions") if isinstance(found, dict) else None
    if isinstance(sessions, list):
        objects = [one for one in sessions if isinstance(one, dict)]
        names = (_text_of(one, ("transcript_id", "id", "name")) for one in objects)
        named = [
            (own or f"{transcript_id}-{n}", one) for n, (own, one) in enumerate(zip(names, objects, strict=True), 1)
        ]
    else:
        own = _text_of(found, ("transcript_id", "id")) if isinstance(found, dict) else ""
        named = [(own or transcript_id, found)]
    if len({identity for identity, _ in named}) < len(named):
        raise JsonBroken("two sessions have the same transcript_id")
    read = [_one(name, identity, one) for identity, one in named]
    if not read:
        raise NotATranscript(name, "holds no sessions", "Give a list of turns, each with speaker and text.")
    return read


def _load(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise JsonBroken(error.msg[:1].lower() + error.msg[1:], error.lineno) from None
    except RecursionError:
        raise JsonBroken("it is nested too deeply") from None
    except ValueError:  # a number of thousands of digits
        raise JsonBroken("a number in it is too long") from None


def _one(name: str, transcript_id: str, found: Any) -> ParsedTranscript:
    rows = found
    if isinstance(found, Mapping):
        rows = next((found[key] for key in _TURN_LISTS if isinstance(found.get(key), list)), None)
    if not isinstance(rows, list):
        raise NotATranscript(name, "has no list of turns", "Give a list of turns, each with speaker and text.")
    turns = [row for row in rows if isinstance(row, Mapping)]
    spoken = [row for row in turns if _utterances(row)]
    if not spoken:
        raise NoWords(name)
    if any(not _label(row) for row in spoken):
        raise NoSpeakers(name)
    dropped = len(rows) - len(spoken)
    notes = (f"{dropped} entries without text were left out.",) if dropped else ()
    given = any(isinstance(row.get("utterances"), list) for row in spoken)
    if given or any("turn" in row for row in spoken):
        numbered = tuple(_numbered(number, row) for number, row in enumerate(spoken, start=1))
        return ParsedTranscript(transcript_id, numbered, utterances_given=given, notes=notes)
    lines = (Line(_label(row), _utterances(row)[0], _seconds(row, "start"), _seconds(row, "end")) for row in spoken)
    return ParsedTranscript(transcript_id, _with_given_roles(turns_of(lines), spoken), notes=notes)


def _numbered(number: int, row: Mapping[str, Any]) -> ParsedTurn:
    start, end = in_order(_seconds(row, "start"), _seconds(row, "end"))
    return ParsedTurn(
        turn=_text_of(row, ("turn",)) or str(number),
        speaker_label=_label(row),
        utterances=_utterances(row),
        role=_role(row),
        start=start,
        end=end,
    )


def _with_given_roles(turns: tuple[ParsedTurn, ...], rows: Iterable[Mapping[str, Any]]) -> tuple[ParsedTurn, ...]:
    roles = {same_label(_label(row)): role for row in rows if (role := _role(row)) is not None}
    return tuple(replace(turn, role=roles.get(same_label(turn.speaker_label))) for turn in turns)


def _utterances(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The turn's own utterances where it has them, else its text as one piece."""
    pieces = row.get("utterances")
    if isinstance(pieces, list):
        texts = (piece if isinstance(piece, str) else _text_of(piece, _TEXT_KEYS) for piece in pieces)
        return tuple(text for piece in texts if (text := tidy(piece)))
    text = _text_of(row, _TEXT_KEYS)
    return (text,) if text else ()


def _label(row: Mapping[str, Any]) -> str:
    return _text_of(row, _SPEAKER_KEYS) or _text_of(row, ("role",))


def _role(row: Mapping[str, Any]) -> Speaker | None:
    try:
        return Speaker(str(row.get("role")))
    except ValueError:
        return None


def _text_of(row: Any, keys: Iterable[str]) -> str:
    """The first of these values that is text or a number, tidied; "" when there is none."""
    values = (row.get(key) for key in keys) if isinstance(row, Mapping) else ()
    return next((tidy(str(value)) for value in values if isinstance(value, (str, int)) and tidy(str(value))), "")


def _seconds(row: Mapping[str, Any], key: str) -> float | None:
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
