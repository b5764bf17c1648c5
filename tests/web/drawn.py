"""A template drawn with what its page gives it, and checked as a page."""

from dataclasses import dataclass
from typing import Any

from models.permissions import Actor, Grant
from models.person import Role
from tests.page_checks import check_page
from tests.web.view_samples import SESSION_ID, ledger_view
from web.render import render

NONCE = "n0nce"


@dataclass(frozen=True)
class Somebody:
    name: str
    id: int = 1


ADA = Somebody("Ada Administrator")
SIGNED_IN = Actor(SESSION_ID, SESSION_ID, ADA.name, (Grant(Role.ADMINISTRATOR),))


def page(template: str, person: Actor | None = SIGNED_IN, **context: Any) -> str:
    context.setdefault("ledger", ledger_view())
    html = render(template, nonce=NONCE, person=person, **context)
    check_page(html, nonce=NONCE)
    return html
