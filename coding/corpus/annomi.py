"""Codes of MITI 4.2.1 and client language for AnnoMI's utterances: where each part starts, and what it is.

AnnoMI's text is not ours to ship and not in the file: a part is named by transcript, utterance and first character, and
the utterance's length tells whether the text at hand is the one that was coded.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from coding.corpus.load import CorpusUnreadable
from coding.scheme.codes import Behaviour, ClientTalk, Code, QuestionType, Subtype, TalkKind

ANNOMI_CODES = Path(__file__).with_name("annomi") / "codes.csv"
_CODES: dict[str, Code] = {code.value: code for code in (*Behaviour, *ClientTalk)}
_SUBTYPES: dict[str, Subtype] = {kind.value: kind for kind in (*QuestionType, *TalkKind)}


@dataclass(frozen=True)
class CodedPart:
    """One thought of an AnnoMI utterance of `length` characters, from its 0-based character `start` to the next part.
    `code` is None where AnnoMI names the wrong speaker, so that nothing can be said."""

    length: int
    start: int
    code: Code | None
    subtype: Subtype | None


def load_annomi_codes(path: Path = ANNOMI_CODES) -> dict[tuple[str, int], tuple[CodedPart, ...]]:
    """By transcript and utterance id, parts in order. Raises CorpusUnreadable."""
    found: dict[tuple[str, int], list[CodedPart]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                code = _CODES[row["code"]] if row["code"] else None
                subtype = _SUBTYPES[row["subtype"]] if row["subtype"] else None
                found[row["transcript_id"], int(row["utterance_id"])].append(
                    CodedPart(int(row["length"]), int(row["start"]), code, subtype)
                )
    except (OSError, KeyError, ValueError) as error:
        raise CorpusUnreadable(f"{path} cannot be read ({error}).") from error
    return {key: tuple(parts) for key, parts in found.items()}
