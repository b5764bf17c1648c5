"""A launch by cmi5 (its sections 8, 10 and 11): what it says of itself, and the proof of it.

Who somebody is stands in the address of a launch, where anybody could write it. So nothing of it counts until the
learning system's own store, at an address that an administrator entered, answers to the launch's one token for exactly
this person, this registration and this module.
"""

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from models import outgoing
from models.cmi5 import LONGEST_ACCOUNT, LONGEST_ADDRESS, LONGEST_HOME_PAGE, LONGEST_RETURN, Cmi5Mode
from models.cmi5_launches import Launched, Proved
from models.columns import can_be_kept
from models.errors import EvokeError
from models.settings import Settings
from training.cmi5.names import LAUNCH_DATA, PREFERENCES, SESSION_ID
from training.xapi.actors import account
from training.xapi.names import VERSION, Names

if TYPE_CHECKING:
    import httpx

LARGEST, LONGEST_TOKEN = 100_000, 4000
PARAMETERS = ("endpoint", "fetch", "actor", "registration", "activityId")


class Reason(StrEnum):
    PARAMETERS = "parameters"
    NOT_CONNECTED = "not_connected"
    ANOTHER_ORIGIN = "another_origin"
    USED = "used"
    UNDER_WAY = "under_way"
    NO_TOKEN = "no_token"  # noqa: S105
    NOT_REACHED = "not_reached"
    BROKEN_OFF = "broken_off"
    NOT_PROVED = "not_proved"
    DATA_WRONG = "data_wrong"
    ANOTHER_MODULE = "another_module"
    LINK = "link"

    @classmethod
    def again(cls) -> frozenset["Reason"]:
        """After which the same launch may be tried once more."""
        return frozenset({cls.UNDER_WAY, cls.NOT_REACHED})


AGAIN = "Close this window, and open the module from your learning system again."
ASK = "Ask whoever looks after Evoke in your authority."
SENTENCES = {
    Reason.PARAMETERS: "This page is for a learning system to open: something it should say is missing or wrong. "
    + AGAIN,
    Reason.NOT_CONNECTED: "The learning system that opened this is not connected to your authority’s Evoke. " + ASK,
    Reason.ANOTHER_ORIGIN: "The learning system that opened this gives its tokens at another address than the one that "
    "is connected. " + ASK,
    Reason.USED: "This has been opened already, and each opening counts once. " + AGAIN,
    Reason.UNDER_WAY: "Evoke is asking the learning system about this already. Try again in a minute.",
    Reason.NO_TOKEN: "The learning system did not let Evoke in. " + AGAIN,
    Reason.NOT_REACHED: "The learning system did not answer. Try again in a minute.",
    Reason.BROKEN_OFF: "The learning system stopped answering. " + AGAIN,
    Reason.NOT_PROVED: "The learning system does not know of this launch for you. " + AGAIN,
    Reason.DATA_WRONG: "What the learning system says of this launch is not as the cmi5 standard has it. " + ASK,
    Reason.ANOTHER_MODULE: "The learning system opened another module than this one, or has an old package. " + AGAIN,
    Reason.LINK: "The two accounts are not linked with each other. " + ASK,
}
"""For the person at the window."""
LOGGED = {
    Reason.PARAMETERS: "a parameter was missing or wrong",
    Reason.NOT_CONNECTED: "not connected",
    Reason.ANOTHER_ORIGIN: "its token is given at another address than the one entered",
    Reason.USED: "the launch had been used already",
    Reason.UNDER_WAY: "it was being opened already",
    Reason.NO_TOKEN: "the system gave no token",
    Reason.NOT_REACHED: "the system did not answer",
    Reason.BROKEN_OFF: "its store did not answer, and its token is spent",
    Reason.NOT_PROVED: "its store has no launch data for this person, module and registration",
    Reason.DATA_WRONG: "its launch data is not as cmi5 has it",
    Reason.ANOTHER_MODULE: "it was for another module, or from a package of another address",
    Reason.LINK: "the account there or the person here is linked otherwise",
}
"""For administrators."""


class LaunchRefused(EvokeError):
    code = "cmi5_launch_refused"

    def __init__(self, reason: Reason) -> None:
        super().__init__(SENTENCES[reason])
        self.reason = reason


