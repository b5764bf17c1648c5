"""The `evoke` command. Heavy modules load inside the command that needs them."""

import argparse
import os
import socket
import sys
from pathlib import Path

from models.errors import EvokeError
from models.origin import Channel, acting

LONGEST_NAME = 100
"""Of a worker, as its columns in the database have it."""


def main(argv: list[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        with acting(Channel.COMMAND):
            return int(arguments.run(arguments) or 0)
    except EvokeError as error:
        print(f"evoke: {error.message}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nevoke: Stopped. What was cut short can be begun again.", file=sys.stderr)
        return 130  # as a shell says that Ctrl-C ended it
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="evoke", description="Motivational Interviewing practice, coded, fed back.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="run Evoke: the website and a worker")
    serve.add_argument("--demo", action="store_true", help="with a small made-up authority already in it")
    serve.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default 8000)")
    serve.set_defaults(run=_serve)

    web = commands.add_parser("web", help="run the website alone")
    web.set_defaults(run=_web)

    worker = commands.add_parser("worker", help="run one more worker")
    worker.add_argument(
        "--name",
        type=_slot,
        default=f"{socket.gethostname()}-hand-{os.getpid()}"[-LONGEST_NAME:],  # in every container numbers are the same
        help="its slot; no two live workers may share one (default HOST-hand-PID)",
    )
    worker.add_argument("--parent", type=int, help="end when this process does")
    which = worker.add_mutually_exclusive_group()
    which.add_argument("--queues", help="take jobs from these only, with commas between: gpu, cpu, mail, deliver")
    which.add_argument(
        "--only",
        choices=["speech", "answers", "other"],
        help="hear recordings and spoken answers only, spoken answers only, or neither",
    )
    worker.add_argument("--check", metavar="NAME", help="run none: tell whether the worker of this name lives")
    worker.add_argument("--device", help="where it hears recordings: cpu, cuda, or one of several GPUs like cuda:1")
    worker.set_defaults(run=_worker)

    commands.add_parser("migrate", help="bring the database to this version").set_defaults(run=_migrate)

    token = commands.add_parser("token", help="make an API token for a person")
    token.add_argument("email")
    token.add_argument("--name", default="command line", help="what it is for")
    token.add_argument(
        "--days", choices=["90", "365", "no-end"], default="365", help="for how long it is good (a year)"
    )
    token.set_defaults(run=_token)

    from coding.code_files import add_command as add_code
    from coding.coder.commands import add_commands as add_coder_commands
    from coding.coder.model_commands import add_commands as add_model_commands
    from coding.speech.models_command import add_commands as add_speech_commands
    from coding.transcribe_files import add_command as add_transcribe
    from web.audit_command import add_commands as add_audit_commands
    from web.backup_command import add_commands as add_backup_commands
    from web.clients_command import add_commands as add_client_commands
    from web.content_command import add_commands as add_content_commands
    from web.corrections_command import add_commands as add_corrections_commands
    from web.doctor_command import add_command as add_doctor
    from web.dpia_command import add_command as add_dpia
    from web.keys_command import add_commands as add_keys_commands
    from web.move_command import add_command as add_move
    from web.people_command import add_commands as add_people_commands
    from web.proof_command import add_command as add_proof
    from web.set_password import add_command as add_password

    add_audit_commands(commands)
    add_backup_commands(commands)
    add_client_commands(commands)
    add_content_commands(commands)
    add_corrections_commands(commands)
    add_doctor(commands)
    add_dpia(commands)
    add_keys_commands(commands)
    add_password(commands)
    add_move(commands)
    add_people_commands(commands)
    add_proof(commands)
    add_code(commands)
    add_transcribe(commands)
    add_coder_commands(commands)
    add_model_commands(commands)
    add_speech_commands(commands)
    return parser


def _slot(name: str) -> str:
    if not 0 < len(name) <= LONGEST_NAME:
        raise argparse.ArgumentTypeError(f"a worker's name has 1 to {LONGEST_NAME} characters")
    return name


def _serve(arguments: argparse.Namespace) -> int:
    from models.settings import get_settings
    from web.serve import serve

    settings = get_settings()
    changes: dict[str, object] = {k: v for k in ("host", "port") if (v := getattr(arguments, k)) is not None}
    if arguments.demo and "data_dir" not in settings.model_fields_set and not settings.database_url:
        changes["data_dir"] = Path("var/demo")  # a try-out never mixes with an installation's own data
    return serve(settings.model_copy(update=changes), demo=arguments.demo)


def _web(_arguments: argparse.Namespace) -> None:
    from models.settings import get_settings
    from web.before_work import check_keys
    from web.website import run_web

    check_keys(get_settings())
    run_web(parent=None)


def _worker(arguments: argparse.Namespace) -> int:
    if arguments.check:
        from web.worker_check import check_worker

        return check_worker(arguments.check)
    from models.job_queues import EVERY_QUEUE, Only, read_queues
    from models.settings import get_settings
    from web.before_work import wait_for_its_turn
    from web.worker_process import run_worker

    if arguments.device:
        os.environ["EVOKE_WHISPER_DEVICE"] = arguments.device
    queues = Only(arguments.only).queues if arguments.only else EVERY_QUEUE
    if arguments.queues is not None:
        queues = read_queues(arguments.queues)
    wait_for_its_turn(get_settings())
    run_worker(get_settings(), name=arguments.name, parent=arguments.parent, queues=queues)
    return 0


def _migrate(_arguments: argparse.Namespace) -> None:
    from models.database import Database
    from models.migrations import upgrade
    from models.schema_version import Schema, schema_of
    from models.settings import get_settings

    database = Database.of(get_settings())
    upgrade(database)
    with database.read() as session:
        later = schema_of(session) is Schema.NEWER
    print("The database is that of a later version; nothing was changed." if later else "The database is up to date.")


def _token(arguments: argparse.Namespace) -> None:
    from sqlmodel import col, select

    from models.api_client_kept import is_a_human
    from models.api_token import make_api_token
    from models.database import Database
    from models.errors import NotFound
    from models.person import Person
    from models.settings import get_settings

    with Database.of(get_settings()).write() as session:
        here = select(Person).where(col(Person.email) == arguments.email.lower(), is_a_human())
        person = session.exec(here).first()
        if person is None:
            raise NotFound(f"Nobody here has the email address {arguments.email}. For a program: evoke client.")
        days = None if arguments.days == "no-end" else int(arguments.days)
        print(make_api_token(session, person=person, name=arguments.name, days=days))


if __name__ == "__main__":
    sys.exit(main())
