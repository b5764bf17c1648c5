"""The audit trail of an organisation, to look through: filtered, a page at a time, and whole for an export."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from models.audit import AuditEvent
from models.errors import EvokeError
from models.organisation import Team
from models.origin import Channel
from models.person import Person
from training.audit_details import details_shown

PAGE_ROWS = 50
CHANNELS = {
    Channel.PAGE: "Website",
    Channel.API_TOKEN: "A program",
    Channel.COMMAND: "Command line",
    Channel.WORKER: "Evoke itself",
    Channel.NOT_KNOWN: "Not kept then",
}
ACTIONS = {
    "session_seen": "Opened a session",
    "recording_heard": "Listened to a recording",
    "session_exported": "Took a session’s data away",
    "data_copy_asked": "Asked for a copy of personal data",
    "data_copy_ended": "Ended a copy of personal data",
    "name_check_ended": "Deleted names that nobody had checked",
    "bleep_tried_again": "Tried again to put a tone over names",
    "exported": "Took a copy of personal data away",
    "audit_exported": "Took the audit trail away",
    "figure_report_asked": "Asked for a report of figures",
    "figures_exported": "Took an authority’s figures away",
    "practitioner_decided": "Said who the practitioner is",
    "session_picked_changed": "Put right how a session was picked",
    "codes_brought_in": "Brought codes in with a session",
    "session_taken": "Took a session to review",
    "session_given": "Gave a session to a coach to review",
    "session_handed_back": "Handed a session back to the queue",
    "review_days_set": "Changed in how many days sessions are reviewed",
    "contest_asked": "Contested a session’s scores",
    "contest_answered": "Answered a contest",
    "review_begun": "Began to review a session",
    "review_steps_taken": "Worked on a review",
    "review_step_undone": "Undid a step of a review",
    "review_step_redone": "Did a step of a review again",
    "review_put_away": "Put a review away",
    "review_signed_off": "Signed off a review",
    "corrections_taken": "Took a signed-off coding for training",
    "feedback_saved": "Kept a draft of feedback",
    "feedback_sent": "Sent feedback on a session",
    "feedback_taken_back": "Took feedback back before it was read",
    "feedback_read": "Read the feedback on a session",
    "feedback_message_sent": "Wrote about feedback",
    "feedback_message_taken_back": "Took a message back before it was read",
    "feedback_message_read": "Read a message about feedback",
    "workbook_note_made": "Wrote a note of a session",
    "workbook_note_changed": "Changed the note of a session",
    "workbook_note_deleted": "Deleted the note of a session",
    "workbook_note_taken": "Took the note of a session away",
    "plan_note_taken": "Took a note of their practice plan away",
    "excerpt_agreed": "Let their team read parts of a session",
    "excerpt_refused": "Let their team read nothing of a session any more",
    "excerpt_shown": "Opened a part of a session for the team’s meeting",
    "code_contested": "Contested a code",
    "code_contest_taken_back": "Took back that a code is contested",
    "contest_decided": "Decided about a contested code",
    "double_coding_set": "Changed what is coded twice",
    "double_coding_drawn": "Drew a session to be coded twice",
    "plan_made": "Chose a skill to practise next",
    "skill_chosen": "Chose another skill to practise",
    "skill_suggested": "Suggested a skill to practise",
    "skill_choice_taken_back": "Took back which skill to practise",
    "plan_paused": "Paused their practice plan",
    "plan_resumed": "Went on with their practice plan",
    "reminders_set": "Changed mails about practice",
    "plan_rule_set": "Changed when people are told that feedback is due",
    "double_coding_taken": "Took a session to code it blind",
    "double_coding_handed_back": "Handed back a session to code blind",
    "codings_agreed": "Agreed on codes that differed",
    "calibration_finished": "Finished a calibration conversation",
    "calibration_saved": "Saved codes for a calibration conversation",
    "module_part_read": "Read a part of a module",
    "module_marked_read": "Marked a module as read",
    "module_check_answered": "Answered the check of a module",
    "module_sent": "Sent a version of a module",
    "module_published": "Showed a version of a module to people",
    "module_thrown_away": "Threw a draft of a module away",
    "module_from_evoke_used": "Went back to the module that comes with Evoke",
    "module_hidden": "Hid a module",
    "module_shown": "Showed a module again",
    "module_completed": "Completed a module",
    "exercise_draft_begun": "Began to write in an exercise",
    "exercise_answered": "Answered an exercise",
    "exercise_objected_to": "Found the score of an answer unfair",
    "exercise_objection_answered": "Decided about the score of an answer",
    "answers_deleted": "Deleted what was written in exercises",
    "answers_let_go": "Deleted what was written in exercises: its time was over",
    "certificate_given": "Got a certificate",
    "certificate_taken_back": "Took a certificate back",
    "learning_entry_written": "Wrote in their record of learning",
    "learning_entry_deleted": "Deleted an entry of their record of learning",
    "learning_paper_asked": "Asked for their record of learning as a PDF",
    "correction_asked": "Asked for a correction",
    "correction_answered": "Answered a request for correction",
    "api_token_made": "Made an API token",
    "api_client_made": "Made an API client",
    "api_client_renewed": "Gave an API client a new secret",
    "api_client_revoked": "Revoked an API client",
    "api_client_refused": "Refused an API client with a wrong secret",
    "api_client_token_issued": "Gave an API client a token",
    "scim_let_go": "Took a person off the identity provider’s list",
    "scim_team_named": "Kept the identity provider’s id of a team",
    "scim_token_made": "Made a token for the identity provider (SCIM)",
    "scim_tokens_ended": "Ended older tokens of the identity provider",
    "scim_role_group_added": "Let a group of the identity provider give a role",
    "scim_role_group_removed": "Stopped a group of the identity provider from giving a role",
    "scim_role_group_sent": "Sent a group that gives a role",
    "scim_role_group_ended": "Deleted a group that gives a role",
    "lti_platform_set": "Set up a learning platform",
    "lti_platform_ended": "Took a learning platform out",
    "lti_deployment_allowed": "Let another part of a learning platform open Evoke",
    "lti_invitation_made": "Made an address for a learning platform to register at",
    "lti_key_changed": "Changed the key for learning platforms",
    "lti_linked": "Linked their account of a learning platform",
    "lti_grades_sent_anew": "Sent a learning platform anew what it had not taken",
    "lti_course_seen": "Looked who of a course has an account",
    "first_administrator_registered": "Set Evoke up",
    "person_added": "Added a person",
    "person_changed": "Changed a person’s details",
    "invited": "Invited a person",
    "joined": "Took up the invitation",
    "left": "Marked a person as left",
    "returned": "Let a person return",
    "team_site_changed": "Changed where a team works",
    "team_joined": "Put a person into a team",
    "team_left": "Took a person out of a team",
    "role_given": "Gave a person a role",
    "role_taken": "Took a role from a person",
    "organisation_key_rotated": "Gave the organisation a new key",
    "organisation_shredded": "Destroyed the organisation’s keys",
    "hold_placed": "Placed a legal hold",
    "hold_lifted": "Lifted a legal hold",
    "retention_periods_set": "Changed how long things are kept",
    "recording_let_go": "Deleted a recording: its time was over",
    "words_let_go": "Deleted what was said: its time was over",
    "webhook_added": "Added a webhook",
    "webhook_changed": "Changed a webhook",
    "webhook_secret_renewed": "Made a new secret for a webhook",
    "webhook_old_secret_ended": "Ended a webhook’s old secret",
    "webhook_paused": "Paused a webhook",
    "webhook_resumed": "Let a webhook go on",
    "webhook_failing": "Paused a webhook that did not work",
    "webhook_tested": "Tested a webhook",
    "webhook_removed": "Removed a webhook",
    "webhook_redelivered": "Had a webhook send again",
    "parent_writer_set": "Set which program puts simulated parents in words",
    "xapi_connection_set": "Set which learning record store hears what people completed",
    "xapi_connection_paused": "Paused what goes to the learning record store",
    "xapi_connection_resumed": "Let statements go to the learning record store again",
    "xapi_connection_ended": "Forgot the learning record store",
    "statements_sent": "Sent statements to the learning record store",
    "statements_sent_again": "Had refused statements sent again",
    "statements_given_up": "Gave up statements that had not arrived in a year",
    "course_package_taken": "Took a module as a package for a learning system",
    "course_packages_ended": "Ended packages of modules",
    "course_opened": "Opened a module from a learning system",
    "parent_writer_ended": "Stopped a program that put simulated parents in words",
    "conversation_begun": "Began a talk with a simulated parent",
    "conversation_turn_said": "Said something to a simulated parent",
    "conversation_turn_taken_back": "Took a turn back",
    "conversation_finished": "Finished a talk with a simulated parent",
    "conversation_thrown_away": "Threw a talk with a simulated parent away",
    "conversation_expired": "Deleted a talk with a simulated parent that nobody finished",
    "pathway_made": "Made a pathway",
    "pathway_put_away": "Put a pathway away",
    "pathway_given": "Gave a team a pathway",
    "pathway_taken_back": "Ended a team’s pathway",
    "pathway_reminded": "Had a team reminded of its pathway",
    "spoken_answer_taken": "Spoke an answer instead of typing it",
    "spoken_answer_heard": "Wrote down a spoken answer, and deleted its sound",
    "spoken_answer_not_heard": "Could not write down a spoken answer",
    "spoken_answer_deleted": "Deleted a spoken answer",
    "live_session_started": "Started a live session",
    "live_session_line": "Gave a live session another line",
    "live_session_shown": "Showed a room its answers",
    "live_session_answer_chosen": "Chose among a room’s answers",
    "live_session_models": "Showed a room model answers",
    "live_session_coded_again": "Had a room’s answers coded again",
    "live_session_ended": "Ended a live session",
    "live_session_deleted": "Deleted a live session",
    "searched": "Searched what was said",
    "evaluation_exported": "Took evaluation figures away",
    "adoption_wave_set": "Set the programme’s wave and first day",
    "adoption_uploaded": "Uploaded figures of the programme",
    "adoption_upload_taken_back": "Took an upload of the programme’s figures back",
    "adoption_upload_counts_again": "Let an upload of the programme’s figures count again",
    "evaluation_rows_allowed": "Let evaluators take rows of sessions without names",
    "evaluation_rows_refused": "Stopped evaluators from taking rows of sessions",
    "evaluation_export_asked": "Asked for a file for evaluation",
    "evaluation_export_made": "Put figures into a file for evaluation",
    "evaluation_export_taken": "Took a file for evaluation away",
    "evaluation_export_ended": "Ended a file for evaluation",
    "opted_in_to_evaluation": "Opened the figures to evaluators",
    "opted_out_of_evaluation": "Closed the figures to evaluators",
}
"""In a person's words. Others say it themselves: "session_stopped" is "Session stopped"."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class AuditFilterWrong(EvokeError):
    code = "audit_filter_wrong"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True)
