"""PATCH (RFC 7644, section 3.5.2): a resource and operations in, the resource as it should be out.

Read widely, because providers differ: Entra ID writes `Add` and `Replace` with capitals, sends `active` as the text
"False", names members to remove in `value`, and sends a value without a path whose names are paths themselves; Okta
sends `id` along when it renames a group. What cannot be set is refused where it is asked for by name, and left as it
is where it merely comes along.
"""

import copy
from typing import Any

from api.scim.attributes import ENTERPRISE_SCHEMA, Attribute, Kind
from api.scim.filter_reader import read_path
from api.scim.filter_values import And, Compare, Filter, Op, Path
from api.scim.filters import check_inside, chosen
from api.scim.refused import ScimRefused, ScimType
from api.scim.shape import Resource, cleaned

PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
OPERATIONS = ("add", "replace", "remove")
MOST_OPERATIONS = 1000


def patched(resource: Resource, body: Resource, kind: Kind) -> Resource:
    """`resource` is as it is answered. Raises ScimRefused."""
    operations = next((value for name, value in body.items() if name.lower() == "operations"), None)
    if not isinstance(operations, list) or not 0 < len(operations) <= MOST_OPERATIONS:
        raise ScimRefused(
            f"A PATCH holds 1 to {MOST_OPERATIONS} Operations in a list.", scim_type=ScimType.INVALID_SYNTAX
        )
    after = copy.deepcopy(resource)
    for operation in operations:
        _do(after, operation, kind)
    return after


def _do(resource: Resource, operation: Any, kind: Kind) -> None:
    if not isinstance(operation, dict):
        raise ScimRefused("Each operation is an object.", scim_type=ScimType.INVALID_SYNTAX)
    said = {name.lower(): value for name, value in operation.items()}
    op, path, value = said.get("op"), said.get("path"), said.get("value")
    if not isinstance(op, str) or op.lower() not in OPERATIONS:
        raise ScimRefused("An op is one of: add, replace, remove.", scim_type=ScimType.INVALID_SYNTAX)
    op = op.lower()
    if path is not None and not isinstance(path, str):
        raise ScimRefused("A path is a text.", scim_type=ScimType.INVALID_PATH)
    if path:
        _at(resource, op, read_path(path), value, kind, by_name=True)
        return
    if op == "remove":
        raise ScimRefused("Say with a path what is to be removed.", scim_type=ScimType.NO_TARGET)
    if not isinstance(value, dict):
        raise ScimRefused("Without a path, the value is an object.", scim_type=ScimType.INVALID_VALUE)
    for name, one in value.items():
        if name.lower() in (ENTERPRISE_SCHEMA.lower(), "schemas"):
            continue
        if name.lower() == kind.schema.lower() and isinstance(one, dict):
            _do(resource, {"op": op, "value": one}, kind)
            continue
        _at(resource, op, read_path(name), one, kind, by_name=False)


def _at(resource: Resource, op: str, path: Path, value: Any, kind: Kind, *, by_name: bool) -> None:
    """`by_name`: the path was named, and did not merely come along."""
    if path.schema == ENTERPRISE_SCHEMA or path.attribute.lower() in kind.ignored:
        return
    attribute = kind.find(path.attribute)
    if attribute is None or (path.schema and path.schema != kind.schema):
        raise _no_such(path)
    if attribute.read_only:
        if by_name or (attribute.name == "id" and value != resource["id"]):
            raise ScimRefused(f"{attribute.name} cannot be set.", scim_type=ScimType.MUTABILITY)
        return
    if attribute.kind == "complex" and path.sub.lower() in attribute.ignored:
        return
    if value is None and op != "remove":
        op = "remove"  # RFC 7643, section 2.5: null is nothing
    if path.where is not None:
        if not attribute.many:
            raise _no_such(path)
        check_inside(path.where, attribute)
    if attribute.many:
        _many(resource, op, path, attribute, value)
    elif attribute.kind == "complex":
        _complex(resource, op, path, attribute, value)
    elif path.sub:
        raise _no_such(path)
    elif op == "remove":
        _unset(resource, attribute)
    else:
        resource[attribute.name] = cleaned(attribute, value)


