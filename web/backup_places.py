"""What the commands of `evoke backup` share: places, sets and keys as a person names them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import EvokeError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from models.backup.sets import Manifest
    from models.places import Place


class NoSet(EvokeError):
    status = 404
    code = "no_set"


def place_at(where: str, *, make: bool = True) -> "Place":
    from models.places import open_place
    from models.settings import get_settings

    return open_place(where, get_settings(), named="PLACE", make=make)


def set_at(where: str) -> tuple["Place", "Manifest"]:
    """Raises NoSet, NotFound, BackupDamaged."""
    from models.backup.sets import read_manifest, set_names

    before, _, name = where.rstrip("/").rpartition("/")
    if not before:
        raise NoSet("Say which set, as PLACE/SET or PLACE/latest. See those of a place: evoke backup list PLACE")
    place = place_at(before, make=False)
    if name == "latest":
        names = set_names(place)
        if not names:
            raise NoSet(f"{before} has no sets.")
        name = names[-1]
    return place, read_manifest(place, name)


def private_key_in(file: Path) -> "X25519PrivateKey":
    from models.backup.keys import read_private_key

    return read_private_key(file)


def report(said: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{said}", end="", file=sys.stderr, flush=True)


def megabytes(number: int) -> str:
    return f"{number / 1e6:.1f} MB"
