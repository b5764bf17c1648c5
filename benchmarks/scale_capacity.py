"""How long people wait for what they upload, on one machine and on several: a made-up traffic of 5, 50 and 500 teams
through the queues' own rules, with service times that were measured, and what that costs at assumed prices. It is a
simulation: lines are for information, and say what they rest on in `docs/capacity.md`.

`python -m benchmarks.scale_capacity` prints the tables of that page. What they rest on is in `benchmarks/capacity/`.
"""

from collections.abc import Iterator

from benchmarks.capacity.known import HOUR, Measured
from benchmarks.capacity.tables import card_seconds, core_seconds, named, tables
from benchmarks.capacity.traffic import CODE, seconds_of
from benchmarks.capacity.waits import RECOMMENDED
from benchmarks.figure import NotMeasured
from coding.coder.figures import Figure, for_information


def measure() -> Iterator[Figure | NotMeasured]:
    known = Measured()
    for one in RECOMMENDED:
        yield for_information(f"simulated: {named(one)}: upload to codes, 95th percentile", one.waits().most, "min")
    yield for_information("recordings of half an hour by one core", HOUR / core_seconds(gpu=False), "an hour")
    yield for_information("recordings of half an hour by one GPU, one worker", HOUR / card_seconds(), "an hour")
    yield for_information("texts of 20 minutes by one core", HOUR / seconds_of(CODE, 0.0, known=known), "an hour")
    for name, constant in (
        ("one second of speech with a GPU, the whole way", known.whole_way_with_a_gpu),
        ("speech a card of 16 GB hears in a second", known.smaller_gpu_hears_a_second),
    ):
        if constant is None:
            yield NotMeasured(name, "for information", "its constant in `Measured` is empty")


if __name__ == "__main__":
    for title, table in tables().items():
        print(f"{title}\n\n{table}\n")
