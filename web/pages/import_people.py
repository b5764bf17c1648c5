"""Many people at once: a list is read, shown row by row with what would become of each, and taken in when confirmed."""

import base64
from collections import Counter
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import Response

from api.house import House, TheHouse
from models.permissions import Permission, require
from training.import_people import Fate, Line, import_people, preview_people, report_csv
from training.people_file import COLUMNS, MOST_ROWS, PeopleFile, PeopleFileWrong, as_text, read_people_file
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember

router = APIRouter(prefix="/people/import", include_in_schema=False)
ROWS_AT_ONCE = 20
"""In one transaction: others who want to write wait no longer than for these."""


@router.get("")
def import_page(member: SignedInMember) -> Response:
    require(member.actor, Permission.MANAGE_PEOPLE)
    return _form(member)


def _form(member: Member, *, error: PeopleFileWrong | None = None, text: str = "") -> Response:
    return member.page(
        "import_people.html", status=error.status if error else 200, errors=error.fields if error else {}, text=text,
        columns=COLUMNS, most=MOST_ROWS,
    )  # fmt: skip


@router.post("")
def preview(
    house: TheHouse, member: SignedInMember, text: Text = "",
    file: Annotated[UploadFile | str | None, File()] = None,
) -> Response:  # fmt: skip
    """Writes nothing."""
    require(member.actor, Permission.MANAGE_PEOPLE)
    data = b"" if file is None or isinstance(file, str) else file.file.read()
    try:
        read = read_people_file(data or text.encode("utf-8", "replace"))
    except PeopleFileWrong as error:
        return _form(member, error=error, text=text)
    with house.database.read() as session:
        lines = preview_people(session, read.rows, organisation_id=member.actor.organisation_id)
    return _lines(member, read, lines, done=False)


@router.post("/confirm")
def confirm(house: TheHouse, member: SignedInMember, text: Text = "") -> Response:
    require(member.actor, Permission.MANAGE_PEOPLE)
    try:
        read = read_people_file(text.encode("utf-8", "replace"))
    except PeopleFileWrong as error:
        return _form(member, error=error, text=text)
    return _lines(member, read, _take_in(house, member, read), done=True)


def _take_in(house: House, member: Member, read: PeopleFile) -> list[Line]:
    """Bit by bit: what is cut off half-way is taken up by sending the list again."""
    rows, lines = iter(read.rows), []
    while some := list(islice(rows, ROWS_AT_ONCE)):
        with house.database.write() as session:
            lines += import_people(
                session, some, organisation_id=member.actor.organisation_id, settings=house.settings,
                by=member.actor.person_id,
            )  # fmt: skip
    return lines


def _lines(member: Member, read: PeopleFile, lines: list[Line], *, done: bool) -> Response:
    counts = Counter(line.fate for line in lines)
    report = base64.b64encode(report_csv(lines).encode()).decode()
    return member.page(
        "import_lines.html", lines=lines, notes=read.notes, text=as_text(read.rows), done=done,
        invite=counts[Fate.INVITE], change=counts[Fate.CHANGE], same=counts[Fate.SAME], mistakes=counts[Fate.MISTAKE],
        report=f"data:text/csv;charset=utf-8;base64,{report}",
    )  # fmt: skip
