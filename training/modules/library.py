"""What the people of an authority may open: what ships with Evoke, as their authority chose and changed it."""

import logging
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from models.errors import NotFound
from models.own_module import ModuleChoice, OwnModule
from training.modules.fault import ContentFaulty
from training.modules.load import Library, Placed, in_map_order, shipped_library
from training.modules.read import Module, read_module

log = logging.getLogger("evoke.content")
_Chosen = frozenset[tuple[str, UUID | None, bool]]
_KEPT: dict[_Chosen, Library] = {}
_MOST_KEPT = 64
_CHOICES = select(ModuleChoice.module, ModuleChoice.own_id, ModuleChoice.hidden).where(
    col(ModuleChoice.organisation_id) == bindparam("id")
)


def library_for(session: Session, organisation_id: UUID) -> Library:
    """The library of one authority; the same object as long as nothing changes."""
    chosen: _Chosen = frozenset(
        (module, own_id, hidden) for module, own_id, hidden in session.exec(_CHOICES, params={"id": organisation_id})
    )
    if not chosen:
        return shipped_library()
    if (known := _KEPT.get(chosen)) is None:
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        known = _KEPT[chosen] = _build(session, chosen)
    return known


def require_module(session: Session, organisation_id: UUID, slug: str) -> Module:
    """Raises NotFound."""
    module = library_for(session, organisation_id).module(slug)
    if module is None:
        raise NotFound("There is no such module. It may have been taken out; see what there is to learn.")
    return module


def require_exercise(session: Session, organisation_id: UUID, exercise_id: str, *, module: str = "") -> Placed:
    """`module`, where it is given, must be the one it belongs to. Raises NotFound."""
    placed = library_for(session, organisation_id).exercise(exercise_id)
    if placed is None or (module and placed.module.slug != module):
        raise NotFound("There is no such exercise. It may have been taken out; see what there is to learn.")
    return placed


def read_own(row: OwnModule) -> Module:
    """Raises ContentFaulty, when the format has changed since it was taken."""
    return read_module(row.module, row.module_md, row.exercises_yaml, own_number=row.number)


def _build(session: Session, chosen: _Chosen) -> Library:
    modules = {one.slug: one for one in shipped_library().modules}
    for slug, own_id, hidden in chosen:
        if hidden:
            modules.pop(slug, None)
        elif own_id is not None:
            try:
                modules[slug] = read_own(session.get_one(OwnModule, own_id))
            except ContentFaulty as error:
                log.error("the module %s of an authority cannot be read any more: %s", slug, error)
    return Library(in_map_order(modules.values()))
