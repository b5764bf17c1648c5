"""What the three files hold, line by line: values, or every mistake with what to do. Pure but for the enums."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models.adoption import LONGEST_SERIES, Outcome, UploadKind
from models.person import Discipline
from training.adoption.cells import CellWrong, read_count, read_day, read_month, read_posts, tried
from training.table_file import Table, TableWrong, read_table

MOST_BYTES = 50_000
MOST_ROWS = 2_000
WRITTEN_ANEW = 3 * MOST_BYTES
"""What a file that was taken may come to once its cells are written as CSV and UTF-8 again, to be confirmed."""
LONGEST_CELL = 200
COLUMNS: dict[UploadKind, tuple[str, ...]] = {
    UploadKind.POSTS: ("team", "discipline", "posts", "from"),
    UploadKind.WORKBOOK: ("team", "month", "families open", "families with workbook", "workbooks updated"),
    UploadKind.OUTCOMES: ("month", "outcome", "count", "out of"),
}
OPTIONAL = ("out of",)
ALSO_CALLED = {
    "team name": "team", "profession": "discipline", "job": "discipline", "fte": "posts", "posts fte": "posts",
    "established posts": "posts", "start": "from", "from date": "from", "since": "from", "period": "month",
    "open families": "families open", "families": "families open", "open cases": "families open",
    "families with a workbook": "families with workbook", "with workbook": "families with workbook",
    "updated": "workbooks updated", "workbooks updated in month": "workbooks updated", "series": "outcome",
    "measure": "outcome", "number": "count", "denominator": "out of", "of": "out of",
}  # fmt: skip


@dataclass(frozen=True)
class PostsLine:
    team_id: UUID
    discipline: Discipline
    from_on: date
    posts: float


@dataclass(frozen=True)
class WorkbookLine:
    team_id: UUID
    month: date
    families_open: int
    with_workbook: int
    updated: int


@dataclass(frozen=True)
class OutcomeLine:
    """`out_of` None where nobody said what it is a share of."""

    series: str
    month: date
    count: int
    out_of: int | None


Value = PostsLine | WorkbookLine | OutcomeLine
Key = tuple[object, ...]


def key_of(value: Value) -> Key:
    """What a line is about: there is one value of it."""
    match value:
        case PostsLine():
            return (value.team_id, value.discipline, value.from_on)
        case WorkbookLine():
            return (value.team_id, value.month)
        case OutcomeLine():
            return (value.series.casefold(), value.month)


def month_of(value: Value) -> date:
    return value.from_on.replace(day=1) if isinstance(value, PostsLine) else value.month


@dataclass(frozen=True)
class Mistake:
    """`line` is where it stands in the file, from 1."""

    line: int
    words: str


@dataclass(frozen=True)
class ReadFile:
    """Where there are `mistakes`, nothing of the file is to be taken in."""

    kind: UploadKind
    values: tuple[Value, ...]
    mistakes: tuple[Mistake, ...]
    notes: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


def read_file(
    kind: UploadKind, data: bytes, *, teams: Mapping[str, UUID], today: date, most_bytes: int = MOST_BYTES
) -> ReadFile:
    """`teams` are the authority's own by name in lower case. Raises TableWrong where it is no such table at all."""
    table = read_table(data, most_bytes=most_bytes)
    names = _columns(kind, table)
    if not table.rows:
        raise TableWrong("There is nothing in it: it has the line with the columns, and no other.")
    if len(table.rows) > MOST_ROWS:
        raise TableWrong(f"There are more than {MOST_ROWS} lines in it. Split it into smaller files.")
    values: list[Value] = []
    mistakes: list[Mistake] = []
    cells: list[tuple[str, ...]] = []
    seen: dict[Key, int] = {}
    for line, row in table.rows:
        known = {name: cell for name, cell in zip(names, row, strict=False) if name in COLUMNS[kind]}
        cells.append(tuple(known.get(name, "") for name in COLUMNS[kind]))
        wrong: list[str] = []
        value = _READERS[kind](known, teams, today, wrong) if not _too_long(known, wrong) else None
        if value is not None and (first := seen.setdefault(key_of(value), line)) != line:
            wrong.append(f"The same is in line {first} already. Leave one of the two out.")
        mistakes += [Mistake(line, words) for words in wrong]
        if value is not None and not wrong:
            values.append(value)
    notes = table.notes
    ignored = [name for name in names if name and name not in COLUMNS[kind]]
    if ignored:
        notes += (f"Columns that were left alone: {', '.join(ignored)[:200]}.",)
    return ReadFile(kind, tuple(values), tuple(mistakes), notes, tuple(cells))


def _columns(kind: UploadKind, table: Table) -> list[str]:
    """Raises TableWrong."""
    plain = (" ".join(cell.lower().replace("_", " ").replace("-", " ").split()) for cell in table.header)
    names = [ALSO_CALLED.get(name, name) for name in plain]
    for name in COLUMNS[kind]:
        if names.count(name) > 1 or (name not in OPTIONAL and name not in names):
            needed = [one for one in COLUMNS[kind] if one not in OPTIONAL]
            raise TableWrong(
                f"The first line has to name the columns, each once: {', '.join(needed)}. It reads: "
                + "; ".join(table.header)[:200]
            )
    return names


