"""The fields of a form about people and consent, read into a ledger. A person's fields begin with `person-1-`,
`person-2-` and so on; one whose `who` is empty took no part."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from coding.ledger import MOST_PEOPLE, Given, Ledger, TookPart
from models.consent import HowGiven, LawfulBasis, Scope, Who

LONGEST_LABEL = 60
WHO_SHOWN = {Who.STAFF: "Staff member", Who.ACTOR: "Actor", Who.FAMILY_MEMBER: "Family member"}
PERSON_FIELDS = ("who", "label", "how", "heard_at", *(scope.value for scope in Scope))
LEDGER_FIELDS = (
    "lawful_basis", "agreed_on", "agreed_until",
    *(f"person-{n}-{name}" for n in range(1, MOST_PEOPLE + 1) for name in PERSON_FIELDS),
)  # fmt: skip
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)")
E = TypeVar("E", Who, HowGiven, LawfulBasis)


def said_yes(text: str) -> bool:
    return text.strip().lower() in ("yes", "true", "on", "1")


def read_ledger(fields: Mapping[str, str], *, held_on: date, today: date, wrong: dict[str, str]) -> Ledger:
    """What cannot be read goes into `wrong`, by field. Whether enough was agreed is another question."""
    when = _when(fields, "", held_on, today, wrong)
    people = [
        _person(fields, f"person-{number}-", number, when, wrong)
        for number in range(1, MOST_PEOPLE + 1)
        if fields.get(f"person-{number}-who", "").strip()
    ]
    basis = _choice(LawfulBasis, fields, "lawful_basis", "Choose a lawful basis from the list.", wrong)
    return Ledger(tuple(people), basis)


def read_person(
    fields: Mapping[str, str], prefix: str, number: int, *, held_on: date, today: date, wrong: dict[str, str]
) -> TookPart:
    """One person alone, with days of their own."""
    return _person(fields, prefix, number, _when(fields, prefix, held_on, today, wrong), wrong)


def _when(
    fields: Mapping[str, str], prefix: str, held_on: date, today: date, wrong: dict[str, str]
) -> tuple[date, date | None]:
    on = _date(fields, f"{prefix}agreed_on", wrong) or held_on
    until = _date(fields, f"{prefix}agreed_until", wrong)
    if on > today:
        wrong[f"{prefix}agreed_on"] = "The date is in the future. Enter the day they agreed."
    if until is not None and until < on:
        wrong[f"{prefix}agreed_until"] = "The agreement ends before it begins. Enter a later day, or leave this empty."
    return on, until


def _person(
    fields: Mapping[str, str], prefix: str, number: int, when: tuple[date, date | None], wrong: dict[str, str]
) -> TookPart:
    who = _choice(Who, fields, f"{prefix}who", "Choose staff, actor or family member.", wrong) or Who.STAFF
    label = " ".join(fields.get(f"{prefix}label", "").split()) or f"{WHO_SHOWN[who]} {number}"
    if len(label) > LONGEST_LABEL:
        wrong[f"{prefix}label"] = f"Shorten this to {LONGEST_LABEL} characters or fewer."
    how = _choice(HowGiven, fields, f"{prefix}how", "Choose how they agreed from the list.", wrong) or HowGiven.SAID
    heard_at = read_clock(fields.get(f"{prefix}heard_at", ""), f"{prefix}heard_at", wrong)
    given = Given(how, *when, heard_at if how is HowGiven.RECORDED else None)
    agreed = {scope: given for scope in Scope if said_yes(fields.get(f"{prefix}{scope.value}", ""))}
    return TookPart(who, label, agreed)


def _choice(enum: type[E], fields: Mapping[str, str], name: str, sentence: str, wrong: dict[str, str]) -> E | None:
    text = fields.get(name, "").strip()
    try:
        return enum(text) if text else None
    except ValueError:
        wrong[name] = sentence
        return None


def _date(fields: Mapping[str, str], name: str, wrong: dict[str, str]) -> date | None:
    text = fields.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        wrong[name] = "Enter the date as year-month-day, like 2026-03-27."
        return None


def read_clock(text: str, name: str, wrong: dict[str, str]) -> float | None:
    """Seconds from "1:05" or "1:02:09"."""
    text = text.strip()
    if not text:
        return None
    found = _CLOCK.fullmatch(text)
    if found is None:
        wrong[name] = "Enter the time as a player shows it, like 0:45 or 1:02:09."
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def fields_of_participants(people: object, wrong: dict[str, str]) -> dict[str, str]:
    """The `participants` of a JSON upload as the form's fields: a list of `{"who", "label", "agreed_to", "how",
    "heard_at"}`."""
    fields: dict[str, str] = {}
    if not isinstance(people, list) or not all(isinstance(one, dict) for one in people):
        wrong["participants"] = 'Send a list of {"who": …, "label": …, "agreed_to": […], "how": …}.'
        return fields
    if len(people) > MOST_PEOPLE:
        wrong["participants"] = f"At most {MOST_PEOPLE} people can be given."
        return fields
    for number, person in enumerate(people, 1):
        fields |= _fields_of(person, f"person-{number}-", wrong)
    return fields


def _fields_of(person: Mapping[str, Any], prefix: str, wrong: dict[str, str]) -> dict[str, str]:
    fields = {f"{prefix}{name}": str(person[name]) for name in ("who", "label", "how", "heard_at") if name in person}
    agreed_to = person.get("agreed_to", [])
    known = [scope.value for scope in Scope]
    if not isinstance(agreed_to, list) or not all(one in known for one in agreed_to):
        wrong[f"{prefix}supervision"] = f"Send agreed_to as a list of: {', '.join(known)}."
        return fields
    return fields | {f"{prefix}{one}": "yes" for one in agreed_to}
