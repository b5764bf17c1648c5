"""Procrastinate's own tables and functions on PostgreSQL, from the installed package, and which version is there.

The package marks what its version before can work beside (`pre`) and what takes that away (`post`). The first runs at
once, the second not before the next upgrade: by then no process of the version before is left. Up to where each was run
is kept as the comment of `procrastinate_jobs`; one name there stands for both.
"""

import re
from dataclasses import dataclass
from importlib import metadata, resources
from importlib.resources.abc import Traversable

from sqlalchemy import Connection, text

from models.errors import EvokeError

_MARK = "Procrastinate, migrated to "
_CLEARED = ", cleared to "
_NAME = re.compile(r"\d\d\.\d\d\.\d\d_\d\d_\w+\.sql")


@dataclass(frozen=True)
class _There:
    """The newest migration that was run, but for those that take away, and the newest of these."""

    expanded: str
    cleared: str


class QueueTablesDiffer(EvokeError):
    """For the operator."""

    status = 500
    code = "queue_tables_differ"


def install(connection: Connection) -> None:
    """Everything, into a database that has none of it."""
    _run(connection, (resources.files("procrastinate.sql") / "schema.sql").read_text("utf-8"))
    connection.execute(text("CREATE INDEX ix_delivery_job ON procrastinate_jobs ((args ->> 'job'))"))
    last = _migrations()[-1]
    _mark(connection, _There(last, last))


def bring_up(connection: Connection) -> None:
    """Runs the package's migrations that are newer than what is there, but for those that take away: of these only what
    earlier ones left to do. Raises QueueTablesDiffer."""
    there, known = _read(connection), _migrations()
    new = [one for one in known if not _takes_away(one) and one > there.expanded]
    if not new:
        return
    left = [one for one in known if _takes_away(one) and there.cleared < one < new[0]]
    for name in (*left, *new):
        _run(connection, (_folder() / name).read_text("utf-8"))
    _mark(connection, _There(new[-1], max([there.cleared, *left])))


def check(connection: Connection) -> None:
    """For a worker, before it starts. Tables that a later version made serve it too. Raises QueueTablesDiffer."""
    there = _read(connection)
    if any(one > there.expanded for one in _migrations() if not _takes_away(one)):
        raise QueueTablesDiffer("The queue's tables are of an older version than this program's. Run: evoke migrate")


def uninstall(connection: Connection) -> None:
    _run(connection, """
        DROP TABLE procrastinate_events, procrastinate_periodic_defers CASCADE;
        DROP TABLE procrastinate_jobs, procrastinate_workers CASCADE;
        DO $$ DECLARE one record; BEGIN
            FOR one IN SELECT oid::regprocedure AS name FROM pg_proc
                       WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = current_schema()::regnamespace
            LOOP EXECUTE 'DROP FUNCTION ' || one.name || ' CASCADE'; END LOOP;
            FOR one IN SELECT oid::regtype AS name FROM pg_type WHERE typname LIKE 'procrastinate\\_%'
                       AND typtype IN ('e', 'c') AND typnamespace = current_schema()::regnamespace
            LOOP EXECUTE 'DROP TYPE ' || one.name || ' CASCADE'; END LOOP;
        END $$
    """)  # fmt: skip


def _read(connection: Connection) -> _There:
    """Raises QueueTablesDiffer, also where what this version uses was taken away since."""
    comment = connection.execute(text("SELECT obj_description(to_regclass('procrastinate_jobs'))")).scalar() or ""
    expanded, _, cleared = comment.removeprefix(_MARK).partition(_CLEARED)
    there = _There(expanded, cleared or expanded)
    if not _NAME.fullmatch(there.expanded) or there.cleared > _migrations()[-1]:
        raise QueueTablesDiffer(
            f"The queue's tables were made by another version of Procrastinate ({expanded or 'not known which'}) than "
            f"the one installed here, {metadata.version('procrastinate')}. Install what this version of Evoke asks "
            "for, on every machine, and run: evoke migrate"
        )
    return there


def _takes_away(name: str) -> bool:
    return "_post_" in name


def _folder() -> Traversable:
    return resources.files("procrastinate.sql.migrations")


def _migrations() -> list[str]:
    return sorted(one.name for one in _folder().iterdir() if one.name.endswith(".sql"))


def _mark(connection: Connection, there: _There) -> None:
    _run(connection, f"COMMENT ON TABLE procrastinate_jobs IS '{_MARK}{there.expanded}{_CLEARED}{there.cleared}'")


def _run(connection: Connection, statements: str) -> None:
    """Several at once, and a per cent sign is one."""
    connection.execution_options(no_parameters=True).exec_driver_sql(statements)
