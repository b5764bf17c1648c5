"""The menu of every page: what the person may open. What only administrators have has a page of its own."""

from dataclasses import dataclass

from models.permissions import Actor, Permission, may, may_evaluate, may_in_some_team


@dataclass(frozen=True)
class Item:
    """`within` are the addresses of pages that belong under it, itself among them."""

    href: str
    name: str
    within: tuple[str, ...]


@dataclass(frozen=True)
class Duty:
    """A page for who looks after Evoke in an authority; `needs` is what it takes in the whole organisation."""

    href: str
    name: str
    needs: Permission
    what: str


MENU = (("/", "Home"), ("/sessions/new", "Add a session"), ("/learn", "Learn"), ("/search", "Search"))
LAST = (("/about-the-scores", "About the scores"),)
DUTIES = (
    Duty("/people", "People and teams", Permission.MANAGE_PEOPLE,
         "Invite people or import a list, say who is in which team and may do what, help somebody who cannot sign in."),
    Duty("/signing-in", "Signing in", Permission.MANAGE_SETTINGS,
         "Single sign-on with your authority’s own accounts, and whether everybody needs a second step."),
    Duty("/connections", "Connections", Permission.MANAGE_SETTINGS,
         "Which systems talk to Evoke and whether they work: learning platforms, your directory, webhooks, programs."),
    Duty("/double-coding", "Double coding", Permission.MANAGE_SETTINGS,
         "What share of the sessions a second coach codes too, without seeing the first one’s codes."),
    Duty("/queue", "Review times", Permission.MANAGE_SETTINGS,
         "In how many days after it was added a session is to be reviewed by a coach."),
    Duty("/plan/rule", "Practice mails", Permission.MANAGE_SETTINGS,
         "After how long without a coach’s feedback people are told by mail, and in which time zone reminders come."),
    Duty("/adoption", "Adoption", Permission.MANAGE_SETTINGS,
         "How far Family Safeguarding has come here: its wave, posts, use of the workbook, outcomes, file by file."),
    Duty("/coder", "Coder", Permission.MANAGE_SETTINGS,
         "Which program gives the first codes, how often your coaches let them stand, and how to switch to another."),
    Duty("/running", "Running", Permission.MANAGE_SETTINGS,
         "Whether everything runs: what is stuck, since when, and what to do about it."),
    Duty("/retention", "Consent and retention", Permission.MANAGE_RETENTION,
         "What is held and until when, what goes next and what went, and whether real practice is let in."),
    Duty("/audit", "Audit", Permission.SEE_AUDIT,
         "Who saw, changed, exported or deleted what, and proof that the list itself was not changed."),
    Duty("/data-protection", "Data protection", Permission.SEE_AUDIT,
         "The data-protection impact assessment, written from the settings of this installation as they are now."),
)  # fmt: skip


def duties(actor: Actor) -> list[Duty]:
    return [duty for duty in DUTIES if may(actor, duty.needs, organisation_id=actor.organisation_id)]


def menu(actor: Actor) -> list[Item]:
    own = duties(actor)
    has_queue = any(any(actor.teams_with(one)) for one in (Permission.REVIEW_SESSION, Permission.SEE_COACH_LOAD))
    queue = _items((("/queue", "Queue"),)) if has_queue else []
    if may_in_some_team(actor, Permission.SEE_PLAN):
        queue = [Item("/team", "Team", ("/team", "/plan/team")), *queue]
    inside = tuple(duty.href for duty in own if not (has_queue and duty.href == "/queue"))  # one place marks a page
    administration = [Item("/administration", "Administration", inside)] if own else []
    leads = may(actor, Permission.KEEP_ADOPTION, organisation_id=actor.organisation_id) and not own
    evaluation = _items((("/adoption", "Adoption"),)) if may_evaluate(actor) or leads else []
    if may_in_some_team(actor, Permission.SEE_AGREEMENT):
        evaluation = [*_items((("/agreement", "Agreement"),)), *evaluation]
    last = [] if administration or queue else _items(LAST)  # it is at the foot of every page, and the menu has one row
    if may(actor, Permission.SEE_TEAM_FIGURES, organisation_id=actor.organisation_id) and not actor.is_program:
        evaluation = [*_items((("/authority", "Authority"),)), *evaluation]
    return [*_items(MENU), *queue, *evaluation, *administration, *last]


def _items(pages: tuple[tuple[str, str], ...]) -> list[Item]:
    return [Item(href, name, (href,)) for href, name in pages]
