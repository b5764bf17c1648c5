"""Coded conversations as CSV and JSON: the same shapes for the command line, the page's download and the API."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from coding.scheme.codes import Behaviour, ClientTalk
from coding.scheme.glossary import GLOBALS_SUGGESTED
from coding.scheme.summary import Figure, GlobalSuggestion
from coding.transcript.parsed import ParsedTranscript
from coding.write_out import write_sessions

if TYPE_CHECKING:  # the website writes a session's CSV and has no need of numpy
    from coding.pipeline import CodedConversation, CodedItem

KNOWN_COLUMNS = ("transcript_id", "turn", "utterance", "speaker", "text")
CODE_COLUMNS = ("code", "subtype", "confidence", "unsure")
_OURS = {*KNOWN_COLUMNS, *CODE_COLUMNS}


@dataclass(frozen=True)
class CodedFile:
    """One conversation of one file, with the version of what coded it."""

    file: str
    parsed: ParsedTranscript
    coded: "CodedConversation"
    model_version: str

    def items_by_turn(self) -> "list[list[CodedItem]]":
        by_turn: list[list[CodedItem]] = [[] for _ in self.coded.turns]
        for item in self.coded.utterances:
            by_turn[item.utterance.turn].append(item)
        return by_turn


def write_csv(files: Iterable[CodedFile], out: TextIO) -> None:
    """Input columns, then code, subtype, confidence, unsure; a row an utterance, as they come.

    Other columns of an input keep their names, and one that has the name of ours is given back as `input_…`. The
    header is that of the first conversation's columns together with all later ones that came in the same run. Text is
    given as it was, for programs that read it: `harmless` is for files that people open in a spreadsheet.
    """
    rows = [row for one in files for row in _csv_rows(one)]
    extra = dict.fromkeys(name for row in rows for name in row if name not in _OURS)
    writer = csv.DictWriter(out, [*KNOWN_COLUMNS, *extra, *CODE_COLUMNS], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _csv_rows(one: CodedFile) -> Iterator[dict[str, str]]:
    for item in one.coded.utterances:
        turn = one.parsed.turns[item.utterance.turn]
        columns = _columns_of(turn.columns, item.utterance.utterance)
        number = _number_of(turn.utterance_numbers, item.utterance.utterance)
        yield {_name_beside_ours(name, columns): cell for name, cell in columns.items()} | {
            "transcript_id": one.parsed.transcript_id,
            "turn": turn.turn,
            "utterance": number,
            "speaker": turn.speaker_label,
            "text": item.utterance.text,
            **_code_cells(item),
        }


def _name_beside_ours(name: str, columns: Mapping[str, str]) -> str:
    if name not in _OURS:
        return name
    name = f"input_{name}"
    while name in columns:  # a file that was coded before and coded again
        name = f"input_{name}"
    return name


def _columns_of(columns: tuple[dict[str, str], ...], utterance: int) -> Mapping[str, str]:
    """An utterance's own cells; those of the whole turn where the file did not draw utterances."""
    if not columns:
        return {}
    return columns[utterance] if utterance < len(columns) else columns[-1]


def _number_of(numbers: tuple[str, ...], utterance: int) -> str:
    return numbers[utterance] if utterance < len(numbers) and numbers[utterance] else str(utterance + 1)


def _code_cells(item: "CodedItem") -> dict[str, str]:
    estimate = item.estimate
    return {
        "code": estimate.code.value,
        "subtype": estimate.subtype.value if estimate.subtype else "",
        "confidence": f"{estimate.confidence:.3f}",
        "unsure": "yes" if estimate.unsure else "no",
    }


def write_json(files: Iterable[CodedFile], out: TextIO) -> None:
    """`{"sessions": […]}`, written session by session so that many files need little memory."""
    write_sessions(map(session_json, files), out)


def session_json(one: CodedFile) -> dict[str, Any]:
    coded = one.coded
    volleys: dict[int, list[str]] = {item.volley: [] for item in coded.utterances if item.volley is not None}
    for volley, code in coded.volley_codes:
        volleys[volley].append(code.value)
    return {
        "transcript_id": one.parsed.transcript_id,
        "file": one.file,
        "model_version": one.model_version,
        "practitioner": list(coded.practitioner_labels),
        "practitioner_confidence": coded.practitioner_confidence,
        "notes": list(one.parsed.notes),
        "turns": [_turn_json(one, position, items) for position, items in enumerate(one.items_by_turn())],
        "volleys": [{"volley": volley, "codes": codes} for volley, codes in volleys.items()],
        "counts": {
            code.value: {"count": coded.counts[code], "low": low, "high": high}
            for code in (*Behaviour.counted(), *ClientTalk)
            for low, high in [coded.intervals_of[code]]
        },
        "scores": {figure.name.value: _score_json(figure) for figure in coded.figures},
        "globals": {one.rating.value: _suggestion_json(one) for one in coded.globals},
    }


def _turn_json(one: CodedFile, position: int, items: "list[CodedItem]") -> dict[str, Any]:
    turn, parsed = one.coded.turns[position], one.parsed.turns[position]
    return {
        "turn": parsed.turn,
        "speaker": turn.speaker_label,
        "role": one.coded.roles[position].value,
        "start": turn.started,
        "end": turn.ended,
        "text": turn.text,
        "utterances": [
            _utterance_json(item, _number_of(parsed.utterance_numbers, item.utterance.utterance)) for item in items
        ],
    }


def _utterance_json(item: "CodedItem", number: str) -> dict[str, Any]:
    estimate = item.estimate
    return {
        "utterance": number,
        "text": item.utterance.text,
        "code": estimate.code.value,
        "subtype": estimate.subtype.value if estimate.subtype else None,
        "confidence": round(estimate.confidence, 4),
        "unsure": estimate.unsure,
        "volley": item.volley,
        "reason": estimate.reason,
        "probabilities": {code.value: round(share, 4) for code, share in estimate.probabilities.items()},
    }


def _score_json(figure: Figure) -> dict[str, Any]:
    return {
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "band": figure.band.value if figure.band else None,
        "note": figure.note,
    }


def _suggestion_json(one: GlobalSuggestion) -> dict[str, Any]:
    """Each says for itself that it is no rating, since it may be taken out of its file."""
    return {
        "low": one.low,
        "high": one.high,
        "reason": one.reason,
        "suggestion": GLOBALS_SUGGESTED,
        "model_version": one.model_version,
    }


class SessionToWrite(Protocol):
    """What a session's download needs of the session as shown to people."""

    @property
    def title(self) -> str: ...

    @property
    def turns(self) -> tuple[Any, ...]: ...


def coded_session_csv(session: SessionToWrite) -> str:
    """The same columns as `write_csv`, with cells that a spreadsheet would run as formulas made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*KNOWN_COLUMNS, *CODE_COLUMNS])
    for turn in session.turns:
        for number, utterance in enumerate(turn.utterances, start=1):
            confidence = "" if utterance.confidence is None else f"{utterance.confidence:.3f}"
            writer.writerow(
                [harmless(session.title), turn.position + 1, number, harmless(turn.speaker_label),
                 harmless(utterance.text), utterance.code, utterance.subtype, confidence,
                 "yes" if utterance.unsure else "no"]
            )  # fmt: skip
    return out.getvalue()


def harmless(cell: str) -> str:
    """A leading quote keeps spreadsheets from reading text as a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
