"""Several websites on one database count what one person asks of them together."""

import math
from pathlib import Path

import pytest

from api.house import House
from api.rate_limits import Buckets, Rate, buckets_of
from models.database import Database
from models.rate_share import RateShare, share_taken

RATE = Rate(6, 60)


def test_what_was_asked_of_one_counts_at_the_other(house: House) -> None:
    here, there = (buckets_of(house.database, websites=2) for _ in range(2))
    for one in (here, there):
        one._shared_at = math.inf  # by hand, in this test
    assert [here.take("request", "a", RATE) for _ in range(4)] == [0.0] * 4
    assert [there.take("request", "a", RATE) for _ in range(3)] == [0.0] * 3
    assert there.take("upload", "a", RATE) == 0.0
    here.exchange()
    there.exchange()
    assert there.take("request", "a", RATE) == pytest.approx(20, abs=2)  # seven of six
    assert [there.take("upload", "a", RATE) for _ in range(5)] == [0.0] * 5
    assert here.take("request", "a", RATE) == 0.0  # it heard of four only
    here.exchange()
    assert here.take("request", "a", RATE) == pytest.approx(30, abs=2)
    standing = here.standing("request", "a", RATE)
    assert standing is not None
    assert standing.left == 0
    with house.database.write() as session:
        assert share_taken(session, {("request", "b"): -5.0})[("request", "b")] < 0
        assert len(session.exec(RateShare.__table__.select()).all()) == 2  # what is over goes  # type: ignore[attr-defined]


def test_a_website_by_itself_and_one_whose_database_is_away(tmp_path: Path) -> None:
    assert buckets_of(Database(f"sqlite:///{tmp_path}/evoke.sqlite3"), websites=1)._share is None

    def away(_taken: object) -> dict[tuple[str, str], float]:
        raise OSError

    buckets = Buckets(lambda: 1000.0, away)
    buckets._sharing = True
    assert buckets.take("request", "a", RATE) == 0.0
    buckets.exchange()
    assert (buckets._taken, buckets._sharing) == ({("request", "a"): 10.0}, False)
    assert buckets.take("request", "a", RATE) == 0.0
