"""A file of the coder whose bytes are wrong, as after a copy that broke off or on a disk that goes bad."""

import shutil
from pathlib import Path

from benchmarks.faults.fault import Fault, Scene, workers_take_up


class CorruptedModel(Fault):
    """Sessions that come to be coded meanwhile stop, and say what to do. It is put right, and workers start anew."""

    name, words = "corrupted-model", "bytes of the coder's largest file are wrong; later they are right again"

    def begin(self, scene: Scene) -> None:
        folder = Path(scene.site.settings.coder)
        self.file = max((one for one in folder.rglob("*") if one.is_file()), key=lambda one: one.stat().st_size)
        self.right = self.file.with_name("right-bytes")
        shutil.copy(self.file, self.right)
        wrong = bytearray(self.file.read_bytes())
        at = scene.rng.randrange(len(wrong) // 2)
        wrong[at] ^= 0x40
        self.file.write_bytes(bytes(wrong[: len(wrong) // 2]) if scene.rng.random() < 0.5 else bytes(wrong))
        workers_take_up(scene)

    def end(self, scene: Scene) -> None:
        self.right.replace(self.file)
        workers_take_up(scene)
