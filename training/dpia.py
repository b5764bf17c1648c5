"""The data-protection impact assessment of this very installation: from its settings, tables, permissions and coder.

Nothing in it is typed in by hand that the program knows: a setting that changes changes the document.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from coding.coder.in_use import coder_in_use, ships
from models.columns import utc_now
from models.permissions import OWN, ROLES, Permission
from models.settings import Settings
from models.tables import metadata
from training.build_session_view import CANNOT_JUDGE
from training.dpia_risks import Risk, risks_of
from training.dpia_switches import Switches
from training.dpia_words import (
    BASIS_NOTE,
    COUNTS_FROM,
    DATA,
    HOLD,
    NEVER,
    NOT_DATA,
    PERMISSION_WORDS,
    PURPOSES,
    ROLE_WORDS,
    SCORES_END,
    WEAKNESSES,
)

FIGURES = {
    "authors left out: macro-F1 of the 11 codes": "Practitioner codes, on authored conversations (F1, mean)",
    "authors left out: client macro-F1": "Client codes, on authored conversations (F1, mean)",
    "authors left out: practitioner codes right where sure": "Practitioner codes right where it is sure",
    "authors left out: practitioner codes right where unsure": "Practitioner codes right where it is unsure",
    "AnnoMI with our MITI codes: macro-F1 of the 11 codes": "Practitioner codes, on demonstration films (F1, mean)",
    "AnnoMI client 3-class macro-F1": "Client codes, on demonstration films (F1, mean)",
    "authors left out, poor sessions: reflections to questions, times off gold": (
        "Reflections to questions in poor sessions: how many times too high"
    ),
}
"""Of what a coder's training measured, that which a data-protection officer needs, in words."""


@dataclass(frozen=True)
class Coder:
    """`figures` are words and values; empty where its files say none. `problem` is empty when they could be read."""

    name: str
    ships: bool
    figures: tuple[tuple[str, str], ...]
    problem: str = ""


@dataclass(frozen=True)
class Dpia:
    """Every part of the document, ready to show."""

    organisation: str
    made_at: datetime
    version: str
    data: tuple[str, ...]
    purposes: tuple[tuple[str, str], ...]
    basis_note: str
    roles: tuple[tuple[str, tuple[str, ...]], ...]
    retention: tuple[tuple[str, str], ...]
    protection: tuple[tuple[str, str], ...]
    coder: Coder
    speech: str
    weaknesses: tuple[str, ...]
    never: tuple[str, ...]
    outside: tuple[str, ...]
    switches: tuple[tuple[str, str], ...]
    risks: tuple[Risk, ...]
    settings: tuple[tuple[str, str, str], ...]


def build_dpia(settings: Settings, *, organisation: str, switches: Switches | None = None) -> Dpia:
    """Without `switches` the document says that they are not known."""
    switches = switches or Switches()
    return Dpia(
        organisation=organisation, made_at=utc_now(), version=version("evoke"), data=_data(), purposes=PURPOSES,
        basis_note=BASIS_NOTE, roles=_roles(),
        retention=_retention(settings, switches), protection=_protection(settings),
        coder=_coder(settings), speech=_speech(settings), weaknesses=(*WEAKNESSES, *CANNOT_JUDGE[1:]), never=NEVER,
        outside=(*_outside(settings), *switches.outside), switches=switches.lines,
        risks=risks_of(settings), settings=_settings(settings),
    )  # fmt: skip


def _data() -> tuple[str, ...]:
    tables = [name for name in metadata.tables if name not in NOT_DATA]
    return tuple(sorted(DATA.get(name, f"Other records: {name.replace('_', ' ')}") for name in tables))


def _roles() -> tuple[tuple[str, tuple[str, ...]], ...]:
    own = ("Everybody, of their own sessions", tuple(_permission(one) for one in OWN))
    given = [(ROLE_WORDS.get(role, _plain(role)), tuple(_permission(one) for one in ROLES[role])) for role in ROLES]
    return (own, *((role, permissions or ("nothing of other people",)) for role, permissions in given))


def _permission(one: Permission) -> str:
    return PERMISSION_WORDS.get(one, _plain(one))


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _retention(settings: Settings, switches: Switches) -> tuple[tuple[str, str], ...]:
    return (
        *switches.periods,
        ("What the periods count from", COUNTS_FROM),
        ("When scores lose their person", SCORES_END),
        ("Under a legal hold", HOLD),
        ("Recordings in progress that nobody sends", _days(settings.unsent_recording_days)),
        ("The audit trail", "kept; rows cannot be deleted"),
        ("A sign-in", f"{_days(settings.sign_in_days)}, or {settings.sign_in_idle_hours} hours unused"),
    )


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _protection(settings: Settings) -> tuple[tuple[str, str], ...]:
    by_session = "session_key" in metadata.tables
    whose = "each session’s" if by_session else "the authority’s"
    key = "a file in the data folder"
    if settings.master_key.get_secret_value():
        key = "given by the environment"
    elif settings.master_key_command:
        key = "fetched by a command, as from a key service"
    return (
        ("Recordings at rest", f"AES-256-GCM under a key of {whose} own, wrapped by the master key"),
        ("Words at rest", "sealed under the same key" if by_session else "in the database, unsealed: encrypt its disk"),
        ("Master key", key),
        ("Database", urlsplit(settings.url).scheme.partition("+")[0]),
        ("Cookies over HTTPS only", _on(settings.secure_cookies)),
        ("Listens on", f"{settings.host}, port {settings.port}"),
        ("Passwords", "argon2id; tries are counted and stopped"),
        ("Audit", "a hash chain that the database refuses to change"),
    )


def _on(value: bool) -> str:
    return "on" if value else "OFF"


def _coder(settings: Settings) -> Coder:
    folder = coder_in_use(settings)
    try:
        about = json.loads((folder / "model.json").read_text(encoding="utf-8"))["about"]["figures"]
        figures = tuple((words, _figure(about[name])) for name, words in FIGURES.items() if name in about)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Coder(folder.name, ships(folder), (), f"Its files cannot be read ({type(error).__name__}).")
    return Coder(folder.name, ships(folder), figures)


def _figure(entry: Any) -> str:
    value, unit = (entry["value"], entry.get("unit", "")) if isinstance(entry, dict) else (entry, "")
    return f"{value:.0f} %" if unit == "%" else f"{value:.2f}"


def _speech(settings: Settings) -> str:
    name = Path(settings.whisper_model).name or "the one that suits the machine"
    where = "a graphics card or the processor" if settings.whisper_device == "auto" else settings.whisper_device
    return f"{name}, run on this machine ({where}); language {settings.whisper_language or 'found out by itself'}"


def _outside(settings: Settings) -> tuple[str, ...]:
    """Whom this installation talks to. No conversation goes to any of them."""
    found = []
    if settings.whisper_download:
        found.append("The public hub of speech models: the worker may fetch the model it is set to, and sends nothing.")
    if settings.smtp_host:
        found.append(f"The mail server {settings.smtp_host}: invitations and notices, without anything that was said.")
    return tuple(found)


def _settings(settings: Settings) -> tuple[tuple[str, str, str], ...]:
    """Every variable, its value and what it is. Of secrets only whether they are set."""
    rows = []
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            shown = "set" if value.get_secret_value() else "not set"
        elif name == "database_url":
            shown = urlsplit(value).hostname or "" if value else ""
        else:
            shown = str(value)
        rows.append((f"EVOKE_{name.upper()}", shown or "empty", field.description or ""))
    return tuple(rows)
