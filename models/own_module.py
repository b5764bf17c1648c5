"""Modules that an authority wrote or changed itself, every version of them, and which one its people read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, new_id, utc_now
from models.learning import LONGEST_SLUG


class OwnModule(SQLModel, table=True):
    """The two files of one version, as they were sent. A row never changes but for `published_at`, when it was first
    shown to people; until then it is a draft, which can be thrown away. `number` counts an authority's versions of a
    module from 1."""

    __tablename__ = "own_module"
    __table_args__ = (
        UniqueConstraint("organisation_id", "module", "number"),
        CheckConstraint("number > 0", name="versions_count_from_one"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    module: str = Field(max_length=LONGEST_SLUG)
    number: int
    module_md: str = Field(sa_type=Text)
    exercises_yaml: str = Field(sa_type=Text)
    made_by_id: UUID = Field(foreign_key="person.id")
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ModuleChoice(SQLModel, table=True):
    """What an authority's people read under a module's name: `own_id`, or what ships with Evoke where that is None.
    A module without a row is the one that ships."""

    __tablename__ = "module_choice"
    __table_args__ = (UniqueConstraint("organisation_id", "module"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    module: str = Field(max_length=LONGEST_SLUG)
    own_id: UUID | None = Field(default=None, foreign_key="own_module.id")
    hidden: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
