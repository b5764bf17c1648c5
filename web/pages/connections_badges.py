"""Badges (Open Badges 3.0), for an authority's administrators: where others check them, and the key that signs them."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import col, func, select

from api.house import TheHouse
from models.certificate import Certificate
from models.permissions import Permission, require
from training.progress.badge_keys import change_key, keys_of
from training.progress.badges import Addresses
from web.pages.visitor import SignedInMember, see_other

router = APIRouter(prefix="/connections/badges", include_in_schema=False)


@router.get("")
def badges_page(house: TheHouse, member: SignedInMember, done: str = "") -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    home = member.actor.organisation_id
    with house.database.read() as session:
        mine = select(func.count()).where(col(Certificate.organisation_id) == home)
        given = session.exec(mine.where(col(Certificate.revoked_at).is_(None))).one()
        taken_back = session.exec(mine.where(col(Certificate.revoked_at).is_not(None))).one()
        keys = keys_of(session, home)
    where = Addresses(house.settings.site)
    values = [
        ("Issuer: who your authority is", where.issuer(home)),
        ("Keys: what signatures are checked with", where.keys(home)),
        ("List of what was taken back", where.revoked(home)),
    ]
    said = "A new key signs badges from now on." if done == "key" else ""
    return member.page(
        "connections_badges.html", values=values, keys=keys, given=given, taken_back=taken_back, done=said
    )


@router.post("/key")
def change(house: TheHouse, member: SignedInMember) -> Response:
    require(member.actor, Permission.MANAGE_SETTINGS)
    with house.database.write() as session:
        change_key(session, by=member.actor)
    return see_other("/connections/badges?done=key")
