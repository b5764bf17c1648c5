"""What happened as xAPI statements (1.0.3), for an organisation's learning record store. Pure: values in, values out.

A statement says that somebody did something and how far they are. It has no word of a conversation and no title that a
person wrote; what the machine thinks of an answer stands in one only where the organisation chose so.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from training.xapi import names
from training.xapi.actors import Agent
from training.xapi.names import Names

Statement = dict[str, Any]
Activity = dict[str, Any]
LANGUAGE = "en-GB"


@dataclass(frozen=True)
class Happened:
    """What all statements have: an id that follows from what happened, who did it, and when."""

    id: UUID
    actor: Agent
    at: datetime


@dataclass(frozen=True)
class Answer:
    """An answer to an exercise. `outcome` is met, partly, not_yet or unsure; `met_share` the probability, 0 to 1, that
    it does what the exercise asks, None where it was chosen, not written. `by_coach`: a coach decided about it."""

    exercise: str
    module: str
    module_title: str
    outcome: str
    met_share: float | None = None
    seconds: int | None = None
    by_coach: bool = False


def module_completed(one: Happened, named: Names, *, slug: str, title: str, edition: str) -> Statement:
    made = _statement(one, named, names.COMPLETED, module_activity(named, slug, title))
    made["result"] = {"completion": True}
    made["context"]["revision"] = edition
    return made


def module_progressed(
    one: Happened, named: Names, *, slug: str, title: str, edition: str, percent: int
) -> Statement:  # fmt: skip
    """`percent` of the module's steps are done: its parts, its exercises and its check."""
    made = _statement(one, named, names.PROGRESSED, module_activity(named, slug, title))
    made["result"] = {"completion": False, "extensions": {names.PROGRESS: percent}}
    made["context"]["revision"] = edition
    return made


def exercise_answered(one: Happened, named: Names, answer: Answer, *, with_score: bool) -> Statement:
    """That it was tried; with the score only where it is asked for. Not sure is no success and no failure."""
    activity = {
        "objectType": "Activity", "id": named.exercise(answer.exercise),
        "definition": {"type": names.QUESTION, "name": {LANGUAGE: f"An exercise of {answer.module_title}"}},
    }  # fmt: skip
    made = _statement(one, named, names.SCORED if with_score else names.ATTEMPTED, activity)
    result: dict[str, Any] = {}
    if answer.seconds is not None:
        result["duration"] = duration(answer.seconds)
    if with_score:
        result |= _score(answer)
    if result:
        made["result"] = result
    parent = module_activity(named, answer.module, answer.module_title)
    made["context"]["contextActivities"]["parent"] = [parent]
    return made


def _score(answer: Answer) -> dict[str, Any]:
    success = {"met": True, "not_yet": False}.get(answer.outcome)
    share = answer.met_share
    if answer.by_coach or share is None:
        share = {"met": 1.0, "partly": 0.5, "not_yet": 0.0}.get(answer.outcome)
    score = {} if share is None else {"score": {"scaled": round(share, 4)}}
    return score | ({} if success is None else {"success": success})


def session_reviewed(one: Happened, named: Names, *, session: str, coach: Agent) -> Statement:
    """That a coach signed off a review of somebody's session; `session` is its pseudonym."""
    activity = {
        "objectType": "Activity", "id": named.session(session),
        "definition": {"type": named.practice_session, "name": {LANGUAGE: "A practice session"}},
    }  # fmt: skip
    made = _statement(one, named, named.reviewed, activity)
    made["context"]["instructor"] = coach
    return made


def parent_finished(one: Happened, named: Names, *, scenario: str, title: str, seconds: float) -> Statement:
    activity = {
        "objectType": "Activity", "id": named.parent(scenario),
        "definition": {"type": names.SIMULATION, "name": {LANGUAGE: title}},
    }  # fmt: skip
    made = _statement(one, named, names.COMPLETED, activity)
    made["result"] = {"completion": True, "duration": duration(seconds)}
    return made


def connection_test(one: Happened, named: Names, connection_id: UUID) -> Statement:
    """Harmless: by Evoke itself, about nobody."""
    activity = {
        "objectType": "Activity", "id": named.test(connection_id),
        "definition": {"name": {LANGUAGE: "A test of the connection"},
                       "description": {LANGUAGE: "Sent by an administrator to see whether statements arrive."}},
    }  # fmt: skip
    return _statement(one, named, names.ATTEMPTED, activity)


def module_activity(named: Names, slug: str, title: str) -> Activity:
    return {
        "objectType": "Activity", "id": named.module(slug),
        "definition": {"type": names.MODULE, "name": {LANGUAGE: title}, "moreInfo": f"{named.site}/learn/{slug}"},
    }  # fmt: skip


def _statement(one: Happened, named: Names, verb: str, activity: Activity) -> Statement:
    category = {
        "objectType": "Activity", "id": named.profile_version, "definition": {"type": names.PROFILE},
    }  # fmt: skip
    return {
        "id": str(one.id), "actor": one.actor, "verb": _verb(verb), "object": activity,
        "context": {
            "platform": "Evoke", "language": LANGUAGE, "contextActivities": {"category": [category]},
        },
        "timestamp": moment(one.at),
    }  # fmt: skip


def _verb(verb: str) -> dict[str, Any]:
    return {"id": verb, "display": {"en": names.SHOWN.get(verb, "had reviewed")}}


def duration(seconds: float) -> str:
    """ISO 8601, to a hundredth of a second, as xAPI asks for at most."""
    return f"PT{round(max(0.0, seconds), 2):g}S" if seconds < 100_000 else f"PT{round(seconds)}S"


def moment(at: datetime) -> str:
    """RFC 3339, in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
