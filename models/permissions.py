"""Who may do what: permissions are an enum, roles are lists of them, and one function decides.

A new permission is a line in `Permission` and its name in the lists of `OWN` and `ROLES` that give it. What that means
for a session, a pathway or a live session stands in `models.session_permissions` and `models.learning_permissions`.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, false
from sqlmodel import col

from models.errors import NotAllowed, NotFound
from models.organisation import Organisation
from models.person import Role


class Permission(StrEnum):
    SEE_SESSION = "see_session"
    ADD_SESSION = "add_session"
    CHANGE_SESSION = "change_session"
    FOLLOW_SESSION = "follow_session"
    CHECK_NAMES = "check_names"
    SEE_TEAM_FIGURES = "see_team_figures"
    SEE_EVALUATION_FIGURES = "see_evaluation_figures"
    MANAGE_PEOPLE = "manage_people"
    READ_PEOPLE = "read_people"
    MANAGE_SETTINGS = "manage_settings"
    MANAGE_WEBHOOKS = "manage_webhooks"
    SEE_AUDIT = "see_audit"
    ANSWER_REQUEST = "answer_request"
    MANAGE_RETENTION = "manage_retention"
    WITHDRAW_SESSION = "withdraw_session"
    HOLD_SESSION = "hold_session"
    COPY_FOR_PARTICIPANT = "copy_for_participant"
    REVIEW_SESSION = "review_session"
    SEE_COACH_LOAD = "see_coach_load"
    GIVE_FEEDBACK = "give_feedback"
    TALK_ABOUT_FEEDBACK = "talk_about_feedback"
    CONTEST_CODE = "contest_code"
    WRITE_WORKBOOK_NOTE = "write_workbook_note"
    DECIDE_CONTEST = "decide_contest"
    SEE_AGREEMENT = "see_agreement"
    SEE_CODER_DRIFT = "see_coder_drift"
    MANAGE_DOUBLE_CODING = "manage_double_coding"
    SEE_MACHINE_AGREEMENT = "see_machine_agreement"
    SEE_PLAN = "see_plan"
    SUGGEST_SKILL = "suggest_skill"
    TALK_TO_SIMULATED_PARENT = "talk_to_simulated_parent"
    SPEAK_ANSWER = "speak_answer"
    ANSWER_OBJECTION = "answer_objection"
    SEE_EXERCISE_FIGURES = "see_exercise_figures"
    EDIT_CONTENT = "edit_content"
    RUN_LIVE_SESSION = "run_live_session"
    ASSIGN_LEARNING = "assign_learning"
    SEE_TEAM_LEARNING = "see_team_learning"
    KEEP_ADOPTION = "keep_adoption"


OWN = (
    Permission.SEE_SESSION,
    Permission.ADD_SESSION,
    Permission.CHANGE_SESSION,
    Permission.FOLLOW_SESSION,
    Permission.CHECK_NAMES,
    Permission.WITHDRAW_SESSION,
    Permission.TALK_ABOUT_FEEDBACK,
    Permission.CONTEST_CODE,
    Permission.WRITE_WORKBOOK_NOTE,
    Permission.SEE_CODER_DRIFT,
    Permission.SEE_PLAN,
    Permission.TALK_TO_SIMULATED_PARENT,
    Permission.SPEAK_ANSWER,
)
"""What everybody may do with their own sessions and codes, whatever their role."""

OF_OTHERS = (
    Permission.REVIEW_SESSION,
    Permission.GIVE_FEEDBACK,
    Permission.DECIDE_CONTEST,
    Permission.SUGGEST_SKILL,
    Permission.ANSWER_OBJECTION,
)
"""What nobody does with their own sessions and answers, whatever their role: another person looks."""

ACROSS = (Permission.SEE_EVALUATION_FIGURES,)
"""What reaches other organisations, and only those that opted in: pseudonymous figures, no sessions and no names."""

ROLES: dict[Role, tuple[Permission, ...]] = {
    Role.TRAINEE: (),
    # The names are in the recording, which a coach of the team may hear.
    Role.COACH: (
        Permission.SEE_SESSION,
        Permission.ADD_SESSION,
        Permission.CHANGE_SESSION,
        Permission.FOLLOW_SESSION,
        Permission.CHECK_NAMES,
        Permission.WITHDRAW_SESSION,
        Permission.ANSWER_REQUEST,
        Permission.REVIEW_SESSION,
        Permission.GIVE_FEEDBACK,
        Permission.TALK_ABOUT_FEEDBACK,
        Permission.DECIDE_CONTEST,
        Permission.SEE_AGREEMENT,
        Permission.SEE_PLAN,
        Permission.SUGGEST_SKILL,
        Permission.ANSWER_OBJECTION,
        Permission.SEE_EXERCISE_FIGURES,
        Permission.RUN_LIVE_SESSION,
        Permission.ASSIGN_LEARNING,
        Permission.SEE_TEAM_LEARNING,
        Permission.READ_PEOPLE,
    ),
    # Leads see how teams do, not what a person said: aggregates by default. They answer for how coaches code.
    Role.LEAD: (
        Permission.SEE_TEAM_FIGURES,
        Permission.SEE_AGREEMENT,
        Permission.SEE_CODER_DRIFT,
        Permission.SEE_COACH_LOAD,
        Permission.MANAGE_DOUBLE_CODING,
        Permission.SEE_MACHINE_AGREEMENT,
        Permission.SEE_EXERCISE_FIGURES,
        Permission.EDIT_CONTENT,
        Permission.RUN_LIVE_SESSION,
        Permission.ASSIGN_LEARNING,
        Permission.KEEP_ADOPTION,
    ),
    # Administrators decide who is in and what is switched on. It gives them no look at what anybody said or scored, but
    # for the copy that somebody who took part, and has no account, asks them for.
    Role.ADMINISTRATOR: (
        Permission.MANAGE_PEOPLE,
        Permission.READ_PEOPLE,
        Permission.MANAGE_SETTINGS,
        Permission.MANAGE_WEBHOOKS,
        Permission.SEE_AUDIT,
        Permission.MANAGE_RETENTION,
        Permission.WITHDRAW_SESSION,
        Permission.HOLD_SESSION,
        Permission.COPY_FOR_PARTICIPANT,
        Permission.MANAGE_DOUBLE_CODING,
        Permission.SEE_MACHINE_AGREEMENT,
        Permission.EDIT_CONTENT,
        Permission.KEEP_ADOPTION,
    ),
    # Whoever looks after data protection, and acts for families, knows what is held and until when, not what was said.
    Role.DATA_PROTECTION: (
        Permission.MANAGE_RETENTION,
        Permission.WITHDRAW_SESSION,
        Permission.HOLD_SESSION,
        Permission.SEE_AUDIT,
        Permission.COPY_FOR_PARTICIPANT,
    ),
    Role.EVALUATOR: (Permission.SEE_EVALUATION_FIGURES,),
    # A program of the authority brings recordings, asks how far they are, and fetches figures; it reads no transcript.
    # One that keeps people and teams as the authority's identity provider has them does no more than that.
    Role.API_CLIENT: (
        Permission.ADD_SESSION,
        Permission.FOLLOW_SESSION,
        Permission.SEE_TEAM_FIGURES,
        Permission.MANAGE_WEBHOOKS,
        Permission.MANAGE_PEOPLE,
        Permission.READ_PEOPLE,
    ),
}


@dataclass(frozen=True)
class Grant:
    """A role in one team, or in the whole organisation when `team_id` is None."""

    role: Role
    team_id: UUID | None = None


@dataclass(frozen=True)
class Actor:
    """The signed-in person, as far as permissions need to know them. `team_ids` are the teams they are in today.
    `scopes` is None for a person; of a program it is all that its token may do, whatever its role gives."""

    person_id: UUID
    organisation_id: UUID
    name: str
    grants: tuple[Grant, ...] = ()
    team_ids: frozenset[UUID] = field(default_factory=frozenset)
    scopes: frozenset[str] | None = None

    @property
    def is_program(self) -> bool:
        return self.scopes is not None

    def in_scope(self, permission: Permission) -> bool:
        return self.scopes is None or permission in self.scopes

    def has_role(self, role: Role) -> bool:
        return any(grant.role is role for grant in self.grants)

    def teams_with(self, permission: Permission) -> tuple[frozenset[UUID], bool]:
        """The teams where a role gives `permission`, and whether one gives it in the whole organisation."""
        giving = [grant for grant in self.grants if permission in ROLES[grant.role] and self.in_scope(permission)]
        return frozenset(g.team_id for g in giving if g.team_id), any(g.team_id is None for g in giving)


def may(
    actor: Actor, permission: Permission, *, organisation_id: UUID, owner_id: UUID | None = None,
    team_id: UUID | None = None, opted_in: bool = False,
) -> bool:  # fmt: skip
    """The one decision. The owner by ownership; others by a role in the team; never in another organisation, but for
    what is in ACROSS, where that organisation has `opted_in`."""
    teams, everywhere = actor.teams_with(permission)
    if permission in ACROSS:
        return everywhere and opted_in
    if actor.organisation_id != organisation_id or not actor.in_scope(permission):
        return False
    if owner_id == actor.person_id and permission in (*OWN, *OF_OTHERS):
        return permission in OWN
    return everywhere or (team_id is not None and team_id in teams)


class ScopeTooNarrow(NotAllowed):
    code = "insufficient_scope"


def narrowed(actor: Actor, scopes: Collection[str]) -> Actor:
    """A program, whose token may do less than its role."""
    return replace(actor, scopes=frozenset(scopes))


def require_scope(actor: Actor, permission: Permission) -> None:
    """Tells a program what its token lacks. Raises ScopeTooNarrow."""
    if not actor.in_scope(permission):
        raise ScopeTooNarrow(f"This token may not do that. Ask for one with the scope {permission.value}.")


def require(actor: Actor, permission: Permission) -> None:
    """For what concerns the whole organisation of the actor. Whoever may not hears that it does not exist.

    Raises NotFound.
    """
    if not may(actor, permission, organisation_id=actor.organisation_id):
        raise NotFound("There is nothing at this address. Check it, or start from home.")


def require_in_some_team(actor: Actor, permission: Permission) -> None:
    """For who has it anywhere: in one team, or in the whole organisation. Raises NotFound."""
    if not may_in_some_team(actor, permission):
        raise NotFound("There is nothing at this address. Check it, or start from home.")


def may_in_some_team(actor: Actor, permission: Permission) -> bool:
    teams, everywhere = actor.teams_with(permission)
    return everywhere or bool(teams)


def require_evaluator(actor: Actor) -> None:
    """For the pages with figures of the authorities that opted in. Raises NotFound."""
    if not may_evaluate(actor):
        raise NotFound("There is nothing at this address. Check it, or start from home.")


def may_evaluate(actor: Actor) -> bool:
    return may(actor, Permission.SEE_EVALUATION_FIGURES, organisation_id=actor.organisation_id, opted_in=True)


def evaluated_organisations(actor: Actor) -> ColumnElement[bool]:
    """The authorities whose pseudonymous figures the actor may see, as a query condition."""
    _, everywhere = actor.teams_with(Permission.SEE_EVALUATION_FIGURES)
    return col(Organisation.evaluation_opt_in).is_(True) if everywhere else false()
