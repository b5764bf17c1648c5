"""What may tell who somebody is, as values: kinds, where one stands in a text, and the names given beforehand."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """In the order in which they win where two finds overlap."""

    EMAIL = "e-mail address"
    BIRTH_DATE = "date of birth"
    NHS_NUMBER = "NHS number"
    INSURANCE_NUMBER = "National Insurance number"
    PHONE = "phone number"
    POSTCODE = "postcode"
    VEHICLE = "vehicle"
    CASE_NUMBER = "case number"
    ACCOUNT = "account or card"
    ADDRESS = "address"
    SCHOOL = "school"
    DATE = "date"
    NUMBER = "number"
    NAME = "name"


ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True)
class GivenName:
    """A name given with the upload: `name` in full or in part, `who` it is in the person's own words ("child")."""

    name: str
    who: str = ""


@dataclass(frozen=True)
class Found:
    """Characters `start` up to before `end` of a text. `same_as` is equal for two finds that mean the same thing: the
    place of a given name in the list, or the normal form of what was said. `given` tells the two apart. `keeps` is what
    stays behind the replacement, such as the 's of a possessive written without its apostrophe."""

    start: int
    end: int
    kind: Kind
    same_as: str
    given: bool = False
    keeps: str = ""

    def overlaps(self, other: "Found") -> bool:
        return self.start < other.end and other.start < self.end
