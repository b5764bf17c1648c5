"""The names that are known of a conversation before anybody has looked for more."""

from sqlmodel import Session

from coding.transcript.identifiers.kinds import GivenName
from models.name_check import check_of, names_of
from models.person import Person
from models.practice import PracticeSession


def given_names(session: Session, practice: PracticeSession) -> tuple[GivenName, ...]:
    """Those given with the session, and the practitioner's own. Raises WordsGone."""
    names = [GivenName(one.name, one.who) for one in names_of(session, check_of(session, practice.id))]
    own = session.get_one(Person, practice.practitioner_id).name
    if own.casefold() not in {one.name.casefold() for one in names}:
        names.append(GivenName(own, "practitioner"))
    return tuple(names)
