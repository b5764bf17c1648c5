"""Whether another program puts in words what simulated parents say: for administrators of the authority."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError
from models.parent_writer import (
    WriterDetails,
    WriterDetailsWrong,
    end_parent_writer,
    parent_writer_of,
    set_parent_writer,
)
from models.permissions import Permission, require
from training.simulated.shelf import scenarios
from training.simulated.writer import Tried, try_out, writer_from
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/parent-writer", include_in_schema=False)


class NothingToTest(EvokeError):
    status = 409
    code = "nothing_to_test"

    def __init__(self) -> None:
        super().__init__("Save an address and a model first. Then you can test them.")


@router.get("")
def writer_page(house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    house.desk.warm()
    return _page(house, member, done="Saved." if done else "")


def _page(
    house: House, member: Member, *, done: str = "", error: EvokeError | None = None,
    sent: dict[str, str] | None = None, tried: tuple[str, Tried] | None = None,
) -> Response:  # fmt: skip
    with house.database.read() as session:
        row = parent_writer_of(session, member.actor.organisation_id)
    values = {"address": "", "model": "", "is_on": ""}
    if row is not None:
        values = {"address": row.address, "model": row.model, "is_on": "yes" if row.is_on else ""}
    return member.page(
        "parent_writer.html", status=error.status if error else 200, done=done, tried=tried, row=row,
        errors=(error.fields or {"address": error.message}) if error else {}, values=values | (sent or {}),
    )  # fmt: skip


@router.post("")
def set_writer(
    house: TheHouse, member: SignedInMember, address: Text = "", model: Text = "", secret: Text = "", is_on: Text = ""
) -> Response:  # fmt: skip
    require(member.actor, Permission.MANAGE_SETTINGS)
    sent = {"address": address, "model": model, "is_on": is_on}
    sent = {name: without_control_characters(value) for name, value in sent.items()}
    details = WriterDetails(sent["address"], sent["model"], secret.strip(), sent["is_on"] == "yes")
    try:
        with house.database.write() as session:
            set_parent_writer(session, details=details, by=member.actor)
    except WriterDetailsWrong as error:
        return _page(house, member, error=error, sent=sent)
    return see_other("/parent-writer?done=yes")


@router.post("/test")
def test_writer(house: TheHouse, member: SignedInMember) -> Response:
    """With a line of a made-up talk, and none of anybody's."""
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.read() as session:
        row = parent_writer_of(session, member.actor.organisation_id)
        writer = writer_from(session, row) if row is not None else None
    if writer is None:
        return _page(house, member, error=NothingToTest())
    scenario = next(iter(scenarios().values()))
    return _page(house, member, tried=try_out(writer, scenario, codes=house.desk))


@router.post("/end")
def end_writer(house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.write() as session:
        end_parent_writer(session, by=member.actor)
    return see_other("/parent-writer?done=yes")
