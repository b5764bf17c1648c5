"""What a launched module tells its learning system, as statements that cmi5 defines (its section 9). Pure.

Four are ever told: that the session began, that the module is completed and passed, and that the session ended. No
score, no answer, no word that anybody wrote.
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from training.cmi5.names import CATEGORY, MASTERY_SCORE, MOVE_ON
from training.xapi.actors import Agent
from training.xapi.statements import Statement, duration, moment

VERBS = "http://adlnet.gov/expapi/verbs"
ORDER = ("initialized", "completed", "passed", "terminated")
"""In which a session tells them."""


@dataclass(frozen=True)
class Launch:
    """What all statements of a session have. `template` is the context that the system gave, of which nothing is
    changed; `mastery_score` the share, 0 to 1, that it wants for a pass, if it wants one."""

    actor: Agent
    activity_id: str
    registration: str
    template: dict[str, Any]
    mastery_score: float | None = None


def statement(launch: Launch, *, id: UUID, verb: str, at: datetime, seconds: float) -> Statement:
    """`verb` is one of ORDER, `seconds` the time since the session began."""
    context = deepcopy(launch.template)
    context.setdefault("registration", launch.registration)
    judged = {"completed": {"completion": True}, "passed": {"success": True}}.get(verb)
    activities = context.setdefault("contextActivities", {})
    activities["category"] = _with(activities.get("category"), [CATEGORY] + [MOVE_ON] * (judged is not None))
    if verb == "passed" and launch.mastery_score is not None:
        context.setdefault("extensions", {}).setdefault(MASTERY_SCORE, launch.mastery_score)
    made: Statement = {
        "id": str(id), "actor": launch.actor, "verb": {"id": f"{VERBS}/{verb}", "display": {"en": verb}},
        "object": {"objectType": "Activity", "id": launch.activity_id}, "context": context, "timestamp": moment(at),
    }  # fmt: skip
    if verb != "initialized":
        made["result"] = {**(judged or {}), "duration": duration(seconds)}
    return made


def _with(kept: Any, ids: list[str]) -> list[Any]:
    """A list of activities, of which xAPI lets one stand alone, with these besides."""
    there = kept if isinstance(kept, list) else [] if kept is None else [kept]
    known = {one.get("id") for one in there if isinstance(one, dict)}
    return [*there, *({"objectType": "Activity", "id": one} for one in ids if one not in known)]