class AuditFilter:
    """What is wanted; nothing set means all. `since` and `until` are days in UTC, both included."""

    person: UUID | None = None
    session: UUID | None = None
    action: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class AuditRow:
    """`who` is empty for Evoke itself. `details` are names and values."""

    sequence: int
    at: datetime
    who: str
    action: str
    subject: str
    subject_id: UUID
    details: tuple[tuple[str, str], ...]
    place: str


@dataclass(frozen=True)
class AuditPage:
    """The newest first. `older` is the sequence number that the next page comes before; None on the last."""

    rows: list[AuditRow]
    older: int | None


def read_filter(fields: dict[str, str]) -> AuditFilter:
    """Of a form's text. `session` may be a session's address. Raises AuditFilterWrong."""
    wrong: dict[str, str] = {}

    def read_id(name: str, sentence: str) -> UUID | None:
        given = fields.get(name, "").strip()
        found = _UUID.search(given)
        if given and found is None:
            wrong[name] = sentence
        return UUID(found[0]) if found else None

    def read_day(name: str) -> date | None:
        given = fields.get(name, "").strip()
        try:
            return date.fromisoformat(given) if given else None
        except ValueError:
            wrong[name] = "Enter the date as year-month-day, like 2026-03-27."
            return None

    wanted = AuditFilter(
        person=read_id("person", "Choose a person from the list."),
        session=read_id("session", "Paste the session’s address, or the number at its end."),
        action=fields.get("action", "").strip(), since=read_day("since"), until=read_day("until"),
    )  # fmt: skip
    if wanted.since and wanted.until and wanted.since > wanted.until:
        wrong["until"] = "The last day is before the first. Change one of them."
    if wrong:
        raise AuditFilterWrong(wrong)
    return wanted


