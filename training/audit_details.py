"""What a row of the audit trail says beside who, what and when: its names and values in a person's words."""

import re
from collections.abc import Mapping
from datetime import date

from coding.ledger_form import WHO_SHOWN
from models.person import Role
from training.ledger_view import BASIS_SHOWN
from training.people_lists import WIDE_ROLES
from training.session_lists import KIND_SHOWN, PICKED_SHOWN
from training.withdrawal_view import WHY_SHOWN

_NAMES = {
    "team_id": "team",
    "site": "where it works",
    "on": "from",
    "last_day": "last day",
    "fields": "what changed",
    "session_id": "session",
    "picked": "how it was picked",
    "form": "as",
    "only_way": "the only way in",
    "participant": "person",
    "person_id": "person",
    "by_link": "by the link in a mail",
    "feedback_days": "feedback due after days",
    "gap_days": "days between mails",
    "nudges": "mails that feedback is due",
    "bleep": "tone over the names",
    "added": "names to replace besides",
    "live_on": "went live on",
    "scopes": "by person",
}
_WORDS: dict[str, Mapping[str, str]] = {
    "kind": {kind.value: words.lower() for kind, words in KIND_SHOWN.items()},
    "picked": {picked.value: words.lower() for picked, words in PICKED_SHOWN.items()},
    "role": {role.value: WIDE_ROLES.get(role, role.value) for role in Role},
    "why": {why.value: words.lower() for why, words in WHY_SHOWN.items()},
    "who": {who.value: words.lower() for who, words in WHO_SHOWN.items()},
    "basis": {basis.value: words.lower() for basis, words in BASIS_SHOWN.items()},
    "form": {
        "csv": "CSV",
        "xlsx": "XLSX",
        "json": "JSON",
        "pdf": "PDF",
        "page": "page",
        "eaf": "ELAN",
        "casaa": "CACTI",
        "casaa-text": "CACTI, text",
        "globals": "CACTI’s ratings",
        "docx": "Word document",
        "copy": "text, copied",
    },
    "layer": {"machine": "the machine’s codes", "person": "a person’s codes"},
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def details_shown(details: Mapping[str, object], teams: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Names and values, by name; what has no words of its own is shown as it is kept. `teams` are names by id."""
    return tuple(
        (_NAMES.get(name, name.replace("_", " ")), _value(name, str(kept), teams))
        for name, kept in sorted(details.items())
    )


def _value(name: str, kept: str, teams: Mapping[str, str]) -> str:
    if name == "team_id":
        return teams.get(kept, kept)
    if name == "session_id":
        return kept[-6:]
    if _DAY.fullmatch(kept):
        day = date.fromisoformat(kept)
        return f"{day.day} {day:%B %Y}"
    return _WORDS.get(name, {}).get(kept, kept)
