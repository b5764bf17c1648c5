import pytest

from api.rate_limits import MOST_KEYS, Buckets, Rate


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_all_may_come_at_once_and_room_comes_back_evenly(clock: Clock) -> None:
    buckets, rate = Buckets(clock), Rate(6, 60)
    assert [buckets.take("request", "a", rate) for _ in range(6)] == [0.0] * 6
    assert buckets.take("request", "a", rate) == pytest.approx(10)
    clock.now += 9.9
    assert buckets.take("request", "a", rate) == pytest.approx(0.1)
    clock.now += 0.2
    assert buckets.take("request", "a", rate) == 0.0
    assert buckets.take("request", "a", rate) > 9
    clock.now += 60
    assert [buckets.take("request", "a", rate) for _ in range(6)] == [0.0] * 6


def test_each_key_and_each_kind_has_a_bucket_of_its_own(clock: Clock) -> None:
    buckets, rate = Buckets(clock), Rate(1, 60)
    assert buckets.take("request", "a", rate) == 0.0
    assert buckets.take("request", "b", rate) == 0.0
    assert buckets.take("upload", "a", rate) == 0.0
    assert buckets.take("request", "a", rate) > 0


def test_no_rate_is_no_limit(clock: Clock) -> None:
    buckets = Buckets(clock)
    assert {buckets.take("request", "a", Rate(0, 60)) for _ in range(1000)} == {0.0}


def test_empty_buckets_are_forgotten(clock: Clock) -> None:
    buckets, rate = Buckets(clock), Rate(60, 60)
    for number in range(MOST_KEYS):
        buckets.take("request", str(number), rate)
    clock.now += 2
    buckets.take("request", "one more", rate)
    assert len(buckets._empty_at) == 1
