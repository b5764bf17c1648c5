"""The content page: every module with where it comes from, and the history of one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.own_module import ModuleChoice, OwnModule
from models.person import Person
from training.modules.fault import ContentFaulty
from training.modules.library import read_own
from training.modules.load import SHIPPED_MODULES, shipped_library
from training.modules.own import choice_of, versions_of
from training.modules.read import EXERCISE_FILE, MODULE_FILE, TASK_NAMES


@dataclass(frozen=True)
class VersionRow:
    number: int
    made_at: datetime
    made_by: str
    published_at: datetime | None
    in_use: bool


@dataclass(frozen=True)
class ContentRow:
    """One module. `own` is the number of the authority's version in use, None where it is the one that ships;
    `shipped` the version that ships, None for one of their own. `draft`: the newest of theirs was never shown."""

    slug: str
    title: str
    task: str
    own: int | None
    shipped: int | None
    hidden: bool
    draft: bool

    @property
    def in_use_shown(self) -> str:
        if self.own is not None:
            return f"Yours, version {self.own}"
        return f"Comes with Evoke, version {self.shipped}" if self.shipped else "Yours, not shown yet"


@dataclass(frozen=True)
class ContentModule:
    row: ContentRow
    versions: tuple[VersionRow, ...]


def build_content_list(session: Session, organisation_id: UUID) -> list[ContentRow]:
    """In the order of the map, an authority's own last."""
    own = session.exec(select(OwnModule.module).where(col(OwnModule.organisation_id) == organisation_id).distinct())
    shipped = [one.slug for one in shipped_library().modules]
    theirs = sorted(slug for slug in own if slug not in shipped)
    return [_row(session, organisation_id, slug) for slug in (*shipped, *theirs)]


def build_content_module(session: Session, organisation_id: UUID, slug: str) -> ContentModule | None:
    """None where there is no such module."""
    versions = versions_of(session, organisation_id, slug)
    if not versions and shipped_library().module(slug) is None:
        return None
    choice = choice_of(session, organisation_id, slug)
    return ContentModule(
        row=_row(session, organisation_id, slug),
        versions=tuple(
            VersionRow(
                one.number, one.made_at, session.get_one(Person, one.made_by_id).name, one.published_at,
                in_use=choice is not None and choice.own_id == one.id,
            )
            for one in versions
        ),
    )  # fmt: skip


def files_of(session: Session, organisation_id: UUID, slug: str, number: int | None = None) -> tuple[str, str] | None:
    """module.md and exercises.yaml: of a version of the authority's own, of the one in use, or of what ships."""
    versions = versions_of(session, organisation_id, slug)
    choice = choice_of(session, organisation_id, slug)
    wanted = [one for one in versions if (one.number == number if number else choice and choice.own_id == one.id)]
    if wanted:
        return wanted[0].module_md, wanted[0].exercises_yaml
    if number is None and shipped_library().module(slug) is not None:
        return _shipped_file(slug, MODULE_FILE), _shipped_file(slug, EXERCISE_FILE)
    return (versions[0].module_md, versions[0].exercises_yaml) if number is None and versions else None


def _shipped_file(slug: str, name: str) -> str:
    return (SHIPPED_MODULES / slug / name).read_text(encoding="utf-8")


def _row(session: Session, organisation_id: UUID, slug: str) -> ContentRow:
    versions = versions_of(session, organisation_id, slug)
    choice = choice_of(session, organisation_id, slug)
    used = next((one for one in versions if choice and choice.own_id == one.id), None)
    shipped = shipped_library().module(slug)
    title, task = _heading(used or (versions[0] if versions and shipped is None else None), slug)
    return ContentRow(
        slug=slug, title=title, task=task, own=used.number if used else None,
        shipped=shipped.head.version if shipped else None, hidden=_hidden(choice),
        draft=bool(versions) and versions[0].published_at is None,
    )  # fmt: skip


def _hidden(choice: ModuleChoice | None) -> bool:
    return choice is not None and choice.hidden


def _heading(own: OwnModule | None, slug: str) -> tuple[str, str]:
    try:
        module = read_own(own) if own else shipped_library().module(slug)
    except ContentFaulty:
        module = None
    return (module.head.title, TASK_NAMES[module.head.task]) if module else (slug, "")
