"""What is looked at in an installation that moves, before and after."""

from uuid import UUID

import pytest

from models.database import Database
from models.practice import Recording
from models.settings import Settings
from models.storage import Storage, open_recording
from models.table_copy import sum_of, tables_in_order

SOUND = [bytes([number]) * size for number, size in enumerate((3, 70_000, 9 << 20))]


only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def quiet(_progress: object) -> None:
    pass


def take_key_along(settings: Settings, to: Settings) -> None:
    (to.open_data_dir() / "master.key").write_bytes((settings.data_dir / "master.key").read_bytes())


def sums(database: Database) -> dict[str, object]:
    with database.read() as session:
        return {table.name: sum_of(session, table) for table in tables_in_order()}


def opened(to: Settings, recordings: dict[UUID, bytes]) -> dict[UUID, bytes | None]:
    """What the installation at the target hears."""
    database, storage, heard = Database.of(to), Storage(to), {}
    with database.read() as session:
        for one in recordings:
            recording = session.get_one(Recording, one)
            try:
                with open_recording(session, storage, recording) as clear:
                    heard[one] = clear.read()
            except FileNotFoundError:
                heard[one] = None
    database.close()
    return heard
