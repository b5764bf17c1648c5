"""Which coder codes new sessions: EVOKE_CODER, else the one that `evoke model use` chose, else the one that ships.

The choice is one line in the file `coder` of the data folder: the name of a coder that ships, or a folder. A folder in
the data folder is kept relative to it, so that the data may move. Looking it up loads no coder.
"""

import os
from pathlib import Path

from models.errors import EvokeError
from models.settings import Settings

TRAINED = Path(__file__).with_name("trained")
DEFAULT = TRAINED / "encoder-2"
"""The coder that codes unless another is chosen."""


class ChoiceNotKept(EvokeError):
    code = "choice_not_kept"


def choice_file(settings: Settings) -> Path:
    return settings.data_dir / "coder"


def coder_in_use(settings: Settings) -> Path:
    """The folder of the coder that codes the next session, which need not exist any more. Raises ChoiceNotKept."""
    return Path(settings.coder) if settings.coder else _chosen(settings)


def _chosen(settings: Settings) -> Path:
    file = choice_file(settings)
    try:
        line = os.fsdecode(file.read_bytes()).strip()
    except FileNotFoundError:
        return DEFAULT
    except OSError as error:
        raise ChoiceNotKept(
            f"{file}, which says what coder to use, cannot be read ({error.strerror}). Give Evoke's user the right to "
            "read it, or choose again with `evoke model use`."
        ) from error
    if not line:
        return DEFAULT
    return settings.data_dir / line if "/" in line else TRAINED / line


def ships(folder: Path) -> bool:
    return folder.resolve().parent == TRAINED.resolve()