def audit_page(session: Session, organisation_id: UUID, wanted: AuditFilter, *, before: int | None = None) -> AuditPage:
    """At most PAGE_ROWS rows of the organisation, those before the sequence number `before`."""
    events = select(AuditEvent).where(*_conditions(organisation_id, wanted))
    if before is not None:
        events = events.where(col(AuditEvent.sequence) < before)
    found = list(session.exec(events.order_by(col(AuditEvent.sequence).desc()).limit(PAGE_ROWS + 1)))
    names = _names(session, organisation_id)
    teams = _teams(session, organisation_id)
    rows = [_shown(event, names, teams) for event in found[:PAGE_ROWS]]
    return AuditPage(rows, rows[-1].sequence if len(found) > PAGE_ROWS else None)


def latest_changes(session: Session, organisation_id: UUID, by: Collection[UUID], *, most: int) -> list[AuditRow]:
    """The last things that these programs did, the newest first, but for getting tokens."""
    events = select(AuditEvent).where(
        col(AuditEvent.chain) == organisation_id, col(AuditEvent.actor_id).in_(by),
        col(AuditEvent.action) != "api_client_token_issued",
    )  # fmt: skip
    found = list(session.exec(events.order_by(col(AuditEvent.sequence).desc()).limit(most)))
    names, teams = _names(session, organisation_id), _teams(session, organisation_id)
    return [_shown(event, names, teams) for event in found]


