"""A file of the authority's taken in: what would change, then the same for good, and taken back again."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from coding.output import harmless
from models.adoption import AdoptionUpload, OutcomeMonth, TeamPosts, UploadKind, WorkbookMonth
from models.audit import record_audit
from models.columns import new_id, utc_now
from models.errors import EvokeError, NotFound
from models.lock import hold_lock
from models.permissions import Actor
from models.person import Discipline, Person
from training.adoption.current import places_of, posts_of, teams_of, values_of
from training.adoption.lines import (
    COLUMNS,
    MOST_BYTES,
    WRITTEN_ANEW,
    Key,
    OutcomeLine,
    PostsLine,
    ReadFile,
    Value,
    WorkbookLine,
    key_of,
    month_of,
    months_shown,
    read_file,
)

HISTORY = 50


class HasMistakes(EvokeError):
    status = 422
    code = "upload_has_mistakes"

    def __init__(self) -> None:
        super().__init__("The file has mistakes, so nothing of it was kept. Mend them, then send it again.")


@dataclass(frozen=True)
class Preview:
    """What a file would change. `replaced` are values kept already that would be others then."""

    read: ReadFile
    months: str
    new: int
    replaced: tuple[str, ...]
    same: int

    @property
    def changes(self) -> int:
        return self.new + len(self.replaced)


@dataclass(frozen=True)
class UploadRow:
    id: UUID
    kind: UploadKind
    at: datetime
    who: str
    lines: int
    months: str
    taken_back: bool


def preview_upload(
    session: Session, *, kind: UploadKind, data: bytes, today: date, by: Actor, most_bytes: int = MOST_BYTES
) -> Preview:
    """Writes nothing. Raises TableWrong."""
    names = {one.id: one.name for one in teams_of(session, by.organisation_id)}
    by_name = {" ".join(name.lower().split()): team_id for team_id, name in names.items()}
    read = read_file(kind, data, teams=by_name, today=today, most_bytes=most_bytes)
    return _told(read, values_of(session, by.organisation_id, kind), names)


def keep_upload(session: Session, *, kind: UploadKind, data: bytes, today: date, by: Actor) -> AdoptionUpload | None:
    """The caller has checked that `by` may. None where it changes nothing. Raises TableWrong, HasMistakes."""
    hold_lock(session, f"adoption of {by.organisation_id}")
    preview = preview_upload(session, kind=kind, data=data, today=today, by=by, most_bytes=WRITTEN_ANEW)
    if preview.read.mistakes:
        raise HasMistakes
    if not preview.changes:
        return None
    values = preview.read.values
    months = [month_of(value) for value in values]
    row = AdoptionUpload(
        id=new_id(), organisation_id=by.organisation_id, kind=kind, uploaded_by_id=by.person_id, lines=len(values),
        first_month=min(months), last_month=max(months),
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(_as_row(row.id, value) for value in values)
    _record(session, "adoption_uploaded", row, by)
    return row


def take_back_upload(session: Session, *, upload_id: UUID, back: bool, by: Actor) -> AdoptionUpload:
    """With `back` false it counts again. The caller has checked that `by` may. Raises NotFound."""
    hold_lock(session, f"adoption of {by.organisation_id}")
    row = session.get(AdoptionUpload, upload_id)
    if row is None or row.organisation_id != by.organisation_id:
        raise NotFound("There is no such upload. Look at the list again.")
    if (row.taken_back_at is not None) == back:
        return row
    row.taken_back_at = utc_now() if back else None
    session.add(row)
    _record(session, "adoption_upload_taken_back" if back else "adoption_upload_counts_again", row, by)
    return row


def uploads_of(session: Session, organisation_id: UUID) -> list[UploadRow]:
    """The newest first."""
    rows = session.exec(
        select(AdoptionUpload, Person.name)
        .join(Person, col(Person.id) == col(AdoptionUpload.uploaded_by_id))
        .where(col(AdoptionUpload.organisation_id) == organisation_id)
        .order_by(col(AdoptionUpload.at).desc(), col(AdoptionUpload.id).desc())
        .limit(HISTORY)
    ).all()
    return [
        UploadRow(
            one.id, one.kind, one.at, who, one.lines, months_shown([one.first_month, one.last_month]),
            one.taken_back_at is not None,
        )
        for one, who in rows
    ]  # fmt: skip


def template_csv(session: Session, kind: UploadKind, *, today: date, by: Actor) -> str:
    """The columns, and a line for each that could be filled in: of posts with the numbers that count today, else with
    the people who are there."""
    teams = [one for one in teams_of(session, by.organisation_id) if one.closed_at is None]
    month = f"{today.year - (today.month == 1)}-{(today.month - 2) % 12 + 1:02}"
    rows: list[tuple[str, ...]]
    match kind:
        case UploadKind.POSTS:
            rows = _posts_rows(session, {one.id: one.name for one in teams}, today, by)
        case UploadKind.WORKBOOK:
            rows = [(one.name, month, "", "", "") for one in teams]
        case UploadKind.OUTCOMES:
            rows = [(month, name, "", "") for name in ("child protection plans", "entries to care",
                                                       "repeat police call-outs")]  # fmt: skip
    return as_csv(kind, rows)


def as_csv(kind: UploadKind, rows: Sequence[Sequence[str]]) -> str:
    """As Excel reads it, and `read_file` again. No cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS[kind])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def _posts_rows(session: Session, names: dict[UUID, str], today: date, by: Actor) -> list[tuple[str, ...]]:
    now: dict[tuple[UUID, Discipline], PostsLine] = {}
    for line in sorted(posts_of(session, by.organisation_id), key=lambda one: one.from_on):
        if line.from_on <= today and line.team_id in names:
            now[line.team_id, line.discipline] = line
    there: dict[tuple[UUID, Discipline], int] = {}
    for place in places_of(session, list(names)):
        if place.discipline is not None and place.started_on <= today <= (place.ended_on or today):
            key = (place.team_id, place.discipline)
            there[key] = there.get(key, 0) + 1
    order = sorted({*now, *there}, key=lambda key: (names[key[0]].lower(), list(Discipline).index(key[1])))
    return [
        (names[key[0]], key[1].value, f"{now[key].posts:g}", now[key].from_on.isoformat())
        if key in now
        else (names[key[0]], key[1].value, str(there[key]), today.replace(day=1).isoformat())
        for key in order
    ]


