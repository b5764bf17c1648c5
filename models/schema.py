"""How the database's tables stand to what this version of Evoke knows: told without loading what changes them."""

import re
from enum import StrEnum
from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text

from models.database import Database

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_NAMED = re.compile(r"^(revision|down_revision) = ['\"](\w+)['\"]", re.MULTILINE)


class Schema(StrEnum):
    """`BEHIND`: `evoke migrate` of this version has not run yet. `AHEAD`: that of a later version has; what it changed
    leaves room for this one (see docs/operators-deploy.md)."""

    BEHIND = "behind"
    HERE = "here"
    AHEAD = "ahead"


@cache
def revisions() -> dict[str, str]:
    """Every migration of this version, with the one it follows ("" for the first)."""
    named = [dict(_NAMED.findall(file.read_text(encoding="utf-8"))) for file in sorted(_VERSIONS.glob("*.py"))]
    return {one["revision"]: one.get("down_revision", "") for one in named}


def schema_of(database: Database) -> Schema:
    if not inspect(database.read_engine).has_table("alembic_version"):
        return Schema.BEHIND
    with database.read() as session:
        at = session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar()
    if at is not None and at not in revisions():
        return Schema.AHEAD
    return Schema.BEHIND if at is None or at in revisions().values() else Schema.HERE
