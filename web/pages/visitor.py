"""The person at the page: who they are, and how a page is given to them."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.access import admit
from api.house import TheHouse
from models.errors import NotFound
from models.permissions import Actor
from web.render import render


@dataclass(frozen=True)
class Visitor:
    """Somebody who may or may not be signed in."""

    request: Request
    actor: Actor | None

    def page(
        self, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any
    ) -> HTMLResponse:
        html = render(template, nonce=self.request.state.nonce, person=self.actor, **context)
        return HTMLResponse(html, status_code=status, headers=headers)


class SignInFirst(Exception):
    """Sends the visitor to the sign-in page, and back to `next_path` afterwards."""

    def __init__(self, next_path: str) -> None:
        self.next_path = next_path


def _visitor(request: Request, house: TheHouse) -> Visitor:
    return Visitor(request, admit(request, house))


AnyVisitor = Annotated[Visitor, Depends(_visitor)]


@dataclass(frozen=True)
class Member(Visitor):
    """Somebody signed in."""

    actor: Actor


def _way_back(request: Request) -> str:
    """A page that can be opened: the one asked for, or that of the form that was sent, which itself is lost."""
    path, query = request.url.path, request.url.query
    if request.method in ("GET", "HEAD"):
        return path + (f"?{query}" if query else "")
    if path == "/sessions":
        return "/sessions/new"
    if path.startswith("/practice/"):
        return "/".join(path.split("/")[:4])
    return "/".join(path.split("/")[:3]) if path.startswith(("/sessions/", "/people/")) else "/"


async def _member(visitor: AnyVisitor) -> Member:
    """Asynchronous, as it waits for nothing: another turn in a thread would cost more than it does."""
    if visitor.actor is None:
        raise SignInFirst(_way_back(visitor.request))
    if visitor.actor.is_program:
        raise NotFound("There is nothing at this address for a program. See /api/v1/openapi.json.")
    return Member(visitor.request, visitor.actor)


SignedInMember = Annotated[Member, Depends(_member)]


def see_other(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)
