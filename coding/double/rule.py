"""Which sessions a second coach codes: a share of those that are signed off, drawn so that nobody can choose.

Whether a session is drawn follows from its id and its authority's secret seed alone (HMAC-SHA-256, read as a number
from 0 to 1, below the share). So every session has the same chance, signing off again draws nothing new, a larger share
holds the smaller one, and who has the seed can repeat every draw.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from models.audit import record_audit
from models.double_coding import USUAL_PERCENT, DoubleCodingRule
from models.errors import EvokeError
from models.lock import hold_lock
from models.permissions import Actor, Permission, may

SEED_BYTES = 32


class RuleWrong(EvokeError):
    code = "double_coding_rule_wrong"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.fields = {"percent": message}


@dataclass(frozen=True)
class Rule:
    """`percent` of the sessions are drawn, 0–100; `shows_machine`: the second coach begins from the machine's codes."""

    percent: int = USUAL_PERCENT
    shows_machine: bool = False


def rule_of(session: Session, organisation_id: UUID) -> Rule:
    """The usual one where nobody set another."""
    row = _row(session, organisation_id)
    return Rule(row.percent, row.shows_machine) if row else Rule()


def set_rule(session: Session, *, organisation_id: UUID, rule: Rule, by: Actor) -> None:
    """The caller has checked that `by` may. For sessions that are signed off from now on. Raises RuleWrong."""
    assert may(by, Permission.MANAGE_DOUBLE_CODING, organisation_id=organisation_id)
    if not 0 <= rule.percent <= 100:
        raise RuleWrong("Enter a whole number from 0 to 100. With 0 no session is coded twice.")
    row = _row_to_draw_with(session, organisation_id)
    before = Rule(row.percent, row.shows_machine)
    if before == rule:
        return
    row.percent, row.shows_machine = rule.percent, rule.shows_machine
    session.add(row)
    record_audit(
        session, action="double_coding_set", subject=row, organisation_id=organisation_id, by=by.person_id,
        share=f"{before.percent} % before, now {rule.percent} %",
        machine=f"{_seen(before)} before, now {_seen(rule)}",
    )  # fmt: skip


def draws(session: Session, organisation_id: UUID, session_id: UUID) -> int | None:
    """The share in percent with which the session is drawn; None where it is not."""
    row = _row_to_draw_with(session, organisation_id)
    return row.percent if is_drawn(row.seed, session_id, row.percent) else None


def is_drawn(seed: bytes, session_id: UUID, percent: int) -> bool:
    return number_of(seed, session_id.bytes) < percent / 100


def number_of(seed: bytes, *about: bytes) -> float:
    """From 0 to 1, without 1, all equally likely over many; 53 bits of it, so that none is rounded to 1."""
    digest = hmac.new(seed, b"".join(about), hashlib.sha256).digest()
    return (int.from_bytes(digest[:8]) >> 11) / 2**53


def seed_of(session: Session, organisation_id: UUID) -> bytes:
    return _row_to_draw_with(session, organisation_id).seed


def _row(session: Session, organisation_id: UUID) -> DoubleCodingRule | None:
    found = select(DoubleCodingRule).where(col(DoubleCodingRule.organisation_id) == organisation_id)
    return session.exec(found).first()


def _row_to_draw_with(session: Session, organisation_id: UUID) -> DoubleCodingRule:
    """Made with a seed of its own when it is first needed."""
    row = _row(session, organisation_id)
    if row is None:
        hold_lock(session, f"double coding of {organisation_id}")
        row = _row(session, organisation_id)
    if row is None:
        row = DoubleCodingRule(organisation_id=organisation_id, seed=secrets.token_bytes(SEED_BYTES))
        session.add(row)
        session.flush()
    return row


def _seen(rule: Rule) -> str:
    return "shown to the second coach" if rule.shows_machine else "hidden from the second coach"
