"""Who may do what with a pathway of a team, a live session and the score of somebody's answer."""

from collections.abc import Collection
from uuid import UUID

from models.cohort import Cohort
from models.errors import NotAllowed, NotFound
from models.live import LiveSession
from models.permissions import Actor, Permission, may, may_in_some_team


def may_answer_objection(actor: Actor, *, organisation_id: UUID, owner_id: UUID, team_ids: Collection[UUID]) -> bool:
    """To the score of an answer of `owner_id`, who is in the teams now: a coach of one of them."""
    return any(
        may(actor, Permission.ANSWER_OBJECTION, organisation_id=organisation_id, owner_id=owner_id, team_id=team_id)
        for team_id in (*team_ids, None)
    )  # fmt: skip


def require_live_session(actor: Actor, live: LiveSession | None) -> LiveSession:
    """For the trainer who started it, while they may run any: what a room wrote is that room's. Raises NotFound."""
    if (
        live is None
        or live.started_by_id != actor.person_id
        or not may_in_some_team(actor, Permission.RUN_LIVE_SESSION)
    ):
        raise NotFound("There is no such live session, or it is not yours to run.")
    return live


_NO_COHORT = "There is no such pathway of a team, or it is not yours to see."


def require_cohort(actor: Actor, cohort: Cohort | None) -> Cohort:
    """For who gives pathways to its team. Raises NotFound, NotAllowed for who is in the team."""
    require_own_cohort(actor, cohort)
    assert cohort is not None
    if not _assigns(actor, cohort):
        raise NotAllowed("Your team has this pathway, but only a coach of the team or a lead can change that.")
    return cohort


def require_own_cohort(actor: Actor, cohort: Cohort | None) -> Cohort:
    """Also for who is in its team, who sees their own line. Raises NotFound."""
    if cohort is None or not (cohort.team_id in actor.team_ids or _assigns(actor, cohort)):
        raise NotFound(_NO_COHORT)
    return cohort


def _assigns(actor: Actor, cohort: Cohort) -> bool:
    return may(actor, Permission.ASSIGN_LEARNING, organisation_id=cohort.organisation_id, team_id=cohort.team_id)
