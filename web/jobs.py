"""Every job there is: those of the coding room, and those that need pages."""

from coding.jobs import JOBS, JobType
from training.data_copies import JOB
from web.data_copy_job import data_copy_stopped, make_data_copy
from web.demo_reviews import JOB as DEMO_JOB
from web.demo_reviews import demo_review_stopped, review_demo

JOBS[JOB] = JobType(make_data_copy, data_copy_stopped)
JOBS[DEMO_JOB] = JobType(review_demo, demo_review_stopped)

__all__ = ["JOBS"]
