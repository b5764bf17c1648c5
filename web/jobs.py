"""Every job there is: those of the coding room, and those that need pages."""

from api.lti.grades import JOB as LTI_GRADE
from api.lti.grades import grade_stopped, send_grade
from coding.jobs import JOBS, JobType
from coding.session_figures import JOB as FIGURES_JOB
from models.cmi5_sessions import SEND as CMI5_SEND
from models.cmi5_sessions import WATCH as CMI5_WATCH
from models.xapi import JOB as STATEMENTS_JOB
from training.adoption.exports import JOB as EVALUATION_EXPORT
from training.cmi5.outbox import cmi5_stopped, send_cmi5_statements, watch_cmi5_session
from training.cohorts.reminders import JOB as PATHWAY_REMINDER
from training.cohorts.reminders import pathway_reminder_stopped, send_pathway_reminder
from training.data_copies import JOB
from training.figures.reports import JOB as REPORT_JOB
from training.figures.snapshot import make_figures, making_stopped
from training.planning.hour import NAME as PRACTICE_MAILS
from training.planning.hour import practice_mails, practice_mails_stopped
from training.planning.mails import JOB as PLAN_MAIL
from training.planning.mails import plan_mail_stopped, send_plan_mail
from training.progress.papers import JOB as PAPER_JOB
from training.xapi.outbox import send_statements, sending_statements_stopped
from web.adoption_export_job import (
    adoption_series_stopped,
    evaluation_export_stopped,
    keep_adoption_series,
    make_evaluation_export,
)
from web.data_copy_job import data_copy_stopped, make_data_copy
from web.demo_learning import JOB as DEMO_LEARNING
from web.demo_learning import demo_learning_stopped, learn_demo
from web.demo_reviews import JOB as DEMO_JOB
from web.demo_reviews import demo_review_stopped, review_demo
from web.figure_report_job import figure_report_stopped, make_figure_report
from web.learning_paper_job import learning_paper_stopped, make_learning_paper

JOBS[JOB] = JobType(make_data_copy, data_copy_stopped)
JOBS[PRACTICE_MAILS] = JobType(practice_mails, practice_mails_stopped)
JOBS[PLAN_MAIL] = JobType(send_plan_mail, plan_mail_stopped)
JOBS[PAPER_JOB] = JobType(make_learning_paper, learning_paper_stopped)
JOBS[PATHWAY_REMINDER] = JobType(send_pathway_reminder, pathway_reminder_stopped)
JOBS[FIGURES_JOB] = JobType(make_figures, making_stopped)
JOBS[EVALUATION_EXPORT] = JobType(make_evaluation_export, evaluation_export_stopped)
JOBS["keep_adoption_series"] = JobType(keep_adoption_series, adoption_series_stopped)
JOBS[STATEMENTS_JOB] = JobType(send_statements, sending_statements_stopped)
JOBS[CMI5_SEND] = JobType(send_cmi5_statements, cmi5_stopped)
JOBS[CMI5_WATCH] = JobType(watch_cmi5_session, cmi5_stopped)
JOBS[REPORT_JOB] = JobType(make_figure_report, figure_report_stopped)
JOBS[DEMO_JOB] = JobType(review_demo, demo_review_stopped)
JOBS[LTI_GRADE] = JobType(send_grade, grade_stopped)
JOBS[DEMO_LEARNING] = JobType(learn_demo, demo_learning_stopped)

__all__ = ["JOBS"]
