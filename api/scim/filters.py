"""A filter of SCIM asked of a resource (RFC 7644, section 3.4.2.2). What names an attribute that is not known here, or
compares it with what it cannot be, is refused as invalidFilter by `check`, before anything is asked."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from api.scim.attributes import Attribute, Kind
from api.scim.filter_values import And, Compare, Filter, Has, Not, Op, Or, Path, Value, parts
from api.scim.refused import ScimRefused, ScimType


def check(wanted: Filter, kind: Kind) -> None:
    """Whether each part names what can be asked of this kind. Raises ScimRefused (invalidFilter)."""
    for part in parts(wanted):
        if not isinstance(part, Compare | Has):
            continue
        path = part.path
        attribute = kind.find(path.attribute)
        if attribute is None or (path.schema and path.schema != kind.schema):
            raise _unknown(str(path.attribute))
        if path.where is not None:
            if not attribute.many:
                raise _unknown(f"{path.attribute}[…]")
            check_inside(path.where, attribute)
        if isinstance(part, Compare):
            _check_one(part, _meant(attribute, path.sub))


def check_inside(where: Filter, attribute: Attribute) -> None:
    """What is in the brackets of a path is about the parts of one value. Raises ScimRefused (invalidFilter)."""
    for part in parts(where):
        if isinstance(part, Has):
            raise _unknown(part.path.attribute)
        if isinstance(part, Compare):
            sub = attribute.sub(part.path.attribute)
            if sub is None or part.path.sub or part.path.where or part.path.schema:
                raise _unknown(str(part.path.attribute))
            _check_one(part, sub)


def _meant(attribute: Attribute, sub: str) -> Attribute:
    """A complex attribute compared as a whole is its `value`."""
    if attribute.kind != "complex":
        if sub:
            raise _unknown(f"{attribute.name}.{sub}")
        return attribute
    if not sub and not attribute.many:
        return attribute
    found = attribute.sub(sub or "value")
    if found is None:
        raise _unknown(f"{attribute.name}.{sub}")
    return found


def _check_one(part: Compare, attribute: Attribute) -> None:
    if part.op is Op.PR or part.value is None:
        if part.op not in (Op.PR, Op.EQ, Op.NE):
            raise _cannot(part, attribute)
        return
    if attribute.kind == "complex":
        raise _cannot(part, attribute)
    if attribute.kind == "boolean":
        if part.op not in (Op.EQ, Op.NE) or as_boolean(part.value) is None:
            raise _cannot(part, attribute)
    elif attribute.kind == "dateTime":
        if part.op in Op.of_text() or as_moment(part.value) is None:
            raise _cannot(part, attribute)
    elif not isinstance(part.value, str):
        raise _cannot(part, attribute)


def _cannot(part: Compare, attribute: Attribute) -> ScimRefused:
    return ScimRefused(
        f"{attribute.name} cannot be compared by {part.op} with such a value.", scim_type=ScimType.INVALID_FILTER
    )


def _unknown(name: str) -> ScimRefused:
    return ScimRefused(f"There is no {name[:60]} to ask for here.", scim_type=ScimType.INVALID_FILTER)


def as_boolean(value: Any) -> bool | None:
    """Entra ID sends "True" and "False" as text."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None


def as_moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        if found is None:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def fits(wanted: Filter, kind: Kind, resource: dict[str, Any]) -> bool:
    """Of a filter that was checked, and a resource as it is answered."""

    def asked(part: Compare | Has) -> bool:
        attribute = kind.find(part.path.attribute)
        assert attribute is not None
        if isinstance(part, Has):
            return bool(chosen(part.path, attribute, resource))
        found = _values(part.path, attribute, resource)
        return _any(part.op, part.value, _meant(attribute, part.path.sub), found)

    return _holds(wanted, asked)


def chosen(path: Path, attribute: Attribute, resource: dict[str, Any]) -> list[dict[str, Any]]:
    """The values of an attribute with several that fit the brackets of the path."""
    values = [one for one in resource.get(attribute.name) or [] if isinstance(one, dict)]
    return [one for one in values if path.where is None or inside(path.where, attribute, one)]


def inside(where: Filter, attribute: Attribute, value: dict[str, Any]) -> bool:
    """Whether one value fits what was checked by `check_inside`."""

    def asked(part: Compare | Has) -> bool:
        sub = attribute.sub(part.path.attribute)
        return isinstance(part, Compare) and sub is not None and _any(part.op, part.value, sub, [value.get(sub.name)])

    return _holds(where, asked)


def _holds(wanted: Filter, asked: Callable[[Compare | Has], bool]) -> bool:
    """What `asked` says of each comparison, put together."""
    match wanted:
        case And(left, right):
            return _holds(left, asked) and _holds(right, asked)
        case Or(left, right):
            return _holds(left, asked) or _holds(right, asked)
        case Not(inner):
            return not _holds(inner, asked)
        case Compare() | Has():
            return asked(wanted)


def _values(path: Path, attribute: Attribute, resource: dict[str, Any]) -> list[Any]:
    if attribute.many:
        name = _meant(attribute, path.sub).name
        return [one.get(name) for one in chosen(path, attribute, resource)]
    value = resource.get(attribute.name)
    if path.sub:
        found = attribute.sub(path.sub)
        assert found is not None
        value = value.get(found.name) if isinstance(value, dict) else None
    return [value]


def _any(op: Op, wanted: Value, attribute: Attribute, values: list[Any]) -> bool:
    there = [one for one in values if one not in (None, "", [], {})]
    if op is Op.PR or wanted is None:
        return bool(there) if op in (Op.PR, Op.NE) else not there
    return any(_fits_one(op, wanted, attribute, one) for one in there) or (op is Op.NE and not there)


def _fits_one(op: Op, wanted: Value, attribute: Attribute, found: Any) -> bool:
    left, right = _comparable(attribute, found), _comparable(attribute, wanted)
    if left is None or right is None:
        return False
    match op:
        case Op.EQ:
            return bool(left == right)
        case Op.NE:
            return bool(left != right)
        case Op.CO:
            return right in left
        case Op.SW:
            return bool(left.startswith(right))
        case Op.EW:
            return bool(left.endswith(right))
        case Op.GT:
            return bool(left > right)
        case Op.GE:
            return bool(left >= right)
        case Op.LT:
            return bool(left < right)
        case _:
            return bool(left <= right)


def _comparable(attribute: Attribute, value: Any) -> Any:
    if attribute.kind == "boolean":
        return as_boolean(value)
    if attribute.kind == "dateTime":
        return as_moment(value)
    text = str(value)
    return text if attribute.case_exact else text.lower()
