"""`evoke dpia`: the data-protection impact assessment of this installation, as a file."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import NotFound

if TYPE_CHECKING:
    from models.settings import Settings
    from training.dpia_switches import Switches


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    dpia = commands.add_parser("dpia", help="the data-protection impact assessment, from the actual settings")
    dpia.add_argument("--organisation", metavar="NAME", default="", help="whose it is (default: all that are here)")
    dpia.add_argument("--out", type=Path, metavar="FILE", help="ending in .html or .pdf (default: HTML on the output)")
    dpia.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> None:
    from models.settings import get_settings
    from training.dpia import build_dpia
    from web.render import render

    settings = get_settings()
    name = arguments.organisation or "all authorities of this installation"
    pack = build_dpia(settings, organisation=name, switches=_switches(settings, arguments.organisation))
    html = render("dpia_paper.html", nonce="", person=None, pack=pack)
    if arguments.out is None:
        sys.stdout.write(html)
    elif arguments.out.suffix.lower() == ".pdf":
        from web.paper import as_pdf

        arguments.out.write_bytes(as_pdf(html))
    else:
        arguments.out.write_text(html, encoding="utf-8")


def _switches(settings: "Settings", name: str) -> "Switches | None":
    """None where there is no database of this version yet. Raises NotFound for an unknown organisation."""
    from sqlalchemy.exc import DBAPIError
    from sqlmodel import col, select

    from models.database import Database
    from models.organisation import Organisation
    from training.dpia_switches import read_switches

    database = Database.of(settings)
    try:
        with database.read() as session:
            found = session.exec(select(Organisation.id).where(col(Organisation.name) == name)).first()
            if name and found is None:
                raise NotFound(f"There is no organisation called {name}.")
            return read_switches(session, found)
    except DBAPIError:
        return None
    finally:
        database.close()
