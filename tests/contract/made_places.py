"""People, places and what their administrators set up, made anew for each request that may spoil it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from api.house import House
from models.adoption import UploadKind
from models.api_client import SCOPES, make_api_client
from models.api_token import make_api_token, tokens_of
from models.browser_sign_in import sign_ins_of, start_sign_in
from models.cmi5_systems import connect_system
from models.columns import new_id, utc_now
from models.lti import LtiOutcome, LtiPlatform
from models.lti_launches import note_launch
from models.organisation import Organisation
from models.people.inviting import link_of, open_invitation
from models.people.joining import add_and_invite
from models.people.teams import add_team
from models.permissions import Actor, narrowed
from models.person import Person
from models.sign_in import actor_of
from models.webhook_actions import make_webhook, webhooks_of
from models.webhook_kept import WebhookState
from tests.conftest import People
from training.adoption.uploads import keep_upload

OWN_HOOK = "https://own.invalid/hooks"


def add_client(session: Session, home: Organisation) -> Actor:
    made, _ = make_api_client(session, organisation=home, name="Cleo Client", scopes=SCOPES, days=90, by=None)
    return narrowed(actor_of(session, session.get_one(Person, made.id)), SCOPES)


@dataclass(frozen=True)
class Places:
    house: House
    people: People
    admin: Actor

    def new_person(self) -> tuple[UUID, str]:
        with self.house.database.write() as session:
            person = add_and_invite(
                session, organisation_id=self.people.owner.organisation_id, name="Nia New",
                email=f"nia.{new_id()}@example.org", discipline=None, settings=self.house.settings, by=None,
            )  # fmt: skip
            invitation = open_invitation(session, person)
            assert invitation is not None
            return person.id, link_of(invitation, self.house.settings).rpartition("/")[2]

    def new_team(self) -> UUID:
        with self.house.database.write() as session:
            return add_team(session, organisation_id=self.people.owner.organisation_id, name=str(new_id()), by=None).id

    def new_sign_in(self) -> UUID:
        with self.house.database.write() as session:
            start_sign_in(session, session.get_one(Person, self.people.owner.person_id), settings=self.house.settings)
            return sign_ins_of(session, self.people.owner.person_id, settings=self.house.settings)[0].id

    def new_token(self) -> UUID:
        with self.house.database.write() as session:
            make_api_token(session, person=session.get_one(Person, self.people.owner.person_id), name="script")
            return tokens_of(session, self.people.owner.person_id)[0].id

    def new_client(self) -> UUID:
        with self.house.database.write() as session:
            return add_client(session, session.get_one(Organisation, self.people.owner.organisation_id)).person_id

    def new_platform(self) -> UUID:
        """With a launch that was refused, from a deployment that can be allowed."""
        with self.house.database.write() as session:
            row = LtiPlatform(
                organisation_id=self.people.owner.organisation_id, name="Learning", issuer="https://lms.example.org",
                client_id=str(new_id()), authorization_endpoint="https://lms.example.org/x",
                token_endpoint="https://lms.example.org/x", jwks_uri="https://lms.example.org/x",
            )  # fmt: skip
            session.add(row)
            session.flush()
            note_launch(session, platform=row, outcome=LtiOutcome.REFUSED, reason="deployment", deployment="refused-1")
            return row.id

    def new_system(self) -> UUID:
        """One that launches modules; nothing is sent to it."""
        at = f"https://lms.invalid/{new_id()}"
        with self.house.database.write() as session:
            return connect_system(
                session, name="Learning", endpoint=at, address="", settings=self.house.settings, by=self.admin
            ).id

    def new_upload(self) -> UUID:
        """Of the authority's figures."""
        text = f"month,outcome,count\n2026-01,{new_id()},7\n"
        with self.house.database.write() as session:
            about: dict[str, Any] = {"kind": UploadKind.OUTCOMES, "data": text.encode(), "today": utc_now().date()}
            upload = keep_upload(session, **about, by=self.people.lead)
            assert upload is not None
            return upload.id

    def webhook(self) -> UUID:
        """The same, made active, or another where it was removed."""
        with self.house.database.write() as session:
            for one in webhooks_of(session, self.admin.organisation_id):
                if one.address == OWN_HOOK:
                    one.state = WebhookState.ACTIVE
                    return one.id
            address: dict[str, Any] = {"address": OWN_HOOK, "events": ["session.deleted"]}
            return make_webhook(session, **address, settings=self.house.settings, by=self.admin)[0].id
