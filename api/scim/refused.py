"""What SCIM refuses, as a value that knows nothing of the web: RFC 7644, section 3.12."""

from enum import StrEnum


class ScimType(StrEnum):
    """Of a 400 or 409. RFC 7644, table 9."""

    INVALID_FILTER = "invalidFilter"
    TOO_MANY = "tooMany"
    UNIQUENESS = "uniqueness"
    MUTABILITY = "mutability"
    INVALID_SYNTAX = "invalidSyntax"
    INVALID_PATH = "invalidPath"
    NO_TARGET = "noTarget"
    INVALID_VALUE = "invalidValue"


class ScimRefused(Exception):
    """`detail` is a sentence for whoever looks after the provider."""

    def __init__(self, detail: str, *, scim_type: ScimType | None = None, status: int = 400) -> None:
        super().__init__(detail)
        self.detail, self.scim_type, self.status = detail, scim_type, status
