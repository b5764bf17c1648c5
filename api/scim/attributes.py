"""What a user and a group are made of here (RFC 7643, section 7), and what is known of SCIM and not kept.

One description serves `/Schemas`, what is read from a request, and what filters and paths may name.
"""

from dataclasses import dataclass
from typing import Any

USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE_SCHEMA = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@dataclass(frozen=True)
class Attribute:
    """`many` has several values. `ignored` are names that may be sent in it, and are not kept; all lower case."""

    name: str
    kind: str = "string"
    description: str = ""
    many: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: str = "readWrite"
    returned: str = "default"
    uniqueness: str = "none"
    subs: tuple["Attribute", ...] = ()
    canonical: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    ignored: frozenset[str] = frozenset()

    @property
    def read_only(self) -> bool:
        return self.mutability == "readOnly"

    def sub(self, name: str) -> "Attribute | None":
        return next((one for one in self.subs if one.name.lower() == name.lower()), None)

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "name": self.name, "type": self.kind, "multiValued": self.many, "description": self.description,
            "required": self.required, "mutability": self.mutability, "returned": self.returned,
        }  # fmt: skip
        if self.kind == "complex":
            said["subAttributes"] = [one.as_json() for one in self.subs]
        elif self.kind != "boolean":
            said |= {"caseExact": self.case_exact, "uniqueness": self.uniqueness}
        if self.canonical:
            said["canonicalValues"] = list(self.canonical)
        if self.references:
            said["referenceTypes"] = list(self.references)
        return said


@dataclass(frozen=True)
class Kind:
    """A user or a group. `ignored` are attributes of RFC 7643 that may be sent, and are not kept; in lower case."""

    name: str
    schema: str
    endpoint: str
    description: str
    attributes: tuple[Attribute, ...]
    ignored: frozenset[str] = frozenset()

    def find(self, name: str) -> Attribute | None:
        """Also of those that every resource has."""
        return next((one for one in (*COMMON, *self.attributes) if one.name.lower() == name.lower()), None)


META = Attribute(
    "meta", "complex", mutability="readOnly",
    subs=(
        Attribute("resourceType", mutability="readOnly", case_exact=True),
        Attribute("created", "dateTime", mutability="readOnly"),
        Attribute("lastModified", "dateTime", mutability="readOnly"),
        Attribute("location", "reference", mutability="readOnly", case_exact=True),
        Attribute("version", mutability="readOnly", case_exact=True),
    ),
)  # fmt: skip
COMMON = (
    Attribute("id", mutability="readOnly", returned="always", case_exact=True, uniqueness="server"),
    Attribute("externalId", case_exact=True),
    META,
)
USER = Kind(
    "User", USER_SCHEMA, "/Users", "Somebody of the authority",
    (
        Attribute("userName", description="What the provider calls them", required=True, uniqueness="server"),
        Attribute(
            "name", "complex", "Their name in its parts", required=True, ignored=frozenset(
                {"middlename", "honorificprefix", "honorificsuffix"}
            ),
            subs=(
                Attribute("formatted", description="The whole name"),
                Attribute("familyName", description="Family name"),
                Attribute("givenName", description="Given name"),
            ),
        ),
        Attribute("displayName", description="The name that people see", required=True),
        Attribute("active", "boolean", "False once they have left. Then nothing of theirs signs in"),
        Attribute(
            "emails", "complex", "The address they sign in with: one, that of their work", many=True, required=True,
            ignored=frozenset({"display"}),
            subs=(
                Attribute("value", description="The address", required=True),
                Attribute("type", description="Always work", canonical=("work",)),
                Attribute("primary", "boolean", "Always true"),
            ),
        ),
        Attribute(
            "groups", "complex", "The teams they are in", many=True, mutability="readOnly",
            subs=(
                Attribute("value", description="The team's id", mutability="readOnly", case_exact=True),
                Attribute("$ref", "reference", "Its address", mutability="readOnly", case_exact=True,
                          references=("Group",)),
                Attribute("display", description="Its name", mutability="readOnly"),
            ),
        ),
    ),
    frozenset({
        "nickname", "profileurl", "title", "usertype", "preferredlanguage", "locale", "timezone", "password",
        "phonenumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509certificates",
    }),
)  # fmt: skip
GROUP = Kind(
    "Group", GROUP_SCHEMA, "/Groups", "A team of the authority, or a group that gives a role",
    (
        Attribute("displayName", description="The team's name", required=True, uniqueness="server"),
        Attribute(
            "members", "complex", "Who is in it now", many=True,
            subs=(
                Attribute("value", description="The user's id", mutability="immutable", case_exact=True),
                Attribute("$ref", "reference", "Their address", mutability="immutable", case_exact=True,
                          references=("User",)),
                Attribute("type", description="Always User", mutability="immutable", canonical=("User",)),
            ),
            ignored=frozenset({"display"}),
        ),
    ),
)  # fmt: skip
