"""An authority's own sessions as something to learn from: files that `evoke code` wrote and a person checked."""

from collections import defaultdict
from itertools import groupby
from pathlib import Path

from coding.coder.result import UtteranceToCode
from coding.coder.training_data import (
    CLASS_OF,
    Example,
    Source,
    TrainingConversation,
    TrainingFileUnreadable,
    read_table,
)
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Speaker, Subtype, TalkKind
from coding.transcript.roles import roles_of

OWN_COLUMNS = ("transcript_id", "turn", "utterance", "speaker", "text", "code")
_CODES: dict[str, Code] = {code.value: code for code in (*Behaviour, *ClientTalk)}
Rows = list[tuple[int, dict[str, str]]]
"""With the line of the file that each stands in."""


def read_own(path: Path) -> list[TrainingConversation]:
    """A row without a code is context. Turns are numbered anew, by who speaks.

    Raises TrainingFileUnreadable, naming the row.
    """
    rows: dict[str, Rows] = defaultdict(list)
    for line, row in enumerate(read_table(path, OWN_COLUMNS), 2):
        rows[row["transcript_id"]].append((line, row))
    return [_conversation(path, transcript, said) for transcript, said in rows.items()]


def session_name(path: Path, talk: TrainingConversation) -> str:
    """What the file calls it, or what the file is called; as `evoke model compare` reads it."""
    return talk.transcript_id.removeprefix(f"{Source.OWN}-{path.stem}-") or path.stem


def _conversation(path: Path, transcript: str, rows: Rows) -> TrainingConversation:
    sides = _sides(path, rows)
    examples = []
    spoken = groupby(rows, key=lambda numbered: (numbered[1]["turn"], sides[numbered[1]["speaker"]]))
    for turn, ((_, speaker), said) in enumerate(spoken):
        for number, (line, row) in enumerate(said):
            utterance = UtteranceToCode(turn, number, speaker, row["text"])
            examples.append(_example(f"{path.name}, row {line}", utterance, row))
    name = f"{Source.OWN}-{path.stem}-{transcript}"
    return TrainingConversation(name, Source.OWN, name, Source.OWN, tuple(examples))


def _sides(path: Path, rows: Rows) -> dict[str, Speaker]:
    """Who is which, from a label that says so, else from the codes that speaker has."""
    sides: dict[str, Speaker] = {
        label: role for label, role in roles_of(dict.fromkeys(row["speaker"] for _, row in rows)).items() if role
    }
    for line, row in rows:
        if row["speaker"] in sides or not row["code"].strip():
            continue
        code = _code(f"{path.name}, row {line}", row["code"])
        sides[row["speaker"]] = Speaker.PRACTITIONER if isinstance(code, Behaviour) else Speaker.CLIENT
    for line, row in rows:
        if row["speaker"] not in sides:
            raise TrainingFileUnreadable(
                f"{path.name}, row {line}: neither the label nor a code says whether {row['speaker']!r} is the "
                "practitioner or a client; write one of the two."
            )
    return sides


def _example(where: str, utterance: UtteranceToCode, row: dict[str, str]) -> Example:
    codes: tuple[Code, ...] = tuple(Behaviour) if utterance.speaker is Speaker.PRACTITIONER else tuple(ClientTalk)
    if not row["code"].strip():
        return Example(utterance, codes)
    code = _code(where, row["code"])
    if code not in codes:
        raise TrainingFileUnreadable(f"{where}: {code.value} is no code of the {utterance.speaker.value}.")
    return Example(
        utterance, (code,), CLASS_OF[code] if isinstance(code, Behaviour) else None, _subtype(where, code, row)
    )


def _code(where: str, said: str) -> Code:
    try:
        return _CODES[said.strip()]
    except KeyError:
        raise TrainingFileUnreadable(f"{where}: “{said}” is no code; there are {', '.join(_CODES)}.") from None


def _subtype(where: str, code: Code, row: dict[str, str]) -> Subtype | None:
    said = row.get("subtype", "").strip()
    kinds: type[QuestionType] | type[TalkKind] = QuestionType if isinstance(code, Behaviour) else TalkKind
    try:
        return kinds(said) if said else None
    except ValueError:
        raise TrainingFileUnreadable(f"{where}: “{said}” is no kind of {code.value}.") from None
