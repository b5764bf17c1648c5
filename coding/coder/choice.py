"""Choosing the coder of new sessions, tried out before anything is changed. See `coding.coder.in_use`."""

import os
import tempfile
from pathlib import Path

from coding.coder.in_use import DEFAULT, ChoiceNotKept, choice_file, ships
from coding.coder.result import Coder
from coding.coder.shelf import coder_in
from coding.pipeline import TurnToCode, code_conversation
from models.errors import EvokeError
from models.settings import Settings

LONGEST_VERSION = 100
"""Characters that a coding has room for."""
_CONVERSATION = (
    ("Worker", "How have the evenings been? You said that you wanted to cut down."),
    ("Parent", "Better. I've stopped having wine on a weeknight. I don't know about Saturdays."),
    ("Worker", "You've done it on the weeknights, and it sounds like you feel lighter for it."),
    ("Parent", "I do. I want to keep it up for the kids."),
)


class CoderUnfit(EvokeError):
    code = "coder_unfit"


def choose_coder(folder: Path | None, *, settings: Settings) -> Coder:
    """From now on `folder` codes, once it has coded a small conversation; None is the one that ships.

    Raises ModelUnreadable, CoderUnfit, SettingsWrong and ChoiceNotKept; nothing is changed then.
    """
    folder = (folder or DEFAULT).resolve()
    coder = try_out(folder)
    settings.open_data_dir()
    _keep(_line_of(folder, settings), choice_file(settings))
    return coder


def try_out(folder: Path) -> Coder:
    """The coder, after it has coded a small conversation. Raises ModelUnreadable and CoderUnfit."""
    coder = coder_in(folder)
    try:
        turns = [TurnToCode(label, text) for label, text in _CONVERSATION]
        coded = code_conversation(turns, coder=coder, practitioner_labels=("Worker",))
        sure = [item.estimate.confidence for item in coded.utterances]
    except Exception as error:  # a spoilt coder may fail in any way
        raise CoderUnfit(
            f"The coder in {folder} loads, but cannot code a small conversation ({type(error).__name__}: {error}). "
            "Nothing was changed. Train it again."
        ) from error
    if len(sure) < len(_CONVERSATION) or not all(0 < share <= 1 for share in sure):
        raise CoderUnfit(
            f"The coder in {folder} loads, but does not give every utterance a code and a probability. Nothing was "
            "changed. Train it again."
        )
    if not 0 < len(coder.version) <= LONGEST_VERSION:
        raise CoderUnfit(
            f"The coder in {folder} has a version of {len(coder.version)} characters, and sessions keep 1 to "
            f"{LONGEST_VERSION}. Nothing was changed. Train it into a folder of a shorter name."
        )
    return coder


def _line_of(folder: Path, settings: Settings) -> str:
    """Empty for the default, so that whatever ships as the default is followed."""
    if folder == DEFAULT.resolve():
        return ""
    if ships(folder):
        return folder.name
    data_dir = settings.data_dir.resolve()
    return f"./{folder.relative_to(data_dir)}" if folder.is_relative_to(data_dir) else str(folder)


def _keep(line: str, file: Path) -> None:
    """Whole or not at all: a worker may read it at any moment."""
    try:
        if not line:
            file.unlink(missing_ok=True)
            return
        descriptor, partial = tempfile.mkstemp(prefix=".coder.", dir=file.parent)
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.write(os.fsencode(line) + b"\n")
                os.fchmod(out.fileno(), 0o644)  # the worker may be another user than the one who chooses
                out.flush()
                os.fsync(out.fileno())
            os.replace(partial, file)
        finally:
            Path(partial).unlink(missing_ok=True)
    except OSError as error:
        raise ChoiceNotKept(
            f"The choice cannot be written to {file} ({error.strerror}). Nothing was changed. Run this as Evoke's user."
        ) from error
