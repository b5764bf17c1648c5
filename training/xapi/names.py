"""The addresses (IRIs) by which statements name verbs, kinds of activity and activities.

Those of ADL, cmi5 and the registry of the xAPI community are used where they mean what is meant; what they lack, the
profile of this installation defines (see `training.xapi.profile`). Pure.
"""

from dataclasses import dataclass
from uuid import UUID

VERSION = "1.0.3"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
PROGRESSED = "http://adlnet.gov/expapi/verbs/progressed"
ATTEMPTED = "http://adlnet.gov/expapi/verbs/attempted"
SCORED = "http://adlnet.gov/expapi/verbs/scored"
SHOWN = {COMPLETED: "completed", PROGRESSED: "progressed", ATTEMPTED: "attempted", SCORED: "scored"}
MODULE = "http://adlnet.gov/expapi/activities/module"
QUESTION = "http://adlnet.gov/expapi/activities/question"
SIMULATION = "http://adlnet.gov/expapi/activities/simulation"
PROFILE = "http://adlnet.gov/expapi/activities/profile"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
PROFILE_VERSION = "1.0"


@dataclass(frozen=True)
class Names:
    """Of one installation, whose address without a slash at its end is `site`."""

    site: str

    @property
    def profile(self) -> str:
        return f"{self.site}/xapi/profile"

    @property
    def profile_version(self) -> str:
        return f"{self.profile}/v{PROFILE_VERSION}"

    @property
    def reviewed(self) -> str:
        return f"{self.profile}/verbs/had-reviewed"

    @property
    def practice_session(self) -> str:
        return f"{self.profile}/activity-types/practice-session"

    def module(self, slug: str) -> str:
        return f"{self.site}/xapi/activities/modules/{slug}"

    def exercise(self, exercise: str) -> str:
        return f"{self.site}/xapi/activities/exercises/{exercise}"

    def parent(self, scenario: str) -> str:
        return f"{self.site}/xapi/activities/parents/{scenario}"

    def session(self, pseudonym: str) -> str:
        return f"{self.site}/xapi/activities/sessions/{pseudonym}"

    def test(self, connection_id: UUID) -> str:
        return f"{self.site}/xapi/activities/connection-tests/{connection_id}"
