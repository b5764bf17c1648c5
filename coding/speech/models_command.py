"""`evoke speech models`: which speech models there are, fetching one, taking a copied folder, checking one."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import EvokeError

if TYPE_CHECKING:
    from coding.speech.errors import SpeechModelMissing
    from models.settings import Settings


class ModelNotUsable(EvokeError):
    """What is wrong with a model, for whoever looks after the machine."""

    code = "model_not_usable"


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    speech = subparsers.add_parser("speech", help="the models that write recordings down")
    models = speech.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "models", help="list them; fetch, take or check one"
    )
    models.set_defaults(run=_telling(_list))
    commands = models.add_subparsers(metavar="COMMAND")

    fetch = commands.add_parser("fetch", help="fetch a model by its name; a fetch that was cut off goes on")
    fetch.add_argument("name", metavar="NAME")
    fetch.set_defaults(run=_telling(_fetch))

    take = commands.add_parser("take", help="copy a model's folder into Evoke's model folder")
    take.add_argument("folder", type=Path, metavar="FOLDER")
    take.add_argument("--name", default="", help="what to call it here (default: the folder's name)")
    take.set_defaults(run=_telling(_take))

    check = commands.add_parser("check", help="compare a model with its checksums and load it once")
    check.add_argument("model", metavar="NAME|FOLDER")
    check.set_defaults(run=_telling(_check))


def _telling(command: Callable[[argparse.Namespace, "Settings"], None]) -> Callable[[argparse.Namespace], None]:
    """With the settings, and without the sentence about a recording, of which there is none here."""

    def run(arguments: argparse.Namespace) -> None:
        from coding.speech.errors import SpeechModelMissing
        from models.settings import get_settings

        try:
            command(arguments, get_settings())
        except SpeechModelMissing as error:
            raise ModelNotUsable(_sentence(error)) from error

    return run


def _sentence(error: "SpeechModelMissing") -> str:
    return f"{error.facts['what']} {error.facts['do']}"


def _list(_arguments: argparse.Namespace, settings: "Settings") -> None:
    from coding.speech.speech_models import KNOWN, on_shelf, where_is

    shelf = settings.speech_models_folder
    print(f"{'name':<18}{'to fetch':<11}{'languages':<11}on this machine")
    for one in KNOWN.values():
        languages = "English" if one.english_only else "about 100"
        print(f"{one.name:<18}{f'{one.megabytes:,} MB':<11}{languages:<11}{_state(where_is(one.name, shelf))}")
    for folder in on_shelf(shelf):
        if folder.name not in KNOWN:
            print(f"{folder.name:<18}{'':<11}{'':<11}{_state(folder)}")
    print(f"\nEvoke's model folder is {shelf}.")
    if settings.whisper_model:
        print(f"EVOKE_WHISPER_MODEL is set: recordings are written down by {settings.whisper_model}.")
        return
    from coding.speech.speech_models import default_model

    cpu, gpu = (default_model(device, settings.whisper_language) for device in ("cpu", "cuda"))
    print(f"EVOKE_WHISPER_MODEL is not set: {cpu} writes recordings down, or {gpu} where a GPU can be used.")


def _state(folder: Path | None) -> str:
    from coding.speech.errors import SpeechModelMissing
    from coding.speech.model_folder import check_model_folder

    if folder is None:
        return "no"
    try:
        check_model_folder(folder)
    except SpeechModelMissing as error:
        return f"NOT USABLE. {_sentence(error)}"
    return f"yes, {folder}"


def _fetch(arguments: argparse.Namespace, settings: "Settings") -> None:
    from coding.speech.fetch_model import fetch_model
    from coding.speech.speech_models import repository_of, shelf_folder

    name, repository = repository_of(arguments.name)
    folder = shelf_folder(settings.speech_models_folder, name)
    shown = -1

    def on_progress(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // max(total, 1)
        if percent > shown and sys.stderr.isatty():
            print(f"\r{name}: {percent} % of {total / 1e6:,.0f} MB", end="", file=sys.stderr, flush=True)
        shown = max(shown, percent)

    try:
        fetch_model(name, repository, folder, on_progress=on_progress)
    finally:
        if sys.stderr.isatty() and shown >= 0:
            print(file=sys.stderr)
    print(f"{name} is in {folder}, and every file is what the hub says it is.")


def _take(arguments: argparse.Namespace, settings: "Settings") -> None:
    from coding.speech.speech_models import take_model

    folder = take_model(arguments.folder, shelf=settings.speech_models_folder, name=arguments.name)
    print(f"The model is in {folder}. Set EVOKE_WHISPER_MODEL={folder.name} to write recordings down with it.")


def _check(arguments: argparse.Namespace, settings: "Settings") -> None:
    from coding.speech.model_sums import check_sums
    from coding.speech.speech_models import find_model

    folder = find_model(arguments.model, allow_download=False, shelf=settings.speech_models_folder)
    compared = check_sums(folder)
    if compared is None:
        print(f"{folder} has no list of checksums. `evoke speech models take` makes one.")
    else:
        print(f"{compared} files in {folder} are as they came.")
    _load_once(folder, settings)


def _load_once(folder: Path, settings: "Settings") -> None:
    """In a process of its own: a model that crashes whoever loads it is told about too."""
    from coding.speech.hearing_process import HearingProcess

    environment = settings.as_environment() | {"EVOKE_WHISPER_MODEL": str(folder.resolve())}
    process = HearingProcess(environment, device=settings.whisper_device)
    try:
        process.load()
        memory = f"{process.memory / 1e6:,.0f} MB"
        print(f"It loads on {process.usable} and takes {memory} there with all that belongs to it.")
    finally:
        process.end()
