"""The page Running: what is stuck, since when, and what to do, for an administrator of one authority."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from models.permissions import Actor
from models.settings import Settings
from training.running.check import Check, State
from training.running.checks import checks_of
from training.running.facts import Facts, read_facts
from training.running.given_up import GivenUp, given_up
from training.running.names import queue_of


@dataclass(frozen=True)
class RunningView:
    """`matters` are what to act on, the broken ones first, `well` the rest. `given_up` are jobs of the reader's own
    authority, and of none; those of others are for their administrators. `alone`: the installation serves one
    authority, so that an operator's names of workers tell nobody of another."""

    matters: tuple[Check, ...]
    well: tuple[Check, ...]
    given_up: tuple[GivenUp, ...]
    alone: bool
    waiting: int
    running: int

    @property
    def all_well(self) -> bool:
        return not self.matters and not self.given_up


def build_running_view(session: Session, actor: Actor, settings: Settings) -> RunningView:
    facts = read_facts(session, settings)
    checks = [_for_reader(one, facts, actor) for one in checks_of(facts)]
    own = given_up(session, actor)
    return RunningView(
        matters=tuple(sorted((one for one in checks if not _is_said(one, own)), key=_broken_first)),
        well=tuple(one for one in checks if one.state is State.OK),
        given_up=own,
        alone=facts.authorities == 1,
        waiting=sum(one.due for one in facts.jobs),
        running=sum(one.running for one in facts.jobs),
    )


def _is_said(check: Check, own: tuple[GivenUp, ...]) -> bool:
    """That it is well, or among what was given up, which is shown below with what to do."""
    lost = check.key == "mail" and check.state is State.LOOK and any(queue_of(one.name) == "mail" for one in own)
    return check.state is State.OK or lost


def _broken_first(check: Check) -> bool:
    return check.state is not State.BROKEN


def _for_reader(check: Check, facts: Facts, actor: Actor) -> Check:
    theirs = any(organisation_id == actor.organisation_id for organisation_id, _ in facts.webhooks)
    if check.key == "webhooks" and check.state is not State.OK and not theirs:
        return replace(check, page="", do="It is another authority’s; its administrators are told by mail.")
    return check
