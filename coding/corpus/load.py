"""Reading the authored corpus: conversations as values, and the list kept for the demo."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import groupby
from pathlib import Path

from coding.scheme.codes import (
    Behaviour,
    CodedUtterance,
    QuestionType,
    Speaker,
    Subtype,
    TalkKind,
    parse_code,
)
from models.errors import EvokeError

AUTHORED = Path(__file__).with_name("authored")
ROW_COLUMNS = ("transcript_id", "turn", "utterance", "speaker", "text", "code", "subtype")


class CorpusUnreadable(EvokeError):
    code = "corpus_unreadable"


class Quality(StrEnum):
    """What the author set out to write. Subtle: fluent in manner, poor in direction."""

    GOOD = "good"
    MIXED = "mixed"
    POOR = "poor"
    SUBTLE = "subtle"


@dataclass(frozen=True)
class AuthoredGlobals:
    """The author's impression on the four MITI global scales, each 1–5; no second rater has checked it."""

    cultivating_change_talk: int
    softening_sustain_talk: int
    partnership: int
    empathy: int


@dataclass(frozen=True)
class AuthoredConversation:
    """`goal` is the change goal that change and sustain talk are relative to. `turn` and `utterance` of its
    utterances are the corpus's own numbers, both from 1."""

    transcript_id: str
    context: str
    discipline: str
    region: str
    quality: Quality
    goal: str
    globals: AuthoredGlobals
    utterances: tuple[CodedUtterance, ...]

    @property
    def author(self) -> str:
        """The letter of the author; leaving whole authors out is the honest split."""
        return self.transcript_id[0]


def load_corpus_rows(folder: Path = AUTHORED) -> list[tuple[str, ...]]:
    """The utterances as they stand in the file, each a tuple in the order of `ROW_COLUMNS`.

    Raises CorpusUnreadable when the file is missing or lacks a column.
    """
    return [tuple(row[name] for name in ROW_COLUMNS) for row in _rows(folder / "utterances.csv", ROW_COLUMNS)]


def load_corpus(folder: Path = AUTHORED) -> tuple[AuthoredConversation, ...]:
    """Every conversation of the corpus, in file order. Raises CorpusUnreadable, naming the file and the trouble."""
    said = {
        transcript_id: list(rows) for transcript_id, rows in groupby(load_corpus_rows(folder), key=lambda row: row[0])
    }
    columns = ("transcript_id", "context", "discipline", "region", "quality", "goal", "globals")
    try:
        return tuple(
            AuthoredConversation(
                transcript_id=row["transcript_id"],
                context=row["context"],
                discipline=row["discipline"],
                region=row["region"],
                quality=Quality(row["quality"]),
                goal=row["goal"],
                globals=AuthoredGlobals(*(int(score) for score in row["globals"].split(","))),
                utterances=tuple(_utterance(said_row) for said_row in said[row["transcript_id"]]),
            )
            for row in _rows(folder / "sessions.csv", columns)
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusUnreadable(f"The authored corpus in {folder} has a value Evoke does not know: {error}.") from error


@cache
def demo_teams(folder: Path = AUTHORED) -> dict[str, tuple[str, ...]]:
    """Conversation ids of the demo authority by team name."""
    teams: dict[str, list[str]] = {}
    team = ""
    for line in _text(folder / "demo.txt").splitlines():
        entry = line.strip()
        if entry.startswith("["):
            team = entry.strip("[]")
        elif entry and not entry.startswith("#"):
            teams.setdefault(team, []).append(entry)
    return {name: tuple(ids) for name, ids in teams.items()}


def demo_conversations(folder: Path = AUTHORED) -> frozenset[str]:
    """Ids that training leaves out. Empty where the folder has no demo list."""
    if not (folder / "demo.txt").exists():
        return frozenset()
    return frozenset(transcript_id for ids in demo_teams(folder).values() for transcript_id in ids)


def _utterance(row: tuple[str, ...]) -> CodedUtterance:
    _, turn, utterance, speaker_name, text, code, subtype = row
    speaker = Speaker(speaker_name)
    return CodedUtterance(
        turn=int(turn),
        utterance=int(utterance),
        speaker=speaker,
        text=text,
        code=parse_code(speaker, code),
        subtype=_subtype(code, subtype),
    )


def _subtype(code: str, value: str) -> Subtype | None:
    if not value:
        return None
    return QuestionType(value) if code == Behaviour.Q.value else TalkKind(value)


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(_text(path).splitlines(keepends=True))
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise CorpusUnreadable(f"{path.name} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}.")
    yield from reader


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CorpusUnreadable(f"{path} cannot be read ({error.strerror}).") from error
