"""The jobs: what is called when, and what a session says when one cannot go on."""

from collections.abc import Callable
from dataclasses import dataclass

from coding.bleep_recording import bleep_recording, bleeping_stopped
from coding.code_transcript import code_transcript, coding_stopped
from coding.corrections.check import check_machine, checking_stopped
from coding.delete_session import delete_session, deletion_stopped
from coding.double.compare import compare_codings, comparing_stopped
from coding.feedback.notices import notice_stopped, send_notice
from coding.hear_answer import hear_answer, hearing_stopped
from coding.interchange.lay import lay_codes, laying_stopped
from coding.make_listening_copy import copying_stopped, make_listening_copy
from coding.nightly import nightly, nightly_stopped
from coding.send_invitation import send_invitation, sending_stopped
from coding.send_reset import reset_stopped, send_reset
from coding.send_webhooks import send_webhooks, sending_webhooks_stopped
from coding.transcribe_recording import transcribe_recording, transcription_stopped
from coding.webhook_failing import MAIL_JOB, mail_webhook_failing, mailing_stopped
from coding.wrap_sessions_anew import wrap_sessions_anew, wrapping_stopped
from models.webhook import JOB as WEBHOOK_JOB


@dataclass(frozen=True)
class JobType:
    """`run(context, **ids)` is idempotent: it may be killed anywhere and run again. `stopped(session, error, **ids)` is
    called in the transaction that ends the job, when only a person can help."""

    run: Callable[..., None]
    stopped: Callable[..., None]


JOBS: dict[str, JobType] = {
    "transcribe_recording": JobType(transcribe_recording, transcription_stopped),
    "hear_answer": JobType(hear_answer, hearing_stopped),
    "code_transcript": JobType(code_transcript, coding_stopped),
    "bleep_recording": JobType(bleep_recording, bleeping_stopped),
    "make_listening_copy": JobType(make_listening_copy, copying_stopped),
    "lay_codes": JobType(lay_codes, laying_stopped),
    "nightly": JobType(nightly, nightly_stopped),
    "delete_session": JobType(delete_session, deletion_stopped),
    "send_invitation": JobType(send_invitation, sending_stopped),
    "send_notice": JobType(send_notice, notice_stopped),
    "send_reset": JobType(send_reset, reset_stopped),
    WEBHOOK_JOB: JobType(send_webhooks, sending_webhooks_stopped),
    MAIL_JOB: JobType(mail_webhook_failing, mailing_stopped),
    "compare_codings": JobType(compare_codings, comparing_stopped),
    "check_machine": JobType(check_machine, checking_stopped),
    "wrap_sessions_anew": JobType(wrap_sessions_anew, wrapping_stopped),
}
