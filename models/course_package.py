"""Modules as packages for learning systems (SCORM 1.2 and 2004): which were taken, and who opened one."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, Session, SQLModel, col, func, select

from models.audit import record_audit
from models.columns import UtcDateTime, enum_type, new_id, utc_now
from models.lock import hold_lock
from models.permissions import Actor


class PackageForm(StrEnum):
    SCORM_12 = "scorm-1.2"
    SCORM_2004 = "scorm-2004"


class CoursePackage(SQLModel, table=True):
    """A package that somebody took. `token_hash` is of the token in it, without which nothing opens; once it is
    `ended_at`, nothing does any more."""

    __tablename__ = "course_package"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    made_by_id: UUID = Field(foreign_key="person.id")
    module: str = Field(max_length=80)
    form: PackageForm = Field(sa_type=enum_type(PackageForm))
    token_hash: str = Field(max_length=64, unique=True)
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ScormLaunch(SQLModel, table=True):
    """Somebody opened a package. Its launcher, in the learning system, asks with a secret of its own how far they are;
    only its hash is kept."""

    __tablename__ = "scorm_launch"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    package_id: UUID = Field(foreign_key="course_package.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    module: str = Field(max_length=80)
    secret_hash: str = Field(max_length=64, unique=True)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


def make_package(session: Session, *, module: str, form: PackageForm, by: Actor) -> str:
    """The token that goes into it. The caller has checked that `by` may, and that there is such a module."""
    token = secrets.token_urlsafe(32)
    row = CoursePackage(
        organisation_id=by.organisation_id, made_by_id=by.person_id, module=module, form=form, token_hash=hashed(token)
    )
    session.add(row)
    session.flush()
    record_audit(
        session, action="course_package_taken", subject=row, organisation_id=by.organisation_id, by=by.person_id,
        module=module, package=form.value,
    )  # fmt: skip
    return token


def package_of(session: Session, token: str) -> CoursePackage | None:
    """None also for one that was ended."""
    row = session.exec(select(CoursePackage).where(col(CoursePackage.token_hash) == hashed(token))).first()
    return row if row is not None and row.ended_at is None else None


def open_package(session: Session, *, package: CoursePackage, secret: str, by: Actor) -> ScormLaunch:
    """The same launcher opened twice by the same person is one launch. One that somebody else opened is theirs."""
    hold_lock(session, f"scorm launch {hashed(secret)}")
    row = launch_of(session, secret)
    if row is None:
        row = ScormLaunch(
            package_id=package.id, person_id=by.person_id, module=package.module, secret_hash=hashed(secret)
        )
        session.add(row)
        session.flush()
        record_audit(
            session, action="course_opened", subject=row, organisation_id=by.organisation_id, by=by.person_id,
            module=package.module,
        )  # fmt: skip
    return row


def launch_of(session: Session, secret: str) -> ScormLaunch | None:
    return session.exec(select(ScormLaunch).where(col(ScormLaunch.secret_hash) == hashed(secret))).first()


def packages_of(session: Session, organisation_id: UUID) -> list[CoursePackage]:
    """The newest first; at most a hundred."""
    rows = select(CoursePackage).where(col(CoursePackage.organisation_id) == organisation_id)
    return list(session.exec(rows.order_by(col(CoursePackage.made_at).desc()).limit(100)))


def openers_of(session: Session, packages: Sequence[CoursePackage]) -> dict[UUID, int]:
    """By package, how many people have opened it; without those that nobody has."""
    package, person = col(ScormLaunch.package_id), col(ScormLaunch.person_id)
    counted = select(package, func.count(person.distinct())).where(package.in_([one.id for one in packages]))
    return dict(session.exec(counted.group_by(package)).all())


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def end_packages(session: Session, *, by: Actor) -> int:
    """All that are not ended yet; how many."""
    rows = select(CoursePackage).where(
        col(CoursePackage.organisation_id) == by.organisation_id, col(CoursePackage.ended_at).is_(None)
    )
    found = session.exec(rows).all()
    for row in found:
        row.ended_at = utc_now()
        session.add(row)
        record_audit(
            session, action="course_packages_ended", subject=row, organisation_id=by.organisation_id, by=by.person_id,
            module=row.module,
        )  # fmt: skip
    return len(found)
