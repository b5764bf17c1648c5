"""An installation with a key for backups, a place for them, and an empty installation elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.backup.keys import make_pair, write_private_key
from models.places import Place, open_place
from models.settings import Settings
from tests.conftest import migrated_database, settings_of_tests


@pytest.fixture
def private(tmp_path: Path) -> Path:
    return tmp_path / "backup.key"


@pytest.fixture
def settings(settings: Settings, private: Path) -> Settings:
    public, text = make_pair()
    write_private_key(private, text)
    return settings.model_copy(update={"backup_key": public})


@pytest.fixture
def place(tmp_path: Path, settings: Settings) -> Place:
    return open_place(str(tmp_path / "backups"), settings, named="PLACE")


@pytest.fixture
def elsewhere(
    settings: Settings, tmp_path: Path, database_kind: str, postgres_server: str, sqlite_template: Path
) -> Iterator[Settings]:
    """An empty installation of the other kind, with the master key and nothing else of the first."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "master.key").write_bytes((settings.open_data_dir() / "master.key").read_bytes())
    if database_kind == "postgresql":
        (folder / "evoke.sqlite3").write_bytes(sqlite_template.read_bytes())
        yield settings_of_tests(folder)
        return
    with migrated_database(postgres_server) as url:
        yield settings_of_tests(folder, database_url=url)
