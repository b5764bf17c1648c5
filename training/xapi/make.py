"""Rows of the outbox made into statements: once, just before they go for the first time."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from models.exercise import Outcome
from models.person import Person
from models.settings import Settings
from models.xapi_connection import Secrets
from models.xapi_kept import ActorForm, StatementKind, XapiConnection, XapiStatement
from training.xapi import actors
from training.xapi.actors import Agent
from training.xapi.names import Names
from training.xapi.statements import (
    Answer,
    Happened,
    Statement,
    exercise_answered,
    module_completed,
    module_progressed,
    parent_finished,
    session_reviewed,
)


@dataclass(frozen=True)
class Maker:
    """For one organisation's store."""

    session: Session
    row: XapiConnection
    secrets: Secrets
    settings: Settings

    def statement(self, one: XapiStatement) -> Statement:
        happened = Happened(one.id, self.actor(one.person_id), one.at)
        named, facts = Names(self.settings.site), one.facts
        if one.kind is StatementKind.MODULE_COMPLETED:
            return module_completed(
                happened, named, slug=facts["module"], title=facts["title"], edition=facts["edition"]
            )
        if one.kind is StatementKind.MODULE_PROGRESSED:
            return module_progressed(
                happened, named, slug=facts["module"], title=facts["title"], edition=facts["edition"],
                percent=facts["percent"],
            )  # fmt: skip
        if one.kind is StatementKind.EXERCISE_ANSWERED:
            scored = facts["outcome"] != Outcome.NOT_SCORED
            return exercise_answered(happened, named, Answer(**facts), with_score=self.row.sends_scores and scored)
        if one.kind is StatementKind.SESSION_REVIEWED:
            assert one.session_id is not None
            hidden = actors.pseudonym(self.secrets.names, "session", one.session_id)
            return session_reviewed(happened, named, session=hidden, coach=self.actor(UUID(facts["coach"])))
        assert one.kind is StatementKind.PARENT_FINISHED, one.kind
        return parent_finished(
            happened, named, scenario=facts["scenario"], title=facts["title"], seconds=facts["seconds"]
        )

    def actor(self, person_id: UUID) -> Agent:
        hidden = actors.pseudonymous(person_id, key=self.secrets.names, site=self.settings.site)
        if self.row.actor_form is ActorForm.PSEUDONYM:
            return hidden
        person = self.session.get_one(Person, person_id)
        if self.row.actor_form is ActorForm.EMAIL:
            return actors.by_email(person.email)
        return actors.account(self.row.home_page, person.email)
