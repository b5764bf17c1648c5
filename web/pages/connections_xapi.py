"""The organisation's learning record store (xAPI): set, tested, paused, looked at. For its administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House, TheHouse
from coding.transcript.encoding import without_control_characters
from models.errors import EvokeError
from models.permissions import Permission, require
from models.xapi import xapi_connection_of
from models.xapi_connection import (
    ConnectionDetails,
    ConnectionWrong,
    end_connection,
    pause_connection,
    send_refused_again,
    set_connection,
)
from models.xapi_kept import XapiConnection
from training.xapi.connection_view import LOG_ROWS, Tried, connection_view, store_of, try_out
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/connections/xapi", include_in_schema=False)
HERE = "/connections/xapi"
DONE = {
    "saved": "Saved. What happens from now on goes to your store.",
    "paused": "Paused. What happens gathers here until you go on.",
    "resumed": "It goes on. What had gathered is on its way.",
    "again": "The refused statements are on their way once more.",
    "ended": "The store and its secret are forgotten. Nothing goes there any more.",
}
NO_DETAILS = {"endpoint": "", "key": "", "actor_form": "pseudonym", "home_page": "", "sends_scores": ""}


class NoStore(EvokeError):
    status = 409
    code = "no_learning_record_store"

    def __init__(self) -> None:
        super().__init__("Save the address, key and secret of your store first.")


def _keeper(member: SignedInMember) -> Member:
    require(member.actor, Permission.MANAGE_SETTINGS)
    return member


Keeper = Annotated[Member, Depends(_keeper)]


@router.get("")
def xapi_page(house: TheHouse, keeper: Keeper, done: str = "") -> Response:
    return _page(house, keeper, done=DONE.get(done, ""))


@router.post("")
def save(
    house: TheHouse, keeper: Keeper, endpoint: Text = "", key: Text = "", secret: Text = "", actor_form: Text = "",
    home_page: Text = "", sends_scores: Text = "",
) -> Response:  # fmt: skip
    sent = {"endpoint": endpoint, "key": key, "actor_form": actor_form, "home_page": home_page}
    sent = {name: without_control_characters(value) for name, value in (sent | {"sends_scores": sends_scores}).items()}
    details = ConnectionDetails(
        sent["endpoint"], sent["key"], secret.strip(), sent["actor_form"], sent["home_page"],
        sent["sends_scores"] == "yes",
    )  # fmt: skip
    try:
        with house.database.write() as session:
            set_connection(session, details=details, settings=house.settings, by=keeper.actor)
    except ConnectionWrong as error:
        return _page(house, keeper, error=error, sent=sent)
    return see_other(f"{HERE}?done=saved")


@router.post("/test")
def test(house: TheHouse, keeper: Keeper) -> Response:
    with house.database.read() as session:
        row = xapi_connection_of(session, keeper.actor.organisation_id)
        store = store_of(session, row, house.settings) if row is not None else None
    if row is None or store is None:
        return _page(house, keeper, error=NoStore())
    return _page(house, keeper, tried=try_out(store, row, house.settings))


@router.post("/pause")
def pause(house: TheHouse, keeper: Keeper, paused: Text = "") -> Response:
    with house.database.write() as session:
        pause_connection(session, row=_row(session, keeper), paused=paused == "yes", by=keeper.actor)
    return see_other(f"{HERE}?done={'paused' if paused == 'yes' else 'resumed'}")


@router.post("/again")
def again(house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        send_refused_again(session, row=_row(session, keeper), by=keeper.actor)
    return see_other(f"{HERE}?done=again")


@router.post("/end")
def end(house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        end_connection(session, by=keeper.actor)
    return see_other(f"{HERE}?done=ended")


def _row(session: Session, keeper: Member) -> XapiConnection:
    row = xapi_connection_of(session, keeper.actor.organisation_id)
    if row is None:
        raise NoStore
    return row


def _page(
    house: House, keeper: Member, *, done: str = "", error: EvokeError | None = None,
    sent: dict[str, str] | None = None, tried: Tried | None = None,
) -> Response:  # fmt: skip
    with house.database.read() as session:
        view = connection_view(session, keeper.actor.organisation_id)
    values = dict(NO_DETAILS)
    if (row := view.row) is not None:
        values = {
            "endpoint": row.endpoint, "key": row.key, "actor_form": row.actor_form.value, "home_page": row.home_page,
            "sends_scores": "yes" if row.sends_scores else "",
        }  # fmt: skip
    return keeper.page(
        "connections_xapi.html", status=error.status if error else 200, view=view, done=done, tried=tried,
        errors=(error.fields or {"endpoint": error.message}) if error else {}, values=values | (sent or {}),
        most=LOG_ROWS, profile=f"{house.settings.site}/xapi/profile",
    )  # fmt: skip
