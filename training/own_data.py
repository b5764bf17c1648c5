"""Everything that is held about one person, as plain JSON values: what a copy of their data is made from."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, col, or_, select

from coding.ledger_form import WHO_SHOWN
from models.audit_hash import plain
from models.cipher import SealBroken
from models.columns import utc_now
from models.consent import Participant
from models.course_package import ScormLaunch
from models.double_coding import CalibrationTry
from models.in_progress import InProgress
from models.invitation import Invitation
from models.keys import WordsGone
from models.lti import LtiGrade, LtiLineItem, LtiLink, LtiPlatform
from models.organisation import Organisation, Team
from models.permissions import Actor
from models.person import ApiToken, Person, RoleGrant, SignIn, TeamMembership
from models.practice import PracticeSession
from models.recording_in_progress import RecordingInProgress
from models.resumable_upload import ResumableUpload
from models.review import Review
from models.scim_kept import ScimPerson
from models.scim_role_groups import role_groups_with
from models.second_step import has_second_step
from models.session_words import participant_label
from models.sign_in import actor_of
from models.single_sign_on_kept import ProviderIdentity
from models.webhook import told_about
from models.withdrawal import Withdrawal
from training.cmi5.connection_view import known_there, launched_there
from training.cohorts.own_data import pathway_data
from training.data_trail import trail_about
from training.drift_view import checked_sessions
from training.exercises.own_answers import answers_data
from training.feedback_data import feedback_given
from training.learning_data import learning_data
from training.planning.own_data import plan_data
from training.session_data import Data, participants_session, practitioners_session, session_facts
from training.simulated.own_data import talks_data
from training.withdrawal_view import WHY_SHOWN
from training.xapi.connection_view import statements_about

FORMAT = "evoke personal data 1"
"""What a program reads first. A change that could break a reader gets the next number."""
OF_STAFF = (
    "What others said in your conversations: of their lines only the code stands here. They are theirs to ask for.",
    "The change goal of a session: it says what somebody else wants.",
    "The sound of recordings: others speak in it too. You can listen to them on the session’s page.",
    "The reason the machine gives for each code: it can quote others. It stands on the session’s page.",
    "What you wrote in reviews of other people’s sessions and as feedback on them: it is about them. It stands on the "
    "session’s page.",
    "Your password and the secrets of your sign-ins, tokens and second step: Evoke keeps only what checks them.",
    "Who of your authority opened your sessions, by name: the trail says “somebody else”.",
)
OF_PARTICIPANTS = (
    "What others said in the conversation, and how it was coded.",
    "The sound of the recording: others speak in it too. Ask the authority if you want to listen to it.",
    "What Evoke counts of the practitioner’s way of talking: it is about the practitioner.",
    "Who opened the session, by name: the trail says “somebody”.",
)
"""Of what the copy does not hold, in sentences that say why."""
DAMAGED = (
    "What is kept of it is damaged or cannot be opened. Ask your administrator to look at Evoke's storage and keys."
)
Told = Callable[[float], None]
"""Is told how far it is, 0 to 1."""
T = TypeVar("T")


def _not_told(_: float) -> None:
    return


def own_data(session: Session, person: Person, *, told: Told = _not_told) -> Data:
    """Of a person with an account. Sessions that were withdrawn are not there: nobody sees them any more."""
    organisation = session.get_one(Organisation, person.organisation_id)
    actor = actor_of(session, person)
    practices = _rows(session, PracticeSession, PracticeSession.practitioner_id, person.id)
    shown = [one for one in practices if one.withdrawn_at is None]
    sessions = []
    for number, practice in enumerate(shown, 1):
        sessions.append(_session(session, practice, actor))
        told(number / len(shown))
    return {
        **_head(organisation, "somebody with an account", OF_STAFF),
        "account": _account(session, person),
        "roles": [
            {"role": one.role.value, "team": _team(session, one.team_id), "from": plain(one.started_at),
             "until": plain(one.ended_at)}
            for one in _rows(session, RoleGrant, RoleGrant.person_id, person.id)
        ],
        "teams": [
            {"team": _team(session, one.team_id), "from": _day(one.started_on), "last_day": _day(one.ended_on)}
            for one in _rows(session, TeamMembership, TeamMembership.person_id, person.id)
        ],
        **_signing_in(session, person.id),
        "sessions": sessions,
        "recordings_in_progress": [
            {"begun_at": plain(one.agreed_at), "state": one.state.value, "seconds": one.seconds}
            for one in _begun(session, RecordingInProgress, person.id)
        ],
        "uploads": [
            {"begun_at": plain(one.begun_at), "state": one.state.value, "bytes": one.size_bytes,
             "bytes_that_came": one.offset_bytes}
            for one in _begun(session, ResumableUpload, person.id)
        ],
        "reviews": [
            {"session": str(one.session_id), "state": one.state.value, "begun_at": plain(one.created_at),
             "ended_at": plain(one.closed_at), "steps": one.steps}
            for one in _rows(session, Review, Review.reviewer_id, person.id)
        ],
        "coded_twice": [
            {"month": f"{one.held_on:%Y-%m}", "lines": one.compared, "coded_otherwise": one.differ}
            for one in sorted(checked_sessions(session, person.id), key=lambda one: one.held_on)
        ],
        "calibration": [
            {"conversation": one.conversation, "begun_at": plain(one.created_at), "ended_at": plain(one.finished_at),
             "codes": one.codes}
            for one in _rows(session, CalibrationTry, CalibrationTry.person_id, person.id)
        ],
        **feedback_given(session, person.id),
        "learning": learning_data(session, person.id),
        "simulated_talks": talks_data(session, person.id),
        **plan_data(session, person.id),
        **answers_data(session, person),
        "known_to_learning_systems_as": known_there(session, person),
        "opened_by_learning_systems": launched_there(session, person),
        "opened_from_a_learning_system": [
            {"module": one.module, "at": plain(one.at)}
            for one in _rows(session, ScormLaunch, ScormLaunch.person_id, person.id)
        ],
        "told_to_learning_record_store": statements_about(session, person),
        "told_by_webhook": [
            {"to": to.host, "what": one.kind.value, "at": plain(one.happened_at), "state": one.state.value,
             "module": one.data.get("module")}
            for one, to in told_about(session, person)
        ],
        "pathways": pathway_data(session, person.id),
        "withdrawals": [
            {"session": str(one.session_id), "why": WHY_SHOWN[one.why], "asked_at": plain(one.at),
             "deleted_at": plain(one.done_at)}
            for one in _rows(session, Withdrawal, Withdrawal.by_id, person.id)
        ],
        "trail": trail_about(
            session, [person.id, *(one.id for one in practices)], reader=person, organisation_id=organisation.id
        ),
    }  # fmt: skip


def _session(session: Session, practice: PracticeSession, practitioner: Actor) -> Data:
    try:
        return practitioners_session(session, practice, practitioner=practitioner)
    except (WordsGone, SealBroken) as error:
        why = error.message if isinstance(error, WordsGone) else DAMAGED
        return {**session_facts(session, practice), "words_missing": why, "turns": []}


def participants_data(session: Session, participant: Participant, *, labels: list[str]) -> Data:
    """Of somebody who took part in a session and has no account."""
    practice = session.get_one(PracticeSession, participant.session_id)
    organisation = session.get_one(Organisation, practice.organisation_id)
    return {
        **_head(organisation, "somebody who took part in a conversation", OF_PARTICIPANTS),
        "participant": {"part": participant_label(session, participant), "kind": WHO_SHOWN[participant.who],
                        "written_down_at": plain(participant.created_at)},
        "sessions": [
            participants_session(session, practice, position=participant.position, labels=labels)
        ],
        "trail": trail_about(session, [practice.id], reader=participant, organisation_id=organisation.id),
    }  # fmt: skip


def _head(organisation: Organisation, of: str, left_out: Sequence[str]) -> Data:
    return {
        "format": FORMAT,
        "made_at": plain(utc_now()),
        "authority": organisation.name,
        "of": of,
        "left_out": list(left_out),
    }


def _account(session: Session, person: Person) -> Data:
    identity = session.get(ProviderIdentity, person.id)
    kept = session.get(ScimPerson, person.id)
    return {
        "id": str(person.id),
        "name": person.name,
        "email": person.email,
        "discipline": person.discipline.value if person.discipline else None,
        "state": person.state.value,
        "since": plain(person.created_at),
        "left_at": plain(person.left_at),
        "second_step": has_second_step(session, person.id),
        "known_to_identity_provider_as": identity.subject if identity else None,
        "kept_by_identity_provider_as": {
            "user_name": kept.user_name,
            "external_id": kept.external_id,
            "given_name": kept.given_name,
            "family_name": kept.family_name,
            "formatted_name": kept.formatted_name,
            "let_go_at": plain(kept.deleted_at),
            "groups_that_give_a_role": role_groups_with(session, person),
        }
        if kept
        else None,
        "known_to_learning_platforms_as": [
            {
                "platform": session.get_one(LtiPlatform, one.platform_id).name,
                "subject": one.subject,
                "since": plain(one.created_at),
            }
            for one in _rows(session, LtiLink, LtiLink.person_id, person.id)
        ],
        "told_to_learning_platforms": [
            {
                "platform": session.get_one(LtiPlatform, column.platform_id).name,
                "about": column.target,
                "as": one.subject,
                "activity": one.activity,
                "score_of_1": one.score,
                "at": plain(one.changed_at),
            }
            for one in _rows(session, LtiGrade, LtiGrade.person_id, person.id)
            for column in [session.get_one(LtiLineItem, one.line_item_id)]
        ],
    }


def _signing_in(session: Session, person_id: UUID) -> Data:
    return {
        "sign_ins": [
            {"since": plain(one.created_at), "last_used": plain(one.seen_at), "ends": plain(one.expires_at),
             "browser": one.browser, "address": one.address}
            for one in _rows(session, SignIn, SignIn.person_id, person_id)
        ],
        "tokens": [
            {"name": one.name, "made_at": plain(one.created_at), "last_used": plain(one.used_at),
             "ends": plain(one.expires_at), "revoked_at": plain(one.revoked_at)}
            for one in _rows(session, ApiToken, ApiToken.person_id, person_id)
        ],
        "invitations": [
            {"made_at": plain(one.created_at), "mailed_at": plain(one.sent_at), "ended_at": plain(one.ended_at)}
            for one in _rows(session, Invitation, Invitation.person_id, person_id)
        ],
    }  # fmt: skip


def _rows(session: Session, table: type[T], column: Any, person_id: UUID) -> list[T]:
    """In the order in which they were made: ids begin with the time."""
    return list(session.exec(select(table).where(col(column) == person_id).order_by(table.id)))  # type: ignore[attr-defined]


def _begun(session: Session, kind: type[InProgress], person_id: UUID) -> list[Any]:
    """Of their practice, or recorded or sent by them, in the order in which they were begun."""
    theirs = or_(col(kind.person_id) == person_id, col(kind.practitioner_id) == person_id)
    return list(session.exec(select(kind).where(theirs).order_by(col(kind.id))))


def _team(session: Session, team_id: UUID | None) -> str | None:
    return session.get_one(Team, team_id).name if team_id else None


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
