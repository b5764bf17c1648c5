"""Taking agreement back: for further uses, or for everything; then the session is hidden at once and deleted."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlmodel import Session, col, select

from coding.consent import agreements_of, participants_of
from coding.corrections.check import forget_machine_figures
from coding.double.compare import forget_figures
from coding.end_copies import end_copies_about
from coding.hold import is_held
from coding.session_figures import forget_figures_of
from coding.stop_action import subjects_of
from models.adoption_kept import end_exports_about
from models.audit import record_audit
from models.columns import utc_now
from models.consent import Agreement, HowGiven, Scope
from models.errors import EvokeError
from models.permissions import Actor, Permission
from models.plan import forget_plans_from
from models.practice import PracticeSession
from models.queue import cancel, enqueue
from models.session_permissions import require_record
from models.withdrawal import Why, Withdrawal


class NothingToWithdraw(EvokeError):
    status = 409
    code = "nothing_to_withdraw"


def withdraw_further_uses(session: Session, *, practice: PracticeSession, positions: Collection[int], by: Actor) -> int:
    """Of the participants at `positions` every scope beyond supervision. The session stays for its practitioner. How
    many agreements were taken back.

    Raises NotFound, NothingToWithdraw."""
    require_record(by, Permission.WITHDRAW_SESSION, practice)
    newest = {(row.participant_id, row.scope): row for row in agreements_of(session, practice.id)}
    now = utc_now()
    taken: dict[int, list[Scope]] = {}
    for one in participants_of(session, practice.id):
        for scope in Scope.further():
            row = newest.get((one.id, scope))
            if one.position in positions and row is not None and row.given:
                taken.setdefault(one.position, []).append(scope)
                session.add(
                    Agreement(
                        participant_id=one.id, scope=scope, given=False, how=HowGiven.SAID, given_on=now.date(),
                        withdrawn_at=now, recorded_by_id=by.person_id,
                    )
                )  # fmt: skip
    if not taken:
        raise NothingToWithdraw("They had agreed to no further use, so there is nothing to take back.")
    agreements = sum(map(len, taken.values()))
    if any(Scope.RESEARCH in scopes for scopes in taken.values()):
        end_exports_about(session, practice.organisation_id)
    record_audit(
        session, action="further_uses_withdrawn", subject=practice, organisation_id=practice.organisation_id,
        by=by.person_id, agreements=str(agreements), scopes=scopes_said(taken),
    )  # fmt: skip
    return agreements


def scopes_said(taken: Mapping[int, Collection[Scope]]) -> str:
    """By a participant's position, for an audit row: "1: research, quoting; 2: research"."""
    return "; ".join(f"{position}: {', '.join(scopes)}" for position, scopes in sorted(taken.items()))


def read_scopes(said: str) -> dict[int, tuple[Scope, ...]]:
    """What `scopes_said` wrote."""
    parts = (part.partition(": ") for part in said.split("; ") if part)
    return {int(position): tuple(Scope(one) for one in scopes.split(", ")) for position, _, scopes in parts}


def withdraw_session(session: Session, *, practice: PracticeSession, why: Why, by: Actor) -> Withdrawal:
    """From the commit on nobody sees it, its work has ended, and a job deletes it (see `begin_deletion`). Raises
    NotFound."""
    require_record(by, Permission.WITHDRAW_SESSION, practice)
    return begin_deletion(session, practice=practice, why=why, by=by.person_id)


def begin_deletion(session: Session, *, practice: PracticeSession, why: Why, by: UUID | None) -> Withdrawal:
    """For who may, and for the retention rules. Under a legal hold nobody sees it either, but its deletion waits until
    that is lifted."""
    # Jobs first, as in stop_working: whoever ends one holds it while it changes the session.
    while cancel(session, organisation_id=practice.organisation_id, ids=subjects_of(session, practice.id)):
        session.flush()
    session.refresh(practice, with_for_update=True)  # no hold is placed meanwhile
    known = session.exec(select(Withdrawal).where(col(Withdrawal.session_id) == practice.id)).first()
    if known is not None:
        return known
    withdrawal = Withdrawal(
        organisation_id=practice.organisation_id, session_id=practice.id, why=why, by_id=by
    )  # fmt: skip
    practice.withdrawn_at = withdrawal.at
    forget_figures(session, practice)
    forget_machine_figures(session, practice)
    forget_plans_from(session, practice.id)
    forget_figures_of(session, practice)
    end_copies_about(session, practice, by=by)
    if why is not Why.RETENTION:
        end_exports_about(session, practice.organisation_id)
    session.add_all([withdrawal, practice])
    session.flush()
    if not is_held(session, practice.id):
        enqueue(session, "delete_session", organisation_id=practice.organisation_id, withdrawal_id=withdrawal.id)
    record_audit(
        session, action="session_withdrawn", subject=practice, organisation_id=practice.organisation_id, by=by,
        why=why.value,
    )  # fmt: skip
    return withdrawal
