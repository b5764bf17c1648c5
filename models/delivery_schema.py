"""Procrastinate's own tables and functions on PostgreSQL, from the installed package, and which version is there.

The newest of the package's migrations that is in force is kept as the comment of `procrastinate_jobs`.
"""

from importlib import metadata, resources

from sqlalchemy import Connection, text

from models.errors import EvokeError

_MARK = "Procrastinate, migrated to "


class QueueTablesDiffer(EvokeError):
    """For the operator."""

    status = 500
    code = "queue_tables_differ"


def install(connection: Connection) -> None:
    """Everything, into a database that has none of it."""
    _run(connection, (resources.files("procrastinate.sql") / "schema.sql").read_text("utf-8"))
    connection.execute(text("CREATE INDEX ix_delivery_job ON procrastinate_jobs ((args ->> 'job'))"))
    _mark(connection, _migrations()[-1])


def bring_up(connection: Connection) -> None:
    """Runs the package's migrations that are newer than what is there. Raises QueueTablesDiffer."""
    for name in _missing(connection):
        _run(connection, (resources.files("procrastinate.sql.migrations") / name).read_text("utf-8"))
        _mark(connection, name)


def check(connection: Connection) -> None:
    """For a worker, before it starts. Raises QueueTablesDiffer."""
    if _missing(connection):
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


def _missing(connection: Connection) -> list[str]:
    comment = connection.execute(text("SELECT obj_description(to_regclass('procrastinate_jobs'))")).scalar() or ""
    there, known = comment.removeprefix(_MARK), _migrations()
    if there not in known:
        raise QueueTablesDiffer(
            f"The queue's tables were made by another version of Procrastinate ({there or 'not known which'}) than the "
            f"one installed here, {metadata.version('procrastinate')}. Install what this version of Evoke asks for, on "
            "every machine, and run: evoke migrate"
        )
    return known[known.index(there) + 1 :]


def _migrations() -> list[str]:
    files = resources.files("procrastinate.sql.migrations").iterdir()
    return sorted(one.name for one in files if one.name.endswith(".sql"))


def _mark(connection: Connection, name: str) -> None:
    _run(connection, f"COMMENT ON TABLE procrastinate_jobs IS '{_MARK}{name}'")


def _run(connection: Connection, statements: str) -> None:
    """Several at once, and a per cent sign is one."""
    connection.execution_options(no_parameters=True).exec_driver_sql(statements)
