"""The second step of signing in: a code from an app (TOTP, RFC 6238), and recovery codes for when the app is lost."""

import hashlib
import secrets
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.browser_sign_in import renew_secrets
from models.columns import utc_now
from models.errors import EvokeError
from models.half_sign_in import end_half_sign_ins
from models.organisation import Organisation
from models.person import Person, SignIn
from models.sealed_secret import forget_secret, open_secret, seal_secret
from models.second_step_kept import RecoveryCode, SecondStep

SECONDS = 30
CODES = 10
RECOVERY_SIGNS = 10
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another. Ten of them are 49 bits."""


class CodeWrong(EvokeError):
    code = "code_wrong"

    def __init__(self) -> None:
        super().__init__("This code does not fit. Wait for the app to show the next one and enter that.")
        self.fields = {"code": self.message}


class OwnStepFirst(EvokeError):
    code = "own_step_first"

    def __init__(self) -> None:
        super().__init__("Set up your own second step first, on your account. Then ask it of everybody.")


class NothingToConfirm(EvokeError):
    status = 409
    code = "nothing_to_confirm"

    def __init__(self) -> None:
        super().__init__("There is no second step to confirm. Begin again from your account.")


def find_second_step(session: Session, person_id: UUID) -> SecondStep | None:
    """Whether it is in use or only begun: see `confirmed_at`."""
    return session.exec(select(SecondStep).where(col(SecondStep.person_id) == person_id)).first()


def has_second_step(session: Session, person_id: UUID) -> bool:
    row = find_second_step(session, person_id)
    return row is not None and row.confirmed_at is not None


def begin_second_step(session: Session, *, person: Person) -> None:
    """Makes a secret for an app. One that is in use stays in use until the new one is confirmed."""
    import pyotp

    row = _locked(session, person.id) or SecondStep(person_id=person.id)
    secret = pyotp.random_base32()  # 160 bits, as RFC 4226 recommends
    row.pending = seal_secret(session, secret, organisation_id=person.organisation_id, record_id=row.id)
    session.add(row)
    session.flush()


def pending_secret(session: Session, *, person: Person) -> str:
    """In base32, as apps take it. Raises NothingToConfirm."""
    row = find_second_step(session, person.id)
    if row is None or row.pending is None:
        raise NothingToConfirm
    return open_secret(session, row.pending, record_id=row.id)


def confirm_second_step(session: Session, *, person: Person, code: str) -> list[str]:
    """The app shows the right code, so from now on it is asked for: the recovery codes, which are told once.

    Raises CodeWrong, NothingToConfirm.
    """
    row = _locked(session, person.id)
    if row is None or row.pending is None:
        raise NothingToConfirm
    step = _step_of(open_secret(session, row.pending, record_id=row.id), code, after=0)
    row.sealed, row.pending, row.last_used, row.confirmed_at = row.pending, None, step, utc_now()
    session.add(row)
    codes = _new_recovery_codes(session, person.id)
    renew_secrets(session, person_id=person.id)
    _audit(session, "second_step_set_up", person, by=person.id)
    return codes


def take_code(session: Session, *, person: Person, code: str) -> None:
    """A code from the app, or a recovery code, which is then used up. Raises CodeWrong."""
    row = _locked(session, person.id)
    if row is None or row.sealed is None:
        raise CodeWrong
    plain = "".join(code.split()).lower().replace("-", "")
    if len(plain) == RECOVERY_SIGNS:
        used = session.exec(
            delete(RecoveryCode).where(
                col(RecoveryCode.person_id) == person.id, col(RecoveryCode.code_hash) == _hash(plain)
            )
        )
        if used.rowcount != 1:
            raise CodeWrong
        _audit(session, "recovery_code_used", person, by=person.id)
        return
    row.last_used = _step_of(open_secret(session, row.sealed, record_id=row.id), plain, after=row.last_used)
    session.add(row)


def end_second_step(session: Session, *, person: Person, by: UUID | None) -> None:
    """By its person; by an administrator for somebody who lost app and codes; `by` is None for the operator."""
    row = _locked(session, person.id)
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person.id))
    if row is not None:
        session.delete(row)
        forget_secret(session, record_id=row.id)
        end_half_sign_ins(session, person_id=person.id)
        _audit(session, "second_step_ended", person, by=by)


def recovery_codes_left(session: Session, person_id: UUID) -> int:
    left = select(func.count()).select_from(RecoveryCode).where(col(RecoveryCode.person_id) == person_id)
    return session.exec(left).one()


def app_address(secret: str, *, email: str) -> str:
    """What the QR code says to an app (otpauth)."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Evoke")


def require_second_step(session: Session, *, organisation: Organisation, required: bool, by: UUID) -> None:
    """From now on everybody who signs in with a password needs one. Who is signed in without is signed out.

    Raises OwnStepFirst.
    """
    if organisation.second_step_required == required:
        return
    if required and not has_second_step(session, by):
        raise OwnStepFirst
    organisation.second_step_required = required
    session.add(organisation)
    if required:
        have = select(SecondStep.person_id).where(col(SecondStep.confirmed_at).is_not(None))
        without = select(Person.id).where(col(Person.organisation_id) == organisation.id, col(Person.id).not_in(have))
        session.exec(delete(SignIn).where(col(SignIn.person_id).in_(without)))
    action = "second_step_required" if required else "second_step_made_optional"
    record_audit(session, action=action, subject=organisation, organisation_id=organisation.id, by=by)


def _step_of(secret: str, code: str, *, after: int) -> int:
    """The time step whose code this is: now's or a neighbour's, for clocks differ. Raises CodeWrong."""
    import pyotp

    now = int(utc_now().timestamp()) // SECONDS
    generator = pyotp.HOTP(secret)  # TOTP is this with the time step for a counter
    plain = "".join(code.split()).encode("utf-8", "replace")
    fitting = [step for step in (now - 1, now, now + 1) if secrets.compare_digest(generator.at(step).encode(), plain)]
    usable = [step for step in fitting if step > after]
    if not usable:
        raise CodeWrong
    return usable[0]


def _new_recovery_codes(session: Session, person_id: UUID) -> list[str]:
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))
    codes = [_recovery_code() for _ in range(CODES)]
    session.add_all(RecoveryCode(person_id=person_id, code_hash=_hash(code.replace("-", ""))) for code in codes)
    return codes


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(2))


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def _locked(session: Session, person_id: UUID) -> SecondStep | None:
    return session.exec(select(SecondStep).where(col(SecondStep.person_id) == person_id).with_for_update()).first()


def _audit(session: Session, action: str, person: Person, *, by: UUID | None) -> None:
    record_audit(session, action=action, subject=person, organisation_id=person.organisation_id, by=by)
