"""The network between workers and PostgreSQL: cut, and silent."""

from benchmarks.faults.fault import Fault, Scene
from benchmarks.faults.site import Site


class _OfNetwork(Fault):
    def impossible(self, site: Site) -> str:
        return "" if site.network is not None else "there is no network between worker and database"


class NetworkCut(_OfNetwork):
    name, words = "network-cut", "every connection from workers to PostgreSQL breaks, and none can be made"

    def begin(self, scene: Scene) -> None:
        assert scene.site.network is not None
        scene.site.network.cut()

    def end(self, scene: Scene) -> None:
        assert scene.site.network is not None
        scene.site.network.is_cut.clear()


class NetworkSilent(_OfNetwork):
    name, words = "network-silent", "what workers and PostgreSQL send each other arrives after their leases are over"

    def begin(self, scene: Scene) -> None:
        assert scene.site.network is not None
        self.seconds = scene.lease_seconds + 4
        scene.site.network.silent.set()

    def end(self, scene: Scene) -> None:
        assert scene.site.network is not None
        scene.site.network.silent.clear()
