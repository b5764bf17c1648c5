"""`evoke people` and `evoke organisation`: what the page does, for whoever runs Evoke."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import EvokeError, NotFound

if TYPE_CHECKING:
    from sqlmodel import Session

    from models.organisation import Organisation
    from models.person import Person
    from models.settings import Settings


class CannotTell(EvokeError):
    code = "cannot_tell"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    people = commands.add_parser("people", help="list, invite and import people, and mark them as left")
    steps = people.add_subparsers(required=True, metavar="STEP")
    which = argparse.ArgumentParser(add_help=False)
    which.add_argument("--organisation", help="its name; needed where there are several")

    listing = steps.add_parser("list", parents=[which], help="who is here")
    listing.add_argument("--state", choices=["in", "active", "invited", "left", "all"], default="in")
    listing.set_defaults(run=_list)

    invite = steps.add_parser("invite", parents=[which], help="add a person and mail them a link; prints the link")
    invite.add_argument("email")
    invite.add_argument("--name", required=True)
    invite.add_argument("--discipline", default="")
    invite.add_argument("--team", default="")
    roles = "trainee, coach, lead, administrator, data protection; evaluator in a centre"
    invite.add_argument("--role", default="", help=roles)
    invite.set_defaults(run=_invite)

    importing = steps.add_parser("import", parents=[which], help="show what a CSV file would do, row by row")
    importing.add_argument("file", type=Path)
    importing.add_argument("--yes", action="store_true", help="and do it")
    importing.set_defaults(run=_import)

    leave = steps.add_parser("leave", help="mark a person as left, at once")
    leave.add_argument("email")
    leave.set_defaults(run=_leave)

    organisation = commands.add_parser("organisation", help="add another authority, or an evaluation centre")
    organisation.add_argument("name")
    organisation.add_argument("--evaluation", action="store_true", help="a centre whose people evaluate")
    organisation.add_argument("--administrator", required=True, metavar="EMAIL", help="who is invited to run it")
    organisation.add_argument("--administrator-name", required=True, metavar="NAME")
    organisation.set_defaults(run=_add_organisation)


@contextmanager
def writing() -> "Iterator[tuple[Session, Settings]]":
    from models.database import Database
    from models.settings import get_settings

    settings = get_settings()
    database = Database.of(settings)
    with database.write() as session:
        yield session, settings
    database.close()


def organisation_named(session: "Session", name: str | None) -> "Organisation":
    """Raises NotFound, CannotTell."""
    from sqlmodel import col, select

    from models.organisation import Organisation

    found = session.exec(select(Organisation).order_by(col(Organisation.name))).all()
    names = ", ".join(one.name for one in found)
    if name is not None:
        found = [one for one in found if one.name.lower() == name.strip().lower()]
    if not found:
        raise NotFound(f"There is no such organisation. There are: {names or 'none'}.")
    if len(found) > 1:
        raise CannotTell(f"Say which one with --organisation. There are: {names}.")
    return found[0]


def _list(arguments: argparse.Namespace) -> None:
    from training.people_lists import PeopleFilter, people_of

    with writing() as (session, _):
        organisation = organisation_named(session, arguments.organisation)
        for row in people_of(session, organisation.id, PeopleFilter(state=arguments.state)):
            cells = (row.email, row.name, row.state.value, row.discipline, row.places_shown)
            print("\t".join(cells))


def _invite(arguments: argparse.Namespace) -> None:
    from training.import_people import Fate, import_people
    from training.people_file import FileRow

    row = FileRow(
        1, 0, " ".join(arguments.name.split()), arguments.email.strip(), arguments.discipline, arguments.team,
        arguments.role,
    )  # fmt: skip
    with writing() as (session, settings):
        organisation = organisation_named(session, arguments.organisation)
        (line,) = import_people(session, [row], organisation_id=organisation.id, settings=settings, by=None)
        if line.fate is not Fate.INVITE:
            raise CannotTell(line.words if line.fate is Fate.MISTAKE else f"{row.email} is here already.")
        print(_link(session, row.email, settings))


def _link(session: "Session", email: str, settings: "Settings") -> str:
    from models.people.inviting import link_of, open_invitation

    invitation = open_invitation(session, _person(session, email))
    return link_of(invitation, settings) if invitation else ""


def _person(session: "Session", email: str) -> "Person":
    """Raises NotFound."""
    from models.people.joining import person_at

    person = person_at(session, email)
    if person is None:
        raise NotFound(f"Nobody here has the email address {email}.")
    return person


def _import(arguments: argparse.Namespace) -> int:
    """1 where a row has a mistake."""
    from training.import_people import Fate, import_people, preview_people
    from training.people_file import PeopleFileWrong, read_people_file

    try:
        read = read_people_file(arguments.file.read_bytes())
    except OSError as error:
        raise PeopleFileWrong(f"{arguments.file} cannot be read: {error.strerror}.") from error
    with writing() as (session, settings):
        organisation_id = organisation_named(session, arguments.organisation).id
        if arguments.yes:
            lines = import_people(session, read.rows, organisation_id=organisation_id, settings=settings, by=None)
        else:
            lines = preview_people(session, read.rows, organisation_id=organisation_id)
    for note in read.notes:
        print(f"evoke: {note}", file=sys.stderr)
    for line in lines:
        print("\t".join((str(line.row.line), line.row.email, line.fate.value, line.words)))
    if not arguments.yes:
        print("evoke: Nothing is done yet. Add --yes to do it.", file=sys.stderr)
    return int(any(line.fate is Fate.MISTAKE for line in lines))


def _leave(arguments: argparse.Namespace) -> None:
    from models.people.leaving import mark_as_left

    with writing() as (session, _):
        person = _person(session, arguments.email)
        mark_as_left(session, person=person, by=None)
    print(f"{person.name} has left. Their sign-ins and API tokens stopped working.", file=sys.stderr)


def _add_organisation(arguments: argparse.Namespace) -> None:
    from models.people.organisations import add_organisation

    with writing() as (session, settings):
        add_organisation(
            session, name=arguments.name, is_evaluation=arguments.evaluation, email=arguments.administrator,
            administrator=arguments.administrator_name, settings=settings,
        )  # fmt: skip
        print(_link(session, arguments.administrator, settings))
