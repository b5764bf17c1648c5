"""What a teacher chose for a course, said back to the platform as a signed message (Deep Linking 2.0).

An item leads to the one address of launches, and names in `custom` what it opens. It brings a column for the gradebook
where something of it can be done.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlmodel import Session

from api.lti.id_token import DEEP_LINKING, LTI
from api.lti.login import LAUNCH
from api.lti.targets import CUSTOM, HOME, ROLE_PLAY, exercise_target, module_target, parent_target, title_of
from models.lti import LtiOutcome, LtiPlatform, LtiTicket
from models.lti_keys import ALGORITHM, private_key, signing_key
from models.lti_launches import TicketOver, note_launch, ticket_of, use_ticket
from models.organisation import Organisation
from models.settings import Settings
from training.modules.library import library_for
from training.simulated.shelf import scenarios

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

GOOD_FOR_SECONDS = 300
MOST_ITEMS = 20
RESOURCE_LINK = "ltiResourceLink"


@dataclass(frozen=True)
class Choice:
    """`target` names it, `about` says in a few words what it is."""

    target: str
    title: str
    about: str


@dataclass(frozen=True)
class Choices:
    """What a course may take, by kind. `exercises` are by module."""

    whole: tuple[Choice, ...]
    modules: tuple[Choice, ...]
    parents: tuple[Choice, ...]
    exercises: tuple[tuple[str, tuple[Choice, ...]], ...]


@dataclass(frozen=True)
class SentBack:
    """`address` takes a form with `JWT`."""

    address: str
    jwt: str


def choosing(session: Session, secret: str, *, locked: bool) -> tuple[LtiTicket, LtiPlatform, dict[str, Any]]:
    """What is being chosen for, with the settings of the request. Raises TicketOver."""
    ticket = ticket_of(session, secret, locked=locked)
    if ticket.deep_link is None:
        raise TicketOver
    return ticket, session.get_one(LtiPlatform, ticket.platform_id), ticket.deep_link


def choices(session: Session, organisation_id: UUID) -> Choices:
    library = library_for(session, organisation_id)
    return Choices(
        whole=(
            Choice(ROLE_PLAY, "Hand in your role play", "People add a role play; a coach looks at it"),
            Choice(HOME, "Evoke", "The home page: what each person may do next"),
        ),
        modules=tuple(
            Choice(module_target(one.slug), one.head.title, f"About {one.head.minutes} minutes")
            for one in library.modules
        ),
        parents=tuple(
            Choice(parent_target(slug), one.title, "A talk with a simulated parent")
            for slug, one in scenarios().items()
        ),
        exercises=tuple(
            (
                module.head.title,
                tuple(
                    Choice(exercise_target(module.slug, one.id), f"{module.head.title}: exercise {number}", one.prompt)
                    for number, one in enumerate(module.exercises, 1)
                ),
            )
            for module in library.modules
        ),
    )


def send_back(session: Session, *, secret: str, targets: list[str], settings: Settings) -> SentBack:
    """Uses the ticket up. None chosen is an answer too. Raises TicketOver, LaunchRefused for what is not on offer."""
    ticket, platform, asked = choosing(session, secret, locked=True)
    organisation = session.get_one(Organisation, platform.organisation_id)
    several = asked.get("accept_multiple") is not False
    wanted = list(dict.fromkeys(targets))[: MOST_ITEMS if several else 1]
    types = asked.get("accept_types")
    takes = not isinstance(types, list) or RESOURCE_LINK in types
    lines = asked.get("accept_lineitem") is not False
    items = [
        item(target, title_of(session, organisation, target), site=settings.site, column=lines) for target in wanted
    ]
    row = signing_key(session, platform.organisation_id)
    said = response(
        platform, items if takes else [], deployment=ticket.deployment, data=asked.get("data"), now=time.time()
    )
    jwt = sign(said, private_key(session, row), kid=str(row.id))
    for target in wanted or [""]:
        note_launch(session, platform=platform, outcome=LtiOutcome.CHOSE, target=target, deployment=ticket.deployment)
    use_ticket(session, ticket)
    return SentBack(str(asked["deep_link_return_url"]), jwt)


def item(target: str, title: str, *, site: str, column: bool) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": RESOURCE_LINK, "title": title, "url": f"{site}{LAUNCH}", "custom": {CUSTOM: target},
        "window": {"targetName": "_blank"},
    }  # fmt: skip
    if column and target != HOME and not target.startswith("exercise:"):
        made["lineItem"] = {"scoreMaximum": 1, "label": title, "resourceId": target}
    return made


def response(
    platform: LtiPlatform, items: list[dict[str, Any]], *, deployment: str, data: object, now: float
) -> dict[str, Any]:
    """`data` goes back as it came, where something came. `now` in seconds since 1970."""
    claims: dict[str, Any] = {
        "iss": platform.client_id, "aud": [platform.issuer], "iat": int(now), "exp": int(now) + GOOD_FOR_SECONDS,
        "nonce": uuid4().hex, f"{LTI}message_type": "LtiDeepLinkingResponse", f"{LTI}version": "1.3.0",
        f"{LTI}deployment_id": deployment, f"{DEEP_LINKING}content_items": items,
    }  # fmt: skip
    return claims if data is None else claims | {f"{DEEP_LINKING}data": data}


def sign(claims: dict[str, Any], key: "RSAKey", *, kid: str) -> str:
    from joserfc import jwt

    return jwt.encode({"alg": ALGORITHM, "kid": kid, "typ": "JWT"}, claims, key)
