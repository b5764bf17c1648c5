"""What must be agreed before a conversation is worked on, as values: no database here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from models.consent import HowGiven, LawfulBasis, Scope, Who
from models.errors import EvokeError
from models.practice import AGREEMENT_MISSING, SessionKind

MOST_PEOPLE = 6
NOT_SWITCHED_ON = (
    "Your authority has not switched on real practice, so Evoke takes role plays and simulated conversations only. An "
    "administrator can switch it on under Consent and retention."
)


class AgreementMissing(EvokeError):
    """`fields` maps the form's fields to what is missing."""

    status = 409
    code = AGREEMENT_MISSING

    def __init__(self, missing: Mapping[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(missing.values())))
        self.fields = dict(missing)


@dataclass(frozen=True)
class Given:
    """How somebody agreed, and until when. `heard_at` are seconds into the recording."""

    how: HowGiven
    on: date
    expires_on: date | None = None
    heard_at: float | None = None


@dataclass(frozen=True)
class TookPart:
    """`agreed` holds the scopes somebody agreed to and did not take back."""

    who: Who
    label: str
    agreed: Mapping[Scope, Given] = field(default_factory=dict)
    withdrew: bool = False


@dataclass(frozen=True)
class Ledger:
    people: tuple[TookPart, ...]
    basis: LawfulBasis | None = None


def usual_ledger(kind: SessionKind, on: date) -> Ledger:
    """What one tick stands for where no family takes part: two people who said yes to supervision. Of real practice it
    says nothing: there each person is asked."""
    if kind is SessionKind.REAL_PRACTICE:
        return Ledger(())
    agreed = {Scope.SUPERVISION: Given(HowGiven.SAID, on)}
    other = TookPart(Who.STAFF, "Colleague", agreed)
    if kind is SessionKind.SIMULATED:
        other = TookPart(Who.ACTOR, "Actor", agreed)
    return Ledger((TookPart(Who.STAFF, "Practitioner", agreed), other))


def what_is_missing(
    ledger: Ledger, *, kind: SessionKind, real_practice_on: bool, today: date, scope: Scope = Scope.SUPERVISION
) -> dict[str, str]:
    """Why a conversation may not be used for `scope` today: sentences by the field of the form they belong to. Empty
    when nothing is missing."""
    missing: dict[str, str] = {}
    if not ledger.people:
        missing["person-1-who"] = "Say who took part, and what each of them agreed to."
    for position, person in enumerate(ledger.people, 1):
        if sentence := _not_agreed(person, scope, today):
            missing[f"person-{position}-{scope.value}"] = sentence
    if kind is SessionKind.REAL_PRACTICE:
        if not real_practice_on:
            missing["kind"] = NOT_SWITCHED_ON
        if ledger.people and all(person.who is not Who.FAMILY_MEMBER for person in ledger.people):
            missing["person-2-who"] = "Say which family member took part. A talk without one is a role play."
        if ledger.basis is None:
            missing["lawful_basis"] = "Choose the lawful basis. Agreement alone does not give one."
    return missing


def _not_agreed(person: TookPart, scope: Scope, today: date) -> str:
    given = person.agreed.get(scope)
    if given is not None and given.expires_on is not None and given.expires_on < today:
        return f"The agreement of “{person.label}” ended on {given.expires_on.day} {given.expires_on:%B %Y}. Ask again."
    if given is not None:
        return ""
    if person.withdrew:
        return f"“{person.label}” has taken the agreement back."
    wanted = "to it being kept and coded for supervision" if scope is Scope.SUPERVISION else "to this use"
    return f"“{person.label}” has not agreed {wanted}. Without that Evoke keeps nothing of it."
