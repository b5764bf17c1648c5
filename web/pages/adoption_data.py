"""What an authority gives of its programme: wave, posts, workbook use and outcomes, as files that can be taken back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, UploadFile
from fastapi.responses import Response

from api.house import TheHouse
from models.adoption import Outcome, UploadKind
from models.permissions import Permission, require
from models.person import Discipline
from training.adoption.current import adoption_of
from training.adoption.lines import COLUMNS, MOST_BYTES, MOST_ROWS, OPTIONAL, WRITTEN_ANEW
from training.adoption.uploads import (
    HasMistakes,
    Preview,
    as_csv,
    keep_upload,
    preview_upload,
    take_back_upload,
    template_csv,
    uploads_of,
)
from training.adoption.wave import WaveWrong, set_wave
from training.table_file import TableWrong
from web.pages.people_forms import Text, today
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/adoption/data", include_in_schema=False)
DONE = {
    "wave": "The wave is saved.", "kept": "The file is taken in and counts from now on.",
    "same": "Everything in the file was here already, so nothing changed.",
    "back": "The upload is taken back. What was there before counts again.", "again": "The upload counts again.",
}  # fmt: skip
TITLES = {
    UploadKind.POSTS: "Posts of teams", UploadKind.WORKBOOK: "Use of the workbook", UploadKind.OUTCOMES: "Outcomes",
}  # fmt: skip


def _keeper(member: SignedInMember) -> Member:
    require(member.actor, Permission.KEEP_ADOPTION)
    return member


Keeper = Annotated[Member, Depends(_keeper)]


@router.get("")
def data_page(house: TheHouse, keeper: Keeper, done: str = "") -> Response:
    return _data(house, keeper, done=DONE.get(done, ""))


def _data(
    house: TheHouse, keeper: Member, *, done: str = "", error: WaveWrong | None = None, wave: str = "",
    live_on: str = "",
) -> Response:  # fmt: skip
    with house.database.read() as session:
        adoption = adoption_of(session, keeper.actor.organisation_id)
        uploads = uploads_of(session, keeper.actor.organisation_id)
    kept = adoption.live_on.isoformat() if adoption.live_on else ""
    return keeper.page(
        "adoption_data.html", status=error.status if error else 200, errors=error.fields if error else {}, done=done,
        wave=wave if error else adoption.wave, live_on=live_on if error else kept, uploads=uploads, titles=TITLES,
    )  # fmt: skip


@router.post("/wave")
def save_wave(house: TheHouse, keeper: Keeper, wave: Text = "", live_on: Text = "") -> Response:
    try:
        with house.database.write() as session:
            set_wave(session, wave=wave, live_on=live_on, today=today(), by=keeper.actor)
    except WaveWrong as error:
        return _data(house, keeper, error=error, wave=wave, live_on=live_on)
    return see_other("/adoption/data?done=wave")


@router.post("/uploads/{upload_id}")
def take_back(house: TheHouse, keeper: Keeper, upload_id: UUID, choice: Text = "back") -> Response:
    with house.database.write() as session:
        take_back_upload(session, upload_id=upload_id, back=choice != "again", by=keeper.actor)
    return see_other(f"/adoption/data?done={'again' if choice == 'again' else 'back'}")


@router.get("/{file_kind}")
def upload_page(keeper: Keeper, file_kind: UploadKind) -> Response:
    return _form(keeper, file_kind)


@router.get("/{file_kind}/template.csv")
def template(house: TheHouse, keeper: Keeper, file_kind: UploadKind) -> Response:
    with house.database.read() as session:
        text = template_csv(session, file_kind, today=today(), by=keeper.actor)
    headers = {"content-disposition": f'attachment; filename="evoke-{file_kind.value}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/{file_kind}")
def preview(
    house: TheHouse, keeper: Keeper, file_kind: UploadKind, text: Text = "",
    file: Annotated[UploadFile | str | None, File()] = None,
) -> Response:  # fmt: skip
    """Writes nothing."""
    data = b"" if file is None or isinstance(file, str) else file.file.read(MOST_BYTES + 1)
    try:
        with house.database.read() as session:
            found = preview_upload(
                session, kind=file_kind, data=data or text.encode("utf-8", "replace"), today=today(), by=keeper.actor
            )
    except TableWrong as error:
        return _form(keeper, file_kind, error=error, text=text)
    return _preview(keeper, found)


@router.post("/{file_kind}/confirm")
def confirm(house: TheHouse, keeper: Keeper, file_kind: UploadKind, text: Text = "") -> Response:
    data = text.encode("utf-8", "replace")
    try:
        with house.database.write() as session:
            kept = keep_upload(session, kind=file_kind, data=data, today=today(), by=keeper.actor)
    except TableWrong as error:
        return _form(keeper, file_kind, error=error, text=text)
    except HasMistakes:  # somebody closed or renamed a team meanwhile
        with house.database.read() as session:
            found = preview_upload(
                session, kind=file_kind, data=data, today=today(), by=keeper.actor, most_bytes=WRITTEN_ANEW
            )
        return _preview(keeper, found)
    return see_other(f"/adoption/data?done={'kept' if kept else 'same'}")


def _form(keeper: Member, kind: UploadKind, *, error: TableWrong | None = None, text: str = "") -> Response:
    return keeper.page(
        "adoption_upload.html", status=error.status if error else 200, errors=error.fields if error else {}, text=text,
        kind=kind, title=TITLES[kind], columns=COLUMNS[kind], optional=OPTIONAL, disciplines=list(Discipline),
        outcomes=list(Outcome), most=MOST_ROWS,
    )  # fmt: skip


def _preview(keeper: Member, found: Preview) -> Response:
    kind = found.read.kind
    return keeper.page(
        "adoption_preview.html", status=422 if found.read.mistakes else 200, found=found, kind=kind,
        title=TITLES[kind], text=as_csv(kind, found.read.cells),
    )  # fmt: skip
