"""Search over what was said, for whoever may read it. No index lies on the disk: transcripts are opened one by one, the
newest sessions first, as many as take about a second, and from there one can look further back."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func
from sqlmodel import Session, col, select

from coding.about_session import about_for
from coding.transcript.versions import utterance_texts, utterances_of, words_of
from models.double_coding import DoubleCoding
from models.errors import EvokeError
from models.keys import WordsGone, open_session_keys
from models.permissions import Actor
from models.person import Person
from models.practice import PracticeSession, Stage
from models.review import no_blind_transcript
from models.session_permissions import visible_sessions
from models.transcript import TranscriptVersion

SHORTEST, LONGEST = 2, 100
"""Characters of what is searched for."""
SESSIONS = 500
LINES = 50
"""A search ends after so many sessions, or with the session in which so many lines are found."""
_AROUND = 160  # characters of a long line that are shown
_BATCH = 50


class SearchWrong(EvokeError):
    code = "search_wrong"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.fields = {"q": sentence}


@dataclass(frozen=True)
class Piece:
    """Part of a line; `found` where it is what was searched for."""

    text: str
    found: bool = False


@dataclass(frozen=True)
class FoundLine:
    utterance_id: int
    speaker_label: str
    started: float | None
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class FoundSession:
    id: UUID
    title: str
    practitioner: str
    held_on: date
    lines: tuple[FoundLine, ...]


@dataclass(frozen=True)
class SearchResult:
    """`looked_at` is in how many sessions; `further` where to go on, empty when that were all."""

    sessions: tuple[FoundSession, ...]
    looked_at: int
    further: str

    @property
    def lines(self) -> int:
        return sum(len(one.lines) for one in self.sessions)


def search_words(session: Session, actor: Actor, wanted: str, *, before: str = "") -> SearchResult:
    """Lines in which every word of `wanted` begins a word; within "double quotes" words must follow one another.
    `before` is an earlier result's `further`. Sessions that are not coded yet are left out.

    Raises SearchWrong.
    """
    patterns = _patterns(wanted)
    found: list[FoundSession] = []
    looked_at, further, last = 0, "", ""
    for practice, name, version in _sessions(session, actor, before):
        if looked_at == SESSIONS or sum(len(one.lines) for one in found) >= LINES:
            further = last
            break
        looked_at, last = looked_at + 1, _place(practice)
        try:
            lines = _lines(session, version, patterns)
            if lines:
                title = about_for(session, practice, actor).title
                found.append(FoundSession(practice.id, title, name, practice.held_on, tuple(lines)))
        except WordsGone:
            continue
    return SearchResult(tuple(found), looked_at, further)


def _patterns(wanted: str) -> list[re.Pattern[str]]:
    tidy = _plain(" ".join(wanted.split()))
    if not len(tidy.strip('" ')) >= SHORTEST or len(tidy) > LONGEST:
        raise SearchWrong(f"Enter {SHORTEST} to {LONGEST} characters of what was said.")
    terms = [phrase or word for phrase, word in re.findall(r'"([^"]*\w[^"]*)"|([^\s"]*\w[^\s"]*)', tidy)]
    if not terms:
        raise SearchWrong("Enter at least one word of what was said.")
    return [re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, term.split())), re.IGNORECASE) for term in terms]


def _plain(text: str) -> str:
    """Curly marks as they are typed. No character is added or lost, so that places in the text stay."""
    return text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'})


def _sessions(session: Session, actor: Actor, before: str) -> Iterator[tuple[PracticeSession, str, TranscriptVersion]]:
    """The newest first, with their practitioner's name and newest transcript."""
    newest = (
        select(TranscriptVersion.session_id, func.max(TranscriptVersion.version).label("version"))
        .where(no_blind_transcript())
        .group_by(col(TranscriptVersion.session_id))
        .subquery()
    )
    query = (
        select(PracticeSession, Person.name, TranscriptVersion)
        .join(Person, col(Person.id) == col(PracticeSession.practitioner_id))
        .join(newest, newest.c.session_id == col(PracticeSession.id))
        .join(
            TranscriptVersion,
            (col(TranscriptVersion.session_id) == newest.c.session_id)
            & (col(TranscriptVersion.version) == newest.c.version),
        )
        .where(visible_sessions(actor), col(PracticeSession.stage) == Stage.READY, ~_to_code_blind(actor))
        .order_by(col(PracticeSession.held_on).desc(), col(PracticeSession.id).desc())
        .limit(_BATCH)
    )
    place = _read_place(before) if before else None
    while True:
        batch = session.exec(query.where(_is_before(*place)) if place else query).all()
        open_session_keys(session, [practice.id for practice, _, _ in batch])
        yield from batch
        if len(batch) < _BATCH:
            return
        place = (batch[-1][0].held_on, batch[-1][0].id)


def _to_code_blind(actor: Actor) -> ColumnElement[bool]:
    """Its newest words can be those that the first coach mended."""
    return exists().where(
        col(DoubleCoding.session_id) == col(PracticeSession.id), col(DoubleCoding.second_id) == actor.person_id,
        col(DoubleCoding.second_review_id).is_(None),
    )  # fmt: skip


def _is_before(day: date, session_id: UUID) -> ColumnElement[bool]:
    held_on = col(PracticeSession.held_on)
    return (held_on < day) | ((held_on == day) & (col(PracticeSession.id) < session_id))


def _place(practice: PracticeSession) -> str:
    return f"{practice.held_on.isoformat()}_{practice.id}"


def _read_place(before: str) -> tuple[date, UUID]:
    day, _, session_id = before.partition("_")
    try:
        return date.fromisoformat(day), UUID(session_id)
    except ValueError:
        raise SearchWrong("The link to look further back is not whole. Search anew.") from None


def _lines(session: Session, version: TranscriptVersion, patterns: Sequence[re.Pattern[str]]) -> list[FoundLine]:
    """Raises WordsGone."""
    texts = utterance_texts(session, version)
    hits = [n for n, text in enumerate(texts) if all(pattern.search(_plain(text)) for pattern in patterns)]
    if not hits:
        return []
    turns = {turn.position: turn for turn in words_of(session, version).turns}
    said = utterances_of(session, version.id)
    return [
        FoundLine(
            said[n].id, turns[said[n].turn_position].speaker_label, turns[said[n].turn_position].started,
            _pieces(said[n].text, patterns),
        )
        for n in hits
    ]  # fmt: skip


def _pieces(text: str, patterns: Sequence[re.Pattern[str]]) -> tuple[Piece, ...]:
    """The line cut into what was searched for and the rest; of a long line the part around the first find."""
    spans = sorted(match.span() for pattern in patterns for match in pattern.finditer(_plain(text)))
    first = spans[0][0]
    start = 0 if first < _AROUND else text.find(" ", first - _AROUND // 2) + 1
    end = len(text) if len(text) - start < 2 * _AROUND else text.rfind(" ", start, start + 2 * _AROUND)
    end = max(end, spans[0][1])
    pieces, at = [Piece("…")] if start else [], start
    for low, high in spans:
        if low < at or high > end:
            continue
        pieces += [Piece(text[at:low])] if low > at else []
        pieces.append(Piece(text[low:high], found=True))
        at = high
    pieces += [Piece(text[at:end] + ("…" if end < len(text) else ""))] if at < len(text) else []
    return tuple(pieces)
