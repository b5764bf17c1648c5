"""What jobs are, for whoever watches an installation: their queue, and their names in plain words."""

from models.job_queues import JobQueue, place_of

QUEUES = tuple(one.value for one in JobQueue)
OF_SESSIONS = ("transcribe_recording", "code_transcript")
"""A session waits for each of these, and stops where one fails."""
BY_THEMSELVES = ("nightly", "practice_mails")
"""The next one is enqueued by itself, so that nobody needs to try a failed one again."""
_WORDS = {
    "transcribe_recording": "Write down a recording",
    "hear_answer": "Write down a spoken answer",
    "code_transcript": "Code a conversation",
    "bleep_recording": "Put a tone over names in a recording",
    "make_listening_copy": "Make a recording ready for listening",
    "lay_codes": "Lay codes that were brought in beside the machine’s",
    "nightly": "The work of the night",
    "delete_session": "Delete a session",
    "send_invitation": "Send an invitation",
    "send_notice": "Send a mail that there is something to read",
    "send_reset": "Send a mail for a new password",
    "send_webhooks": "Tell a webhook",
    "compare_codings": "Compare two codings",
    "check_machine": "Work out how far the machine agrees with coaches",
    "wrap_sessions_anew": "Change the keys of sessions",
    "make_figures": "Work out the figures of teams",
    "make_data_copy": "Make a copy of somebody’s data",
    "make_figure_report": "Make a report of figures",
    "make_learning_paper": "Make a paper of somebody’s learning",
    "make_evaluation_export": "Make an export for evaluators",
    "keep_adoption_series": "Keep the month’s figures of adoption",
    "practice_mails": "Look who is to be reminded of practice",
    "send_plan_mail": "Send a mail about practice",
    "send_pathway_reminder": "Send a reminder of a pathway",
    "mail_webhook_failing": "Send a mail that a webhook fails",
    "send_statements": "Tell a record store",
    "send_cmi5_statements": "Tell a learning system",
    "watch_cmi5_session": "Watch a learning system’s session",
    "send_lti_grade": "Send a result to a learning platform",
}


def queue_of(name: str) -> str:
    return place_of(name).queue.value


def in_words(name: str) -> str:
    return _WORDS.get(name, name.replace("_", " ").capitalize())
