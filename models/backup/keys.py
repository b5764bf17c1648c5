"""The pair of keys of backups: whoever makes them has the public one and can read none; the private one is kept apart.

A set has a key of its own, which seals its rows. It is wrapped for the public key: X25519 with a key that is used once,
and HKDF (RFC 5869). The set is signed with an Ed25519 key that is derived from the master key, so that nobody else can
put a set beside ours that passes for one of them.
"""

import base64
import os
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.cipher import KEY_BYTES, SealBroken, derived_key, open_sealed, seal
from models.errors import EvokeError
from models.settings import Settings, SettingsWrong

_PRIVATE = "evoke-backup-private-key:"
"""Before the private key in its file, so that neither is taken for the other."""
_PURPOSE = "backup manifests"


class BackupKeyWrong(EvokeError):
    status = 400
    code = "backup_key_wrong"


def make_pair() -> tuple[str, str]:
    """The public key in base64, and the private one as its file holds it."""
    private = X25519PrivateKey.generate()
    return _text(private.public_key().public_bytes_raw()), f"{_PRIVATE}{_text(private.private_bytes_raw())}"


def public_key_of(settings: Settings) -> X25519PublicKey:
    """Raises SettingsWrong."""
    if not settings.backup_key:
        raise SettingsWrong(
            "EVOKE_BACKUP_KEY is not set. Make a pair of keys with: evoke backup key FILE. Keep FILE apart from this "
            "machine and from the backups, and set EVOKE_BACKUP_KEY to the public key that the command prints."
        )
    key = _bytes(settings.backup_key)
    if key is None:
        raise SettingsWrong("EVOKE_BACKUP_KEY is not a public key as evoke backup key prints it.")
    return X25519PublicKey.from_public_bytes(key)


def read_private_key(file: Path) -> X25519PrivateKey:
    """Raises BackupKeyWrong."""
    try:
        text = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupKeyWrong(f"The private key of backups cannot be read from {file}.") from error
    key = _bytes(text.removeprefix(_PRIVATE)) if text.startswith(_PRIVATE) else None
    if key is None:
        raise BackupKeyWrong(f"{file} does not hold the private key of backups, as evoke backup key made it.")
    return X25519PrivateKey.from_private_bytes(key)


def wrap_for(public: X25519PublicKey, key: bytes, about: bytes) -> dict[str, str]:
    once = X25519PrivateKey.generate()
    mine, theirs = once.public_key().public_bytes_raw(), public.public_bytes_raw()
    wraps = _wrapping(once.exchange(public), mine + theirs)
    return {"once": _text(mine), "for": _text(theirs), "sealed": _text(seal(wraps, key, about))}


def unwrap(private: X25519PrivateKey, wrapped: dict[str, str], about: bytes) -> bytes:
    """Raises BackupKeyWrong, SealBroken."""
    mine = private.public_key().public_bytes_raw()
    if wrapped["for"] != _text(mine):
        raise BackupKeyWrong("This set was sealed for another backup key. Give the private key of that time.")
    once, sealed = _bytes(wrapped["once"]), wrapped["sealed"]
    if once is None:
        raise SealBroken("the set's key is damaged")
    wraps = _wrapping(private.exchange(X25519PublicKey.from_public_bytes(once)), once + mine)
    return open_sealed(wraps, base64.b64decode(sealed), about)


def signing_key(master: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derived_key(master, purpose=_PURPOSE, record_id=UUID(int=0)))


def write_private_key(file: Path, text: str) -> None:
    """Raises BackupKeyWrong where there is such a file: the sets of an older key need that one."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BackupKeyWrong(f"{file} cannot be made, or is there already: {error.strerror}.") from error
    with os.fdopen(handle, "w") as out:
        out.write(text + "\n")


def _wrapping(shared: bytes, both: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"evoke backup set" + both).derive(shared)


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _bytes(text: str) -> bytes | None:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None