def audit_export(session: Session, organisation_id: UUID, wanted: AuditFilter) -> Iterator[dict[str, object]]:
    """Every row wanted, the oldest first, as values that check against the chain, with the `actor` by name."""
    names = _names(session, organisation_id)
    events = select(AuditEvent).where(*_conditions(organisation_id, wanted)).order_by(col(AuditEvent.sequence))
    for piece in session.exec(events.execution_options(yield_per=1000)).partitions():
        for event in piece:
            yield {"actor": names.get(event.actor_id, ""), **event.as_values()}
            session.expunge(event)


def audit_choices(session: Session, organisation_id: UUID) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """People and actions there are to choose from, each with its value and words."""
    people = sorted(_names(session, organisation_id).items(), key=lambda one: one[1].casefold())
    actions = session.exec(select(AuditEvent.action).where(col(AuditEvent.chain) == organisation_id).distinct()).all()
    return [(str(one), name) for one, name in people], sorted(((one, action_shown(one)) for one in actions), key=_words)


def _words(choice: tuple[str, str]) -> str:
    return choice[1]


def _conditions(organisation_id: UUID, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [col(AuditEvent.chain) == organisation_id]
    if wanted.person:
        conditions.append(col(AuditEvent.actor_id) == wanted.person)
    if wanted.session:
        conditions.append(col(AuditEvent.subject_id) == wanted.session)
    if wanted.action:
        conditions.append(col(AuditEvent.action) == wanted.action)
    if wanted.since:
        conditions.append(col(AuditEvent.at) >= _midnight(wanted.since))
    if wanted.until:
        conditions.append(col(AuditEvent.at) < _midnight(wanted.until) + timedelta(days=1))
    return conditions


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _names(session: Session, organisation_id: UUID) -> dict[UUID | None, str]:
    people = select(Person.id, Person.name).where(col(Person.organisation_id) == organisation_id)
    return dict(session.exec(people).all())


def _teams(session: Session, organisation_id: UUID) -> dict[str, str]:
    teams = select(Team.id, Team.name).where(col(Team.organisation_id) == organisation_id)
    return {str(one): name for one, name in session.exec(teams)}


def _shown(event: AuditEvent, names: dict[UUID | None, str], teams: dict[str, str]) -> AuditRow:
    outside = f"Somebody of {event.details['centre']}" if "centre" in event.details else "Somebody no longer here"
    who = names.get(event.actor_id, outside) if event.actor_id else ""
    place = CHANNELS[event.channel] + (f", {event.address}" if event.address else "")
    return AuditRow(
        sequence=event.sequence, at=event.at, who=who, action=action_shown(event.action),
        subject=_subject_shown(event, names), subject_id=event.subject_id,
        details=details_shown(event.details, teams), place=place,
    )  # fmt: skip


def _subject_shown(event: AuditEvent, names: dict[UUID | None, str]) -> str:
    """Never a session's title: that is what somebody said about it."""
    if event.subject_type == Person.__name__ and event.subject_id in names:
        return names[event.subject_id]
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", event.subject_type).lower().replace("practice session", "session")
    return f"{kind} {str(event.subject_id)[-6:]}"


def action_shown(action: str) -> str:
    return ACTIONS.get(action) or action.replace("_", " ").capitalize()
