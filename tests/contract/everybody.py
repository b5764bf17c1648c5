"""Who and what the tests of the contract have, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from models.permissions import Actor

PLANTED = ("a quiet word about Tuesdays", "nettle soup at half past nine", "give up the greyhounds")
"""The title, something said, and the change goal of the owner's session: in no answer to who may not see it."""


@dataclass(frozen=True)
class Everybody:
    """The API client comes with a token for all that one may do. Those that begin with `new_` make another of the
    owner's, as far as it can be spoilt; `new_person` gives an invited colleague's id and the secret of their link,
    `new_team` a team beside the owner's."""

    actors: dict[str, Actor | None]
    session_id: UUID
    new_session: Callable[[], UUID]
    new_withdrawal: Callable[[], UUID]
    new_recording: Callable[[], UUID]
    new_person: Callable[[], tuple[UUID, str]]
    new_team: Callable[[], UUID]
    new_sign_in: Callable[[], UUID]
    new_token: Callable[[], UUID]
    new_request: Callable[[], UUID]
    new_client: Callable[[], UUID]
    new_review: Callable[[], UUID]
    new_double: Callable[[], UUID]
    new_conversation: Callable[[], UUID]
    new_spoken: Callable[[], UUID]
    new_attempt: Callable[[], UUID]
    new_objection: Callable[[], UUID]
    new_signed: Callable[[], "SignedIds"]
    signed: "SignedIds"
    new_pathway: Callable[[], UUID]
    new_cohort: Callable[[], UUID]
    new_live: Callable[[], "LiveIds"]
    live: "LiveIds"
    record: "RecordIds"
    new_upload: Callable[[], UUID]
    webhook: Callable[[], UUID]
    new_platform: Callable[[], UUID]
    new_system: Callable[[], UUID]
    new_resumable: Callable[[], UUID]


@dataclass(frozen=True)
class RecordIds:
    """What the owner completed and wrote about it; the key signs their authority's badges."""

    certificate: Callable[[], UUID]
    entry: Callable[[], UUID]
    key: Callable[[], UUID]


@dataclass(frozen=True)
class SignedIds:
    """A session that the coach signed off and gave feedback on, and then somebody else, to whom the owner contests a
    code, so that the coach is the second one. The message is the owner's."""

    session_id: UUID
    message_id: UUID
    contest_id: UUID


@dataclass(frozen=True)
class LiveIds:
    """A live session that the coach runs, with somebody's answer in it."""

    live_id: UUID
    code: str
    answer_id: UUID
