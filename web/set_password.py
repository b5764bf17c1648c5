"""`evoke password`: the way back in for somebody whose password is lost."""

import argparse
import getpass
import secrets
import sys

from models.errors import EvokeError

_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another. Twenty of them are 99 bits."""


class PasswordNotSet(EvokeError):
    code = "password_not_set"


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    password = commands.add_parser("password", help="set a person's password, and sign them out everywhere")
    password.add_argument("email")
    password.add_argument("--generate", action="store_true", help="make a strong one and print it")
    password.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> None:
    from sqlmodel import col, select

    from models.database import Database
    from models.errors import NotFound
    from models.password import hash_password, set_password
    from models.person import Person
    from models.settings import get_settings

    database = Database.of(get_settings())
    here = select(Person).where(col(Person.email) == arguments.email.strip().lower(), col(Person.left_at).is_(None))
    with database.read() as session:
        if session.exec(here).first() is None:
            raise NotFound(f"Nobody here has the email address {arguments.email}.")
    password = _generated() if arguments.generate else _asked()
    password_hash = hash_password(password)
    with database.write() as session:
        person = session.exec(here).one()
        set_password(session, person=person, password_hash=password_hash, by=None)
    database.close()
    print(f"The password of {person.name} is set. Wherever they were signed in, they are signed out.", file=sys.stderr)
    if arguments.generate:
        print(password)


def _generated() -> str:
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(4))


def _asked() -> str:
    """Raises PasswordNotSet."""
    from models.password import what_is_wrong_with

    password = getpass.getpass("New password: ")
    if mistake := what_is_wrong_with(password):
        raise PasswordNotSet(mistake)
    if getpass.getpass("The same again: ") != password:
        raise PasswordNotSet("The two are not the same, so nothing was changed. Try again.")
    return password
