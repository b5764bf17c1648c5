"""`evoke client`: what the page *Programs* does, for whoever runs Evoke."""

import argparse
import sys

from models.errors import NotFound
from web.people_command import organisation_named, writing


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    client = commands.add_parser(
        "client", help="list, make, renew and revoke API clients: programs that act for themselves"
    )
    steps = client.add_subparsers(required=True, metavar="STEP")
    which = argparse.ArgumentParser(add_help=False)
    which.add_argument("--organisation", help="its name; needed where there are several")
    long = argparse.ArgumentParser(add_help=False)
    long.add_argument("--days", type=int, choices=[90, 365, 730], default=365, help="for how long the secret is good")

    steps.add_parser("list", parents=[which], help="which there are").set_defaults(run=_list)

    make = steps.add_parser("make", parents=[which, long], help="make one; prints its client ID and its secret")
    make.add_argument("name")
    make.add_argument(
        "--scope", action="append", metavar="S", help="what it may do, again for each; else all but manage_people"
    )
    make.set_defaults(run=_make)

    renew = steps.add_parser(
        "renew", parents=[long], help="a new secret, which it prints; the one before stops working"
    )
    renew.add_argument("client_id")
    renew.add_argument(
        "--overlap-hours", type=int, choices=[0, 24, 168], default=0, help="how long the one before stays good too"
    )
    renew.set_defaults(run=_renew)

    revoke = steps.add_parser("revoke", help="refuse it from now on, for good")
    revoke.add_argument("client_id")
    revoke.set_defaults(run=_revoke)


def _list(arguments: argparse.Namespace) -> None:
    from models.api_client import api_clients_of

    with writing() as (session, _):
        for row in api_clients_of(session, organisation_named(session, arguments.organisation).id):
            used = row.client.used_at.isoformat(timespec="seconds") if row.client.used_at else "never used"
            until = row.client.expires_at.date().isoformat()
            print("\t".join((str(row.client.id), row.name, row.client.scopes, until, used)))


def _make(arguments: argparse.Namespace) -> None:
    from models.api_client import USUAL_SCOPES, make_api_client

    with writing() as (session, _):
        client, secret = make_api_client(
            session, organisation=organisation_named(session, arguments.organisation), name=arguments.name,
            scopes=arguments.scope or USUAL_SCOPES, days=arguments.days, by=None,
        )  # fmt: skip
        client_id = str(client.id)
    print(f"{client_id}\t{secret}")


def _renew(arguments: argparse.Namespace) -> None:
    from models.api_client import find_api_client, renew_api_client

    with writing() as (session, _):
        client = find_api_client(session, arguments.client_id)
        if client is None:
            raise _unknown(arguments.client_id)
        secret = renew_api_client(
            session, client=client, days=arguments.days, by=None, overlap_hours=arguments.overlap_hours
        )
    print(secret)


def _revoke(arguments: argparse.Namespace) -> None:
    from models.api_client import find_api_client, revoke_api_client

    with writing() as (session, _):
        client = find_api_client(session, arguments.client_id)
        if client is None:
            raise _unknown(arguments.client_id)
        revoke_api_client(session, client=client, by=None)
    print("It is revoked. It and its tokens are refused from now on.", file=sys.stderr)


def _unknown(client_id: str) -> NotFound:
    return NotFound(f"There is no API client {client_id}, or it is revoked. See: evoke client list.")