def _told(read: ReadFile, kept: dict[Key, Value], names: dict[UUID, str]) -> Preview:
    new = same = 0
    replaced = []
    for value in read.values:
        before = kept.get(key_of(value))
        if before is None:
            new += 1
        elif before == value:
            same += 1
        else:
            replaced.append(_replaced(before, value, names))
    months = months_shown([month_of(value) for value in read.values]) if read.values else ""
    return Preview(read, months, new, tuple(replaced), same)


def _replaced(before: Value, now: Value, names: dict[UUID, str]) -> str:
    match before, now:
        case PostsLine(), PostsLine():
            what = f"{names[now.team_id]}, {now.discipline.value}, from {now.from_on.day} {now.from_on:%B %Y}"
            return f"{what}: {before.posts:g} posts before, now {now.posts:g}"
        case WorkbookLine(), WorkbookLine():
            return (
                f"{names[now.team_id]}, {now.month:%B %Y}: {before.with_workbook} of {before.families_open} families "
                f"before, now {now.with_workbook} of {now.families_open}"
            )
        case OutcomeLine(), OutcomeLine():
            return f"{now.series}, {now.month:%B %Y}: {_share(before)} before, now {_share(now)}"
    raise TypeError("a value is replaced by one of its kind")


def _share(line: OutcomeLine) -> str:
    return str(line.count) if line.out_of is None else f"{line.count} of {line.out_of}"


def _as_row(upload_id: UUID, value: Value) -> TeamPosts | WorkbookMonth | OutcomeMonth:
    match value:
        case PostsLine():
            return TeamPosts(upload_id=upload_id, **vars(value))
        case WorkbookLine():
            return WorkbookMonth(upload_id=upload_id, **vars(value))
        case OutcomeLine():
            return OutcomeMonth(upload_id=upload_id, **vars(value))


def _record(session: Session, action: str, row: AdoptionUpload, by: Actor) -> None:
    record_audit(
        session, action=action, subject=row, organisation_id=row.organisation_id, by=by.person_id,
        file=row.kind.value, lines=str(row.lines), months=months_shown([row.first_month, row.last_month]),
    )  # fmt: skip
