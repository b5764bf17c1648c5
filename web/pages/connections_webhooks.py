"""Webhooks: which systems are told what happens, what was sent, and sending it again. For administrators."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House, TheHouse
from coding.send_webhooks import WAITS, Answer, try_out
from coding.transcript.encoding import without_control_characters
from models.columns import utc_now
from models.errors import EvokeError
from models.organisation import Organisation, OrganisationKind
from models.permissions import Permission, require
from models.webhook_actions import (
    KEPT_DAYS,
    OLD_SECRET_DAYS,
    TooManyWebhooks,
    WebhookWrong,
    change_webhook,
    counts_of,
    deliveries_of,
    end_old_secret,
    make_webhook,
    pause_webhook,
    redeliver,
    remove_webhook,
    require_webhook,
    resume_webhook,
    rotate_secret,
    webhooks_of,
)
from models.webhook_kept import DeliveryState, Happened, Webhook, WebhookDelivery
from web.pages.people_forms import Text
from web.pages.visitor import Member, SignedInMember, see_other

router = APIRouter(prefix="/connections/webhooks", include_in_schema=False)
EVENTS = {
    Happened.SESSION_ADDED: "A session is added",
    Happened.SESSION_READY: "A session is coded and ready",
    Happened.SESSION_STOPPED: "The work on a session stops",
    Happened.SESSION_REVIEWED: "A coach signs off a review",
    Happened.SESSION_DELETED: "A session is deleted for good",
    Happened.FEEDBACK_SENT: "A coach sends feedback",
    Happened.CONTEST_ANSWERED: "A contested code is decided",
    Happened.MODULE_COMPLETED: "Somebody completes a module",
}
SHOWN = EVENTS | {Happened.TEST: "A test"}
SINCE = {"1": "the last hour", "24": "the last day", "168": "the last 7 days", "720": "the last 30 days"}
"""By hours."""
DONE = {
    "changed": "Saved.",
    "paused": "Paused. What happens is kept, and is sent when you let it go on.",
    "resumed": "It goes on, and what waited is being sent.",
    "removed": "The webhook is removed, and its log with it.",
    "ended": "Only the new secret signs from now on.",
}
PAGE_ROWS = 25


def _keeper(member: SignedInMember) -> Member:
    require(member.actor, Permission.MANAGE_SETTINGS)
    return member


Keeper = Annotated[Member, Depends(_keeper)]
Events = Annotated[tuple[str, ...], Form()]


def came_of(row: WebhookDelivery) -> str:
    """In words for the log."""
    tries = "1 try" if row.attempts == 1 else f"{row.attempts} tries"
    if row.state is DeliveryState.DELIVERED:
        return "arrived at the first try" if row.attempts == 1 else f"arrived after {tries}"
    if not row.why:
        return "waits to be sent"
    if row.state is DeliveryState.GIVEN_UP:
        return f"did not arrive after {tries}: {row.why}"
    return f"not yet, after {tries}: {row.why}"


@router.get("")
def webhooks_page(house: TheHouse, keeper: Keeper, done: str = "") -> Response:
    with house.database.read() as session:
        organisation = session.get_one(Organisation, keeper.actor.organisation_id)
        rows, counts = webhooks_of(session, organisation.id), counts_of(session, organisation.id)
    return keeper.page(
        "connections_webhooks.html", rows=rows, counts=counts, shown=SHOWN, done=DONE.get(done, ""),
        is_authority=organisation.kind is OrganisationKind.AUTHORITY,
    )  # fmt: skip


@router.get("/new")
def new_webhook_page(keeper: Keeper) -> Response:
    return _form(keeper, address="", events=[], errors={})


def _form(keeper: Member, *, address: str, events: list[str], errors: dict[str, str]) -> Response:
    return keeper.page(
        "connections_webhook_new.html", status=422 if errors else 200, address=address, chosen=events, errors=errors,
        events=EVENTS,
    )  # fmt: skip


@router.post("")
def add(house: TheHouse, keeper: Keeper, address: Text = "", events: Events = ()) -> Response:
    """The one answer that shows the secret."""
    address = without_control_characters(address)
    try:
        with house.database.write() as session:
            webhook, secret = make_webhook(
                session, address=address, events=events, settings=house.settings, by=keeper.actor
            )  # fmt: skip
    except (WebhookWrong, TooManyWebhooks) as error:
        return _form(keeper, address=address, events=list(events), errors=error.fields or {"address": error.message})
    return _secret_page(keeper, webhook, secret, is_new=True)


def _secret_page(keeper: Member, webhook: Webhook, secret: str, *, is_new: bool) -> Response:
    return keeper.page(
        "connections_webhook_secret.html", status=201, webhook=webhook, secret=secret, is_new=is_new,
        days=OLD_SECRET_DAYS,
    )  # fmt: skip


@router.get("/{webhook_id}")
def webhook_page(
    webhook_id: UUID, house: TheHouse, keeper: Keeper, done: str = "", sent: str = "", before: str = ""
) -> Response:
    words, again = DONE.get(done, ""), _number(sent)
    if again is not None:
        words = f"{again} {'is' if again == 1 else 'are'} being sent again." if again else "Nothing was there to send."
    return _page(house, keeper, webhook_id, done=words, before=_number(before))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _page(
    house: House, keeper: Member, webhook_id: UUID, *, done: str = "", before: int | None = None,
    tried: Answer | None = None, error: EvokeError | None = None, values: dict[str, object] | None = None,
) -> Response:  # fmt: skip
    with house.database.read() as session:
        webhook = require_webhook(session, webhook_id, by=keeper.actor)
        rows = deliveries_of(session, webhook, before=before, most=PAGE_ROWS + 1)
    old = webhook.old_secret_until if webhook.old_secret_until and webhook.old_secret_until > utc_now() else None
    errors = (error.fields or {"test": error.message}) if error else {}
    return keeper.page(
        "connections_webhook.html", status=error.status if error else 200, webhook=webhook, host=webhook.host,
        rows=rows[:PAGE_ROWS], more=rows[PAGE_ROWS - 1].number if len(rows) > PAGE_ROWS else None, before=before,
        shown=SHOWN, events=EVENTS, came=came_of, since=SINCE, done=done, tried=tried, errors=errors, old=old,
        values=values or {"address": webhook.address, "events": webhook.events}, days=OLD_SECRET_DAYS, kept=KEPT_DAYS,
        most=len(WAITS) + 1,
    )  # fmt: skip


@router.post("/{webhook_id}")
def change(webhook_id: UUID, house: TheHouse, keeper: Keeper, address: Text = "", events: Events = ()) -> Response:
    address = without_control_characters(address)
    try:
        with house.database.write() as session:
            change_webhook(
                session, webhook=_locked(session, webhook_id, keeper), address=address, events=events,
                settings=house.settings, by=keeper.actor,
            )  # fmt: skip
    except WebhookWrong as error:
        return _page(house, keeper, webhook_id, error=error, values={"address": address, "events": list(events)})
    return see_other(f"/connections/webhooks/{webhook_id}?done=changed")


def _locked(session: Session, webhook_id: UUID, keeper: Member) -> Webhook:
    return require_webhook(session, webhook_id, by=keeper.actor, lock=True)


@router.post("/{webhook_id}/test")
def test(webhook_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    tried = try_out(house.database, house.settings, webhook_id=webhook_id, by=keeper.actor)
    return _page(house, keeper, webhook_id, tried=tried)


@router.post("/{webhook_id}/redeliver")
def send_again(webhook_id: UUID, house: TheHouse, keeper: Keeper, number: Text = "", hours: Text = "") -> Response:
    """One by its number, or all of the last hours."""
    try:
        with house.database.write() as session:
            webhook = _locked(session, webhook_id, keeper)
            if (one := _number(number)) is not None:
                sent = redeliver(session, webhook=webhook, number=one, by=keeper.actor)
            else:
                since = utc_now() - timedelta(hours=int(hours if hours in SINCE else "1"))
                sent = redeliver(session, webhook=webhook, since=since, by=keeper.actor)
    except EvokeError as error:
        if error.status == 404:
            raise
        return _page(house, keeper, webhook_id, error=error)
    return see_other(f"/connections/webhooks/{webhook_id}?sent={sent}#log")


@router.post("/{webhook_id}/secret")
def new_secret(webhook_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        webhook = _locked(session, webhook_id, keeper)
        secret = rotate_secret(session, webhook=webhook, by=keeper.actor)
    return _secret_page(keeper, webhook, secret, is_new=False)


@router.post("/{webhook_id}/old-secret/end")
def end_secret(webhook_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        end_old_secret(session, webhook=_locked(session, webhook_id, keeper), by=keeper.actor)
    return see_other(f"/connections/webhooks/{webhook_id}?done=ended")


@router.post("/{webhook_id}/pause")
def pause(webhook_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        pause_webhook(session, webhook=_locked(session, webhook_id, keeper), by=keeper.actor)
    return see_other(f"/connections/webhooks/{webhook_id}?done=paused")


@router.post("/{webhook_id}/resume")
def resume(webhook_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        resume_webhook(session, webhook=_locked(session, webhook_id, keeper), by=keeper.actor)
    return see_other(f"/connections/webhooks/{webhook_id}?done=resumed")


@router.post("/{webhook_id}/remove")
def remove(webhook_id: UUID, house: TheHouse, keeper: Keeper) -> Response:
    with house.database.write() as session:
        remove_webhook(session, webhook=_locked(session, webhook_id, keeper), by=keeper.actor)
    return see_other("/connections/webhooks?done=removed")