def _too_long(known: Mapping[str, str], wrong: list[str]) -> bool:
    for name, cell in known.items():
        if len(cell) > LONGEST_CELL:
            wrong.append(f"What stands under “{name}” is longer than {LONGEST_CELL} characters.")
    return bool(wrong)


def _team(known: Mapping[str, str], teams: Mapping[str, UUID]) -> UUID:
    name = " ".join(known.get("team", "").removeprefix("'").split())
    if not name:
        raise CellWrong("The team is missing. Write its name as it stands in Evoke.")
    if name.lower() in ("total", "totals", "all", "all teams", "grand total"):
        raise CellWrong("This is a line of totals. Leave it out: Evoke adds up itself.")
    if (found := teams.get(name.lower())) is None:
        raise CellWrong(f"There is no team “{name[:60]}”. Write its name as it stands in Evoke.")
    return found


def _posts(known: Mapping[str, str], teams: Mapping[str, UUID], today: date, wrong: list[str]) -> Value | None:
    team = tried(lambda: _team(known, teams), wrong)
    discipline = tried(lambda: _discipline(known.get("discipline", "")), wrong)
    posts = tried(lambda: read_posts(known.get("posts", "")), wrong)
    from_on = tried(lambda: read_day(known.get("from", ""), today=today), wrong)
    if team is None or discipline is None or posts is None or from_on is None:
        return None
    return PostsLine(team, discipline, from_on, posts)


def _discipline(text: str) -> Discipline:
    plain = " ".join(text.lower().replace("’", "'").split())
    for one in Discipline:
        if one.value == plain:
            return one
    said = f"There is no discipline “{text[:60]}”." if text else "The discipline is missing."
    raise CellWrong(f"{said} Write one of: {', '.join(Discipline)}.")


def _workbook(known: Mapping[str, str], teams: Mapping[str, UUID], today: date, wrong: list[str]) -> Value | None:
    team = tried(lambda: _team(known, teams), wrong)
    month = tried(lambda: read_month(known.get("month", ""), today=today), wrong)
    counts = [
        tried(lambda: read_count(known.get("families open", ""), "open families"), wrong),
        tried(lambda: read_count(known.get("families with workbook", ""), "families with a workbook"), wrong),
        tried(lambda: read_count(known.get("workbooks updated", ""), "workbooks updated"), wrong),
    ]
    families, having, updated = counts
    if families is not None and having is not None and having > families:
        wrong.append(f"{having} families with a workbook are more than the {families} open families.")
    if having is not None and updated is not None and updated > having:
        wrong.append(f"{updated} workbooks updated are more than the {having} families with a workbook.")
    if wrong or team is None or month is None or families is None or having is None or updated is None:
        return None
    return WorkbookLine(team, month, families, having, updated)


def _outcome(known: Mapping[str, str], _teams: Mapping[str, UUID], today: date, wrong: list[str]) -> Value | None:
    month = tried(lambda: read_month(known.get("month", ""), today=today), wrong)
    series = tried(lambda: _series(known.get("outcome", "")), wrong)
    count = tried(lambda: read_count(known.get("count", ""), "children, families or calls"), wrong)
    text = known.get("out of", "")
    out_of = tried(lambda: read_count(text, "what it is out of"), wrong) if text else None
    if out_of == 0:
        wrong.append("Nothing is a share of 0. Leave “out of” empty where it is not known.")
    if wrong or month is None or series is None or count is None:
        return None
    return OutcomeLine(series, month, count, out_of)


def _series(text: str) -> str:
    name = " ".join(text.removeprefix("'").split())
    if not name:
        raise CellWrong(f"The outcome is missing. Write one of: {', '.join(Outcome)}; or a name of your own.")
    if name.startswith(("=", "+", "-", "@")):
        raise CellWrong("The name of the outcome begins like a formula. Begin it with a letter.")
    if len(name) > LONGEST_SERIES:
        raise CellWrong(f"Shorten the name of the outcome to {LONGEST_SERIES} characters or fewer.")
    return next((one.value for one in Outcome if one.value == name.casefold()), name)


Reader = Callable[[Mapping[str, str], Mapping[str, UUID], date, list[str]], Value | None]
_READERS: dict[UploadKind, Reader] = {
    UploadKind.POSTS: _posts, UploadKind.WORKBOOK: _workbook, UploadKind.OUTCOMES: _outcome,
}  # fmt: skip


def months_shown(months: Sequence[date]) -> str:
    """ "March 2026", "March to May 2026", "March 2025 to May 2026"."""
    first, last = min(months), max(months)
    if first == last:
        return f"{first:%B %Y}"
    return f"{first:%B} to {last:%B %Y}" if first.year == last.year else f"{first:%B %Y} to {last:%B %Y}"
