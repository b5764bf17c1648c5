"""What makes the database itself refuse to change or delete an audit row, on SQLite and PostgreSQL.

It keeps a mistake in a program, or a hurried hand, from touching the trail. Whoever owns the database can take the
triggers away; that shows in the chain. A migration that makes `audit_event` anew must `guard` it again.
"""

from sqlalchemy import Connection, text

_REFUSAL = "audit rows are never changed or deleted"
_BACKWARDS = "the head of an audit chain only moves forward"

_SQLITE = (
    f"""CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
    f"""CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
    f"""CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
        WHEN NEW.chain <> OLD.chain OR NEW.sequence <= OLD.sequence
        BEGIN SELECT RAISE(ABORT, '{_BACKWARDS}'); END""",
    f"""CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
        BEGIN SELECT RAISE(ABORT, '{_BACKWARDS}'); END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$""",
    f"""CREATE FUNCTION refuse_audit_backwards() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{_BACKWARDS}'; END $$""",
    """CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()""",
    """CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
        FOR EACH ROW WHEN (NEW.chain <> OLD.chain OR NEW.sequence <= OLD.sequence)
        EXECUTE FUNCTION refuse_audit_backwards()""",
    """CREATE TRIGGER audit_head_no_delete BEFORE DELETE OR TRUNCATE ON audit_head
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_backwards()""",
)
_NAMES = {
    "sqlite": ("audit_event_no_update", "audit_event_no_delete", "audit_head_forward", "audit_head_no_delete"),
    "postgresql": ("refuse_audit_change()", "refuse_audit_backwards()"),
}


def guard(connection: Connection) -> None:
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.execute(text(statement))


def unguard(connection: Connection) -> None:
    for name in _NAMES[connection.dialect.name]:
        what = f"TRIGGER {name}" if connection.dialect.name == "sqlite" else f"FUNCTION {name} CASCADE"
        connection.execute(text(f"DROP {what}"))
