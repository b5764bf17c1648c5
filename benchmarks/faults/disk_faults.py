"""A disk that is full, and one that turned read-only."""

from benchmarks.faults.fault import Fault, Scene
from benchmarks.faults.site import Site


class _OfDisk(Fault):
    def impossible(self, site: Site) -> str:
        if site.postgres is not None:
            return "files are in a bucket there"
        return "" if site.disk is not None else "nobody may mount a disk here"


class FullDisk(_OfDisk):
    name, words = "full-disk", "the disks of database and files have no byte left"
    files = True

    def begin(self, scene: Scene) -> None:
        self.hold(scene)

    def hold(self, scene: Scene) -> None:
        assert scene.site.disk is not None
        scene.site.disk.fill(files=self.files)

    def end(self, scene: Scene) -> None:
        assert scene.site.disk is not None
        scene.site.disk.empty()


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
