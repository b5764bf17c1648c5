"""`evoke audit`: is the trail whole, and the trail as a file to keep elsewhere."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from models.errors import EvokeError, NotFound

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.audit_chain import Checked


class KeptFileUnreadable(EvokeError):
    code = "kept_file_unreadable"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    audit = commands.add_parser("audit", help="check the audit trail, or write it out")
    actions = audit.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="whether any row was changed, taken out or cut off")
    check.add_argument("--against", type=Path, metavar="FILE", help="an earlier export (JSON) that was kept elsewhere")
    check.set_defaults(run=_check)
    export = actions.add_parser("export", help="every row, the oldest first")
    export.add_argument("--format", choices=["json", "csv"], default="json")
    export.add_argument("--organisation", metavar="NAME", help="of one organisation (default: all, and the system's)")
    export.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    export.set_defaults(run=_export)


def _check(arguments: argparse.Namespace) -> int:
    from models.audit import record_check_of_trail
    from models.audit_chain import check_chains
    from models.database import Database
    from models.settings import get_settings

    known = _read_kept(arguments.against) if arguments.against else {}
    database = Database.of(get_settings())
    with database.read() as session:
        names = _organisations(session)
        checked = check_chains(session, known)
        for one in checked:
            print(_line(one, names.get(one.chain, f"Organisation {one.chain}")))
    whole = not any(one.broken for one in checked)
    with database.write() as session:
        record_check_of_trail(session, whole=whole)
    database.close()
    return 0 if whole else 1


def _line(one: "Checked", name: str) -> str:
    if one.broken is None:
        return f"{name}: whole, {one.rows} rows, last {one.head}"
    return f"{name}: BROKEN at row {one.broken}: {one.problem}. The {one.rows} rows before it are whole."


def _read_kept(path: Path) -> dict[tuple[UUID, int], str]:
    """Raises KeptFileUnreadable."""
    from models.audit_hash import hash_of

    try:
        rows = json.loads(path.read_text())
        known = {(UUID(row["chain"]), int(row["sequence"])): str(row["hash"]) for row in rows}
        changed = [row["sequence"] for row in rows if hash_of(row) != row["hash"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeptFileUnreadable(
            f"{path} is not an audit trail in JSON ({type(error).__name__}). "
            "Give the file that `evoke audit export` made."
        ) from None
    if changed:
        raise KeptFileUnreadable(
            f"{path} was changed since it was exported: its row {changed[0]} does not fit its hash."
        )
    return known


def _export(arguments: argparse.Namespace) -> None:
    from models.audit_hash import SYSTEM
    from models.database import Database
    from models.settings import get_settings
    from training.audit_files import as_csv, as_json
    from training.audit_list import AuditFilter, audit_export

    database = Database.of(get_settings())
    with database.read() as session:
        names = _organisations(session)
        if arguments.organisation:
            names = {one: name for one, name in names.items() if name == arguments.organisation and one != SYSTEM}
        if not names:
            raise NotFound(f"There is no organisation called {arguments.organisation}.")

        def rows() -> Iterator[dict[str, object]]:
            for one in names:
                yield from audit_export(session, one, AuditFilter())

        pieces = as_csv(rows()) if arguments.format == "csv" else as_json(rows())
        if arguments.out:
            with arguments.out.open("w", encoding="utf-8", newline="") as file:
                file.writelines(pieces)
        else:
            sys.stdout.writelines(pieces)
    database.close()


def _organisations(session: "Session") -> dict[UUID, str]:
    """Every chain's name, the system's own first."""
    from sqlmodel import col, select

    from models.audit_hash import SYSTEM
    from models.organisation import Organisation

    found = session.exec(select(Organisation.id, Organisation.name).order_by(col(Organisation.name))).all()
    return {SYSTEM: "Evoke itself", **dict(found)}
