"""What of Evoke an activity of a course opens: its name, as the platform sends it back (`custom.evoke_open`), and the
address of its page."""

import re

from sqlmodel import Session

from api.lti.reasons import LaunchRefused, Reason
from models.lti_grades import ROLE_PLAY, module_target, parent_target
from models.organisation import Organisation
from training.modules.library import library_for
from training.simulated.shelf import scenarios

CUSTOM = "evoke_open"
HOME = ""
_FORM = re.compile(r"(module|parent):([a-z0-9-]{1,80})|exercise:([a-z0-9-]{1,80})/([a-z0-9-]{1,80})|role-play|")

__all__ = ["CUSTOM", "HOME", "ROLE_PLAY", "exercise_target", "module_target", "parent_target", "path_of", "title_of"]


def exercise_target(module: str, exercise: str) -> str:
    return f"exercise:{module}/{exercise}"


def path_of(target: str) -> str:
    """Raises LaunchRefused for what is no name of ours."""
    found = _FORM.fullmatch(target)
    if found is None:
        raise LaunchRefused(Reason.TARGET)
    if target == HOME:
        return "/"
    if target == ROLE_PLAY:
        return "/sessions/new"
    if found[1] == "module":
        return f"/learn/{found[2]}"
    if found[1] == "parent":
        return f"/practice/parents/{found[2]}"
    return f"/learn/{found[3]}/exercises/{found[4]}"


def title_of(session: Session, organisation: Organisation, target: str) -> str:
    """As the person reads it. Raises LaunchRefused where it is no more, or never was."""
    path_of(target)
    library = library_for(session, organisation.id)
    kind, _, name = target.partition(":")
    if target == HOME:
        return "Evoke"
    if target == ROLE_PLAY:
        return "Hand in your role play"
    if kind == "module" and (module := library.module(name)) is not None:
        return module.head.title
    if kind == "parent" and (scenario := scenarios().get(name)) is not None:
        return scenario.title
    if kind == "exercise":
        slug, _, exercise = name.partition("/")
        placed = library.exercise(exercise)
        if placed is not None and placed.module.slug == slug:
            return f"{placed.module.head.title}: exercise {placed.number}"
    raise LaunchRefused(Reason.TARGET)
