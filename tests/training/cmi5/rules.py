"""What cmi5 (first edition, "Quartz") asks of a course structure and of statements, written down from the standard's
text: oracles that share nothing with what makes either."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

from tests.training.xapi.rules import DURATION, check_statement

SPACE = "{https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd}"
IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+", re.IGNORECASE)
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
MOVE_ON = {"NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed"}
AU_PARTS = ["title", "description", "objectives", "url", "launchParameters", "entitlementKey"]
BLOCK_PARTS = ["title", "description", "objectives", "au", "block"]
CATEGORIES = "https://w3id.org/xapi/cmi5/context/categories"
EXTENSIONS = "https://w3id.org/xapi/cmi5/context/extensions"


def check_structure(text: str) -> Any:
    """A course structure by the rules of its schema and of the standard's section 13; its root."""
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SPACE}courseStructure"
    assert not root.attrib
    names = [_name(one) for one in root]
    assert names[0] == "course"
    assert "objectives" not in names[2:]
    assert set(names[1:]) <= {"objectives", "au", "block"}
    assert {"au", "block"} & set(names), "a course has units"
    course = root[0]
    assert set(course.attrib) == {"id"}
    _iri(course.get("id"))
    assert [_name(one) for one in course] == ["title", "description"]
    for one in course:
        _text(one)
    ids = [course.get("id")]
    for one in root[1:]:
        ids += _part(one)
    assert len(set(ids)) == len(ids), "publisher ids are unique in a course"
    return root


def _part(one: Any) -> list[str | None]:
    names = [_name(inner) for inner in one]
    if _name(one) == "block":
        assert set(one.attrib) == {"id"}
        _order(names, BLOCK_PARTS)
        inner = [found for part in one if _name(part) in ("au", "block") for found in _part(part)]
        assert inner
        return [one.get("id"), *inner]
    assert set(one.attrib) <= {"id", "moveOn", "masteryScore", "launchMethod", "activityType"}
    _iri(one.get("id"))
    assert one.get("moveOn", "NotApplicable") in MOVE_ON
    assert one.get("launchMethod", "AnyWindow") in {"OwnWindow", "AnyWindow"}
    assert 0 <= float(one.get("masteryScore", "0")) <= 1
    _order(names, AU_PARTS)
    assert len(set(names)) == len(names)
    assert {"title", "description", "url"} <= set(names)
    for inner in one:
        if _name(inner) in ("title", "description"):
            _text(inner)
    url = one.find(f"{SPACE}url").text
    assert re.fullmatch(r"https?://\S+", url), "whole, for the package has no file of its own"
    parameters = {"endpoint", "fetch", "actor", "activityId", "registration"}
    assert not parameters & set(re.findall(r"[?&]([^=&]+)=", url)), "the system adds these"
    return [one.get("id")]


def _name(one: Any) -> str:
    assert one.tag.startswith(SPACE)
    return str(one.tag).removeprefix(SPACE)


def _order(names: list[str], allowed: list[str]) -> None:
    """Units and blocks may stand among each other."""
    places = [min(allowed.index(one), allowed.index("au") if "au" in allowed else 99) for one in names]
    assert places == sorted(places), names


def _iri(value: Any) -> None:
    assert IRI.fullmatch(value), value


def _text(one: Any) -> None:
    assert not one.attrib
    assert len(one) >= 1
    for inner in one:
        assert _name(inner) == "langstring"
        assert set(inner.attrib) <= {"lang"}
        assert LANGUAGE.fullmatch(inner.get("lang", "en"))
        assert inner.text


def check_cmi5_statement(one: Any, *, template: Any, registration: str, activity_id: str, actor: Any) -> str:
    """A statement that cmi5 defines, by its sections 9.1 to 9.7; the last word of its verb."""
    check_statement(one)
    assert UUID(one["id"]).version is not None
    verb = str(one["verb"]["id"]).removeprefix("http://adlnet.gov/expapi/verbs/")
    assert verb in {"initialized", "completed", "passed", "failed", "terminated"}
    assert one["actor"]["account"] == actor["account"]
    assert one["actor"].get("objectType") == "Agent"
    assert one["object"]["id"] == activity_id
    at = datetime.fromisoformat(one["timestamp"])
    assert at.utcoffset() == timedelta(0)
    _result(verb, one.get("result", {}))
    context = one["context"]
    assert context["registration"] == registration
    _holds(context, template)
    categories = [str(inner["id"]) for inner in context["contextActivities"]["category"]]
    assert len(set(categories)) == len(categories)
    assert f"{CATEGORIES}/cmi5" in categories
    judged = {"success", "completion"} & set(one.get("result", {}))
    assert (f"{CATEGORIES}/moveon" in categories) is bool(judged)
    assert context["extensions"][f"{EXTENSIONS}/sessionid"]
    return verb


def _result(verb: str, result: Any) -> None:
    if verb in {"completed", "passed", "failed", "terminated"}:
        assert DURATION.fullmatch(result["duration"])
    assert result.get("completion") is ({"completed": True}.get(verb))
    assert result.get("success") is ({"passed": True, "failed": False}.get(verb))
    if verb not in {"passed", "failed"}:
        assert "score" not in result


def _holds(context: Any, template: Any) -> None:
    """Everything that the template has, unchanged; lists may be longer."""
    if isinstance(template, dict):
        for name, value in template.items():
            _holds(context[name], value)
    elif isinstance(template, list):
        assert all(value in context for value in template)
    else:
        assert context == template
