"""Content: what there is to learn, and an authority's own versions of it."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House, TheHouse
from coding.scheme.glossary import CODES
from models.errors import EvokeError, NotFound
from models.permissions import Permission, require
from training.modules.check import SLUG
from training.modules.content_view import ContentModule, build_content_list, build_content_module, files_of
from training.modules.fault import ContentFaulty
from training.modules.files import FilesWrong, packed_pair, pair_of
from training.modules.learn_view import KINDS
from training.modules.library import read_own
from training.modules.own import (
    ContentRefused,
    hide_module,
    publish_module,
    require_version,
    take_module,
    throw_away,
    use_shipped,
)
from training.modules.read import EXERCISE_FILE, MODULE_FILE
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/content", include_in_schema=False)
Sent = Annotated[UploadFile | str | None, File()]


@router.get("")
def content_page(house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.EDIT_CONTENT)
    return _list(house, member)


@router.post("")
def send_new(
    house: TheHouse, member: SignedInMember, name: Annotated[str, Form()] = "", module_md: Sent = None,
    exercises: Sent = None, packed: Sent = None,
) -> Response:  # fmt: skip
    """A module that is nowhere yet."""
    require(member.actor, Permission.EDIT_CONTENT)
    slug = name.strip()
    try:
        if not SLUG.match(slug):
            raise FilesWrong("name", "Give a name of small letters, digits and hyphens, such as first-visits.")
        with house.database.read() as session:
            if _known(session, member, slug) is not None:
                raise FilesWrong("name", "There is a module with this name. Open it in the list to send a new version.")
        number = _take(house, member, slug, module_md, exercises, packed)
    except (FilesWrong, ContentRefused) as error:
        return _list(house, member, error=error, name=slug)
    return see_other(f"/content/{slug}/versions/{number}")


@router.get("/{module}")
def module_page(module: str, house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.EDIT_CONTENT)
    return _module(house, member, module)


@router.post("/{module}")
def send_version(
    module: str, house: TheHouse, member: SignedInMember, module_md: Sent = None, exercises: Sent = None,
    packed: Sent = None,
) -> Response:  # fmt: skip
    require(member.actor, Permission.EDIT_CONTENT)
    try:
        with house.database.read() as session:
            _require_known(session, member, module)
            in_use = files_of(session, member.actor.organisation_id, module, None)
        number = _take(house, member, module, module_md, exercises, packed, in_use)
    except (FilesWrong, ContentRefused) as error:
        return _module(house, member, module, error=error)
    return see_other(f"/content/{module}/versions/{number}")


@router.get("/{module}/files/{file}")
def file_in_use(module: str, file: str, house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.EDIT_CONTENT)
    return _file(house, member, module, file)


@router.get("/{module}/versions/{version}/files/{file}")
def file_of_version(module: str, version: int, file: str, house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.EDIT_CONTENT)
    return _file(house, member, module, file, version)


@router.get("/{module}/versions/{version}")
def preview(module: str, version: int, house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.EDIT_CONTENT)
    return _preview(house, member, module, version)


@router.post("/{module}/versions/{version}/publish")
def publish(module: str, version: int, house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.EDIT_CONTENT)
    try:
        with house.database.write() as session:
            row = require_version(session, member.actor.organisation_id, module, version)
            publish_module(session, row=row, by=member.actor)
    except ContentRefused as error:
        return _preview(house, member, module, version, error=error)
    return see_other(f"/content/{module}")


@router.post("/{module}/versions/{version}/throw-away")
def discard(module: str, version: int, house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.EDIT_CONTENT)
    with house.database.write() as session:
        row = require_version(session, member.actor.organisation_id, module, version)
        throw_away(session, row=row, by=member.actor)
        session.flush()
        left = _known(session, member, module) is not None
    return see_other(f"/content/{module}" if left else "/content")


@router.post("/{module}/shipped")
def go_back(module: str, house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.EDIT_CONTENT)
    with house.database.write() as session:
        use_shipped(session, slug=module, by=member.actor)
    return see_other(f"/content/{module}")


@router.post("/{module}/hidden")
def hide(module: str, house: TheHouse, member: SignedInMember, hidden: Annotated[str, Form()] = "") -> Response:
    require(member.actor, Permission.EDIT_CONTENT)
    with house.database.write() as session:
        hide_module(session, slug=module, hidden=hidden == "yes", by=member.actor)
    return see_other(f"/content/{module}")


def _known(session: Session, member: Member, slug: str) -> ContentModule | None:
    return build_content_module(session, member.actor.organisation_id, slug)


def _require_known(session: Session, member: Member, slug: str) -> ContentModule:
    """Raises NotFound."""
    found = _known(session, member, slug)
    if found is None:
        raise NotFound("There is no such module. See the list of all content.")
    return found


def _take(
    house: House, member: Member, slug: str, module_md: Sent, exercises: Sent, packed: Sent,
    in_use: tuple[str, str] | None = None,
) -> int:  # fmt: skip
    """The number of the new version. Of one file that comes alone, the other is as it is in use."""
    one, other = _bytes(module_md), _bytes(exercises)
    if in_use is not None and (one or other):
        one, other = one or in_use[0].encode(), other or in_use[1].encode()
    first, second = pair_of(one, other, _bytes(packed))
    with house.database.write() as session:
        return take_module(session, slug=slug, module_md=first, exercises_yaml=second, by=member.actor).number


def _bytes(sent: Sent) -> bytes:
    return b"" if sent is None or isinstance(sent, str) else sent.file.read()


def _list(house: House, member: Member, *, error: EvokeError | None = None, name: str = "") -> Response:
    with house.database.read() as session:
        rows = build_content_list(session, member.actor.organisation_id)
    return member.page("content.html", status=422 if error else 200, rows=rows, name=name, **_wrong(error))


def _module(house: House, member: Member, module: str, *, error: EvokeError | None = None) -> Response:
    with house.database.read() as session:
        found = _require_known(session, member, module)
    return member.page("content_module.html", status=422 if error else 200, content=found, **_wrong(error))


def _preview(
    house: House, member: Member, module: str, version: int, *, error: EvokeError | None = None
) -> Response:  # fmt: skip
    with house.database.read() as session:
        row = require_version(session, member.actor.organisation_id, module, version)
        content = _require_known(session, member, module)
    try:
        read = read_own(row)
    except ContentFaulty as faulty:  # taken when the format was another one
        raise ContentRefused(faulty.faults) from faulty
    in_use = any(one.in_use for one in content.versions if one.number == version)
    return member.page(
        "content_preview.html", status=422 if error else 200, row=row, module=read, in_use=in_use,
        hidden=content.row.hidden, codes=CODES, kinds=KINDS, **_wrong(error),
    )  # fmt: skip


def _wrong(error: EvokeError | None) -> dict[str, Any]:
    errors = (error.fields or {"files": error.message}) if error else {}
    return {"errors": errors, "faults": error.faults if isinstance(error, ContentRefused) else []}


def _file(house: House, member: Member, module: str, file: str, version: int | None = None) -> Response:
    with house.database.read() as session:
        pair = files_of(session, member.actor.organisation_id, module, version)
    if pair is None or file not in (MODULE_FILE, EXERCISE_FILE, f"{module}.zip"):
        raise NotFound("There is no such file. See the list of all content.")
    headers = {"content-disposition": f'attachment; filename="{file}"'}
    if file.endswith(".zip"):
        return Response(packed_pair(module, *pair), media_type="application/zip", headers=headers)
    text = pair[0] if file == MODULE_FILE else pair[1]
    return Response(text.encode(), media_type="text/plain; charset=utf-8", headers=headers)
