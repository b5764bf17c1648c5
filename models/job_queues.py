"""In which queue a job waits, and what goes first there: one table for both databases."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import col

from models.errors import EvokeError
from models.job import Job

RECORDING_JOBS = ("transcribe_recording",)
ANSWER_JOBS = ("hear_answer",)
"""Somebody sits before the page and waits for each of these: they come before everything else."""
SPEECH_JOBS = (*RECORDING_JOBS, *ANSWER_JOBS)


class JobQueue(StrEnum):
    """`GPU` is what hears, for minutes; `ANSWERS` of that what takes seconds; `DELIVER` goes to other systems."""

    ANSWERS = "answers"
    GPU = "gpu"
    CPU = "cpu"
    MAIL = "mail"
    DELIVER = "deliver"


@dataclass(frozen=True)
class Place:
    """`ahead` are turns that the job goes before others of its queue: one that is 10 ahead is overtaken by the 11th
    turn that was given later, so that nothing waits for ever."""

    queue: JobQueue
    ahead: int = 0


BEFORE_ALL = 1_000_000_000
_SOMEBODY_WAITS, _USUAL, _WHEN_QUIET = 10, 0, -10
PLACES: dict[str, Place] = {
    **dict.fromkeys(ANSWER_JOBS, Place(JobQueue.ANSWERS, BEFORE_ALL)),
    **dict.fromkeys(RECORDING_JOBS, Place(JobQueue.GPU)),
    **dict.fromkeys(("code_transcript", "make_learning_paper", "make_figure_report"), Place(JobQueue.CPU)),
    **dict.fromkeys(("bleep_recording", "make_listening_copy", "lay_codes", "delete_session"), Place(JobQueue.CPU)),
    **dict.fromkeys(("make_data_copy", "make_evaluation_export", "review_demo", "learn_demo"), Place(JobQueue.CPU)),
    **dict.fromkeys(
        ("nightly", "compare_codings", "check_machine", "wrap_sessions_anew", "make_figures", "keep_adoption_series"),
        Place(JobQueue.CPU, _WHEN_QUIET),
    ),
    **dict.fromkeys(("send_reset", "send_invitation"), Place(JobQueue.MAIL, _SOMEBODY_WAITS)),
    **dict.fromkeys(("send_notice", "mail_webhook_failing"), Place(JobQueue.MAIL, _USUAL)),
    **dict.fromkeys(
        ("practice_mails", "send_plan_mail", "send_pathway_reminder"), Place(JobQueue.MAIL, _WHEN_QUIET)
    ),
    **dict.fromkeys(
        ("send_webhooks", "send_statements", "send_cmi5_statements", "watch_cmi5_session", "send_lti_grade"),
        Place(JobQueue.DELIVER),
    ),
}  # fmt: skip
EVERY_QUEUE = tuple(JobQueue)


def place_of(name: str) -> Place:
    return PLACES.get(name, Place(JobQueue.CPU))


class Only(StrEnum):
    """Which jobs a worker takes: those that hear, which take minutes and perhaps a GPU; of these only spoken answers,
    which take seconds; or all that do not hear."""

    SPEECH = "speech"
    ANSWERS = "answers"
    OTHER = "other"

    @property
    def queues(self) -> tuple[JobQueue, ...]:
        return {
            Only.SPEECH: (JobQueue.ANSWERS, JobQueue.GPU),
            Only.ANSWERS: (JobQueue.ANSWERS,),
            Only.OTHER: (JobQueue.CPU, JobQueue.MAIL, JobQueue.DELIVER),
        }[self]


class NoSuchQueue(EvokeError):
    code = "no_such_queue"


def read_queues(words: str) -> tuple[JobQueue, ...]:
    """`gpu,mail` as an operator names them. Whoever takes `gpu` takes spoken answers too. Raises NoSuchQueue."""
    known = [one.value for one in JobQueue if one is not JobQueue.ANSWERS]
    named = [one.strip() for one in words.split(",") if one.strip()]
    unknown = [one for one in named if one not in known]
    if unknown or not named:
        raise NoSuchQueue(
            f"--queues takes {', '.join(known)}, with commas between; not {', '.join(unknown) or 'none'}."
        )
    chosen = {JobQueue(one) for one in named}
    return tuple(one for one in JobQueue if one in chosen or (one is JobQueue.ANSWERS and JobQueue.GPU in chosen))


def is_in(queues: Collection[JobQueue]) -> ColumnElement[bool]:
    """By name, so that it holds for jobs that an older version enqueued. What no table knows is in `CPU`."""
    if JobQueue.CPU in queues:
        return ~col(Job.name).in_(_names(one for one in JobQueue if one not in queues))
    return col(Job.name).in_(_names(queues))


def _names(queues: Iterable[JobQueue]) -> list[str]:
    wanted = set(queues)
    return sorted(name for name, place in PLACES.items() if place.queue in wanted)
