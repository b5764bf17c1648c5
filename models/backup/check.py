"""Whether a set is as it was written, byte by byte; and, with the private key, whether its rows can be opened."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from models.backup.keys import unwrap
from models.backup.rows import columns_of, read_rows
from models.backup.sets import BackupDamaged, FileInSet, Manifest, files_of, table_file
from models.backup.stored_files import digest_of
from models.cipher import SealBroken
from models.places import Place
from models.table_copy import Row, Sum, sum_rows, tables_in_order

_AT_ONCE = 8
_ROWS = 2000


@dataclass(frozen=True)
class Checked:
    """`problems` are sentences, each of which names a file. Without the private key no row was opened."""

    tables: int
    files: int
    bytes: int
    rows_opened: int
    problems: tuple[str, ...]


def check_set(place: Place, manifest: Manifest, *, private: X25519PrivateKey | None = None) -> Checked:
    problems = list(_tables_changed(place, manifest))
    try:
        files = list(files_of(place, manifest))
    except BackupDamaged as error:
        files = []
        problems.append(error.message)
    with ThreadPoolExecutor(_AT_ONCE, "check") as pool:
        problems += [one for one in pool.map(lambda one: blob_problem(place, one), files) if one]
    opened = 0
    if private is not None and not problems:
        key = unwrap_set(manifest, private)
        require_same_tables(manifest)
        by_name = {one.name: one for one in tables_in_order()}
        for kept in manifest.tables:
            found = Sum()
            try:
                for rows in in_batches(read_rows(place, manifest, kept, key=key)):
                    found += sum_rows(by_name[kept.name], rows)
            except SealBroken as error:
                problems.append(f"{place.shown}/{table_file(manifest.name, kept.name)}: {error}.")
                continue
            opened += found.count
            if found != kept.sum:
                problems.append(f"{kept.name}: its rows are not those that were read from the database.")
    done = sum(one.bytes for one in manifest.tables) + sum(one.bytes for one in files)
    return Checked(len(manifest.tables), len(files), done, opened, tuple(problems))


def blob_problem(place: Place, one: FileInSet) -> str:
    """Empty where it is as it was."""
    return _problem(place, one.blob, one.bytes, one.sha256, f", which is {one.name}")


def unwrap_set(manifest: Manifest, private: X25519PrivateKey) -> bytes:
    """Raises BackupKeyWrong, BackupDamaged."""
    try:
        return unwrap(private, manifest.wrapped_key, manifest.set_id.bytes)
    except SealBroken as error:
        raise BackupDamaged(f"The key of the set {manifest.name} cannot be opened: {error}.") from error


def in_batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def require_same_tables(manifest: Manifest) -> None:
    """Raises BackupDamaged where this program knows other tables or columns than the set has."""
    ours = {one.name: columns_of(one) for one in tables_in_order()}
    theirs = {one.name: one.columns for one in manifest.tables}
    if ours != theirs:
        other = sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
        raise BackupDamaged(f"The set {manifest.name} has other tables than this program: {', '.join(other)}.")


def _tables_changed(place: Place, manifest: Manifest) -> Iterator[str]:
    for one in manifest.tables:
        if said := _problem(place, table_file(manifest.name, one.name), one.bytes, one.sha256, ""):
            yield said


def _problem(place: Place, path: str, size: int, sha256: str, which: str) -> str:
    try:
        found = digest_of(place, path)
    except FileNotFoundError:
        return f"{place.shown}/{path}{which}, is missing."
    return "" if found == (size, sha256) else f"{place.shown}/{path}{which}, was changed."
