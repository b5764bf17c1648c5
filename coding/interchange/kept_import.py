"""Codes that came with a session's file, as they are kept until they can be laid onto its lines. The one place that
reads and writes them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, select

from coding.interchange.coded import CodedSession
from models.imported_coding import ImportedCoding
from models.name_check import check_of
from models.practice import PracticeSession, Stage
from models.queue import enqueue
from models.sealed import open_from, seal_into


@dataclass(frozen=True)
class ImportedLine:
    """By value; `code` is empty where the file's own has no counterpart."""

    code: str
    subtype: str
    note: str


@dataclass(frozen=True)
class Imported:
    """`lines` in the order of the transcript's utterances, `evidence` by their 0-based places. `remarks` are sentences
    on what was read otherwise, or could not be taken over."""

    lines: tuple[ImportedLine, ...]
    ratings: Mapping[str, int]
    evidence: Mapping[str, tuple[int, ...]]
    coder: str
    remarks: tuple[str, ...]


def imported_from(coded: CodedSession, *, coder: str) -> Imported:
    lines = tuple(
        ImportedLine(line.code.value if line.code else "", line.subtype.value if line.subtype else "", line.note)
        for line in coded.lines
    )
    return Imported(lines, coded.ratings, coded.evidence, coder or coded.coder, coded.remarks)


def add_import(session: Session, *, practice: PracticeSession, form: str, imported: Imported, by: UUID) -> None:
    keep_import(session, ImportedCoding(session_id=practice.id, by_id=by, form=form), imported)


def keep_import(session: Session, kept: ImportedCoding, imported: Imported) -> None:
    shown = {
        "lines": [[line.code, line.subtype, line.note] for line in imported.lines],
        "ratings": dict(imported.ratings),
        "evidence": {name: list(places) for name, places in imported.evidence.items()},
        "coder": imported.coder,
        "remarks": list(imported.remarks),
    }
    seal_into(session, kept, shown, session_id=kept.session_id)
    session.add(kept)
    session.flush()


def import_of(session: Session, session_id: UUID) -> ImportedCoding | None:
    return session.exec(_IMPORTED, params={"id": session_id}).first()


_IMPORTED = select(ImportedCoding).where(col(ImportedCoding.session_id) == bindparam("id"))


def read_import(session: Session, kept: ImportedCoding) -> Imported:
    """Raises WordsGone."""
    found: dict[str, Any] = open_from(session, kept, session_id=kept.session_id)
    return Imported(
        tuple(ImportedLine(*line) for line in found["lines"]), found["ratings"],
        {name: tuple(places) for name, places in found["evidence"].items()}, found["coder"], tuple(found["remarks"]),
    )  # fmt: skip


def waiting_notes(session: Session, session_id: UUID) -> tuple[str, ...]:
    """Those that are not laid onto lines yet: names in them become placeholders together with those in the words."""
    kept = import_of(session, session_id)
    if kept is None or kept.review_id is not None:
        return ()
    return tuple(line.note for line in read_import(session, kept).lines)


def keep_waiting_notes(session: Session, session_id: UUID, notes: Sequence[str]) -> None:
    kept = import_of(session, session_id)
    if kept is None or not notes:
        return
    imported = read_import(session, kept)
    lines = tuple(replace(line, note=note) for line, note in zip(imported.lines, notes, strict=True))
    keep_import(session, kept, replace(imported, lines=lines))


def replace_in_notes(session: Session, session_id: UUID, placeholders: Mapping[str, str]) -> None:
    """What somebody who checked the names found besides: `placeholders` by the words they stand for."""
    notes = list(waiting_notes(session, session_id))
    for words, placeholder in sorted(placeholders.items(), key=lambda pair: -len(pair[0])):
        pattern = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.I)
        notes = [pattern.sub(lambda _, to=placeholder: to, note) for note in notes]  # type: ignore[misc]
    if placeholders:
        keep_waiting_notes(session, session_id, notes)


def lay_when_ready(session: Session, practice: PracticeSession) -> None:
    """Once a session is coded and its names are checked, a job lays the codes that came with it onto its lines."""
    kept = import_of(session, practice.id)
    if kept is None or kept.review_id is not None or practice.stage is not Stage.READY:
        return
    check = check_of(session, practice.id)
    if check is None or check.said is None:
        enqueue(session, "lay_codes", organisation_id=practice.organisation_id, session_id=practice.id)


def forget_import(session: Session, session_id: UUID) -> None:
    session.exec(delete(ImportedCoding).where(col(ImportedCoding.session_id) == session_id))