def read_launch(sent: Mapping[str, str]) -> Launched:
    """The parameters of a launch. Raises LaunchRefused."""
    try:
        actor = json.loads(sent.get("actor", ""))
        there = actor["account"]
        home_page, name = str(there["homePage"]), str(there["name"])
        registration = str(UUID(sent.get("registration", "")))
        shown = actor.get("name", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise LaunchRefused(Reason.PARAMETERS) from None
    endpoint, fetch, activity_id = (sent.get(one, "").strip() for one in ("endpoint", "fetch", "activityId"))
    whole = all(_is_address(one) for one in (endpoint, fetch)) and ":" in activity_id
    fits = (
        len(home_page) <= LONGEST_HOME_PAGE and 0 < len(name) <= LONGEST_ACCOUNT and len(fetch) <= LONGEST_RETURN
        and max(len(endpoint), len(activity_id)) <= LONGEST_ADDRESS and ":" in home_page
        and (name + home_page + activity_id).isprintable() and actor.get("objectType", "Agent") == "Agent"
    )  # fmt: skip
    if not whole or not fits:
        raise LaunchRefused(Reason.PARAMETERS)
    shown = shown[:200] if isinstance(shown, str) and shown.isprintable() else ""
    return Launched(endpoint, fetch, home_page, name, registration, activity_id, shown)


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("https", "http") and bool(parts.hostname) and value.isascii() and value.isprintable()
    except ValueError:
        return False


def prove(launch: Launched, *, endpoint: str, module: str, settings: Settings) -> Proved:
    """Fetches the token, once and for all, and what the store has under it. `endpoint` is as the administrator entered
    it. Takes as long as three answers, so no transaction may be open. Raises LaunchRefused."""
    token = _token(launch, settings)
    store = _Store(endpoint, token, launch, settings)
    answer = store.get(
        "/activities/state", activityId=launch.activity_id, registration=launch.registration, stateId=LAUNCH_DATA
    )  # fmt: skip
    if answer.status_code in (401, 403, 404):
        raise LaunchRefused(Reason.NOT_PROVED)
    if answer.status_code >= 500 or answer.status_code == 429:
        raise LaunchRefused(Reason.BROKEN_OFF)
    proved = read_launch_data(_object(answer), token, module=Names(settings.site).module(module))
    # The standard has each launch read what the learner prefers. There is one language, and no sound starts by itself.
    with suppress(LaunchRefused):
        store.get("/agents/profile", profileId=PREFERENCES)
    return proved


def _token(launch: Launched, settings: Settings) -> str:
    import httpx

    try:
        with outgoing.client(settings, largest=LARGEST) as client:
            answer = client.post(launch.fetch)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise LaunchRefused(Reason.NOT_REACHED) from None
    said = _object(answer)
    token = said.get("auth-token")
    if isinstance(token, str) and 0 < len(token) <= LONGEST_TOKEN and token.isascii() and token.isprintable():
        return token
    raise LaunchRefused(Reason.USED if str(said.get("error-code", "")) == "1" else Reason.NO_TOKEN)


class _Store:
    """The learning system's, as the launch's token lets in."""

    def __init__(self, endpoint: str, token: str, launch: Launched, settings: Settings) -> None:
        self._endpoint, self._settings = endpoint, settings
        self._agent = json.dumps(account(launch.home_page, launch.account))
        self._headers = {"authorization": authorization(token), "x-experience-api-version": VERSION}

    def get(self, path: str, **params: str) -> "httpx.Response":
        import httpx

        params["agent"] = self._agent
        try:
            with outgoing.client(self._settings, largest=LARGEST) as client:
                return client.get(f"{self._endpoint}{path}", params=params, headers=self._headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise LaunchRefused(Reason.BROKEN_OFF) from None


def authorization(token: str) -> str:
    """A launch's token is what stands after the scheme already (cmi5 8.2.3)."""
    return f"Basic {token}"


def _object(answer: "httpx.Response") -> dict[str, Any]:
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def read_launch_data(data: Mapping[str, Any], token: str, *, module: str) -> Proved:
    """Of `LMS.LaunchData`. `module` is the unit's id in the course structure, which the system names in the context of
    every statement. Raises LaunchRefused."""
    template, mode = data.get("contextTemplate"), data.get("launchMode")
    if not isinstance(template, dict) or mode not in list(Cmi5Mode) or not can_be_kept(template):
        raise LaunchRefused(Reason.DATA_WRONG)
    extensions, activities = template.get("extensions"), template.get("contextActivities")
    session_id = extensions.get(SESSION_ID) if isinstance(extensions, dict) else None
    grouping = activities.get("grouping", []) if isinstance(activities, dict) else []
    if not isinstance(session_id, str) or not session_id:
        raise LaunchRefused(Reason.DATA_WRONG)
    grouped = grouping if isinstance(grouping, list) else [grouping]
    if module not in {str(one.get("id")) for one in grouped if isinstance(one, dict)}:
        raise LaunchRefused(Reason.ANOTHER_MODULE)
    return Proved(token, template, Cmi5Mode(mode), _share(data.get("masteryScore")), _way_back(data.get("returnURL")))


def _share(value: Any) -> float | None:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return number if number is not None and math.isfinite(number) and 0 <= number <= 1 else None


def _way_back(value: Any) -> str:
    """Where the person goes when they are done; empty for what is no address of a page."""
    good = isinstance(value, str) and len(value) <= LONGEST_RETURN and _is_address(value)
    return value if good else ""
