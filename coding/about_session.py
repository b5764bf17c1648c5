"""A session's title and change goal: as its own people wrote them, and with placeholders for everybody else."""

import re
from collections.abc import Iterable, Mapping

from sqlmodel import Session

from coding.given_names import given_names
from coding.transcript.identifiers.find import Finder
from coding.transcript.identifiers.kinds import GivenName
from coding.transcript.pseudonyms import Labels, spans_of
from models.permissions import Actor
from models.practice import PracticeSession
from models.session_words import SessionWords, keep_session_words, session_words


def about_for(session: Session, practice: PracticeSession, reader: Actor | None) -> SessionWords:
    """The practitioner, and whoever added it, read what they wrote; everybody else, and with None programs, files and
    the coder, read it with placeholders. Raises WordsGone."""
    kept = session_words(session, practice)
    if reader is not None and reader.person_id in (practice.practitioner_id, practice.added_by_id):
        return SessionWords(kept.title, kept.change_goal)
    if kept.title_for_others is None:  # not coded yet, or coded before titles were replaced
        names = given_names(session, practice)
        kept = with_placeholders(kept, Finder(names), Labels(names))
    return SessionWords(kept.title_for_others or "", kept.goal_for_others or "")


def with_placeholders(about: SessionWords, finder: Finder, labels: Labels) -> SessionWords:
    """`labels` are those of the conversation, so that the same person is the same [child 1]."""
    return SessionWords(
        about.title, about.change_goal, replaced_in(about.title, finder, labels),
        replaced_in(about.change_goal, finder, labels),
    )  # fmt: skip


def replace_more(session: Session, practice: PracticeSession, placeholders: Mapping[str, str]) -> None:
    """What somebody who checked the names found besides: `placeholders` by the words they stand for."""
    names: Iterable[GivenName] = given_names(session, practice)
    kept = session_words(session, practice)
    if kept.title_for_others is None:
        kept = with_placeholders(kept, Finder(tuple(names)), Labels(tuple(names)))
    title, goal = kept.title_for_others or "", kept.goal_for_others or ""
    for words, placeholder in sorted(placeholders.items(), key=lambda pair: -len(pair[0])):
        pattern = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.I)
        title, goal = (pattern.sub(lambda _, to=placeholder: to, text) for text in (title, goal))  # type: ignore[misc]
    keep_session_words(session, practice, SessionWords(kept.title, kept.change_goal, title, goal))
    session.add(practice)


def replaced_in(text: str, finder: Finder, labels: Labels) -> str:
    """`text` with placeholders for what names somebody."""
    for span in reversed(spans_of(finder.find(text), labels)):
        text = f"{text[: span.start]}{span.shown}{text[span.end :]}"
    return text
