"""The menu of every page: what the person may open."""

from models.permissions import Actor, Permission, may

MENU: tuple[tuple[str, str, Permission | None], ...] = (
    ("/", "Home", None),
    ("/sessions/new", "Add a session", None),
    ("/search", "Search", None),
    ("/people", "People and teams", Permission.MANAGE_PEOPLE),
    ("/signing-in", "Signing in", Permission.MANAGE_SETTINGS),
    ("/retention", "Consent and retention", Permission.MANAGE_RETENTION),
    ("/audit", "Audit", Permission.SEE_AUDIT),
    ("/about-the-scores", "About the scores", None),
)
"""Address, name, and the permission it takes in the whole organisation, None for everybody signed in."""


def menu(actor: Actor) -> list[tuple[str, str]]:
    return [
        (href, name)
        for href, name, needed in MENU
        if needed is None or may(actor, needed, organisation_id=actor.organisation_id)
    ]
