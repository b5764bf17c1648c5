"""Request bodies that routes read as they stream in, described for the document."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Who = Literal["staff", "actor", "family_member"]
Scope = Literal["supervision", "team_learning", "improving", "research", "quoting"]


class NewParticipant(BaseModel):
    """Somebody who took part, and what they agreed to."""

    who: Who
    label: str = Field(default="", max_length=100)
    agreed_to: list[Scope] = []
    how: Literal["form", "recorded", "said"] | None = None
    heard_at: str | None = Field(default=None, description="where in the recording they say so, such as 0:42")


class NewTurn(BaseModel):
    model_config = ConfigDict(extra="allow")

    speaker: str
    text: str


class SessionFields(BaseModel):
    """What is said about a session. `practitioner` is the id of whose practice it is: an API client gives it always.
    `held_on` is today without it; `picked` is `chosen` without it."""

    kind: Literal["role_play", "simulated", "real_practice"] = "role_play"
    picked: Literal["chosen", "drawn"] = "chosen"
    agreement_confirmed: bool = Field(default=False, description="that everybody who took part agreed")
    hold: bool = Field(default=False, description="keep it sealed until the agreements are complete")
    title: str = Field(default="", max_length=200)
    held_on: date | None = None
    change_goal: str = Field(default="", max_length=300, description="what the other person might change")
    practitioner: str | None = Field(default=None, description="a person's id, from /api/v1/practitioners")
    speakers: int | None = Field(default=None, ge=1, le=6, description="of a recording; 2 without it")
    hotwords: str = Field(default="", max_length=500, description="names and services to listen for")
    lawful_basis: str | None = Field(default=None, description="of real practice, such as public_task")
    agreed_on: date | None = None
    agreed_until: date | None = None


class NewSession(SessionFields):
    """A transcript from memory."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "agreement_confirmed": True, "title": "From the LMS", "change_goal": "drink less at weekends",
                "turns": [
                    {"speaker": "Worker", "text": "What brings you here?"},
                    {"speaker": "Parent", "text": "I want to change."},
                ],
            }
        }
    )  # fmt: skip

    turns: list[NewTurn] = Field(min_length=2)
    names: str | list[str] = Field(default="", description="people to be replaced, one a line: name, who it is")
    participants: list[NewParticipant] | None = None


class SessionForm(BaseModel):
    """Give the fields before the file. Values are text: `yes` for true. Who took part: `person-1-who`,
    `person-1-label`, `person-1-supervision` (and the other scopes; `yes`), `person-1-how`, `person-1-heard_at`, then
    `person-2-…`."""

    model_config = ConfigDict(extra="allow")

    kind: Literal["role_play", "simulated", "real_practice"] = "role_play"
    picked: Literal["chosen", "drawn"] = "chosen"
    agreement_confirmed: Literal["yes", ""] = ""
    hold: Literal["yes", ""] = ""
    title: str = ""
    held_on: str = Field(default="", description="a date, YYYY-MM-DD")
    change_goal: str = ""
    practitioner: str = ""
    speakers: str = ""
    hotwords: str = ""
    names: str = Field(default="", description="a line for each: name, who it is")
    lawful_basis: str = ""
    transcript: str = Field(default="", description="pasted, in the place of a file")


class UploadedSession(SessionForm):
    file: str = Field(
        default="", description="a recording or a transcript",
        json_schema_extra={"contentMediaType": "application/octet-stream", "format": "binary"},
    )  # fmt: skip


class UploadedCodes(SessionForm):
    """`practitioner` is whose session it is, `coder` who coded it, in words."""

    coder: str = Field(max_length=200)
    file: str = Field(
        description="CSV, JSON or ELAN", json_schema_extra={"contentMediaType": "application/octet-stream",
        "format": "binary"},
    )  # fmt: skip


class TokenRequest(BaseModel):
    grant_type: Literal["client_credentials"]
    scope: str = Field(default="", description="with a space between; all that the client may, if left out")
    client_id: str = Field(default="", description="unless it comes as HTTP Basic")
    client_secret: str = Field(default="", description="unless it comes as HTTP Basic")


BODIES: tuple[type[BaseModel], ...] = (NewSession, UploadedSession, UploadedCodes, TokenRequest)


def refers_to(model: type[BaseModel]) -> dict[str, Any]:
    """In a request body."""
    return {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}


SESSION_BODY = {"multipart/form-data": refers_to(UploadedSession), "application/json": refers_to(NewSession)}
CODED_BODY = {"multipart/form-data": refers_to(UploadedCodes)}
TOKEN_BODY = {"application/x-www-form-urlencoded": refers_to(TokenRequest)}
BYTES_BODY = {
    "application/octet-stream": {
        "schema": {"type": "string", "contentMediaType": "application/octet-stream", "format": "binary", "minLength": 1}
    }
}
"""A piece of a file as it is."""
PIECE_BODY = {"application/offset+octet-stream": BYTES_BODY["application/octet-stream"]}
