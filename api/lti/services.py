"""What Evoke asks of a learning platform: a token, to take a score, and who is in a course.

Facts of the form: 1EdTech Security Framework 1.0, section 4 (client credentials with a signed assertion); Assignment
and Grade Services 2.0; Names and Role Provisioning Services 2.0.
"""

import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from sqlmodel import Session

from api.lti.deep_linking import sign
from api.lti.id_token import SCORE_SCOPE
from models.lti import LtiPlatform
from models.lti_keys import private_key, signing_key
from models.outgoing import AddressWrong, check_address, client, why_not
from models.settings import Settings

if TYPE_CHECKING:
    import httpx

MEMBERS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCOPES = (SCORE_SCOPE, MEMBERS_SCOPE)
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MOST_PAGES = 20
SCORE_THERE = 409
"""What platforms (Moodle among them) answer to a score no newer than the one they have, as after a try whose answer was
lost: it has arrived."""


class ServiceFailed(Exception):
    """`why` says it in a few words, and nothing of what was sent or came back. `for_good`: to try again is no use."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.why, self.for_good = why, for_good


@dataclass(frozen=True)
class Asking:
    """All that is needed to ask a platform, read from the database before anything goes out."""

    settings: Settings
    token_endpoint: str
    assertion: str


@dataclass(frozen=True)
class CourseMember:
    subject: str
    name: str
    email: str
    learner: bool
    teacher: bool


def asking(session: Session, platform: LtiPlatform, settings: Settings) -> Asking:
    """The assertion names Evoke by its client ID and is good for some minutes."""
    row, now = signing_key(session, platform.organisation_id), int(time.time())
    claims = {
        "iss": platform.client_id, "sub": platform.client_id, "jti": uuid4().hex, "iat": now, "exp": now + 300,
        "aud": platform.token_audience or platform.token_endpoint,
    }  # fmt: skip
    return Asking(settings, platform.token_endpoint, sign(claims, private_key(session, row), kid=str(row.id)))


def fetch_token(going_out: "httpx.Client", ask: Asking, *scopes: str) -> str:
    """Raises ServiceFailed."""
    form = {
        "grant_type": "client_credentials", "client_assertion": ask.assertion, "scope": " ".join(scopes),
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }  # fmt: skip
    answer = _ask(going_out, ask, "POST", ask.token_endpoint, data=form)
    token = _json(answer).get("access_token")
    if not isinstance(token, str) or not token:
        raise ServiceFailed("it gave no token")
    return token


def scores_address(line_item: str) -> str:
    """Below the column's own address, whose query stays (AGS 2.0, section 3.4)."""
    parts = urlsplit(line_item)
    return parts._replace(path=parts.path.rstrip("/") + "/scores").geturl()


def send_score(ask: Asking, *, line_item: str, body: dict[str, Any]) -> None:
    """Raises ServiceFailed."""
    with client(ask.settings) as going_out:
        token = fetch_token(going_out, ask, SCORE_SCOPE)
        _ask(
            going_out, ask, "POST", scores_address(line_item), json=body, taken=(SCORE_THERE,),
            headers={"authorization": f"Bearer {token}", "content-type": SCORE_TYPE},
        )  # fmt: skip


def try_token(ask: Asking) -> None:
    """Raises ServiceFailed."""
    with client(ask.settings) as going_out:
        fetch_token(going_out, ask, *SCOPES)


def members(ask: Asking, *, address: str) -> list[CourseMember]:
    """Who is in the course, page after page. Raises ServiceFailed."""
    found: list[CourseMember] = []
    following: str | None = address
    with client(ask.settings) as going_out:
        token = fetch_token(going_out, ask, MEMBERS_SCOPE)
        for _ in range(MOST_PAGES):
            if following is None:
                break
            answer = _ask(
                going_out, ask, "GET", following, headers={"authorization": f"Bearer {token}", "accept": MEMBERS_TYPE}
            )
            said = _json(answer)
            rows = said.get("members")
            found += [_member(one) for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
            named = re.search(r'<([^>]+)>\s*;\s*rel="?next"?', answer.headers.get("link", ""))
            following = named[1] if named else None
            if following is not None and urlsplit(following)[:2] != urlsplit(address)[:2]:
                raise ServiceFailed("its list goes on at another site")  # the token is for this one
    return [one for one in found if one.subject]


def _member(row: dict[str, Any]) -> CourseMember:
    given = row.get("roles")
    roles = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
    active = row.get("status", "Active") == "Active"
    text = {name: row[name] if isinstance(row.get(name), str) else "" for name in ("user_id", "name", "email")}
    return CourseMember(
        text["user_id"] if active else "", text["name"][:200], text["email"].strip().lower()[:320],
        learner=any(one.endswith("Learner") for one in roles), teacher=any(one.endswith("Instructor") for one in roles),
    )  # fmt: skip


def _ask(
    going_out: "httpx.Client", ask: Asking, method: str, address: str, *, taken: Collection[int] = (), **sent: Any
) -> "httpx.Response":  # fmt: skip
    import httpx

    try:
        answer = going_out.request(method, check_address(address, settings=ask.settings), **sent)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServiceFailed(why_not(error)) from None
    except AddressWrong:
        raise ServiceFailed("its address is inside a private network, or not by https", for_good=True) from None
    if not 200 <= answer.status_code < 300 and answer.status_code not in taken:
        later = answer.status_code in (408, 425, 429) or answer.status_code >= 500 or answer.status_code == 401
        raise ServiceFailed(f"it answered {answer.status_code}", for_good=not later)
    return answer


def _json(answer: "httpx.Response") -> dict[str, Any]:
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise ServiceFailed("its answer cannot be read")
    return said
