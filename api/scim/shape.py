"""Resources as they are sent and answered: names put right, values cleaned, some attributes left out, a version."""

import hashlib
import json
from typing import Any

from api.scim.attributes import ENTERPRISE_SCHEMA, Attribute, Kind
from api.scim.filters import as_boolean
from api.scim.refused import ScimRefused, ScimType

Resource = dict[str, Any]
ALWAYS = ("schemas", "id")


def canonical(body: Resource, kind: Kind) -> Resource:
    """What was sent, under the names that SCIM has for it, without what is not kept or cannot be set. Names count in
    any capitals; what nobody knows is left out, as RFC 7644 (3.3) allows. Raises ScimRefused (invalidValue)."""
    found: Resource = {}
    for name, value in body.items():
        attribute = kind.find(name.removeprefix(f"{kind.schema}:"))
        if attribute is None or attribute.read_only or value is None:
            continue
        found[attribute.name] = cleaned(attribute, value)
    return found


def cleaned(attribute: Attribute, value: Any) -> Any:
    """Raises ScimRefused (invalidValue)."""
    if attribute.many:
        given = value if isinstance(value, list) else [value]
        return [_one(attribute, one) for one in given]
    return _one(attribute, value)


def _one(attribute: Attribute, value: Any) -> Any:
    if attribute.kind == "complex":
        if attribute.many and isinstance(value, str):
            value = {"value": value}
        if not isinstance(value, dict):
            raise _wrong(attribute)
        subs = ((attribute.sub(name), one) for name, one in value.items() if one is not None)
        return {sub.name: _one(sub, one) for sub, one in subs if sub is not None and not sub.read_only}
    if attribute.kind == "boolean":
        if (truth := as_boolean(value)) is None:
            raise _wrong(attribute)
        return truth
    if not isinstance(value, str):
        raise _wrong(attribute)
    return value


def _wrong(attribute: Attribute) -> ScimRefused:
    kind = "true or false" if attribute.kind == "boolean" else "its parts" if attribute.kind == "complex" else "a text"
    return ScimRefused(f"{attribute.name} takes {kind}.", scim_type=ScimType.INVALID_VALUE)


def projected(resource: Resource, kind: Kind, *, attributes: str, excluded: str) -> Resource:
    """RFC 7644, section 3.9. `attributes` and `excluded` are names with commas between; of both, the first counts."""
    if wanted := _names(attributes, kind):
        return {
            name: kept for name, value in resource.items()
            if (kept := value if name in ALWAYS else _only(name, value, wanted)) is not None
        }  # fmt: skip
    without = _names(excluded, kind)
    return {
        name: kept for name, value in resource.items()
        if (kept := value if name in ALWAYS else _less(name, value, without)) is not None
    }  # fmt: skip


def _names(text: str, kind: Kind) -> set[tuple[str, str]]:
    prefix = f"{kind.schema}:".lower()
    words = [one.strip().lower().removeprefix(prefix) for one in text.split(",")]
    found = set()
    for word in words:
        if word and not word.startswith(ENTERPRISE_SCHEMA.lower()):
            name, _, sub = word.partition(".")
            found.add((name, sub))
    return found


def _only(name: str, value: Any, wanted: set[tuple[str, str]]) -> Any:
    subs = {sub for one, sub in wanted if one == name.lower()}
    if not subs:
        return None
    return value if "" in subs else _parts(value, lambda part: part.lower() in subs)


def _less(name: str, value: Any, without: set[tuple[str, str]]) -> Any:
    subs = {sub for one, sub in without if one == name.lower()}
    if not subs:
        return value
    return None if "" in subs else _parts(value, lambda part: part.lower() not in subs)


def _parts(value: Any, keep: Any) -> Any:
    if isinstance(value, list):
        return [_parts(one, keep) for one in value]
    return {name: one for name, one in value.items() if keep(name)} if isinstance(value, dict) else value


def version_of(resource: Resource) -> str:
    """A weak entity tag (RFC 9110, section 8.8.3) of all that is in it."""
    said = json.dumps(resource, sort_keys=True, ensure_ascii=False).encode()
    return f'W/"{hashlib.sha256(said).hexdigest()[:24]}"'


def with_version(resource: Resource) -> Resource:
    return {**resource, "meta": {**resource["meta"], "version": version_of(resource)}}


def has_version(header: str, version: str) -> bool:
    """Whether `If-Match` or `If-None-Match` names it."""
    plain = version.removeprefix("W/")
    return any(one.strip() == "*" or one.strip().removeprefix("W/") == plain for one in header.split(","))