def _unset(resource: Resource, attribute: Attribute) -> None:
    if attribute.required:
        raise _needed(attribute)
    resource.pop(attribute.name, None)


def _complex(resource: Resource, op: str, path: Path, attribute: Attribute, value: Any) -> None:
    if not path.sub:
        if op == "remove":
            _unset(resource, attribute)
        elif op == "add":
            resource[attribute.name] = {**resource.get(attribute.name, {}), **cleaned(attribute, value)}
        else:
            resource[attribute.name] = cleaned(attribute, value)
        return
    sub = _sub(path, attribute)
    parts = resource.setdefault(attribute.name, {})
    if op == "remove":
        parts.pop(sub.name, None)
    else:
        parts[sub.name] = cleaned(sub, value)


def _many(resource: Resource, op: str, path: Path, attribute: Attribute, value: Any) -> None:
    if path.where is None and not path.sub:
        _whole(resource, op, attribute, value)
        return
    found = chosen(path, attribute, resource)
    there: list[Resource] = resource.setdefault(attribute.name, [])
    if op == "remove":
        _remove_chosen(resource, path, attribute, found)
        return
    if not found:
        if attribute.name == "members":
            raise ScimRefused("Nobody in it fits this path.", scim_type=ScimType.NO_TARGET)
        found = [_said_by(path.where)]
        there.extend(found)
    for one in found:
        if path.sub:
            sub = _sub(path, attribute)
            one[sub.name] = cleaned(sub, value)
        else:
            one.update(cleaned(attribute, value)[0] if cleaned(attribute, value) else {})


def _whole(resource: Resource, op: str, attribute: Attribute, value: Any) -> None:
    there: list[Resource] = resource.get(attribute.name) or []
    if op == "remove" and value is not None:
        gone = {one.get("value") for one in cleaned(attribute, value)}
        left = [one for one in there if one.get("value") not in gone]
    elif op == "remove":
        left = []
    else:
        given = cleaned(attribute, value)
        known = {one.get("value") for one in given}
        left = given if op == "replace" else [one for one in there if one.get("value") not in known] + given
    if not left and attribute.required:
        raise _needed(attribute)
    resource[attribute.name] = left


def _remove_chosen(resource: Resource, path: Path, attribute: Attribute, found: list[Resource]) -> None:
    """What is not there needs no removing: providers try again."""
    if path.sub:
        sub = _sub(path, attribute)
        if sub.required:
            raise _needed(attribute)
        for one in found:
            one.pop(sub.name, None)
        return
    left = [one for one in resource[attribute.name] if not any(one is gone for gone in found)]
    if not left and attribute.required:
        raise _needed(attribute)
    resource[attribute.name] = left


def _sub(path: Path, attribute: Attribute) -> Attribute:
    found = attribute.sub(path.sub)
    if found is None:
        raise _no_such(path)
    if found.read_only:
        raise ScimRefused(f"{attribute.name}.{found.name} cannot be set.", scim_type=ScimType.MUTABILITY)
    return found


def _said_by(where: Filter | None) -> Resource:
    """A new value, as the brackets of its path describe it: `emails[type eq "work"]`."""
    match where:
        case Compare(path, Op.EQ, value) if value is not None:
            return {path.attribute.lower(): value}
        case And(left, right):
            return {**_said_by(left), **_said_by(right)}
        case _:
            return {}


def _no_such(path: Path) -> ScimRefused:
    return ScimRefused(f"There is no {str(path)[:80]} here.", scim_type=ScimType.INVALID_PATH)


def _needed(attribute: Attribute) -> ScimRefused:
    return ScimRefused(f"{attribute.name} cannot be taken away.", scim_type=ScimType.MUTABILITY)
