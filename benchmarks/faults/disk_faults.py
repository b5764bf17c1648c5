"""A disk that is full, and one that turned read-only."""

import sqlite3
from contextlib import closing

from benchmarks.faults.fault import Fault, Scene
from benchmarks.faults.site import Site
from models.settings import Settings


class _OfDisk(Fault):
    def impossible(self, site: Site) -> str:
        if site.postgres is not None:
            return "files are in a bucket there"
        return "" if site.disk is not None else "nobody may mount a disk here"


class FullDisk(_OfDisk):
    name, words = "full-disk", "the disks of database and files have no byte left"
    files = True

    def begin(self, scene: Scene) -> None:
        _no_room_within(scene.site.settings)
        self.hold(scene)

    def hold(self, scene: Scene) -> None:
        assert scene.site.disk is not None
        scene.site.disk.fill(files=self.files)

    def end(self, scene: Scene) -> None:
        assert scene.site.disk is not None
        scene.site.disk.empty()


def _no_room_within(settings: Settings) -> None:
    """SQLite's log keeps the room that it once needed, and some seconds of uploads would go into that."""
    with closing(sqlite3.connect(settings.data_dir / "evoke.sqlite3", timeout=10)) as connection:
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise TimeoutError("the database's log was in use all the time, and keeps its room")


class FullDatabaseDisk(FullDisk):
    """Uploads meet a full disk of files first; here they come as far as the database."""

    name, words = "full-database-disk", "the disk of the database has no byte left"
    files = False


class ReadOnlyDisk(_OfDisk):
    name, words = "read-only-disk", "the disk of the files turns read-only"

    def begin(self, scene: Scene) -> None:
        assert scene.site.disk is not None
        scene.site.disk.read_only(True)

    def end(self, scene: Scene) -> None:
        assert scene.site.disk is not None
        scene.site.disk.read_only(False)
