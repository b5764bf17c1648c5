"""The modules somebody completed, as certificates and their record speak of them."""

from sqlmodel import Session

from models.permissions import Actor
from training.modules.library import library_for
from training.modules.progress import progress_of
from training.progress.certificates import Completed


def completed_modules(session: Session, actor: Actor) -> list[Completed]:
    """Of those that can still be opened: what an authority took out has no words to certify any more."""
    library = library_for(session, actor.organisation_id)
    found = []
    for slug, row in progress_of(session, actor.person_id).items():
        module = library.module(slug)
        if module is not None and row.completed_at is not None and row.completed_edition is not None:
            head = module.head
            day, skills = row.completed_at.date(), tuple(head.skills)
            found.append(Completed(slug, row.completed_edition, head.title, head.minutes, skills, day))
    return found
