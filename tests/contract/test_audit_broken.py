"""Where the audit trail cannot be written, nothing is done: asked of every route that changes something.

The routes are those of the application, so a new one is asked too: it fails here until its change writes an audit row
in the same transaction, or until somebody says in audit_not_asked.py why it needs none, or why nothing of it is tried
here.
"""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import select

from api.house import House
from models.audit import AuditEvent
from tests.contract.audit_not_asked import NEEDS_NO_ROW, NOT_TRIED
from tests.contract.audit_prepared import BETTER, PREPARED
from tests.contract.conftest import Everybody
from tests.contract.routes import RULES
from tests.contract.rule import Rule
from tests.contract.test_who_may import address, ask, rows
from tests.web.conftest import Client, PageClient
from web.guard import AnswerBrokenOff

CHANGES = sorted(route for route in RULES if route.split(" ")[0] not in ("GET", "HEAD"))


def broken(*_: object, **__: object) -> None:
    raise RuntimeError("the audit cannot be written")


def audit_rows(house: House) -> int:
    with house.database.read() as session:
        return session.exec(select(func.count()).select_from(AuditEvent)).one()


def fails(client: PageClient, route: str, rule: Rule, path: str) -> bool:
    try:
        return bool(ask(client, route, rule, path).status_code == 500)
    except AnswerBrokenOff:  # what goes on after the answer, so that it takes equally long for everybody
        return True


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_without_its_audit_row_nothing_is_done(
    client: Client, everybody: Everybody, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is asked twice: with a trail that cannot be written, then with one that can. What writes a row the second
    time must have failed and changed nothing the first time."""
    wrong, not_tried = [], set()
    for route in CHANGES:
        rule = BETTER.get(route, RULES[route])
        if route in PREPARED:
            path, form = PREPARED[route](house, everybody)
            rule = replace(rule, data=form or rule.data)
        else:
            path = address(route, everybody, fresh=True)
        actor = next(found for name in rule.may if (found := everybody.actors.get(name)) is not None)
        one, again = client(actor), client(actor)
        before = rows(house)
        with monkeypatch.context() as patched:
            patched.setattr("models.audit._append", broken)
            failed = fails(one, route, rule, path)
        after_broken, audited = rows(house), audit_rows(house)
        ask(again, route, rule, path)
        does, audits = rows(house) != after_broken, audit_rows(house) > audited
        if audits and (not failed or after_broken != before):
            wrong.append((route, "something is done without its audit row"))
        if not audits and (does or after_broken != before) and route not in NEEDS_NO_ROW:
            wrong.append((route, "changes something and writes no audit row"))
        if not audits and not does and after_broken == before and route not in NEEDS_NO_ROW:
            not_tried.add(route)
    assert wrong == []
    assert not_tried == set(NOT_TRIED)


def test_only_the_edge_commits() -> None:
    """So whatever an action writes, its audit row included, is in one transaction."""
    commits = {
        str(path)
        for room in ("api", "coding", "models", "training", "web")
        for path in Path(room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    }
    # A request's new secret of a sign-in, a migration, and what a worker's new connection is told are transactions of
    # their own.
    own = {"api/access.py", "models/migrations/env.py", "web/delivered_worker.py"}
    assert commits == {"models/database.py", *own}
