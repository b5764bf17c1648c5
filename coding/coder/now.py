"""Which coder codes now, for a page: what its folder and the choice say, without loading it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from coding.coder.in_use import ChoiceNotKept, choice_file, coder_in_use, ships
from models.settings import Settings


class Chosen(StrEnum):
    """Why it is this one: it ships as the default, `evoke model use` chose it, or EVOKE_CODER names it."""

    DEFAULT = "default"
    COMMAND = "command"
    SETTING = "setting"


@dataclass(frozen=True)
class CoderNow:
    """`version` is empty where the folder cannot be read: then sessions stop until it can. `since` is when it was
    chosen, None where no file says so. `utterances` are those it learned from, `own` and `held_out` the authority's
    own sessions among them and beside them."""

    name: str
    version: str
    chosen: Chosen
    ships: bool
    since: datetime | None
    utterances: int | None
    own: int
    held_out: int


def coder_now(settings: Settings) -> CoderNow:
    """As the website's process sees it; a worker elsewhere may have other settings."""
    chosen, since = _chosen(settings)
    try:
        folder = coder_in_use(settings)
    except ChoiceNotKept:
        return CoderNow("", "", chosen, False, since, None, 0, 0)
    text = _text_of(folder)
    about = text.get("about")
    about = about if isinstance(about, dict) else {}
    own = about.get("own_sessions")
    own = own if isinstance(own, dict) else {}
    utterances = about.get("utterances")
    return CoderNow(
        name=folder.name,
        version=str(text.get("version", "")),
        chosen=chosen,
        ships=ships(folder),
        since=since,
        utterances=utterances if isinstance(utterances, int) else None,
        own=len(own.get("learned_from", ())),
        held_out=len(own.get("held_out", ())),
    )


def _chosen(settings: Settings) -> tuple[Chosen, datetime | None]:
    if settings.coder:
        return Chosen.SETTING, None
    try:
        changed = choice_file(settings).stat().st_mtime
    except OSError:
        return Chosen.DEFAULT, None
    return Chosen.COMMAND, datetime.fromtimestamp(changed, UTC)


def _text_of(folder: Path) -> dict[str, Any]:
    try:
        text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return text if isinstance(text, dict) else {}
