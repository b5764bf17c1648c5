"""Who asks by SCIM, what they sent, and which part of a list they want."""

import json
import math
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from api.access import SignInNeeded, admit
from api.house import TheHouse
from api.scim.attributes import Kind
from api.scim.filter_reader import read_filter
from api.scim.filter_values import Filter
from api.scim.filters import check
from api.scim.refused import ScimRefused, ScimType
from coding.transcript.encoding import without_control_characters
from models.errors import NotAllowed
from models.permissions import Actor, Permission, may, require_scope

MOST = 200
"""Users or groups of one answer."""
SEARCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


def _provisioner(request: Request, house: TheHouse) -> Actor:
    """A program that may manage people: nobody does it by SCIM for themselves, so that what a provider is given does
    not end with a person. Raises SignInNeeded, NotAllowed, ScopeTooNarrow."""
    actor = admit(request, house)
    if actor is None:
        raise SignInNeeded("Send the token that an administrator made for you: Authorization: Bearer evoke_scim_…")
    if not actor.is_program:
        raise NotAllowed("Only a program with the scope manage_people does this. Its token is made under Connections.")
    require_scope(actor, Permission.MANAGE_PEOPLE)
    if not may(actor, Permission.MANAGE_PEOPLE, organisation_id=actor.organisation_id):
        raise NotAllowed("This program may not manage people.")
    return actor


Provisioner = Annotated[Actor, Depends(_provisioner)]


def _no_constant(name: str) -> None:
    raise ValueError(name)


async def _body(request: Request) -> dict[str, Any]:
    """The JSON object sent, without characters that no database can hold. Raises ScimRefused (invalidSyntax)."""
    data = await request.body()
    try:
        sent = json.loads(data, parse_constant=_no_constant)
        if isinstance(sent, dict):
            return {str(name): value for name, value in _clean(sent).items()}
    except (ValueError, RecursionError):
        pass
    raise ScimRefused("Send a JSON object.", scim_type=ScimType.INVALID_SYNTAX)


Body = Annotated[dict[str, Any], Depends(_body)]


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return without_control_characters(value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {without_control_characters(name): _clean(one) for name, one in value.items()}
    return value


@dataclass(frozen=True)
class Wanted:
    """`start` counts from 1 (RFC 7644, section 3.4.2.4). `attributes` and `excluded` have commas between."""

    filter: str
    start: int
    most: int
    attributes: str
    excluded: str

    def read(self, kind: Kind) -> Filter | None:
        """Raises ScimRefused (invalidFilter)."""
        if not self.filter.strip():
            return None
        wanted = read_filter(self.filter)
        check(wanted, kind)
        return wanted

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Wanted":
        """Raises ScimRefused (invalidValue)."""
        return cls(
            filter=_text(said, "filter"), start=max(1, _number(said, "startIndex", 1)),
            most=min(MOST, max(0, _number(said, "count", MOST))), attributes=_text(said, "attributes"),
            excluded=_text(said, "excludedAttributes"),
        )  # fmt: skip


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if isinstance(value, list):
        value = ",".join(str(one) for one in value)
    return without_control_characters(str(value or ""))


def _number(said: dict[str, Any], name: str, usual: int) -> int:
    value = said.get(name)
    if value is None or value == "":
        return usual
    try:
        number = int(value)
    except (ValueError, TypeError, OverflowError):
        raise ScimRefused(f"{name} is a whole number.", scim_type=ScimType.INVALID_VALUE) from None
    return int(math.copysign(min(abs(number), 10**9), number))


def _wanted(request: Request) -> Wanted:
    return Wanted.of(dict(request.query_params))


Asked = Annotated[Wanted, Depends(_wanted)]


def _searched(body: Body) -> Wanted:
    names = {"filter", "startIndex", "count", "attributes", "excludedAttributes"}
    by_name = {name.lower(): name for name in names}
    return Wanted.of({by_name[name.lower()]: one for name, one in body.items() if name.lower() in by_name})


Searched = Annotated[Wanted, Depends(_searched)]
