"""What the person who adds a session says about it: a form's text read as values."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from coding.ledger import Ledger, usual_ledger, what_is_missing
from coding.ledger_form import read_ledger, said_yes
from coding.transcript.identifiers.given import NamesWrong, read_names
from models.columns import utc_now
from models.errors import EvokeError
from models.name_check import NamedPerson
from models.permissions import Actor
from models.practice import Picked, SessionKind

SPEAKERS = ("1", "2", "3", "4", "5", "6")
"""What can be said of how many speak in a recording; most are two."""
PICKED_WRONG = "Say whether the conversation was chosen or drawn."


class SessionDetailsWrong(EvokeError):
    code = "session_details_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class SessionDetails:
    """What the person who adds a session says about it. `practitioner_id` is whose practice it is. `speakers` and
    `hotwords` help to hear a recording. `names` are replaced wherever they are said. `ledger` is who took part and
    agreed to what; without one the tick stands for what is usual. With `hold` a session whose ledger is not complete is
    kept sealed and not worked on."""

    practitioner_id: UUID
    kind: SessionKind
    held_on: date
    agreement_confirmed: bool
    title: str = ""
    change_goal: str = ""
    speakers: int = 2
    hotwords: str = ""
    names: tuple[NamedPerson, ...] = ()
    ledger: Ledger | None = None
    hold: bool = False
    picked: Picked = Picked.CHOSEN


def read_details(fields: dict[str, str], *, by: Actor) -> SessionDetails:
    """The form's text as values, all its mistakes at once. Raises SessionDetailsWrong."""
    wrong: dict[str, str] = {}
    kind, held_on, picked = _kind(fields, wrong), _held_on(fields, wrong), _picked(fields, wrong)
    try:
        practitioner_id = UUID(fields["practitioner"]) if fields.get("practitioner") else by.person_id
    except ValueError:
        wrong["practitioner"] = "Choose whose practice this is from the list."
    agreed, hold = said_yes(fields.get("agreement_confirmed", "")), said_yes(fields.get("hold", ""))
    if not agreed and not hold:
        wrong["agreement_confirmed"] = "Confirm that everyone taking part has agreed. Without that Evoke keeps nothing."
    speakers = fields.get("speakers", "").strip() or "2"
    if speakers not in SPEAKERS:
        wrong["speakers"] = "Choose how many people speak, from 1 to 6."
    for name, limit in (("title", 200), ("change_goal", 1000), ("hotwords", 500)):
        if len(fields.get(name, "")) > limit:
            wrong[name] = f"Shorten this to {limit} characters or fewer."
    names = _names(fields, wrong)
    ledger = _ledger(fields, kind, held_on, wrong, agreed=agreed, hold=hold)
    if wrong:
        raise SessionDetailsWrong(wrong)
    return SessionDetails(
        practitioner_id=practitioner_id, kind=kind, held_on=held_on, agreement_confirmed=agreed,
        title=fields.get("title", "").strip(), change_goal=fields.get("change_goal", "").strip(),
        speakers=int(speakers), hotwords=" ".join(fields.get("hotwords", "").split()), names=names, ledger=ledger,
        hold=hold, picked=picked,
    )  # fmt: skip


def _kind(fields: dict[str, str], wrong: dict[str, str]) -> SessionKind:
    try:
        return SessionKind(fields.get("kind", "").strip() or SessionKind.ROLE_PLAY)
    except ValueError:
        wrong["kind"] = "Choose role play, simulated or real practice."
        return SessionKind.ROLE_PLAY


def read_picked(text: str) -> Picked:
    """Raises SessionDetailsWrong."""
    try:
        return Picked(text.strip())
    except ValueError:
        raise SessionDetailsWrong({"picked": PICKED_WRONG}) from None


def _picked(fields: dict[str, str], wrong: dict[str, str]) -> Picked:
    try:
        return read_picked(fields.get("picked", "").strip() or Picked.CHOSEN)
    except SessionDetailsWrong as error:
        wrong |= error.fields
        return Picked.CHOSEN


def _held_on(fields: dict[str, str], wrong: dict[str, str]) -> date:
    try:
        held_on = date.fromisoformat(fields["held_on"].strip()) if fields.get("held_on", "").strip() else _today()
    except ValueError:
        wrong["held_on"] = "Enter the date as year-month-day, like 2026-03-27."
        return _today()
    if held_on > _today():
        wrong["held_on"] = "The date is in the future. Enter the day the conversation took place."
        return _today()
    return held_on


def _names(fields: dict[str, str], wrong: dict[str, str]) -> tuple[NamedPerson, ...]:
    try:
        return tuple(NamedPerson(name, who) for name, who in read_names(fields.get("names", "")))
    except NamesWrong as error:
        wrong["names"] = str(error)
        return ()


def _ledger(
    fields: dict[str, str], kind: SessionKind, held_on: date, wrong: dict[str, str], *, agreed: bool, hold: bool
) -> Ledger:
    """Who is named, else what the one tick stands for. What is missing goes into `wrong`, unless it may wait. Whether
    real practice is let in is asked where the database is at hand."""
    ledger = read_ledger(fields, held_on=held_on, today=_today(), wrong=wrong)
    if agreed and not ledger.people:
        ledger = replace(usual_ledger(kind, held_on), basis=ledger.basis)
    if not hold and agreed:
        missing = what_is_missing(ledger, kind=kind, real_practice_on=True, today=_today())
        wrong.update({name: sentence for name, sentence in missing.items() if name not in wrong})
    return ledger


def _today() -> date:
    return utc_now().date()
