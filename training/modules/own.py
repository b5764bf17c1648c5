"""An authority's own modules: sent as files, checked, kept version by version, shown, gone back from, hidden."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.audit import record_audit
from models.columns import utc_now
from models.errors import EvokeError, NotFound
from models.lock import hold_lock
from models.own_module import ModuleChoice, OwnModule
from models.permissions import Actor
from training.modules.check import check_module
from training.modules.fault import ContentFaulty, Fault
from training.modules.library import library_for, read_own
from training.modules.load import shipped_library
from training.modules.read import Module, read_module


class ContentRefused(EvokeError):
    """`faults` says all that has to be mended."""

    code = "content_refused"

    def __init__(self, faults: Sequence[Fault]) -> None:
        count = "One thing has" if len(faults) == 1 else f"{len(faults)} things have"
        super().__init__(f"{count} to be mended before this can be taken. Nothing was changed.")
        self.faults = list(faults)


class AlreadyShown(EvokeError):
    status = 409
    code = "already_shown"


def versions_of(session: Session, organisation_id: UUID, slug: str) -> list[OwnModule]:
    """The newest first."""
    rows = select(OwnModule).where(col(OwnModule.organisation_id) == organisation_id, col(OwnModule.module) == slug)
    return list(session.exec(rows.order_by(col(OwnModule.number).desc())))


def require_version(session: Session, organisation_id: UUID, slug: str, number: int) -> OwnModule:
    """Raises NotFound."""
    found = [one for one in versions_of(session, organisation_id, slug) if one.number == number]
    if not found:
        raise NotFound("There is no such version of this module.")
    return found[0]


def choice_of(session: Session, organisation_id: UUID, slug: str) -> ModuleChoice | None:
    found = select(ModuleChoice).where(
        col(ModuleChoice.organisation_id) == organisation_id, col(ModuleChoice.module) == slug
    )
    return session.exec(found).first()


def take_module(session: Session, *, slug: str, module_md: str, exercises_yaml: str, by: Actor) -> OwnModule:
    """Keeps the two files as a draft, once nothing is wrong with them. Raises ContentRefused."""
    try:
        module = read_module(slug, module_md, exercises_yaml)
    except ContentFaulty as error:
        raise ContentRefused(error.faults) from error
    _require_right(session, module, by)
    hold_lock(session, f"content of {by.organisation_id}")
    last = session.exec(
        select(func.max(OwnModule.number)).where(
            col(OwnModule.organisation_id) == by.organisation_id, col(OwnModule.module) == slug
        )
    ).one()
    row = OwnModule(
        organisation_id=by.organisation_id, module=slug, number=(last or 0) + 1, module_md=module_md,
        exercises_yaml=exercises_yaml, made_by_id=by.person_id,
    )  # fmt: skip
    session.add(row)
    _note(session, "module_sent", row, by, version=str(row.number))
    return row


def publish_module(session: Session, *, row: OwnModule, by: Actor) -> None:
    """From now on the authority's people read this version, whichever it was before. Raises ContentRefused where it
    does not fit to the other modules any more."""
    try:
        _require_right(session, read_own(row), by)
    except ContentFaulty as error:
        raise ContentRefused(error.faults) from error
    choice = _choice(session, row.module, by)
    choice.own_id, choice.hidden = row.id, False
    row.published_at = row.published_at or utc_now()
    session.add_all([choice, row])
    _note(session, "module_published", row, by, version=str(row.number))


def throw_away(session: Session, *, row: OwnModule, by: Actor) -> None:
    """A draft. What people have read stays, for it says what they learnt. Raises AlreadyShown."""
    if row.published_at is not None:
        raise AlreadyShown("This version has been read by people, so it is kept. Go back to another one, or hide it.")
    _note(session, "module_thrown_away", row, by, version=str(row.number))
    session.delete(row)


def use_shipped(session: Session, *, slug: str, by: Actor) -> None:
    """Raises NotFound for a module that does not ship with Evoke."""
    if shipped_library().module(slug) is None:
        raise NotFound("This module is your own: there is no other one to go back to. You can hide it.")
    choice = _choice(session, slug, by)
    choice.own_id = None
    _note(session, "module_from_evoke_used", choice, by)


def hide_module(session: Session, *, slug: str, hidden: bool, by: Actor) -> None:
    """From the map and by its address; what people did with it is kept. Raises NotFound."""
    if shipped_library().module(slug) is None and not versions_of(session, by.organisation_id, slug):
        raise NotFound("There is no such module.")
    choice = _choice(session, slug, by)
    choice.hidden = hidden
    _note(session, "module_hidden" if hidden else "module_shown", choice, by)


def _require_right(session: Session, module: Module, by: Actor) -> None:
    beside = {one.slug: one for one in shipped_library().modules}  # a hidden one may be shown again
    beside |= {one.slug: one for one in library_for(session, by.organisation_id).modules}
    if faults := check_module(module, beside=list(beside.values())):
        raise ContentRefused(faults)


def _choice(session: Session, slug: str, by: Actor) -> ModuleChoice:
    hold_lock(session, f"content of {by.organisation_id}")
    choice = choice_of(session, by.organisation_id, slug)
    if choice is None:
        choice = ModuleChoice(organisation_id=by.organisation_id, module=slug)
    choice.changed_at = utc_now()
    session.add(choice)
    session.flush()
    return choice


def _note(session: Session, action: str, row: OwnModule | ModuleChoice, by: Actor, **details: str) -> None:
    record_audit(
        session, action=action, subject=row, organisation_id=by.organisation_id, by=by.person_id, module=row.module,
        **details,
    )  # fmt: skip
