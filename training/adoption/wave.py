"""What an authority says of its programme: its wave, the day it went live, and whether evaluators may take rows."""

from datetime import date

from sqlmodel import Session

from models.adoption import LONGEST_WAVE, AuthorityAdoption
from models.adoption_kept import end_exports_about
from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError
from models.lock import hold_lock
from models.organisation import Organisation
from models.permissions import Actor
from training.adoption.cells import CellWrong, read_day
from training.adoption.current import adoption_of


class WaveWrong(EvokeError):
    code = "wave_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


def set_wave(session: Session, *, wave: str, live_on: str, today: date, by: Actor) -> AuthorityAdoption:
    """Of the actor's authority. The caller has checked that `by` may. Raises WaveWrong."""
    name, wrong = " ".join(wave.split()), {}
    if len(name) > LONGEST_WAVE:
        wrong["wave"] = f"Shorten this to {LONGEST_WAVE} characters or fewer."
    day = None
    if live_on.strip():
        try:
            day = read_day(live_on.strip(), today=today)
        except CellWrong as error:
            wrong["live_on"] = str(error)
    if wrong:
        raise WaveWrong(wrong)
    hold_lock(session, f"adoption of {by.organisation_id}")
    row = adoption_of(session, by.organisation_id)
    if (row.wave, row.live_on) == (name, day):
        return row
    row.wave, row.live_on, row.changed_at = name, day, utc_now()
    session.add(row)
    record_audit(
        session, action="adoption_wave_set", subject=session.get_one(Organisation, by.organisation_id),
        organisation_id=by.organisation_id, by=by.person_id, wave=name, live_on=day.isoformat() if day else "",
    )  # fmt: skip
    return row


def set_rows_for_evaluators(session: Session, *, allowed: bool, by: Actor) -> None:
    """At once, and it can be taken back: files that hold such rows and were not fetched yet go. The caller has checked
    that `by` may."""
    hold_lock(session, f"adoption of {by.organisation_id}")
    row = adoption_of(session, by.organisation_id)
    if row.rows_for_evaluators == allowed:
        return
    row.rows_for_evaluators, row.changed_at = allowed, utc_now()
    session.add(row)
    if not allowed:
        end_exports_about(session, by.organisation_id)
    record_audit(
        session, action="evaluation_rows_allowed" if allowed else "evaluation_rows_refused",
        subject=session.get_one(Organisation, by.organisation_id), organisation_id=by.organisation_id,
        by=by.person_id,
    )  # fmt: skip
