"""What one page asks of the database from several sides is read once."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from sqlmodel import Session

About = TypeVar("About")
Answer = TypeVar("Answer")
ANSWERS = "answers"
"""The key in `Session.info` of a session that only reads, see `models.database`."""
MOST = 64
"""Answers that are kept: of what goes through many sessions nothing stays in memory to its end."""


def asked_once(ask: Callable[[Session, About], Answer]) -> Callable[[Session, About], Answer]:
    """`ask` gives the same answer to the same question until the session's transaction ends, without reading again. A
    session that may write reads every time. Nobody may change the answer: it is everybody's."""

    @wraps(ask)
    def answer(session: Session, about: About) -> Answer:
        kept: dict[Any, Any] | None = session.info.get(ANSWERS)
        if kept is None:
            return ask(session, about)
        if kept.get(ANSWERS) is not session.get_transaction() or len(kept) > MOST:
            kept.clear()
        if (ask, about) not in kept:
            found = ask(session, about)
            kept[ANSWERS] = session.get_transaction()
            kept[ask, about] = found
        found_before: Answer = kept[ask, about]
        return found_before

    return answer
