"""Which version of the database this program was made for, without Alembic, which the website does not load."""

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from sqlalchemy import inspect, text
from sqlmodel import Session

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_REVISION = re.compile(r"^revision\s*(?::[^=]+)?=\s*['\"](\w+)['\"]", re.M)
_DOWN = re.compile(r"^down_revision\s*(?::[^=]+)?=\s*['\"](\w+)['\"]", re.M)


class Schema(StrEnum):
    """`NEWER`: a later version of Evoke has changed it, as while processes are replaced one by one; what is taken away
    goes a version later, so this one still works. `NONE`: `evoke migrate` never ran."""

    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    NONE = "none"


@lru_cache
def known_revisions() -> tuple[frozenset[str], str]:
    """All of this program's, and the last of them."""
    texts = [path.read_text(encoding="utf-8") for path in _VERSIONS.glob("*.py")]
    revisions = {found[1] for one in texts if (found := _REVISION.search(one))}
    left = revisions - {found[1] for one in texts if (found := _DOWN.search(one))}
    (head,) = left
    return frozenset(revisions), head


def revision_of(session: Session) -> str | None:
    """Of the database; None where `evoke migrate` never ran."""
    connection = session.connection()
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def schema_of(session: Session) -> Schema:
    revision, (revisions, head) = revision_of(session), known_revisions()
    if revision is None:
        return Schema.NONE
    if revision == head:
        return Schema.CURRENT
    return Schema.OLDER if revision in revisions else Schema.NEWER
