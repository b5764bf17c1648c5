"""An S3 service that is slow, and one that fails in several ways."""

from benchmarks.faults.fault import Fault, Scene
from benchmarks.faults.site import Site
from tests.s3_service import Fault as Answer


class _OfBucket(Fault):
    def impossible(self, site: Site) -> str:
        return "" if site.s3 is not None else "files are in a folder there"

    def end(self, scene: Scene) -> None:
        assert scene.site.s3 is not None
        scene.site.s3.fault = lambda _method, _path: None


class SlowS3(_OfBucket):
    name, words = "slow-s3", "each answer of the S3 service takes a second or two more"

    def begin(self, scene: Scene) -> None:
        assert scene.site.s3 is not None
        scene.site.s3.fault = lambda _method, _path: Answer(seconds=scene.rng.uniform(0.5, 2))


class FailingS3(_OfBucket):
    name, words = "failing-s3", "the S3 service refuses two of three requests, or breaks off in the middle"

    def begin(self, scene: Scene) -> None:
        assert scene.site.s3 is not None
        kinds = [Answer(503), Answer(500, "InternalError"), Answer(cut=True), Answer(cut_body=True), None, None]
        scene.site.s3.fault = lambda _method, _path: scene.rng.choice(kinds)
