"""The xAPI profile of what this installation sends, as JSON-LD (xAPI Profile Specification 1.0). Pure."""

from typing import Any

from training.xapi import names
from training.xapi.names import Names

CONTEXT = "https://w3id.org/xapi/profiles/context"
CONFORMS_TO = "https://w3id.org/xapi/profiles#1.0"
MADE_AT = "2026-11-27T00:00:00Z"
"""When this version's content was last changed: to be moved on with it."""


def profile(named: Names) -> dict[str, Any]:
    """Concepts that nobody else has defined, a template for each statement, and how the statements of a module follow
    each other."""
    return {
        "@context": CONTEXT,
        "id": named.profile,
        "type": "Profile",
        "conformsTo": CONFORMS_TO,
        "prefLabel": _en("Evoke: practising motivational interviewing"),
        "definition": _en(
            "What a person did to learn motivational interviewing: modules, exercises, talks with simulated parents, "
            "and practice sessions that a coach reviewed. No statement holds a word of a conversation."
        ),
        "seeAlso": f"{named.site}/about-the-scores",
        "author": {"type": "Organization", "name": "Evoke", "url": named.site},
        "versions": [{"id": named.profile_version, "generatedAtTime": MADE_AT}],
        "concepts": _concepts(named),
        "templates": _templates(named),
        "patterns": _patterns(named),
    }  # fmt: skip


def _concepts(named: Names) -> list[dict[str, Any]]:
    return [
        {
            "id": named.reviewed,
            "type": "Verb",
            "inScheme": named.profile_version,
            "prefLabel": _en("had reviewed"),
            "definition": _en(
                "A coach read the actor’s work line by line and signed a review of it off. The statement says that it "
                "happened, not how the work was judged. The coach is the context’s instructor."
            ),
        },
        {
            "id": named.practice_session,
            "type": "ActivityType",
            "inScheme": named.profile_version,
            "prefLabel": _en("practice session"),
            "definition": _en("A conversation, real, role-played or with a simulated parent, brought in for review."),
        },
    ]


def _templates(named: Names) -> list[dict[str, Any]]:
    completion = _rule("$.result.completion", "included")
    no_score = _rule("$.result.score", "excluded")
    return [
        _template(
            named, "module-progressed", "Module: progressed", "Somebody did another step of a module.",
            names.PROGRESSED, names.MODULE,
            _rule(f"$.result.extensions['{names.PROGRESS}']", "included"), no_score,
        ),
        _template(
            named, "module-completed", "Module: completed",
            "Somebody read the module, tried enough of its exercises and passed its check.", names.COMPLETED,
            names.MODULE, completion, no_score,
        ),
        _template(
            named, "exercise-attempted", "Exercise: attempted",
            "Somebody answered an exercise. How well stands in no statement of this kind.", names.ATTEMPTED,
            names.QUESTION, no_score, _rule("$.result.success", "excluded"), _parent(),
        ),
        _template(
            named, "exercise-scored", "Exercise: scored",
            "Somebody answered an exercise; with the program’s score, where the organisation chose to send it.",
            names.SCORED, names.QUESTION, _rule("$.result.score.scaled", "recommended"), _parent(),
        ),
        _template(
            named, "session-reviewed", "Practice session: had reviewed", "A coach signed off a review of a session.",
            named.reviewed, named.practice_session, _rule("$.context.instructor", "included"),
            _rule("$.result", "excluded"),
        ),
        _template(
            named, "parent-finished", "Simulated parent: completed",
            "Somebody finished a talk with a simulated parent.",
            names.COMPLETED, names.SIMULATION, completion, _rule("$.result.duration", "included"), no_score,
        ),
    ]  # fmt: skip


def _template(
    named: Names, name: str, label: str, definition: str, verb: str, activity_type: str, *rules: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": f"{named.profile}/templates/{name}",
        "type": "StatementTemplate",
        "inScheme": named.profile_version,
        "prefLabel": _en(label),
        "definition": _en(definition),
        "verb": verb,
        "objectActivityType": activity_type,
        "rules": [_rule("$.timestamp", "included"), *rules],
    }


def _patterns(named: Names) -> list[dict[str, Any]]:
    templates = f"{named.profile}/templates"
    steps = f"{named.profile}/patterns/steps"
    return [
        {
            "id": f"{named.profile}/patterns/module",
            "type": "Pattern",
            "primary": True,
            "inScheme": named.profile_version,
            "prefLabel": _en("Learning from a module"),
            "definition": _en("Steps of a module, one after the other, until it is completed."),
            "sequence": [steps, f"{templates}/module-completed"],
        },
        {
            "id": steps,
            "type": "Pattern",
            "primary": False,
            "inScheme": named.profile_version,
            "prefLabel": _en("Steps of a module"),
            "definition": _en("Any number of steps, none included: a module can be completed at once."),
            "zeroOrMore": f"{templates}/module-progressed",
        },
    ]


def _parent() -> dict[str, Any]:
    return _rule("$.context.contextActivities.parent[0].id", "included")


def _rule(location: str, presence: str) -> dict[str, Any]:
    return {"location": location, "presence": presence}


def _en(text: str) -> dict[str, str]:
    return {"en": text}
