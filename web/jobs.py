"""Every job there is: those of the coding room, and those that need pages."""

from coding.jobs import JOBS, JobType
from training.data_copies import JOB
from web.data_copy_job import data_copy_stopped, make_data_copy

JOBS[JOB] = JobType(make_data_copy, data_copy_stopped)

__all__ = ["JOBS"]
