"""Why a launch is refused: a name for the log, what happened for the administrator, and what to do about it."""

from enum import StrEnum

from models.errors import EvokeError


class Reason(StrEnum):
    """The name is what the log keeps; SHOWN has the words."""

    UNKNOWN_PLATFORM = "unknown_platform"
    NOT_OUR_PAGE = "not_our_page"
    STATE_UNKNOWN = "state_unknown"
    STATE_USED = "state_used"
    STATE_OLD = "state_old"
    ANOTHER_BROWSER = "another_browser"
    PLATFORM_ERROR = "platform_error"
    NOT_A_TOKEN = "not_a_token"  # noqa: S105
    ALGORITHM = "algorithm"
    KEY_UNKNOWN = "key_unknown"
    KEYS_UNREACHABLE = "keys_unreachable"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    PARTY = "party"
    NONCE = "nonce"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    CLAIM_MISSING = "claim_missing"
    VERSION = "version"
    MESSAGE = "message"
    DEPLOYMENT = "deployment"
    NOBODY_NAMED = "nobody_named"
    MAY_NOT_CHOOSE = "may_not_choose"
    TARGET = "target"


SHOWN: dict[str, tuple[str, str]] = {
    Reason.UNKNOWN_PLATFORM: (
        "The platform’s issuer or client ID is not one that was entered here",
        "Compare both, and the login address, with what the platform shows for Evoke.",
    ),
    Reason.NOT_OUR_PAGE: (
        "The launch was meant for another address",
        "Enter the addresses of this page at the platform.",
    ),
    Reason.STATE_UNKNOWN: ("The launch did not begin here", "Open the activity again from the course."),
    Reason.STATE_USED: (
        "The same launch came a second time",
        "Nothing, if somebody went back or reloaded. If it comes often, look who sends it.",
    ),
    Reason.STATE_OLD: ("More than ten minutes lay between the beginning and the end", "Open the activity again."),
    Reason.ANOTHER_BROWSER: (
        "The launch began in another browser than it ended in, or the browser kept nothing by which to tell",
        "Open the activity again. If it stays, let the browser keep cookies of Evoke, or the platform open it in a new "
        "window.",
    ),
    Reason.PLATFORM_ERROR: (
        "The platform itself ended the launch",
        "Ask whoever runs the platform: it did not take the login for Evoke.",
    ),
    Reason.NOT_A_TOKEN: ("What the platform sent is no signed message", "Ask whoever runs the platform to look at it."),
    Reason.ALGORITHM: (
        "The message is not signed with RS256",
        "Set the platform to sign with RS256 and its own key. Unsigned messages are never taken.",
    ),
    Reason.KEY_UNKNOWN: (
        "The message is signed with a key that the platform does not show",
        "Check the address of the platform’s key set. If it changed its key just now, try again in a minute.",
    ),
    Reason.KEYS_UNREACHABLE: (
        "The platform’s key set could not be read",
        "Press “Test the connection”. Its address must be reachable from Evoke.",
    ),
    Reason.SIGNATURE: (
        "The signature is not the platform’s",
        "Check the address of the platform’s key set. If it is right, somebody may have tried to get in.",
    ),
    Reason.ISSUER: ("The message names another issuer", "Compare the issuer with what the platform shows."),
    Reason.AUDIENCE: ("The message is for another client ID", "Compare the client ID with what the platform shows."),
    Reason.PARTY: ("The message is for several parties and does not name Evoke", "Ask whoever runs the platform."),
    Reason.NONCE: ("The message answers another login", "Open the activity again from the course."),
    Reason.EXPIRED: ("The message is too old", "Open it again. If it stays, compare the clocks of the two servers."),
    Reason.NOT_YET: ("The message comes from the future", "Compare the clocks of the two servers."),
    Reason.CLAIM_MISSING: ("A part of the message is missing or has an odd form", "Ask whoever runs the platform."),
    Reason.VERSION: ("The message is not LTI 1.3", "Add Evoke as an LTI 1.3 tool, not as LTI 1.1."),
    Reason.MESSAGE: (
        "It is a kind of message that Evoke does not know",
        "Nothing: Evoke opens activities and lets teachers choose content.",
    ),
    Reason.DEPLOYMENT: (
        "The deployment is not one that was entered here",
        "If it is yours, press “Allow it” beside the launch.",
    ),
    Reason.NOBODY_NAMED: (
        "The platform does not say who opens it",
        "Evoke cannot be opened by guests. Let the platform send its users’ IDs.",
    ),
    Reason.MAY_NOT_CHOOSE: ("A learner tried to choose content", "Nothing: only who teaches a course chooses."),
    Reason.TARGET: (
        "The activity leads to something that is not in Evoke any more",
        "Choose it anew in the course: edit the activity and select content.",
    ),
}  # fmt: skip
assert set(SHOWN) == set(Reason)


class LaunchRefused(EvokeError):
    """The person hears that it did not work and what to try; `reason` is for the log. `deployment` is the one the
    message named, once its signature was found good."""

    status = 401
    code = "launch_refused"

    def __init__(self, reason: Reason, *, deployment: str = "") -> None:
        super().__init__(
            f"{SHOWN[reason][0]}. Go back to your course and open it again. "
            "If it stays like this, tell your Evoke administrator, who finds why under Learning platforms."
        )
        self.reason, self.deployment = reason, deployment
