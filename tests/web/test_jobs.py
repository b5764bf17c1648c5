from models.job_queues import PLACES
from web.jobs import JOBS


def test_every_job_has_a_queue() -> None:
    assert set(JOBS) == set(PLACES)
