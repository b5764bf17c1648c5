"""What the xAPI specification (1.0.3, part two) asks of a statement, and its profile specification of a profile.

Written down from them: an oracle that shares nothing with what makes statements.
"""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

IRI = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
LANGUAGE = re.compile(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*")
DURATION = re.compile(r"P(?=.)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d{1,2})?S)?)?)")
STATEMENT = {
    "id",
    "actor",
    "verb",
    "object",
    "result",
    "context",
    "timestamp",
    "stored",
    "authority",
    "version",
    "attachments",
}
CONTEXT = {
    "registration",
    "instructor",
    "team",
    "contextActivities",
    "revision",
    "platform",
    "language",
    "statement",
    "extensions",
}
IDENTIFIERS = {"mbox", "mbox_sha1sum", "openid", "account"}


def check_statement(one: Any) -> None:
    _only(one, STATEMENT)
    assert UUID(one["id"])
    _no_nulls(one)
    _agent(one["actor"])
    verb = one["verb"]
    _only(verb, {"id", "display"})
    _iri(verb["id"])
    _language_map(verb.get("display", {}))
    _object(one["object"])
    if one["verb"]["id"].endswith("/voided"):
        assert one["object"]["objectType"] == "StatementRef"
    _result(one.get("result", {}))
    _context(one.get("context", {}), is_activity=one["object"].get("objectType", "Activity") == "Activity")
    if "timestamp" in one:
        at = datetime.fromisoformat(one["timestamp"])
        assert at.tzinfo is not None
        assert not one["timestamp"].endswith(("-00", "-0000", "-00:00"))


def _only(value: Any, names: set[str]) -> None:
    assert isinstance(value, dict)
    assert set(value) <= names, set(value) - names


def _no_nulls(value: Any) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "extensions":
                _no_nulls(inner)
    elif isinstance(value, list):
        for inner in value:
            _no_nulls(inner)
    assert value is not None


def _iri(value: Any) -> None:
    assert isinstance(value, str)
    assert IRI.fullmatch(value), value


def _language_map(value: Any) -> None:
    assert all(LANGUAGE.fullmatch(tag) and isinstance(text, str) for tag, text in value.items()), value


def _agent(value: Any) -> None:
    _only(value, {"objectType", "name", *IDENTIFIERS})
    assert value.get("objectType", "Agent") == "Agent"
    assert len(IDENTIFIERS & set(value)) == 1
    if "mbox" in value:
        assert re.fullmatch(r"mailto:[^@\s]+@[^@\s]+", value["mbox"])
    if "account" in value:
        _only(value["account"], {"homePage", "name"})
        _iri(value["account"]["homePage"])
        assert isinstance(value["account"]["name"], str)
        assert value["account"]["name"]


def _object(value: Any) -> None:
    if value.get("objectType") == "StatementRef":
        _only(value, {"objectType", "id"})
        assert UUID(value["id"])
        return
    _activity(value)


def _activity(value: Any) -> None:
    _only(value, {"objectType", "id", "definition"})
    assert value.get("objectType", "Activity") == "Activity"
    _iri(value["id"])
    definition = value.get("definition", {})
    _only(definition, {"name", "description", "type", "moreInfo", "extensions"})
    _language_map(definition.get("name", {}))
    _language_map(definition.get("description", {}))
    for name in ("type", "moreInfo"):
        if name in definition:
            _iri(definition[name])


def _result(value: Any) -> None:
    _only(value, {"score", "success", "completion", "response", "duration", "extensions"})
    for name in ("success", "completion"):
        assert isinstance(value.get(name, True), bool)
    if "duration" in value:
        assert DURATION.fullmatch(value["duration"]), value["duration"]
    score = value.get("score", {})
    _only(score, {"scaled", "raw", "min", "max"})
    assert -1 <= score.get("scaled", 0) <= 1
    _extensions(value.get("extensions", {}))


def _context(value: Any, *, is_activity: bool) -> None:
    _only(value, CONTEXT)
    if not is_activity:
        assert not {"revision", "platform"} & set(value)
    if "instructor" in value:
        _agent(value["instructor"])
    if "registration" in value:
        assert UUID(value["registration"])
    if "language" in value:
        assert LANGUAGE.fullmatch(value["language"])
    assert isinstance(value.get("revision", ""), str)
    activities = value.get("contextActivities", {})
    _only(activities, {"parent", "grouping", "category", "other"})
    for several in activities.values():
        for one in several if isinstance(several, list) else [several]:
            _activity(one)
    _extensions(value.get("extensions", {}))


def _extensions(value: Any) -> None:
    for name in value:
        _iri(name)


CONCEPTS = {
    "Verb",
    "ActivityType",
    "AttachmentUsageType",
    "ContextExtension",
    "ResultExtension",
    "ActivityExtension",
    "Activity",
}
TEMPLATE = {
    "id", "type", "inScheme", "prefLabel", "definition", "deprecated", "verb", "objectActivityType",
    "contextGroupingActivityType", "contextParentActivityType", "contextOtherActivityType",
    "contextCategoryActivityType", "attachmentUsageType", "objectStatementRefTemplate",
    "contextStatementRefTemplate", "rules",
}  # fmt: skip


def check_profile(one: Any) -> None:
    _only(
        one,
        {
            "id",
            "@context",
            "type",
            "conformsTo",
            "prefLabel",
            "definition",
            "seeAlso",
            "versions",
            "author",
            "concepts",
            "templates",
            "patterns",
        },
    )
    assert one["@context"] == "https://w3id.org/xapi/profiles/context"
    assert one["type"] == "Profile"
    assert one["conformsTo"] == "https://w3id.org/xapi/profiles#1.0"
    _labels(one)
    assert one["author"]["type"] in ("Organization", "Person")
    assert one["author"]["name"]
    versions = {version["id"] for version in one["versions"]}
    assert one["id"] not in versions
    for version in one["versions"]:
        assert datetime.fromisoformat(version["generatedAtTime"]).tzinfo
    everything = [*one["concepts"], *one["templates"], *one["patterns"]]
    ids = [thing["id"] for thing in everything]
    assert len(set(ids)) == len(ids)
    for thing in everything:
        _iri(thing["id"])
        assert thing["inScheme"] in versions
        _labels(thing)
    assert {concept["type"] for concept in one["concepts"]} <= CONCEPTS
    for template in one["templates"]:
        _only(template, TEMPLATE)
        assert template["type"] == "StatementTemplate"
        for rule in template["rules"]:
            _only(rule, {"location", "selector", "presence", "any", "all", "none", "scopeNote"})
            assert rule["location"].startswith("$")
            assert {"presence", "any", "all", "none"} & set(rule)
            assert rule.get("presence", "included") in ("included", "excluded", "recommended")
    for pattern in one["patterns"]:
        assert pattern["type"] == "Pattern"
        kinds = {"alternates", "optional", "oneOrMore", "sequence", "zeroOrMore"} & set(pattern)
        assert len(kinds) == 1
        members = pattern[kinds.pop()]
        assert set(members if isinstance(members, list) else [members]) <= set(ids)
        assert not isinstance(members, list) or len(members) >= 2


def _labels(one: Any) -> None:
    for name in ("prefLabel", "definition"):
        assert one[name]
        _language_map(one[name])


def matching_templates(statement: Any, profile: Any) -> list[str]:
    """The ids of the templates that a statement matches, and follows the rules of: of what the rules here use."""
    found = []
    for template in profile["templates"]:
        kind = statement["object"].get("definition", {}).get("type")
        if (template["verb"], template["objectActivityType"]) != (statement["verb"]["id"], kind):
            continue
        for rule in template["rules"]:
            there = _at(statement, rule["location"]) is not None
            assert there or rule["presence"] != "included", (template["id"], rule)
            assert not there or rule["presence"] != "excluded", (template["id"], rule)
        found.append(template["id"])
    return found


def _at(value: Any, location: str) -> Any:
    for name, quoted, number in re.findall(r"\.(\w+)|\['([^']+)'\]|\[(\d+)\]", location):
        try:
            value = value[int(number)] if number else value[name or quoted]
        except (KeyError, IndexError, TypeError):
            return None
    return value
