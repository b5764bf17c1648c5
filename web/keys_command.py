"""`evoke keys`: which keys there are, changing them, and destroying an organisation's."""

import argparse
import sys
from typing import TYPE_CHECKING

from models.errors import EvokeError

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.organisation import Organisation


class NamesDiffer(EvokeError):
    code = "names_differ"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    keys = commands.add_parser("keys", help="see, change or destroy the keys that everything is sealed with")
    actions = keys.add_subparsers(metavar="ACTION")
    keys.set_defaults(run=_list)
    actions.add_parser("list", help="the keys of each organisation, and how many sessions each seals")
    rotate = actions.add_parser("rotate", help="give organisations a new key; a worker wraps their sessions with it")
    rotate.add_argument("--organisation", metavar="NAME", help="only this one's")
    rotate.add_argument("--master", action="store_true", help="wrap every organisation's keys with the new master key")
    rotate.set_defaults(run=_rotate)
    shred = actions.add_parser(
        "shred-organisation", help="destroy an organisation's keys: nothing said in its sessions can ever be read again"
    )
    shred.add_argument("name")
    shred.set_defaults(run=_shred)


def _list(_arguments: argparse.Namespace) -> None:
    from models.database import Database
    from models.rotate import keys_in_use
    from models.settings import get_settings

    with Database.of(get_settings()).read() as session:
        for one in keys_in_use(session):
            since = f"{one.created_at:%Y-%m-%d}, {'retired' if one.retired else 'in use'}"
            older = "" if one.current_master else "; wrapped with an OLDER master key"
            print(f"{one.organisation}: key {one.version} since {since}, {one.sessions} sessions{older}")


def _rotate(arguments: argparse.Namespace) -> None:
    from sqlmodel import col, select

    from models.database import Database
    from models.keys import OrganisationKey
    from models.organisation import Organisation
    from models.rotate import rotate_master_key, rotate_organisation_key
    from models.settings import get_settings

    database = Database.of(get_settings())
    with database.write() as session:
        if arguments.master:
            wrapped, made = rotate_master_key(session), []
        else:
            with_keys = select(OrganisationKey.organisation_id)  # those of a destroyed organisation stay destroyed
            every = select(Organisation).where(col(Organisation.id).in_(with_keys))
            chosen = [_named(session, arguments.organisation)] if arguments.organisation else session.exec(every).all()
            made = [(one.name, rotate_organisation_key(session, organisation=one, by=None).version) for one in chosen]
    if arguments.master:
        print(f"{wrapped} keys of organisations are wrapped with the new master key.")
        print("The old one is not needed any more: take it out of EVOKE_OLD_MASTER_KEYS, and destroy it.")
    for name, version in made:
        print(f"{name} has key {version}. A worker now wraps its sessions with it: evoke keys list")


def _shred(arguments: argparse.Namespace) -> None:
    from models.database import Database
    from models.rotate import shred_organisation
    from models.scrub import scrub
    from models.settings import get_settings

    database = Database.of(get_settings())
    with database.read() as session:
        name = _named(session, arguments.name).name
    print(
        f"This destroys the keys of {name}. What was said in its sessions can then be read by nobody, but from a "
        "backup made before. It cannot be undone.\nType the organisation's name again: ",
        end="", file=sys.stderr, flush=True,
    )  # fmt: skip
    if sys.stdin.readline().strip() != name:
        raise NamesDiffer("That is not its name, so nothing was destroyed.")
    with database.write() as session:
        sessions = shred_organisation(session, organisation=_named(session, name), by=None)
    scrub(database, "session_key", "organisation_key")
    print(f"The keys of {name} are destroyed. {sessions} sessions cannot be opened any more.")


def _named(session: "Session", name: str) -> "Organisation":
    """Raises NotFound."""
    from sqlmodel import select

    from models.errors import NotFound
    from models.organisation import Organisation

    found = session.exec(select(Organisation).where(Organisation.name == name)).first()
    if found is None:
        raise NotFound(f"No organisation here is called {name}. Its name must be typed as it is: evoke keys list")
    return found
